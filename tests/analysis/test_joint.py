"""Several comparisons at once: Holm's steps by hand, critical values where they are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.joint import critical

LEVEL = 0.95


def columns(correlation: float, m: int, n: int) -> np.ndarray:
    """Differences with exactly that correlation between all columns."""
    half = np.random.default_rng(1).standard_normal((n // 2, m))
    raw = np.vstack([half, -half])  # symmetric: no skewness
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.atleast_2d(np.cov(raw, rowvar=False)))).T
    target = np.full((m, m), correlation) + (1 - correlation) * np.eye(m)
    return white @ np.linalg.cholesky(target).T


def test_one_comparison_needs_students_quantile_only() -> None:
    assert critical(columns(0.0, 1, 30), LEVEL) == pytest.approx(stats.t.ppf(0.975, 29))


def test_independent_comparisons_need_sidaks_quantile() -> None:
    """max |z| of m independent: P = (2 Phi(c) - 1)^m (Sidak 1967)."""
    for m in (2, 5):
        expected = stats.norm.ppf(0.5 + 0.5 * LEVEL ** (1 / m))
        assert critical(columns(0.0, m, 5000), LEVEL) == pytest.approx(expected, abs=0.02)


def test_dunnetts_table_many_to_one() -> None:
    """Correlation 1/2, 3 comparisons, many degrees of freedom: 2.35 two-sided at 5% (Dunnett 1964, table)."""
    assert critical(columns(0.5, 3, 5000), LEVEL) == pytest.approx(2.35, abs=0.02)


def test_comparisons_that_move_together_need_no_more_than_one() -> None:
    one = columns(0.0, 1, 40)
    assert critical(np.hstack([one, 3 * one, 2 * one]), LEVEL) == pytest.approx(stats.t.ppf(0.975, 39), abs=0.02)


def test_never_above_bonferroni_nor_below_one_comparison() -> None:
    for m in (2, 4):
        for r in (0.0, 0.3, 0.95):
            c = critical(columns(r, m, 12), LEVEL)
            assert stats.t.ppf(0.975, 11) <= c <= stats.t.ppf(1 - 0.025 / m, 11)


def test_an_undefined_value_widens_the_intervals_and_does_not_lose_them() -> None:
    d = columns(0.8, 2, 40)
    d[:4, 1] = np.nan
    assert critical(columns(0.8, 2, 40), LEVEL) < critical(d, LEVEL) < np.inf
    assert np.isnan(critical(d[:1], LEVEL))
