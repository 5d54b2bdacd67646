"""A5, A6: effort on two tasks, and logit choice between ways to spend the month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.proofs.measure import months
from sim.rules import planning
from sim.scenario.model import Scenario
from tests.theory.worlds import close, world

MANY = {"leads_at_start": 1e6, "leads_per_month": 1e6}
FULL_TIME = 0.2 * 50.0 / 4.0 * 1200.0  # revenue a newcomer expects of a month of hunting: success x attempts x first purchase


def choosing(rate: float, temperature: float, grid: int, **reps: Any) -> Scenario:
    """A hundred reps who learn nothing, paid a rate on first purchases, amid more prospects than they can see."""
    return world(
        months=12,
        customers={"at_start": 0},
        market=MANY,
        reps={
            "count": 100,
            "choice": {"rule": "logit", "temperature": temperature, "grid": grid},
            "belief": {"rate": 0.0},
            **reps,
        },
        scheme={"components": [{"rate": rate}] if rate else []},
    )


def shares(scenario: Scenario, runs: int = 20) -> tuple[np.ndarray, np.ndarray]:
    m = months(scenario, 7, runs).groupby("run")[["hunting_share", "nurturing_share"]].mean()
    return m["hunting_share"].to_numpy(), m["nurturing_share"].to_numpy()


def test_the_pick_has_logit_shares() -> None:
    """P = exp(u / tau) / sum, over a grid of uniforms."""
    utility, tau = np.array([1.0, 2.0, 0.5]), 0.7
    expected = np.exp(utility / tau) / np.exp(utility / tau).sum()
    picks = np.array([planning.logit_pick(utility.copy(), tau, v) for v in (np.arange(30000) + 0.5) / 30000])
    assert np.abs(np.bincount(picks, minlength=3) / 30000 - expected).max() < 1e-4


@pytest.mark.parametrize("temperature", [200.0, 600.0, 3000.0])
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.25])
def test_two_alternatives(rate: float, temperature: float) -> None:
    """A6: P(hunt) = 1 / (1 + exp(-(u_h - u_0) / tau)): a month of hunting or none, alike in effort; visiting is too irksome."""
    alike = {"intrinsic_hunting": 0.5, "intrinsic_nurturing": 0.0, "substitution": 0.0, "effort_cost": 1e6}
    hunting, nurturing = shares(choosing(rate, temperature, 1, **alike))
    assert (nurturing == 0).all()
    close(hunting, 1 / (1 + np.exp(-rate * FULL_TIME / temperature)))


def test_the_extremes_of_temperature() -> None:
    """tau to infinity: one half; tau to nought: the best."""
    alike = {"intrinsic_hunting": 0.5, "intrinsic_nurturing": 0.0, "substitution": 0.0, "effort_cost": 1e9}
    close(shares(choosing(0.1, 1e7, 1, **alike))[0], 0.5)
    assert (shares(choosing(0.1, 1e-3, 1, **alike))[0] == 1.0).all()


def test_all_alternatives_of_the_grid() -> None:
    """Unpaid: the softmax of the effort cost over the fifteen splits of a quarter."""
    tau, k, s, h0, n0 = 400.0, 2500.0, 0.3, 0.25, 0.35
    splits = np.array([planning.alternative(i, 4) for i in range(planning.alternatives(4))])
    assert len(np.unique(splits, axis=0)) == 15 and (splits.sum(axis=1) <= 1).all()
    a, b = splits[:, 0] - h0, splits[:, 1] - n0
    weight = np.exp(-0.5 * k * (a * a + b * b + 2 * s * a * b) / tau)
    expected = weight @ splits / weight.sum()
    found = shares(choosing(0.0, tau, 4, effort_cost=k, substitution=s, intrinsic_hunting=h0, intrinsic_nurturing=n0))
    close(found[0], expected[0])
    close(found[1], expected[1])


def test_pay_on_one_task_crowds_out_the_other() -> None:
    """A5, Holmstrom & Milgrom (1991): t = t0 + C^-1 a; paid for hunting only, nurturing falls by s / (1 - s^2) a / k below intrinsic."""
    k, s, h0, n0 = 20000.0, 0.3, 0.25, 0.45
    a = 4000.0
    found = shares(choosing(a / FULL_TIME, 40.0, 20, effort_cost=k, substitution=s, intrinsic_hunting=h0, intrinsic_nurturing=n0))
    hunt, nurture = np.array([h0, n0]) + np.linalg.solve(k * np.array([[1, s], [s, 1]]), [a, 0.0])
    assert nurture < n0
    assert abs(found[0].mean() - hunt) < 4 * found[0].std(ddof=1) / np.sqrt(20) + 1e-3  # grid of 1/20, bounds four sd away
    assert abs(found[1].mean() - nurture) < 4 * found[1].std(ddof=1) / np.sqrt(20) + 1e-3
