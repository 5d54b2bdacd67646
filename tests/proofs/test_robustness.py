"""Halving and doubling: what is changed, how far, and a planted flip is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.proofs.robustness import TRANSITIONS, assumed, markdown, table

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def world() -> sim.Scenario:
    return sim.load(SCENARIOS / "signature-bonus.toml")


def test_assumed_numbers_of_the_world_are_changed_and_nothing_else(world: sim.Scenario) -> None:
    found = {one.path: one.values for one in assumed(world)}
    assert "market.success" not in found  # Houghton et al.
    assert "desk.continuity" not in found  # not in play: the desk is a pool
    assert not any(path.startswith("scheme") for path in found)
    assert found["firm.perks"] == (100.0, 400.0)
    assert found["desk.agents"] == (1, 4)


def test_of_a_probability_the_odds_are_halved_and_doubled(world: sim.Scenario) -> None:
    found = {one.path: one.values for one in assumed(world)}
    half, double = found["desk.solve"]  # 0.8: odds 4
    assert half == pytest.approx(2 / 3) and double == pytest.approx(8 / 9)
    assert found["customers.tie.broken"] == (0.5, None)  # 1 cannot be doubled
    for rows, odds in zip(found[TRANSITIONS], (4.5, 18.0), strict=True):  # first row: paid with 0.9, odds 9
        assert [sum(row) for row in rows] == pytest.approx([1.0] * 4)
        assert rows[0][0] / (1 - rows[0][0]) == pytest.approx(odds)
        assert rows[1][1] == pytest.approx(rows[1][2])  # 0.2 and 0.2: the rest keeps its proportions


def test_a_planted_flip_is_found(world: sim.Scenario) -> None:
    """A signature brings a margin of 480 on 1,200 and costs perks: it pays with perks of 300 and of 150, not with 600.

    Attempts are free, there are no founders and everybody has left before renewal; so who hunts loses if and only if perks exceed 480.
    """
    idle = world.with_(
        months=4,
        reps={"count": 2, "quit_rate": 0.0, "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.0}},
        customers={"at_start": 0, "purchase": {"enabled": False}, "service": {"rate": 0.0}},
        firm={"perks": 300.0, "attempt_cost": 0.0},
        scheme={"components": []},
    )
    busy = idle.with_(reps={"choice": {"hunting": 1.0}})
    chosen = [one for one in assumed(idle) if one.path in ("firm.perks", "customers.tie.fade")]
    found = table(idle, busy, runs=20, outcomes=("npv",), workers=1, changes=chosen)
    rows = {row.change.path: row for row in found.rows}
    assert found.mean[0] > 4 * found.error[0]
    assert rows["firm.perks"].flips(found.mean, 0) == ["double"]
    assert rows["customers.tie.fade"].flips(found.mean, 0) == []
    assert np.allclose(rows["customers.tie.fade"].mean, found.mean)  # in four months nothing hangs on the tie
    text = markdown(found)
    assert text.index("`firm.perks`") < text.index("`customers.tie.fade`")
    assert text.count("**") == 2
