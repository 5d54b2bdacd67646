"""Two worlds meet the same prospects, contacts and moods until something makes them differ."""

from __future__ import annotations

import pandas as pd
import pytest

from sim import engine
from sim.scenario.model import Scenario
from tests.conftest import random_scenario
from tests.mechanisms.worlds import assert_same, customers, lively, months, pays

AMPLE = {"capacity": 1e9}  # nobody waits: the desk couples no customers


def others(people: pd.DataFrame, seat: int) -> pd.DataFrame:
    return people[people["rep"] != seat].reset_index(drop=True)


@pytest.mark.parametrize("contact", ["pool", "fixed"])
def test_with_one_rep_absent_the_others_live_on_to_the_last_bit(contact: str) -> None:
    """Seats meet at the desk's queue and in a team's measures, nowhere else: with an ample desk and no team pay they are apart."""
    world = lively(
        desk={**AMPLE, "contact": contact}, customers={"service": {"rate": 0.5}}, scheme=pays(rate=0.3, clawback={"months": 12})
    )
    whole, without = customers(world), customers(world.with_(reps={"absent": [2]}))
    assert_same(others(whole, 2), others(without, 2))
    assert len(whole) > len(without)


def test_a_busy_desk_or_team_pay_couples_the_seats() -> None:
    """The control: where the queue binds, or pay is the team's, the absence of one is felt by the others."""
    busy = lively(desk={"capacity": 40.0}, customers={"service": {"rate": 0.5}})
    team = lively(desk=AMPLE, scheme=pays(measure="repeat_revenue", rate=0.5, scope="team"))
    for world in (busy, team):
        whole, without = (others(customers(one), 2) for one in (world, world.with_(reps={"absent": [2]})))
        assert not whole.equals(without)


def test_a_change_of_scheme_from_month_25_on_leaves_two_years_identical() -> None:
    """Both worlds announce nothing: until the change every column of every month is the same to the last bit."""

    def world(rate: float) -> Scenario:
        return lively(scheme=pays({"rate": 0.2, "until_month": 24}, {"rate": rate, "from_month": 25}))

    a, b = months(world(0.2)), months(world(0.6))
    early = a["month"] <= 24
    assert_same(a[early], b[early])
    assert not a[~early].equals(b[~early])


def test_a_component_that_never_comes_into_force_changes_nothing() -> None:
    later = pays({"rate": 0.3}, {"measure": "satisfaction", "rate": 500.0, "from_month": 1000},
                 {"measure": "satisfaction", "combine": "gate", "threshold": 5.0, "from_month": 1000})  # fmt: skip
    assert_same(months(lively()), months(lively(scheme=later)))


@pytest.mark.parametrize("number", range(8))
def test_a_run_alone_equals_the_run_in_a_batch(number: int) -> None:
    """Whatever the order and the company: a run depends on scenario, seed and its number only."""
    scenario = Scenario(**random_scenario(number + 500))
    batch = engine.simulate(scenario, 3, range(1, 7), customers=True)
    alone = engine.simulate(scenario, 3, range(4, 5), customers=True)
    back = engine.simulate(scenario, 3, range(6, 0, -1), customers=True)
    for table in ("runs", "months", "cohorts", "whale", "reps", "customers"):
        whole = getattr(batch, table)
        assert_same(whole[whole["run"] == 4].reset_index(drop=True), getattr(alone, table))
        assert_same(whole, getattr(back, table))


def test_a_longer_run_begins_with_the_shorter() -> None:
    """Nobody knows when the simulation ends."""
    short, long = months(lively(months=20)), months(lively(months=36))
    assert_same(short, long[long["month"] <= 20].reset_index(drop=True))


def test_seats_meet_different_prospects() -> None:
    people = customers(lively())
    fits = [people.loc[people["rep"] == seat, "fit"] for seat in range(4)]
    assert len(set().union(*fits)) == sum(len(fit) for fit in fits)


def test_runs_and_seeds_differ() -> None:
    one = months(lively(), 2)
    assert not one[one["run"] == 1].drop(columns="run").equals(one[one["run"] == 2].drop(columns="run").set_axis(range(36)))
    assert not one.equals(months(lively(), 2, seed=2))
