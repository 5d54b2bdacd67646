"""The rule of decision, on planted differences."""

from __future__ import annotations

import numpy as np
import pytest

from sim.proofs.verdicts import OPEN, REFUTED, SUPPORTED, judge, judged, peaked, together


def planted(mean: float, runs: int = 50) -> np.ndarray:
    """Differences with exactly that mean and a standard deviation of 1, so a standard error of 1/7.07."""
    d = np.random.default_rng(1).standard_normal(runs)
    return mean + (d - d.mean()) / d.std(ddof=1)


@pytest.mark.parametrize(
    ("sign", "mean", "verdict"),
    [
        ("+", 0.5, SUPPORTED), ("+", -0.5, REFUTED), ("+", 0.1, OPEN),
        ("-", -0.5, SUPPORTED), ("-", 0.5, REFUTED), ("-", 0.1, OPEN),
    ],
)  # fmt: skip
def test_a_difference_of_three_and_a_half_errors_decides_and_one_of_less_than_one_does_not(
    sign: str, mean: float, verdict: str
) -> None:
    (found,) = judged({"npv": sign}, planted(mean)[:, None], np.array([10.0]), 0.02)
    assert found.verdict == verdict
    assert found.mean == pytest.approx(mean)
    assert found.standard_error == pytest.approx(1 / np.sqrt(50))


def test_nought_is_supported_inside_the_margin_refuted_beyond_it_and_open_across_it() -> None:
    def verdict(mean: float, margin: float) -> str:  # of a base whose mean is -100: the margin is a share of 100
        return judged({"npv": "0"}, planted(mean)[:, None], np.array([-100.0]), margin)[0].verdict

    assert verdict(0.0, 0.01) == SUPPORTED  # 0 ± 0.28 within ± 1
    assert verdict(2.0, 0.01) == REFUTED
    assert verdict(1.0, 0.01) == OPEN


def test_joint_intervals_are_wider_than_one_alone() -> None:
    one = judged({"a": "+"}, planted(0.3)[:, None], np.array([1.0]), 0.02)[0]
    many = np.column_stack([planted(0.3), *np.random.default_rng(2).standard_normal((9, 50))])
    first = judged(dict.fromkeys("abcdefghij", "?") | {"a": "+"}, many, np.ones(10), 0.02)[0]
    assert one.verdict == SUPPORTED and first.verdict == OPEN
    assert first.low < one.low


def test_undefined_pairs_do_not_count() -> None:
    d = planted(0.5, 50)
    d[:5] = np.nan
    assert judged({"a": "+"}, d[:, None], np.array([1.0]), 0.02)[0].n == 45


def test_a_claim_is_refuted_by_one_outcome_and_supported_by_all() -> None:
    assert together([SUPPORTED, REFUTED, OPEN]) == REFUTED
    assert together([SUPPORTED, OPEN]) == OPEN
    assert together([SUPPORTED, "", SUPPORTED]) == SUPPORTED
    assert together(["", ""]) == OPEN
    assert judge("?", 1.0, 2.0) == ""


@pytest.mark.parametrize(
    ("means", "verdict", "best"),
    [((0.0, 1.0, 0.0), SUPPORTED, 1), ((0.0, 1.0, 2.0), REFUTED, 2), ((0.0, 0.05, 0.0), OPEN, 1)],
)
def test_a_peak_inside_beats_both_ends(means: tuple[float, ...], verdict: str, best: int) -> None:
    noise = np.random.default_rng(3).standard_normal((60, 3))
    noise = noise - noise.mean(axis=0)
    found = peaked(noise + np.array(means))
    assert found[:2] == (verdict, best)
    assert found[2] == pytest.approx(np.array(means) - means[0])
