"""One at a time: a linear function's effects are exact, and paired on common random numbers."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.sweeps import Design, Factor, sweep
from sim.understand import one_at_a_time, tornado
from tests.understand.worlds import as_model, common_noise, own_noise

BASE = Scenario(title="Tiny", months=3, reps={"count": 2}, customers={"at_start": 6}, scheme={"components": [{"rate": 0.2}]})
RATE = Factor("rate", "scheme.components[0].rate", low=0.1, high=0.5)
PERKS = Factor("perks", "firm.perks", low=0.5, high=2.0, scale=True)
MONTHS = Factor("reps.count", low=1, high=4, path="reps.count")


def found(function: Any, *factors: Factor, runs: int = 6) -> Any:
    design = one_at_a_time(BASE, factors, runs=runs)
    assert len(design) == 2 * len(factors) + 1
    return tornado(sweep(design, model=as_model(function), workers=1))


def test_a_linear_function_has_exact_effects_in_the_order_of_their_swing() -> None:
    result = found(lambda p, runs: 7 + 10 * p["rate"] - 3 * p["perks"] + 0.1 * p["reps.count"], RATE, PERKS, MONTHS)
    table = result.table
    assert list(table["factor"]) == ["perks", "rate", "reps.count"]
    assert table["effect_low"].tolist() == pytest.approx([1.5, -1.0, -0.1])
    assert table["effect_high"].tolist() == pytest.approx([-3.0, 3.0, 0.2])
    assert table["swing"].tolist() == pytest.approx([4.5, 4.0, 0.3])
    assert table["base"].tolist() == pytest.approx([1.0, 0.2, 2.0])
    assert result.base == pytest.approx(7 + 2 - 3 + 0.2)


def test_noise_common_to_all_points_leaves_no_interval_and_their_own_leaves_one() -> None:
    shared = found(lambda p, runs: 10 * p["rate"] + 100 * common_noise(runs), RATE)
    assert shared.table["effect_high_error"][0] == pytest.approx(0, abs=1e-9)
    assert shared.base_error > 10
    own = found(lambda p, runs: 10 * p["rate"] + own_noise(p, runs), RATE, runs=200)
    assert own.table["effect_high_error"][0] == pytest.approx(1.97 * (2 / 200) ** 0.5, rel=0.2)
    assert abs(own.table["effect_high"][0] - 3) < 2 * own.table["effect_high_error"][0]


def test_a_scenario_itself() -> None:
    design = one_at_a_time(BASE, [RATE], runs=3)
    made = sweep(design, workers=1)
    result = tornado(made, "rep_pay_mean")
    assert result.table["effect_low"][0] < 0 < result.table["effect_high"][0]
    pay = made.column("rep_pay_mean").mean(axis=1)
    assert result.table["effect_high"][0] == pytest.approx(pay[2] - pay[0])


def test_a_base_at_an_end_and_what_is_no_such_design() -> None:
    at_end = found(lambda p, runs: 10 * p["rate"], Factor("rate", "scheme.components[0].rate", low=0.2, high=0.5))
    assert at_end.table["effect_low"][0] == 0 and at_end.table["effect_high"][0] == pytest.approx(3)
    line = (Factor("x", low=0, high=1), Factor("y", low=0, high=1))
    with pytest.raises(InputError, match="several factors move at once"):
        tornado(sweep(Design(None, line, "lhs", 4, runs=1), model=as_model(lambda p, runs: p["x"]), workers=1))
    with pytest.raises(InputError, match="goes from low to high; found levels"):
        one_at_a_time(BASE, [Factor("desk", "desk.contact", levels=["pool", "fixed"])])
