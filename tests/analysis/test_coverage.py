"""The battery: nominal 95% intervals cover the known truth in 93% to 97% of studies.

Made-up outcomes, whose truth is known; and the model itself, whose truth is a very large study of other runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from sim import engine
from sim.analysis.differences import differences
from sim.analysis.paired import paired, wilson
from sim.scenario.model import Scenario

LEVEL = 0.95
LOWEST, HIGHEST = 0.93, 0.97


def synthetic(number: int, n: int, seed: int) -> Iterator[np.ndarray]:
    """Studies [3 scenarios, n runs] of skewed profits that share most of their noise; means 10, 10.5 and 11."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        shared = 2.0 * rng.gamma(4.0, 0.5, n) - 4.0
        own = rng.gamma(9.0, 1 / 3, (3, n)) - 3.0
        yield np.array([[10.0], [10.5], [11.0]]) + np.array([[1.0], [1.1], [0.9]]) * shared + 0.5 * own


def covered(found: dict[str, float], low: str, high: str, truth: float) -> bool:
    return found[low] <= truth <= found[high]


def synthetic_coverage(number: int, n: int, seed: int) -> dict[str, float]:
    hits = []
    for a, b, _ in synthetic(number, n, seed):
        found = paired(a, b, LEVEL)
        hits.append((covered(found, "low", "high", 0.5), covered(found, "relative_low", "relative_high", 0.05)))
    difference, relative = np.mean(hits, axis=0)
    return {"difference": difference, "relative": relative}


def joint_coverage(number: int, n: int, seed: int) -> float:
    hits = []
    for values in synthetic(number, n, seed):
        runs = pd.concat(
            [pd.DataFrame({"scenario": name, "run": range(n), "npv": x}) for name, x in zip("abc", values, strict=True)]
        )
        table = differences(runs, list("abc"))
        hits.append(((table["low_joint"] <= [0.5, 1.0]) & (table["high_joint"] >= [0.5, 1.0])).all())
    return float(np.mean(hits))


def test_intervals_of_made_up_outcomes_cover_the_truth() -> None:
    for what, share in synthetic_coverage(2500, 40, seed=1).items():
        assert LOWEST < share < HIGHEST, (what, share)


def test_joint_intervals_of_made_up_outcomes_cover_all_truths_at_once() -> None:
    assert abs(joint_coverage(200, 40, seed=2) - LEVEL) < 3 * np.sqrt(0.95 * 0.05 / 200)


@pytest.mark.slow
def test_joint_intervals_cover_all_truths_at_once_in_many_studies() -> None:
    share = joint_coverage(2000, 40, seed=3)
    print(f"joint coverage of two schemes: {share:.4f}")
    assert LOWEST < share < HIGHEST


def test_the_interval_of_the_share_of_better_runs_covers_the_truth() -> None:
    """Wilson (1927), averaged over the shares that occur; at one share it moves with the lattice of counts."""
    rng = np.random.default_rng(4)
    truth = rng.uniform(0.05, 0.95, 4000)
    bounds = [wilson(k / 60, 60, LEVEL) for k in rng.binomial(60, truth)]
    assert LOWEST < np.mean([low <= p <= high for p, (low, high) in zip(truth, bounds, strict=True)]) < HIGHEST


# -- the model -------------------------------------------------------------------------------------------------

BASE = Scenario(title="Base", months=12, reps={"count": 2}, customers={"at_start": 20}, scheme={"components": [{"rate": 0.2}]})
SCHEMES = (
    BASE,
    BASE.with_(title="Clawback", scheme={"components": [{"rate": 0.25, "clawback": {"months": 12}}]}),
    BASE.with_(title="Renewals", scheme={"components": [{"rate": 0.1}, {"measure": "repeat_revenue", "rate": 0.1}]}),
)
STUDIES, RUNS, TRUE_RUNS = 2000, 50, 200_000
CHECKED = (
    "npv profit_year_1 realised_profit promised_profit signings lapses customers_end churn_rate satisfaction cost_to_serve "
    "rep_pay_mean variable_share hunting_share nurturing_share share_loss_making"
).split()


def model_runs(first: int, number: int) -> np.ndarray:
    """Outcomes [schemes, runs, outcomes] of so many runs."""
    return np.stack([engine.simulate(one, 7, range(first, first + number)).runs[CHECKED].to_numpy(float) for one in SCHEMES])


@pytest.mark.slow
def test_intervals_of_the_models_outcomes_cover_the_truth() -> None:
    """2,000 studies of 50 pairs of runs each; truth from 200,000 pairs of other runs, whose error is 1.6% of theirs."""
    large = model_runs(10_000_001, TRUE_RUNS)
    truth = (large[1:] - large[0]).mean(axis=1)  # [schemes, outcomes]
    relative = truth / np.abs(large[0].mean(axis=0))
    values = model_runs(1, STUDIES * RUNS).reshape(len(SCHEMES), STUDIES, RUNS, len(CHECKED))
    shares = {}
    for k in (1, 2):
        for j, outcome in enumerate(CHECKED):
            found = [paired(values[0, s, :, j], values[k, s, :, j], LEVEL) for s in range(STUDIES)]
            shares[k, outcome] = np.mean([covered(one, "low", "high", truth[k - 1, j]) for one in found])
            known = [covered(one, "relative_low", "relative_high", relative[k - 1, j]) for one in found if "relative" in one]
            shares[k, f"{outcome}, relative"] = np.mean(known) if len(known) == STUDIES else np.nan
            print(f"{SCHEMES[k].name:9} {outcome:18} {shares[k, outcome]:.4f}  relative {shares[k, f'{outcome}, relative']:.4f}")
    assert {what: share for what, share in shares.items() if not np.isnan(share) and not LOWEST < share < HIGHEST} == {}


@pytest.mark.slow
def test_joint_intervals_of_the_models_outcomes_cover_all_truths_at_once() -> None:
    large = model_runs(10_000_001, TRUE_RUNS)
    chosen = ["npv", "churn_rate", "rep_pay_mean"]
    at = [CHECKED.index(one) for one in chosen]
    truth = pd.Series(np.concatenate([(large[k] - large[0]).mean(axis=0)[at] for k in (1, 2)]))
    values = model_runs(1, 1000 * RUNS).reshape(len(SCHEMES), 1000, RUNS, len(CHECKED))[..., at]
    hits = []
    for s in range(1000):
        frames = [pd.DataFrame(values[k, s], columns=chosen).assign(scenario=k, run=range(RUNS)) for k in range(3)]
        table = differences(pd.concat(frames), [0, 1, 2])  # type: ignore[list-item]
        inside = (table["low_joint"] <= truth) & (truth <= table["high_joint"])
        hits.append(inside.groupby(table["outcome"]).all())
    shares = pd.DataFrame(hits).mean()
    print(shares.to_string())
    assert shares.between(LOWEST, HIGHEST).all()
