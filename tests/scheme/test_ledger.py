"""The payroll's books, rule by rule: periods, what accounts are charged with, what leavers take with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import accounts
from sim.rules import purchasing
from sim.scheme import settle
from sim.scheme.measures import COUNT
from sim.state import QUANTUM, REP
from tests.rules.worlds import Desk, believer, record

QUARTERLY = {"measure": "signings", "rate": 30.0, "months": 3}


def test_periods_count_from_the_components_first_month_and_the_last_ends_with_it() -> None:
    k = Desk(QUARTERLY | {"from_month": 2, "until_month": 8}).k()
    assert [settle.settled_in(k, month) for month in (2, 3, 4, 5, 7, 8)] == [4, 4, 4, 7, 7, 8]
    assert [month for month in range(2, 9) if settle.settles(k, month)] == [4, 7, 8]
    assert [settle.in_force(k, month) for month in (1, 2, 8, 9)] == [False, True, True, False]


def test_a_period_opens_with_its_first_month_the_component_or_the_rep() -> None:
    k = Desk(QUARTERLY | {"from_month": 2}).k()
    assert [settle.opened_in(k, believer(hired_month=1), month) for month in (2, 4, 5, 7, 8)] == [2, 2, 5, 5, 8]
    assert [settle.opened_in(k, believer(hired_month=6), month) for month in (7, 8)] == [6, 8]


def test_the_calendars_periods_count_from_month_1() -> None:
    k = Desk(QUARTERLY | {"from_month": 2, "until_month": 8, "calendar": True}).k()
    assert [month for month in range(2, 9) if settle.settles(k, month)] == [3, 6, 8]
    assert [settle.opened_in(k, believer(hired_month=1), month) for month in (3, 4, 6, 7)] == [2, 4, 4, 7]


def test_an_account_stays_open_while_commission_may_still_be_paid() -> None:
    """Signed in month 4, left in 5, the quarter being settled in 6; a trail, or pay on the book, keeps none open."""
    c = record("customer", signed=4)
    for component, until in (
        (QUARTERLY, 6),
        (QUARTERLY | {"from_month": 5}, 0),
        ({"measure": "revenue", "rate": 0.1, "months": 3}, 0),
    ):
        desk = Desk(component)
        assert [settle.awaits_settlement(desk.components, c, month) for month in (4, 5, 6)] == [
            month < until for month in (4, 5, 6)
        ]
    trail = Desk({"measure": "signings", "rate": 30.0, "trail_months": 12})
    assert not settle.awaits_settlement(trail.components, c, 4)
    owes = record("customer", signed=1, owed=1.0)
    assert not accounts.can_close(trail.components, owes, 4) and accounts.can_close(trail.components, c, 4)


@pytest.mark.parametrize(
    ("month", "hired", "used", "room"),
    [(1, 1, 0.0, 2400.0), (12, 1, 60_000.0, 1800.0), (12, 1, 999_999.0, 0.0), (14, 14, 0.0, 2200.0), (24, 14, 10_000.0, 2100.0),
     (25, 14, 0.0, 2400.0), (13, 1, 0.0, 2400.0)],
)  # fmt: skip
def test_the_regulators_room_is_a_share_of_the_years_fixed_pay(month: int, hired: int, used: float, room: float) -> None:
    """A fifth of 1000 a month, for the months of the calendar year in which the rep is there."""
    desk = Desk().set(scheme_variable_cap=0.2, reps_salary=1000.0)
    assert settle.variable_room(
        desk.params, believer(hired_month=hired, year_variable=used), settle.year_end(month)
    ) == pytest.approx(room)
    assert settle.variable_room(desk.set(scheme_variable_cap=0.0).params, believer(), month) == np.inf


CHARGES = {"revenue": "charge_revenue", "repeat_revenue": "charge_repeat", "cross_revenue": "charge_cross",
           "gross_margin": "charge_margin", "collected": "charge_collected"}  # fmt: skip


@pytest.mark.parametrize("name", CHARGES)
def test_accounts_are_charged_with_every_plain_rate_on_what_customers_buy_and_pay(name: str) -> None:
    """0.1 and 0.2 of it, scaled by 0.5; no tiers, no team, no bonus, and nothing that is not in force."""
    plain = {"measure": name, "rate": 0.1}
    others = [plain | {"scope": "team"}, plain | {"from_month": 9}, plain | {"cap": 5.0}, {"measure": "signings", "rate": 7.0},
              {"measure": name, "combine": "multiply", "rate": 3.0}, {"measure": name, "bonus": 5.0, "quota": 9.0}]  # fmt: skip
    desk = Desk(plain, plain | {"rate": 0.2}, *others)
    desk.ledger.stood[:] = 0.5
    r = believer(**dict.fromkeys(CHARGES.values(), 9.0))
    settle.set_charges(desk.components, r, desk.ledger, 8)
    assert [float(r[charge]) for charge in CHARGES.values()] == pytest.approx([0.15 if n == name else 0.0 for n in CHARGES])
    empty = believer(present=0, **dict.fromkeys(CHARGES.values(), 9.0))
    settle.set_charges(desk.components, empty, desk.ledger, 8)
    assert not any(float(empty[charge]) for charge in CHARGES.values())


def account(**rates: float) -> tuple[Any, Any, Any, Any]:
    """A customer with a margin of 0.4, a month with a visit, a rep with these rates, an empty tally."""
    return (
        record("customer", margin=0.4, initial=50_000.0, signed=1),
        record("moment", visits=1),
        believer(**rates),
        record("tally"),
    )


RATES = {"charge_revenue": 0.1, "charge_repeat": 0.02, "charge_cross": 0.03, "charge_margin": 0.5, "charge_collected": 0.07}


def test_every_kind_of_invoice_bears_its_own_rates() -> None:
    """Of 500: 10% of revenue, half of the margin of 200, and the rate of its kind; all in hundredths."""
    for kind, rate in (("initial", 0.0), ("repeat", 0.02), ("cross", 0.03)):
        c, e, r, t = account(**RATES)
        if kind == "initial":
            purchasing.invoice_initial(c, r, t)
            assert t["initial_margin"] == 20_000
        elif kind == "repeat":
            purchasing.invoice_repeat(c, e, r, t, 50_000.0)
        else:
            purchasing.invoice_cross(c, e, r, t, 500.0)
        assert c["charged"] == pytest.approx(50_000 * (0.1 + rate) + 20_000 * 0.5)
        assert (c["owed"], c["revenue"], c["cost_of_goods"]) == (50_000, 50_000, 30_000)
        assert (t[f"{kind}_revenue"], t["cost_of_goods"]) == (50_000, 30_000)
        if kind != "initial":
            assert t[f"visited_{kind}"] == 50_000
            c, e, r, t = account()
            e["visits"] = 0
            (purchasing.invoice_repeat(c, e, r, t, 500.0) if kind == "repeat" else purchasing.invoice_cross(c, e, r, t, 5.0))
            assert t[f"visited_{kind}"] == 0


def test_a_customer_there_at_the_start_bears_no_commission_for_the_first_purchase() -> None:
    c, _, _, t = account(**RATES)
    purchasing.invoice_opening(c, t)
    assert c["charged"] == 0 and c["revenue"] == 50_000


# --- those who leave ----------------------------------------------------------------------------------------------------------


def left(desk: Desk, month: int, signed: int, hired: int = 1, present: int = 1, **customer: float) -> tuple[Any, Any, Any]:
    c = np.zeros(1, record("customer").dtype)
    for name, value in {"signed": signed, "initial": 20_000.0, "lapsed_month": month, **customer}.items():
        c[name] = value
    r, m = believer(hired_month=hired, present=present), np.zeros(1, accounts.MONTH)[0]
    settle.customers_left(desk.components, record("clock", month=month), c, r, desk.ledger, m)
    return c[0], r, m


CLAWED = {"measure": "initial_revenue", "rate": 0.1, "clawback": {"months": 12}}


def test_commission_is_claimed_of_who_signed_and_else_uncollectable() -> None:
    """200 at 10%, in month 4 of 12: 20 x 8 / 12 = 13.33."""
    for hired, present, collectable in ((1, 1, True), (5, 1, True), (6, 1, False), (1, 0, False)):
        desk = Desk(CLAWED)
        desk.ledger.paid_rate[5, 0] = 0.1
        desk.ledger.base[:] = 30_000.0
        c, r, m = left(desk, 8, 5, hired, present)
        assert m["claimed"] == 1333
        assert (m["uncollectable"], r["clawback_due"], c["clawed"]) == ((0, 1333, 1333) if collectable else (1333, 0, 0))
        assert (desk.ledger.base[0, 5], desk.ledger.base[1, 5]) == (29_999, 10_000)
        assert desk.ledger.base[0, 4] == 30_000


def test_what_is_claimed_of_a_customer_is_the_sum_over_components() -> None:
    """10% of 200, and 30 a signing, in month 4 of 12: 13.33 and 20, beside what was claimed before."""
    desk = Desk(CLAWED, {"measure": "signings", "rate": 30.0, "clawback": {"months": 12}})
    desk.ledger.paid_rate[5] = 0.1, 30.0
    c, r, m = left(desk, 8, 5, clawed=7.0)
    assert (m["claimed"], r["clawback_due"], c["clawed"]) == (3333, 3333, 3340)


def test_before_the_settlement_only_what_would_be_kept_counts() -> None:
    """Month 2 of 12, the quarter not settled: 200 x 10 / 12 no longer count, and nothing is claimed."""
    desk = Desk(CLAWED | {"months": 3}, {"measure": "initial_revenue", "rate": 0.2})
    desk.ledger.to_date[:] = 1000.0
    _, _, m = left(desk, 5, 4)
    assert desk.ledger.to_date == pytest.approx([1000 - 200 * 10 / 12, 1000.0])
    assert m["claimed"] == 0
    desk.ledger.paid_rate[4, 0] = 0.1
    _, _, m = left(desk, 6, 4)  # the month of the settlement: it has been paid
    assert m["claimed"] == 1500


def test_customers_of_the_start_and_of_other_months_are_left_alone() -> None:
    desk = Desk(CLAWED)
    desk.ledger.paid_rate[:] = 0.1
    assert left(desk, 8, 5, founder=1)[2]["claimed"] == left(desk, 8, 5, lapsed_month=7)[2]["claimed"] == 0
    assert not desk.ledger.base.any()


def borne(component: dict[str, Any], last: int, **customer: float) -> float:
    """Commission for the signature, in hundredths, of a customer who bought for 200 in month 4."""
    desk = Desk(component)
    desk.ledger.paid_rate[4, 0] = 0.0 if "trail_months" in component else 0.1  # as the payroll sets it
    desk.ledger.scale[:] = np.arange(desk.ledger.scale.size) * 0.5
    c = record("customer", signed=4, initial=20_000.0, **customer)
    return float(settle.attributed(desk.components, desk.ledger, c, last))


def test_what_an_account_bears_of_the_commission_for_the_signature() -> None:
    plain = {"measure": "initial_revenue", "rate": 0.1}
    assert borne(plain, 30) == 2000
    assert borne(plain | {"scope": "team"}, 30) == borne(plain, 30, founder=1) == 0
    assert borne({"measure": "revenue", "rate": 0.1}, 30) == 0
    assert borne(plain | {"months": 3, "clawback": {"months": 12}}, 30) == 2000
    assert borne(plain | {"months": 3, "clawback": {"months": 12}}, 30, lapsed_month=5) == pytest.approx(2000 * 2 / 12, abs=0.5)
    assert borne(plain | {"months": 3, "clawback": {"months": 12}}, 30, lapsed_month=6) == 2000


def test_what_an_account_bears_of_a_trail() -> None:
    """10% of 200 over 12 months, multiplied by 0.5: 0.83 a month, from the month of signing on."""
    trail = {"measure": "initial_revenue", "rate": 0.1, "trail_months": 12}
    for last, months in ((4, 1), (9, 6), (15, 12), (30, 12)):
        assert borne(trail, last) == pytest.approx(2000 / 12 * months * 0.5, abs=0.5)
    assert borne(trail | {"from_month": 5}, 30) == 0
    assert borne(trail | {"trail_months": 1}, 30) == 2000 * 0.5


def test_a_teams_mean_is_over_the_seats_that_are_filled() -> None:
    values, reps, team = np.arange(3.0 * COUNT).reshape(3, COUNT), np.zeros(3, REP), np.full(COUNT, 9.0)
    reps["present"] = [1, 0, 1]
    settle.team_values(values, reps, team)
    assert team == pytest.approx((values[0] + values[2]) / 2)
    values[0, 3] = np.nan  # who cannot be measured is not counted
    settle.team_values(values, reps, team)
    assert team[3] == values[2, 3]
    reps["present"] = 0
    settle.team_values(values, reps, team)
    assert np.isnan(team).all()


# --- stocks -------------------------------------------------------------------------------------------------------------------


def counted(**customer: float) -> Any:
    t = record("tally")
    accounts.count(
        record("clock", month=9),
        record("customer", satisfaction=0.25, **customer),
        record("moment", visits=int(customer.get("signed", 0))),
        t,
    )
    return t


def test_what_a_customer_counts_for_at_the_months_end() -> None:
    """Active: satisfaction; seen: that too among the visited; in arrears: overdue; owing: outstanding, also after leaving."""
    names = ("outstanding", "overdue", "satisfaction_sum", "visited_satisfaction")
    quarter = 0.25 * QUANTUM
    assert [counted()[name] for name in names] == [0, 0, quarter, 0]
    assert [counted(signed=1)[name] for name in names] == [0, 0, quarter, quarter]
    assert [counted(owed=5.0)[name] for name in names] == [5, 0, quarter, 0]
    assert [counted(owed=5.0, bucket=1.0)[name] for name in names] == [5, 1, quarter, 0]
    assert [counted(owed=5.0, bucket=1.0, status=1, signed=1)[name] for name in names] == [5, 0, 0, 0]


def test_the_promise_is_for_the_months_that_have_passed() -> None:
    """20 at signing, 3 a month while the firm reckons with them, 7 at each renewal; less commission of 5."""
    desk = Desk(firm={"promise_lapse": 0.1}, customers={"renewal_months": 3})
    c = record("customer", signed=4, promise_first=2000.0, promise_month=3.0, promise_renewal=7.0, commission=500.0)
    archive = accounts.new_archive(desk.params, 1, 4)
    assert accounts.promised(desk.params, c, archive, 3) == 0.0
    for month, age in ((4, 1), (6, 3), (7, 4), (10, 7)):
        stays = 0.9 ** np.arange(age)
        assert accounts.promised(desk.params, c, archive, month) == pytest.approx(
            2000 + 300 * stays.sum() + 700 * stays[3::3].sum() - 500, abs=0.5
        )
