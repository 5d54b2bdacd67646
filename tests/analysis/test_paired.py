"""Paired differences: each number is what its formula says, checked against scipy, by inversion, or by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.paired import Extra, paired, wilson

LEVEL = 0.95


@pytest.fixture(scope="module")
def samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    base = rng.gamma(4.0, 5.0, 60)
    return base, 1.1 * base + rng.normal(0.5, 2.0, 60)


def test_the_interval_is_that_of_the_paired_t_test(samples: tuple[np.ndarray, np.ndarray]) -> None:
    found, expected = paired(*samples, LEVEL), stats.ttest_rel(samples[1], samples[0])
    interval = expected.confidence_interval(LEVEL)
    assert np.allclose([found["low"], found["high"]], [interval.low, interval.high]) and np.isnan(found["skewed"])


def test_an_error_that_all_pairs_share_is_added_in_quadrature(samples: tuple[np.ndarray, np.ndarray]) -> None:
    """Welch-Satterthwaite: with equal variances of 59 and 9 degrees of freedom, 4 / (1/59 + 1/9) = 31.2."""
    alone = paired(*samples, LEVEL)
    both = paired(*samples, LEVEL, Extra(alone["standard_error"] ** 2, 9))
    assert both["standard_error"] == pytest.approx(np.sqrt(2) * alone["standard_error"])
    half = stats.t.ppf(0.975, 4 / (1 / 59 + 1 / 9)) * both["standard_error"]
    assert [both["low"], both["high"]] == pytest.approx([both["mean"] - half, both["mean"] + half])
    assert both["relative_high"] - both["relative_low"] > alone["relative_high"] - alone["relative_low"]


def test_fieller_bounds_are_the_ratios_the_t_test_just_does_not_reject(samples: tuple[np.ndarray, np.ndarray]) -> None:
    base, other = samples
    found = paired(base, other, LEVEL)
    assert found["relative"] == pytest.approx((other - base).mean() / base.mean())
    assert found["relative_low"] < found["relative"] < found["relative_high"]
    for bound in (found["relative_low"], found["relative_high"]):
        p = stats.ttest_1samp((other - base) - bound * base, 0.0).pvalue
        assert p == pytest.approx(1 - LEVEL)


def test_a_difference_relative_to_a_mean_that_may_be_zero_or_is_below_is_undefined(
    samples: tuple[np.ndarray, np.ndarray],
) -> None:
    base = np.array([-1.0, 1.2, -0.8, 0.7, 0.1])
    assert "relative" not in paired(base, base + 1, LEVEL)
    mirrored = paired(-samples[0], -samples[1], LEVEL)  # a percentage of a loss has no direction
    assert not [name for name in mirrored if name.startswith("relative")]
    assert mirrored["mean"] == -paired(*samples, LEVEL)["mean"]


def test_independent_samples_would_need_variance_ratio_times_the_runs() -> None:
    """Var(b) = 1, Var(o) = 1, correlation r: independent 2, paired 2 - 2r, so the ratio is 1 / (1 - r)."""
    rng = np.random.default_rng(5)
    n, r = 20_000, 0.9
    base = rng.standard_normal(n)
    found = paired(base, r * base + np.sqrt(1 - r**2) * rng.standard_normal(n), LEVEL)
    assert found["correlation"] == pytest.approx(r, abs=0.01)
    assert found["variance_ratio"] == pytest.approx(10.0, rel=0.05)
    assert found["runs_saved"] == pytest.approx(n * (found["variance_ratio"] - 1))
    assert paired(base, -base, LEVEL)["runs_saved"] == pytest.approx(-n / 2)  # pairing what moves apart costs half


def test_ties_are_neither_above_nor_below() -> None:
    found = paired(np.zeros(10), np.array([0.0] * 4 + [1.0] * 5 + [-1.0]), LEVEL)
    assert (found["above"], found["tied"]) == (0.5, 0.4)


def test_pairs_with_an_undefined_value_are_left_out() -> None:
    found = paired(np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 5.0, np.nan, 6.0]), LEVEL)
    assert (found["n"], found["base_mean"], found["mean"]) == (2, 2.5, 1.5)
    assert paired(np.array([np.nan]), np.array([1.0]), LEVEL) == {"n": 0}
    assert "low" not in paired(np.array([1.0]), np.array([2.0]), LEVEL)  # one pair has no spread


def test_what_does_not_vary_is_exact_and_rounding_is_no_spread() -> None:
    base = np.full(8, 1600.0)
    same = paired(base, base.copy(), LEVEL)
    assert (same["mean"], same["low"], same["high"], same["tied"]) == (0, 0, 0, 1)
    assert "variance_ratio" not in same
    rounded = paired(base, base + 100 + 1e-13 * np.arange(8), LEVEL)
    assert rounded["standard_error"] == 0
    moving = np.arange(8.0)
    assert paired(moving, moving + 1, LEVEL)["variance_ratio"] == np.inf  # one pair tells all


def test_wilsons_interval_is_scipys() -> None:
    for k, n in ((0, 10), (3, 10), (10, 10), (431, 1000)):
        expected = stats.binomtest(k, n).proportion_ci(LEVEL, method="wilson")
        assert wilson(k / n, n, LEVEL) == pytest.approx((expected.low, expected.high))
