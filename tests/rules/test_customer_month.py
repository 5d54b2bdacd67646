"""Steps of a customer's month: what they write into the seat's books."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import lapse, nurturing, payment, service
from sim.rules.steps import whole
from sim.state import QUANTUM
from tests.rules.worlds import Desk, believer, customer, record

BOOK = {"book_size": 10.0, "book_worth": 9000.0, "book_signed": 70.0}


def decided(u: float, visits: int, month: int = 9, **customer: float) -> tuple[Any, Any, Any]:
    """A customer of month 4 with even odds, worth 800, who decides in month 9: (customer, rep, tally)."""
    desk = Desk(customers={"lapse": {"midterm": 0.5, "satisfaction": 0.0, "tie": 0.0}})
    c = record("customer", odds_lapse=1.0, worth=800.0, signed=4, term_ends=15, **customer)
    r, t = believer(**BOOK), record("tally")
    whole(lapse)(desk.params, record("clock", month=month), c, record("moment", u_lapse=u, visits=visits), r, t, 0)
    return c, r, t


@pytest.mark.parametrize("visits", [0, 1, 3])
def test_who_leaves_leaves_the_seats_book_and_is_counted(visits: int) -> None:
    """Between renewals odds of 1/2 mean a third."""
    c, r, t = decided(0.333, visits)
    assert (c["status"], c["lapsed_month"]) == (1, 9)
    assert {name: float(r[name]) for name in BOOK} == {"book_size": 9.0, "book_worth": 8200.0, "book_signed": 66.0}
    seen = float(visits > 0)
    assert (t["lapses"], t["visited"], t["visited_lapses"]) == (1, seen, seen)


@pytest.mark.parametrize("visits", [0, 1])
def test_who_stays_is_counted_among_those_seen_only(visits: int) -> None:
    c, r, t = decided(0.334, visits)
    assert (c["status"], c["lapsed_month"]) == (0, 0)
    assert {name: float(r[name]) for name in BOOK} == BOOK
    assert (t["lapses"], t["visited"], t["visited_lapses"]) == (0, visits, 0)


def test_at_the_end_of_a_term_all_of_the_odds_count() -> None:
    assert decided(0.499, 0, month=15)[0]["status"] == 1 and decided(0.501, 0, month=15)[0]["status"] == 0


@pytest.mark.parametrize(("status", "contract"), [(2, True), (0, False), (2, False)])
def test_the_months_end_takes_only_customers_under_contract_who_are_still_there(status: int, contract: bool) -> None:
    """Who is written off stays so; without contracts one leaves after a purchase, not by the calendar, though chance would have it."""
    desk = Desk(customers={"lapse": {"midterm": 0.5}}).set(customers_setting=0.0 if contract else 1.0)
    c, t = record("customer", odds_lapse=9.0, status=status, term_ends=15), record("tally")
    whole(lapse)(desk.params, record("clock", month=9), c, record("moment", u_lapse=0.0), believer(**BOOK), t, 0)
    assert c["status"] == status and t["lapses"] == float(status != 0)


def test_those_who_were_seen_and_left_add_up() -> None:
    desk = Desk(customers={"lapse": {"midterm": 0.5, "satisfaction": 0.0, "tie": 0.0}})
    t = record("tally")
    for _ in range(3):
        c = record("customer", odds_lapse=1.0, term_ends=15)
        whole(lapse)(desk.params, record("clock", month=9), c, record("moment", u_lapse=0.0, visits=1), believer(**BOOK), t, 0)
    assert (t["lapses"], t["visited"], t["visited_lapses"]) == (3, 3, 3)


def visited(expected: float, u: float, **numbers: float) -> tuple[Any, Any, Any]:
    given = {"firm_visit_cost": 20.0, "tie_visit": 0.5, "feeling_fit": 0.1, "feeling_tie": 0.2, "feeling_visit": 0.3,
             "customers_visit_sale": 0.0, "referral_visit": 0.0, "customers_cross": 50.0}  # fmt: skip
    desk = Desk().set(**given | numbers)
    c, e, t = record("customer", tie=0.4, fit=2.0, worth=100.0, margin=0.4), record("moment", u_visit=u), record("tally")
    r = believer(visits_all=expected / 2, visits_worth=expected / 200, tie_fading=0.5)
    whole(nurturing)(desk.params, record("clock", seed=1, run=1, month=9), c, e, r, t, 0)
    return c, e, t


def test_a_visit_costs_renews_the_tie_and_pleases() -> None:
    """1.4 visits expected: two if the uniform is above 0.6.  The tie, faded to 0.2, goes half of the way to 1 twice."""
    c, e, t = visited(1.4, 0.61)
    assert (e["visits"], t["visits"], c["service"], t["service"]) == (2, 2, 4000, 4000)
    assert c["tie"] == pytest.approx(0.8)
    assert e["experience"] == pytest.approx(0.1 * 2 + 0.2 * 0.4 + 0.3)
    assert (e["referrals"], t["cross_revenue"]) == (0, 0)
    assert visited(1.4, 0.59)[1]["visits"] == 1
    c, e, t = visited(0.4, 0.59)
    assert (e["visits"], t["visits"], c["service"]) == (0, 0, 0)
    assert c["tie"] == pytest.approx(0.2) and e["experience"] == pytest.approx(0.28)


def test_a_visit_sells_and_brings_referrals() -> None:
    _, e, t = visited(1.0, 0.5, customers_visit_sale=1.0, referral_visit=2.0)
    assert (e["referrals"], t["cross_revenue"], t["visited_cross"]) == (1, 5000, 5000)


def test_whether_a_visit_sells_says_nothing_of_whether_it_brings_a_lead() -> None:
    """Half of the visits sell, half bring a lead: a quarter both."""
    desk, found = Desk().set(customers_visit_sale=0.5, referral_visit=1.0, customers_cross=1.0, firm_visit_cost=0.0), []
    for order in range(1, 601):
        now, c, e = customer(desk, order, worth=0.0)
        e["u_visit"], t = 0.5, record("tally")
        whole(nurturing)(desk.params, now, c, e, believer(visits_all=1.0, tie_fading=1.0), t, 0)
        found.append((t["cross_revenue"] > 0, e["referrals"] > 0, t["cross_revenue"] > 0 and e["referrals"] > 0))
    odds = np.array([0.5, 0.5, 0.25])
    assert (np.abs(np.mean(found, axis=0) - odds) < 4 * np.sqrt(odds * (1 - odds) / 600)).all()


def called(u: float = 0.95, **numbers: float) -> tuple[Any, Any, Any]:
    """A customer who calls once, waits two days, and is not helped, by a commercial agent."""
    given = {"desk_contact_cost": 15.0, "desk_solve": 0.0, "feeling_wait": 0.1, "feeling_unsolved": 0.4, "feeling_solved": 0.05,
             "desk_forgetting": 0.25, "desk_orientation": 1.0, "desk_irritation": 0.01, "desk_offer_sale": 0.0,
             "desk_appointment": 0.0, "service_surfaced": 0.0, "customers_cross": 50.0, "desk_contact": 0.0}  # fmt: skip
    desk = Desk().set(**given | numbers)
    c = record("customer", need=0.1, no_contact=0.9, pushed=4.0, margin=0.4)
    e, t = record("moment", u_contact=u), record("tally")
    agent = record("desk", wait=2.0)
    whole(service)(desk.params, record("clock", seed=1, run=1, month=9), c, e, believer(), t, agent)
    return c, e, t


def test_a_contact_costs_waits_and_is_solved_or_not() -> None:
    c, e, t = called()
    assert (e["contacts"], t["contacts"], e["unsolved"], c["service"], t["service"]) == (1, 1, 1, 1500, 1500)
    assert t["wait_sum"] == 2 * QUANTUM
    assert e["experience"] == pytest.approx(-0.2 - 0.4 - 0.01 * 3)
    assert c["pushed"] == pytest.approx(4.0)  # three of four remembered, and one more
    c, e, t = called(u=0.993)  # 0.9 + 0.09 < u < 0.9 + 0.09 + 0.0045: two contacts
    assert (e["contacts"], e["unsolved"], t["wait_sum"]) == (2, 2, 4 * QUANTUM)
    c, e, t = called(desk_solve=1.0)
    assert e["unsolved"] == 0 and e["experience"] == pytest.approx(-0.2 + 0.05 - 0.03)


def test_a_commercial_agent_sells_and_makes_appointments() -> None:
    _, e, t = called(desk_offer_sale=1.0, desk_appointment=1.0)
    assert (e["referrals"], t["cross_revenue"]) == (1, 5000)
    _, e, t = called(desk_offer_sale=1.0, desk_appointment=1.0, desk_orientation=0.0)
    assert (e["referrals"], t["cross_revenue"]) == (0, 0) and e["experience"] == pytest.approx(-0.6)


def invoiced(u: float, bucket: float = 0.0, exits: float = 1.0, **customer: float) -> tuple[Any, Any]:
    """A balance of 500: half of those in time pay, three in ten are late, the rest is written off; of the late 2, 3, 5 in ten."""
    rows = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]
    desk = Desk(customers={"payment": {"transitions": rows}}, firm={"resolution": {"bucket": 1}})
    desk.set(payment_exit_on_write_off=exits, payment_dissatisfied=2.0)
    c, t = record("customer", owed=50_000.0, bucket=bucket, **{"odds_pay": 1.0, **customer}), record("tally")
    whole(payment)(desk.params, record("clock", month=9), c, record("moment", u_payment=u), believer(charge_collected=0.07), t, 0)
    return c, t


def test_what_is_owed_is_paid_ages_or_is_written_off() -> None:
    c, t = invoiced(0.499)
    assert (c["collected"], t["collected"], c["owed"], c["bucket"], c["charged"]) == (50_000, 50_000, 0, 0, 3500)
    c, t = invoiced(0.501)
    assert (c["collected"], c["owed"], c["bucket"], c["write_off"]) == (0, 50_000, 1, 0)
    assert invoiced(0.799)[0]["bucket"] == 1 and invoiced(0.499, bucket=1.0)[0]["bucket"] == 1
    for u, bucket in ((0.801, 0.0), (0.501, 1.0)):
        c, t = invoiced(u, bucket)
        assert (c["write_off"], t["write_off"], c["owed"], c["bucket"], c["charged"]) == (50_000, 50_000, 0, 0, 0)
    assert invoiced(0.199, bucket=1.0)[0]["collected"] == 50_000


def test_who_is_written_off_is_no_customer_any_more_if_the_firm_wills_it() -> None:
    assert [int(invoiced(0.9, exits=exits)[0]["status"]) for exits in (0.0, 1.0)] == [0, 2]
    assert invoiced(0.9, status=1)[0]["status"] == 1  # left before


@pytest.mark.parametrize(("odds", "satisfaction"), [(3.0, 0.0), (1.0, -0.5), (1.0, 0.5), (0.5, -1.0)])
def test_the_odds_of_paying_are_the_customers_own_and_lower_when_dissatisfied(odds: float, satisfaction: float) -> None:
    """Odds of 1 in time, times the customer's own, times e^(2 S) below satisfaction nought; the rest in proportion."""
    lifted = odds * np.exp(2.0 * min(satisfaction, 0.0))
    pays, late = lifted / (1 + lifted), 0.6 / (1 + lifted)
    for u, owed, bucket in (
        (pays - 1e-6, 0, 0),
        (pays + 1e-6, 50_000, 1),
        (pays + late - 1e-6, 50_000, 1),
        (pays + late + 1e-6, 0, 0),
    ):
        c = invoiced(u, odds_pay=odds, satisfaction=satisfaction)[0]
        assert (c["owed"], c["bucket"]) == (owed, bucket)
    assert invoiced(pays - 1e-6, odds_pay=odds, satisfaction=satisfaction)[0]["collected"] == 50_000
