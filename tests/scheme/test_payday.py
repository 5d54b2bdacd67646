"""A rep's payday: what is awarded, let through, held back and paid, and what the ledger remembers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import accounts
from sim.book import entries
from sim.scheme.measures import COUNT, NAMES
from sim.state import CUSTOMER
from tests.rules.worlds import Desk, believer, record

HALF = {"measure": "tenure", "combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 0.5}]}


def paid(
    desk: Desk, month: int = 9, team: dict[str, float] | None = None, values: dict[str, float] | None = None, **rep: float
) -> tuple[Any, Any]:
    """(row of the month, rep) of a month whose measures came to these values; salary 1000, expenses 800."""
    desk.set(reps_salary=1000.0, reps_subsidy=0.0, reps_expenses=800.0)
    shared = np.zeros(COUNT)
    for array, given in ((desk.ledger.values, values or {}), (shared, team or {})):
        array[:] = 0.0
        for name, value in given.items():
            array[NAMES.index(name)] = value
    m = np.zeros(1, accounts.MONTH)
    r, _ = desk.rep_step("be_paid", month, believer(**rep), team=shared, row=m)
    return m[0], r


RATE = {"measure": "initial_revenue", "rate": 0.1}


def test_the_regulators_cap_is_on_pay_after_multipliers() -> None:
    """10% of 4000, halved, is 200; room for 5% of 12000 is 600, of which 450 are used: 150.  Of 2000, 100 are let through whole."""
    for revenue, used, awarded in (
        (4000, 0, 200),
        (4000, 45_000, 150),
        (2000, 45_000, 100),
        (4000, 60_000, 0),
        (4000, 99_000, 0),
    ):
        desk = Desk(RATE, HALF).set(scheme_variable_cap=0.05)
        desk.ledger.scale[8] = 3.0
        m, r = paid(desk, values={"initial_revenue": revenue}, year_variable=used)
        assert (m["awarded"], m["commission"], m["salaries"]) == (100 * awarded, 100 * awarded, 100_000)
        assert r["year_variable"] == used + 100 * awarded
        scale = awarded / (0.1 * revenue)
        assert r["scale"] == pytest.approx(scale) and desk.ledger.scale[9] == pytest.approx(3.0 + scale)
        assert desk.ledger.paid_rate[9, 0] == pytest.approx(0.1 * scale)
        assert (r["paid"], r["salary"], r["total_pay"]) == (100 * awarded, 100_000, 100_000 + 100 * awarded)


def test_accounts_are_charged_at_what_was_made_of_a_component_when_it_was_last_settled() -> None:
    """A quarter's 600 at 10% is 60, of which the regulator lets 30 through; until the next settlement half counts, though nothing is scaled."""
    desk = Desk({"measure": "repeat_revenue", "rate": 0.1, "months": 3}, months=40).set(scheme_variable_cap=0.0025)
    desk.ledger.stood[:] = 1.0
    found = []
    for month in (7, 8, 9, 10):
        _, r = paid(desk, month, values={"repeat_revenue": 200})
        found.append(float(desk.rep_step("open_month", month + 1, r)[0]["charge_repeat"]))
    assert found == pytest.approx([0.1, 0.1, 0.05, 0.05])


def test_what_was_held_back_is_not_claimed_back() -> None:
    """30 for a signing, a third held back: who leaves in month 6 of 12 gives back half of 20."""
    component = {"measure": "signings", "rate": 30.0, "clawback": {"months": 12}}
    for deferral, claimed in (({}, 1500), ({"deferral": {"share": 1 / 3, "months": 24, "slices": 1}}, 1000)):
        desk = Desk(component | deferral)
        paid(desk, 9, values={"signings": 1})
        leaver = np.zeros(1, CUSTOMER)
        leaver["signed"], leaver["lapsed_month"], leaver["initial"] = 9, 14, 10_000.0
        now, r, m = np.array([record("clock", month=14)]), np.array([believer()]), np.zeros(1, accounts.MONTH)
        entries.customers_left(desk.components, now, leaver, r, desk.ledger, m)
        assert (m[0]["claimed"], r[0]["clawback_due"], leaver[0]["clawed"]) == (claimed, claimed, claimed)


def test_a_period_pays_when_it_is_settled_and_a_level_as_it_then_stands() -> None:
    """Quarters: 100 + 200 + 300 at 10%, and 2 for each of 30 customers; the next quarter begins at nought."""
    desk = Desk(RATE | {"months": 3}, {"measure": "active_customers", "rate": 2.0, "months": 3})
    for month, revenue, customers, awarded in ((7, 100, 10, 0), (8, 200, 20, 0), (9, 300, 30, 12_000), (10, 400, 40, 0)):
        assert paid(desk, month, values={"initial_revenue": revenue, "active_customers": customers})[0]["awarded"] == awarded
    assert desk.ledger.paid_rate[6:12, 0].tolist() == pytest.approx([0, 0.1, 0.1, 0.1, 0, 0])
    assert desk.ledger.to_date.tolist() == [400, 40]


@pytest.mark.parametrize(("component", "of"), [({"measure": "signings", "rate": 30.0}, 1.0), (RATE, 0.5), (RATE, 0.0)])
def test_the_ledger_knows_at_what_rate_a_period_was_paid(component: dict[str, Any], of: float) -> None:
    """One signing at 30, or a first purchase of 0.50 at 10%: what a clawback will ask back per unit; of nothing, nothing."""
    desk = Desk(component)
    paid(desk, values={component["measure"]: of})
    assert desk.ledger.paid_rate[9, 0] == pytest.approx(component["rate"] if of else 0.0)


def test_a_team_is_paid_on_its_mean_and_a_trail_on_what_is_still_there() -> None:
    """5 for each of the team's 4 signings; 12% of 100 a month over 12 months, for those signed in 3 to 9 within the last 12."""
    desk = Desk({"measure": "signings", "rate": 5.0, "scope": "team"}, RATE | {"rate": 0.12, "trail_months": 12, "from_month": 3})
    desk.ledger.base[1, :] = 10_000.0
    assert paid(desk, values={"signings": 9}, team={"signings": 4})[0]["awarded"] == 2000 + 7 * 100
    assert paid(desk, 20, values={"signings": 9}, team={"signings": 4})[0]["awarded"] == 2000 + 12 * 100


def test_a_trail_of_one_month_is_a_commission() -> None:
    """10% of each month's 1000, neither more nor less in the next month."""
    desk = Desk(RATE | {"trail_months": 1})
    desk.ledger.base[1, 9:12] = 100_000.0
    assert [paid(desk, month, values={"initial_revenue": 1000})[0]["awarded"] for month in (9, 10, 11)] == [10_000] * 3


def test_what_is_held_back_vests_in_equal_slices_and_the_last_takes_the_rest() -> None:
    """Half of 100.01 in three slices over seven months: 16.67 after 2 and 4 months, 16.67 after 7, of 50.01."""
    desk = Desk(RATE | {"deferral": {"share": 0.5, "months": 7, "slices": 3}})
    m, r = paid(desk, values={"initial_revenue": 1000.1})
    assert (m["awarded"], m["commission"], r["held"]) == (10_001, 5000, 5001)
    assert desk.ledger.held[0, 9:18].tolist() == [0, 0, 1667, 0, 1667, 0, 0, 1667, 0]
    m, r = paid(desk, 11, held=5001)
    assert (m["awarded"], m["commission"], m["forfeited"], r["held"]) == (0, 1667, 0, 3334)
    assert desk.ledger.held[0, 11] == 0


def test_a_hundredth_can_be_held_back_and_a_penalty_cannot() -> None:
    """Half of one hundredth, rounded up, is one.  What is taken away for lapses is taken at once."""
    desk = Desk(
        RATE | {"deferral": {"share": 0.5, "months": 6, "slices": 1}},
        {"measure": "lapses", "rate": -50.0, "deferral": {"share": 0.5}},
    )
    m, r = paid(desk, values={"initial_revenue": 0.1})
    assert (m["awarded"], m["commission"], r["held"]) == (1, 0, 1)
    m, r = paid(desk, values={"lapses": 3})
    assert (m["awarded"], m["commission"], r["held"]) == (-15_000, -15_000, 0)


@pytest.mark.parametrize(("level", "kept"), [(0.24, False), (0.25, True), (0.3, True)])
def test_what_vests_is_forfeited_below_the_limit_of_the_malus(level: float, kept: bool) -> None:
    deferral = {"share": 0.5, "months": 6, "slices": 1, "malus_measure": "satisfaction", "malus_below": 0.25}
    desk = Desk(RATE | {"deferral": deferral})
    desk.ledger.held[0, 9] = 700.0
    m, r = paid(desk, values={"satisfaction": level}, held=700)
    assert (m["commission"], m["forfeited"], r["held"]) == ((700, 0, 0) if kept else (0, 700, 0))


def test_a_gate_and_a_multiplier_stand_as_they_were_last_settled() -> None:
    """A yearly gate on 5 signings, shut until month 12 opens it; a multiplier that is over counts no more."""
    gate = {"measure": "signings", "combine": "gate", "quota": 5.0, "months": 12}
    desk = Desk(RATE, gate, HALF | {"until_month": 12})
    desk.ledger.factor[1] = 0.0
    for month, signings, awarded in ((11, 2, 0), (12, 3, 5000), (13, 0, 10_000)):
        assert paid(desk, month, values={"initial_revenue": 1000, "signings": signings})[0]["awarded"] == awarded


def test_an_empty_seat_is_paid_nothing_and_its_trails_stand_still() -> None:
    desk = Desk(RATE)
    desk.ledger.scale[8] = 3.0
    m, r = paid(desk, values={"initial_revenue": 1000}, present=0)
    assert not any(float(m[name]) for name in ("awarded", "commission", "salaries")) and r["months"] == 0
    assert desk.ledger.scale[9] == 3.0


def test_clawback_due_is_taken_from_pay() -> None:
    m, r = paid(Desk(RATE), values={"initial_revenue": 1000}, clawback_due=30_000)
    assert (m["awarded"], m["commission"], m["clawback"], r["clawback_due"], r["total_pay"]) == (
        10_000,
        10_000,
        30_000,
        0,
        80_000,
    )
