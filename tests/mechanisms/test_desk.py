"""S3 and S4: afterwards there is a desk – a fixed contact or anybody, technical or commercial – and it may be overloaded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.rules import service
from sim.scenario.model import Scenario
from sim.tables import CUSTOMERS
from tests.mechanisms.worlds import NUMB, SAME, assert_raises, assert_same, customers, lively, months, quiet, standard_errors

ACCOUNT = [column.name for column in CUSTOMERS]


def called(desk: dict[str, Any] | None = None, **customer: Any) -> Scenario:
    """Customers who all need the desk and meet nobody else."""
    return quiet(
        reps={"choice": {"hunting": 0.0}},
        customers={"at_start": 800, "service": {"rate": 0.05, "shape": SAME / 100, "fit": 0.0}, **customer},
        desk={"agents": 4, "capacity": 20.0, **(desk or {})},
        firm={"resolution": {"policy": "solution"}},
    )


def total(scenario: Scenario, *columns: str, runs: int = 12) -> pd.DataFrame:
    return months(scenario, runs).groupby("run")[list(columns)].sum()


def test_a_fixed_contact_waits_longer_and_solves_more() -> None:
    """Same contacts; four queues of one wait longer than one of four; continuity solves 8 in 100 more."""
    pool, fixed = called({"solve": 0.6, "continuity": 0.08}), called({"solve": 0.6, "continuity": 0.08, "contact": "fixed"})
    a, b = total(pool, "contacts", "cases"), total(fixed, "contacts", "cases")
    assert_same(a["contacts"], b["contacts"])
    assert_raises("wait", fixed, pool)
    gain = ((a["cases"] - b["cases"]) / a["contacts"]).to_numpy()
    assert standard_errors(gain) > 4
    assert abs(standard_errors(gain - 0.08 * (a["cases"] / a["contacts"]).to_numpy() / 0.4)) < 4


def test_without_a_gain_from_continuity_the_fixed_contact_only_waits() -> None:
    desk = {"continuity": 0.0}
    pool, fixed = customers(called(desk, feeling=NUMB)), customers(called({**desk, "contact": "fixed"}, feeling=NUMB))
    assert_same(pool, fixed)


def test_waiting_displeases_and_trouble_unsolved_displeases_more() -> None:
    slow = {"capacity": 10.5}
    assert_raises("satisfaction", called(slow, feeling={"wait": 0.0}), called(slow, feeling={"wait": 0.2}))
    assert_raises("satisfaction", called(feeling={"unsolved": 0.0}), called(feeling={"unsolved": 0.6}))
    assert_raises("satisfaction", called({"solve": 0.9}), called({"solve": 0.5}))


def test_an_overloaded_desk_lets_everybody_wait_up_to_the_longest_wait() -> None:
    """Forty contacts a month: a desk that can handle 36 falls behind, one that can handle 80 does not."""
    busy, idle = (months(called({"capacity": capacity, "max_wait": 8.0}, feeling=NUMB), 4) for capacity in (9.0, 20.0))
    assert (busy.loc[busy["month"] == 24, "wait"].round(4) == 8.0).all()
    assert (idle["wait"] < 1.0).all()


def test_an_overload_of_one_percent_builds_up_month_by_month() -> None:
    """404 contacts a month at a desk for 400: four are left over each month, a fifth of a day's work more; no month's wait at once."""
    wait = (
        months(called({"capacity": 100.0}, service={"rate": 0.505, "shape": 1e4, "fit": 0.0}, feeling=NUMB), 4)
        .groupby("month")["wait"]
        .mean()
    )
    assert wait[1] < 3.0
    assert np.allclose(wait.diff().iloc[1:], 4.0 / 400.0 * 21.0, rtol=0.3)


def test_a_backlog_is_worked_off_at_the_rate_of_the_desk() -> None:
    assert service.wait(3.0, 5.0, 2, 20.0) == pytest.approx(service.wait(3.0, 5.0, 2, 0.0) + 2.0)
    assert service.wait(0.0, 5.0, 2, 0.0) == 0.0


def test_the_customers_of_one_rep_wait_for_those_of_another() -> None:
    """Overload is felt by everybody: at the same desk for themselves fewer of rep 0's customers leave."""
    world = lively(reps={"count": 2, "choice": {"rule": "fixed", "hunting": 0.0}}, desk={"agents": 1, "capacity": 80.0},
                   customers={"at_start": 130, "service": {"rate": 0.3}, "lapse": {"satisfaction": 3.0}})  # fmt: skip
    together, alone = customers(world, 40), customers(world.with_(desk={"capacity": 1e6}), 40)

    def gone(people: pd.DataFrame) -> np.ndarray:
        people = people[people["rep"] == 0]
        return (people["status"] > 0).groupby(people["run"]).mean().to_numpy()

    assert standard_errors(gone(together) - gone(alone)) > 4


def test_skill_differs_between_desk_agents() -> None:
    """Mean solving is kept, some customers always meet the better agent: cases spread more between runs."""
    alike, spread = (total(called({"solve": 0.5, "skill_spread": sd}), "cases", "contacts", runs=60) for sd in (0.0, 0.2))
    assert_same(alike["contacts"], spread["contacts"])
    assert (spread["cases"] / spread["contacts"]).std() > 2 * (alike["cases"] / alike["contacts"]).std()


def test_in_a_pool_nobody_has_an_agent_of_his_own() -> None:
    """Agents of different skill: with fixed contacts the customers of the better one have fewer cases, in a pool they have not."""

    def gap(contact: str) -> np.ndarray:
        people = customers(called({"solve": 0.5, "skill_spread": 0.2, "contact": contact, "capacity": 1e6}), 40)
        mine = (people["rep"] + people["signed_month"] + people["customer"] % 2**20) % 4
        cases = people["resolution"].groupby([people["run"], mine]).mean().unstack()
        return cases.std(axis=1).to_numpy()

    alike = customers(called({"solve": 0.5, "capacity": 1e6}), 40)
    mine = (alike["rep"] + alike["signed_month"] + alike["customer"] % 2**20) % 4
    chance = alike["resolution"].groupby([alike["run"], mine]).mean().unstack().std(axis=1).to_numpy()
    assert standard_errors(gap("fixed") - chance) > 4
    assert abs(standard_errors(gap("pool") - chance)) < 4


# --- technical or commercial ----------------------------------------------------------------------------------------------

COMMERCIAL = {"orientation": "commercial", "offer_sale": 0.1, "appointment": 0.2, "irritation": 0.0, "offer_time": 0.0}


def test_a_technical_desk_solves_and_hangs_up() -> None:
    m = months(called(), 4)
    assert (m["cross_revenue"] == 0).all()
    assert np.allclose(m["leads"], months(called(service={"rate": 0.0}), 4)["leads"])


def test_a_commercial_desk_sells_at_every_contact_and_makes_appointments_for_the_rep() -> None:
    world = called(COMMERCIAL, feeling=NUMB)
    m = total(world, "cross_revenue", "contacts")
    sold = (m["cross_revenue"] / 80.0 - 0.1 * m["contacts"]).to_numpy()
    assert abs(standard_errors(sold)) < 4
    with_, without = months(world, 12), months(called(feeling=NUMB), 12)
    assert_same(with_["contacts"], without["contacts"])

    def arrived(m: pd.DataFrame) -> pd.Series:
        return (m["leads"] - m.groupby("run")["leads"].shift(fill_value=100.0) * (2 / 3)).groupby(m["run"]).sum()

    made = (arrived(with_) - arrived(without) - 0.2 * with_.groupby("run")["contacts"].sum()).to_numpy()
    assert abs(standard_errors(made)) < 4


def test_orientation_changes_nothing_else_where_offers_take_no_time_and_irritate_nobody() -> None:
    """Without sales and appointments a commercial desk is a technical one, to the last bit."""
    silent = {**COMMERCIAL, "offer_sale": 0.0, "appointment": 0.0}
    assert_same(customers(called(silent))[ACCOUNT], customers(called())[ACCOUNT])


def test_offers_take_time_and_the_queue_is_longer() -> None:
    assert_raises("wait", called({**COMMERCIAL, "offer_time": 0.5}), called(COMMERCIAL))


def test_pushed_too_often_customers_are_irritated() -> None:
    """The sales are the same, the mood is not; the first offer in memory irritates nobody."""
    often = {"service": {"rate": 0.4}, "feeling": {**NUMB, "speed": 0.5}}
    desk = {**COMMERCIAL, "capacity": 1e6, "solve": 1.0}
    calm, pushed = called(desk, **often), called({**desk, "irritation": 0.5}, **often)
    assert_same(total(calm, "cross_revenue"), total(pushed, "cross_revenue"))
    assert_raises("satisfaction", calm, pushed)
    first = months(pushed.with_(months=1, customers={"service": {"rate": 0.001}}), 12)
    assert (first["satisfaction"] == 0.0).all()
    assert first["contacts"].sum() > 0
