"""Inside every parameter's bounds a scenario runs and gives numbers; just beyond them it is refused in a line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim import book
from sim.engine import simulate
from sim.errors import InputError
from sim.numeric import TABLE_NODES, quantile_table
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scenario.path import vary
from tests.bounds.corners import BIG, SHORT, Bounds, corner, infinite, line_numbers, numbers, same, with_line

BASE = Scenario.model_validate(SHORT)
ALL = [*numbers(), *line_numbers()]
BESIDE: dict[str, dict[str, Any]] = {  # without which a bound contradicts another parameter
    "reps.hours_per_attempt": {"reps.hours": 1.0},
    "reps.choice.hunting": {"reps.choice.nurturing": 0.0},
    "reps.choice.nurturing": {"reps.choice.hunting": 0.0},
    "customers.purchase.shape": {"customers.purchase.alpha": 500.0},
    "customers.purchase.alpha": {"customers.purchase.shape": 0.001},
    "firm.resolution.bucket": {"customers.payment.transitions": [[0.5] + [0.0] * k + [0.5] + [0.0] * (7 - k) for k in range(8)]},
}


def at(bound: Bounds, value: Any) -> Scenario:
    if bound.path.startswith("line."):
        return with_line(bound, value, BASE)
    return vary(BASE, BESIDE.get(bound.path, {}) | {bound.path: value})


def within(bound: Bounds) -> list[Any]:
    """Both ends, but of what grows with memory only as much as a test can have."""
    high = min(40, bound.high) if bound.path in BIG else bound.high
    return [bound.low, high]


def test_every_number_has_both_bounds_and_they_are_numbers() -> None:
    assert len(ALL) > 130
    assert not [bound for bound in ALL if not (math.isfinite(bound.low) and math.isfinite(bound.high) and bound.low < bound.high)]


def test_at_both_bounds_of_every_parameter_all_tables_hold_numbers() -> None:
    wrong = {}
    for bound in ALL:
        for value in within(bound):
            if found := infinite(simulate(at(bound, value), 1, range(1, 2), customers=True)):
                wrong[f"{bound.path} = {value:g}"] = found
    assert not wrong


def test_just_beyond_both_bounds_one_message_says_what_is_allowed() -> None:
    for bound in ALL:
        for value in bound.beyond:
            with pytest.raises(InputError, match="allowed is") as caught:
                at(bound, value)
            assert len(str(caught.value).splitlines()) == 1 and bound.path.split(".")[-1] in str(caught.value), bound.path


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, 10**400, -(10**400), 10**5000, True, "1", [], {}, None, 1e309],
    ids=lambda v: str(type(v)),
)
def test_what_is_no_number_of_a_parameter_is_refused_in_a_short_message(value: Any) -> None:
    for path in ("customers.initial_shape", "reps.salary", "months", "reps.count", "customers.lapse.beta"):
        with pytest.raises(InputError) as caught:
            vary(BASE, {path: value})
        assert path in str(caught.value) and len(str(caught.value)) < 200, path


@pytest.mark.parametrize("value", [5e-324, *(pytest.param(value, marks=pytest.mark.slow) for value in (-0.0, 1e-308))])
def test_the_smallest_numbers_are_numbers(value: float) -> None:
    for bound in numbers():
        if not bound.whole and bound.low <= value <= bound.high and not math.isinf(bound.low):
            assert not infinite(simulate(vary(BASE, {bound.path: value}), 1, range(1, 2), customers=True)), bound


def test_shapes_of_no_use_end_and_give_numbers() -> None:
    """As the table is asked for by calibration, say, where no bound is in the way: 1e-9 gave NaN, and 5e-324 never ended."""
    for is_beta, a, b in (
        (False, 1e-9, 0.0),
        (False, 1e-4, 0.0),
        (True, 1e-6, 1e-6),
        (True, 1e-6, 1e6),
        (True, 1e6, 1e-6),
        (False, 1e6, 0.0),
    ):
        table = quantile_table(is_beta, a, b)
        assert table.shape == (TABLE_NODES, 2) and np.isfinite(table).all() and (np.diff(table[:, 0]) >= 0.0).all(), (a, b)


def test_multipliers_of_multipliers_stay_numbers() -> None:
    """Fourteen of rate 1e9 on money came to 1e126 and more, and then to minus infinity."""
    lines = [{"name": f"times {k}", "measure": "tenure", "combine": "multiply", "rate": 1000.0} for k in range(15)]
    pay = {"name": "pay", "measure": "initial_revenue", "rate": 100.0}
    assert not infinite(simulate(BASE.with_(months=26, scheme={"components": [*lines, pay]}), 1, range(1, 3)))
    with pytest.raises(InputError, match=r"rate: found 1000000000\.0, allowed is -1000 to 1000 as a factor"):
        BASE.with_(scheme={"components": [lines[0] | {"rate": 1e9}]})


def test_a_factor_counts_to_a_thousand() -> None:
    """A component of 1 a signing beside a multiplier of 1,000 per month of tenure: never more than a thousandfold."""
    lines = [
        {"name": "pay", "measure": "signings", "rate": 1.0},
        {"name": "times", "measure": "tenure", "combine": "multiply", "rate": 1000.0},
    ]
    months = simulate(BASE.with_(months=12, scheme={"components": lines}), 1, range(1, 5)).months
    busy = months[months.signings > 0]
    assert (busy.awarded / busy.signings).max() == 1000.0


@pytest.mark.parametrize("number", range(40))
def test_random_corners(number: int) -> None:
    scenario = corner(number)
    if scenario is not None:
        assert not infinite(simulate(scenario, 1, range(1, 2), customers=True))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 5000, 100))
def test_thousands_of_random_corners(first: int) -> None:
    wrong = {}
    for number in range(first, first + 100):
        scenario = corner(number)
        if scenario is not None and (found := infinite(simulate(scenario, 1, range(1, 2), customers=True))):
            wrong[number] = found
    assert not wrong


@pytest.mark.slow
def test_pairs_of_bounds() -> None:
    """Every pair would be 40,000: of every parameter's ends, with those of eight others each."""
    wrong = {}
    plain = [bound for bound in numbers() if bound.path not in (*BIG, "months", *BESIDE)]
    for place, bound in enumerate(plain):
        for step in range(1, 9):
            other = plain[(place + step * 17) % len(plain)]
            for value in (bound.low, bound.high):
                for beside in (other.low, other.high):
                    changes = {bound.path: value, other.path: beside}
                    try:
                        scenario = vary(BASE, changes)
                    except InputError:
                        continue
                    if found := infinite(simulate(scenario, 1, range(1, 2))):
                        wrong[str(changes)] = found
    assert not wrong


@pytest.mark.parametrize("number", [3, 8])
def test_both_engines_agree_in_corners(number: int) -> None:
    scenario = corner(number)
    assert scenario is not None
    same(simulate(scenario, 1, range(1, 2), True), book.simulate(scenario, 1, range(1, 2), True))


@pytest.mark.slow
def test_both_engines_agree_at_every_bound() -> None:
    for bound in ALL:
        if bound.path != "months":
            for value in within(bound):
                one = at(bound, value)
                same(simulate(one, 1, range(1, 2), True), book.simulate(one, 1, range(1, 2), True))


def test_a_run_for_which_there_is_no_memory_is_refused_before_it_begins(tmp_path: Any) -> None:
    file = tmp_path / "vast.toml"
    file.write_text("months = 1200\n[reps]\ncount = 100000\n[customers]\nat_start = 500000\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"vast: expected a scenario that fits into the .* of memory free here, got one that needs about "
    ):
        simulate(load(file), 1, range(1, 2))
