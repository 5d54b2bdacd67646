"""The choice among many: probabilities of being best are probabilities, and the best is rarely excluded."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.ranking import ranking


def studies(number: int, n: int, spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """True means [number, 4] drawn widely, and studies [number, 4, n] of them with shared noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.0, spread, (number, 4))
    shared = 2.0 * rng.standard_normal((number, 1, n))
    return truth, truth[:, :, None] + shared + rng.standard_normal((number, 4, n))


def test_two_schemes_by_hand() -> None:
    """P(best) of the better of two is Student's P(t < d / se), from the paired difference."""
    rng = np.random.default_rng(2)
    base = 10 * rng.standard_normal(25)
    other = base + rng.normal(0.2, 1.0, 25)
    table = ranking(np.stack([base, other]), ["base", "other"], 1).set_index("scenario")
    d = other - base
    expected = stats.t.cdf(d.mean() / (d.std(ddof=1) / 5), 24)
    assert table.loc["other", "p_best"] == pytest.approx(expected, abs=0.01)
    assert table["p_best"].sum() == pytest.approx(1.0)
    assert table.loc["other", "share_best"] == pytest.approx((d > 0).mean())
    interval = stats.ttest_1samp(d, 0.0).confidence_interval(0.95)
    found = table.loc["other", ["gap", "gap_low", "gap_high"]].astype(float)
    assert np.allclose(found, [d.mean(), interval.low, interval.high])


def test_where_less_is_better_the_smallest_is_first() -> None:
    x = np.random.default_rng(1).standard_normal((3, 40)) + np.array([[0.0], [3.0], [-3.0]])
    up, down = ranking(x, list("abc"), 1), ranking(x, list("abc"), -1)
    assert list(up["scenario"]) == ["b", "a", "c"] and list(down["scenario"]) == ["c", "a", "b"]
    assert list(up["may_be_best"]) == list(down["may_be_best"]) == [True, False, False]
    assert (down["gap_low"] <= down["gap"]).all() and (down["gap"] <= down["gap_high"]).all()
    mirrored = ranking(-x, list("abc"), 1).set_index("scenario")
    assert np.allclose(down.set_index("scenario")["p_best"], mirrored["p_best"].loc[list("cab")])


def test_twins_share_the_probability() -> None:
    x = np.random.default_rng(1).standard_normal((2, 30))
    table = ranking(np.stack([x[0], x[0], x[1] - 9]), list("abc"), 1).set_index("scenario")
    assert np.allclose(table["p_best"], [0.5, 0.5, 0.0])
    assert np.allclose(table["share_best"], [0.5, 0.5, 0.0])


def test_a_single_run_says_nothing_and_undefined_runs_are_left_out() -> None:
    assert ranking(np.ones((2, 1)), ["a", "b"], 1)["p_best"].isna().all()
    x = np.random.default_rng(1).standard_normal((2, 30))
    gap = np.where(np.arange(30) < 5, np.nan, x[1])
    assert ranking(np.stack([x[0], gap]), ["a", "b"], 1)["n"].tolist() == [25, 25]


def calibration(number: int, seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """P(best) of every scheme of every study, whether it is the best, and how often the best is not excluded."""
    truth, values = studies(number, 20, 0.5, seed)
    p, best, kept = [], [], []
    for means, study in zip(truth, values, strict=True):
        table = ranking(study, range(4), 1).set_index("scenario").sort_index()  # type: ignore[arg-type]
        p.append(table["p_best"])
        best.append(np.arange(4) == means.argmax())
        kept.append(table.loc[means.argmax(), "may_be_best"])
    return np.concatenate(p), np.concatenate(best), float(np.mean(kept))


def check(number: int, seed: int) -> None:
    p, best, kept = calibration(number, seed)
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 0.7), (0.7, 0.95), (0.95, 1.0)):
        mine = (p >= low) & (p <= high)
        said, seen = p[mine].mean(), best[mine].mean()
        error = np.sqrt(said * (1 - said) / mine.sum())
        print(f"P(best) {low} to {high}: said {said:.3f}, seen {seen:.3f} ± {error:.3f}, {mine.sum()} schemes")
        assert abs(seen - said) < 4 * error + 0.02
    print(f"the best is kept in {kept:.3f} of {number} studies")
    assert kept > 0.95 - 3 * np.sqrt(0.95 * 0.05 / number)


def test_best_with_probability_p_is_best_in_a_share_p_of_studies() -> None:
    check(100, seed=4)


@pytest.mark.slow
def test_best_with_probability_p_is_best_in_a_share_p_of_many_studies() -> None:
    check(2000, seed=5)
