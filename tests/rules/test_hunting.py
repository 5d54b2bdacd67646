"""Leads, prospects and signatures: what each leaves in the books."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.book import entries
from sim.rules import hunting
from sim.state import DESK, QUANTUM, REP
from tests.rules.worlds import Desk, believer, record

MONTH = np.array([record("clock", seed=1, run=1, month=9)])


def worked(u: float, **rep: float) -> tuple[int, int, Any]:
    """Attempts in a month with time for 20 at skill 1: (all, on warm leads, rep)."""
    desk, r = Desk().set(reps_hours=80.0, reps_hours_per_attempt=4.0), np.zeros(1, REP)
    for name, value in {"hunting": 0.5, "hunting_skill": 1.2, "u_attempt": u, **rep}.items():
        r[name] = value
    n, warm = entries.attempts(desk.setup.params, r)
    return int(n), int(warm), r[0]


def test_attempts_are_whole_and_right_on_average_and_warm_leads_go_first() -> None:
    """Half of the time at skill 1.2 is 12 attempts; of 40 leads 40 (1 - e^-0.3) = 10.37 are worked."""
    for u, n in ((0.62, 10), (0.64, 11)):
        for before, warm in ((5.5, 5), (20.0, n), (0.5, 0)):
            found = worked(u, cold=40.0 - before, warm=before)
            assert found[:2] == (n, warm)
            assert (found[2]["warm"], found[2]["cold"]) == pytest.approx((before - warm, 40 - before - (n - warm)))


def test_no_more_leads_are_worked_than_there_are_whole_ones() -> None:
    for u in (0.01, 0.99):
        assert worked(u, cold=2.9, hunting=1e6)[0] == 2 and worked(u, cold=0.9, hunting=1e6)[0] == 0
    assert worked(0.5)[0] == 0


def test_prospects_never_reach_the_numbers_of_founders() -> None:
    """Whose orders begin where those of a month's prospects must end, whatever there is to be worked."""
    assert worked(0.5, cold=1e9, hunting=1e9)[0] == hunting.FOUNDERS - 1


def test_leads_go_stale_and_fresh_ones_and_referrals_arrive() -> None:
    desk = Desk().set(market_stale_months=4.0, market_leads_per_month=25.0)
    r, _ = desk.rep_step("refill", 7, believer(cold=40.0, warm=8.0), record("tally", referrals=3))
    assert (r["cold"], r["warm"]) == pytest.approx((40 * 0.75 + 25, 8 * 0.75 + 3))


MARKET = {"market_success": 1.0, "market_referred_success": 1.0, "market_referred_fit": 0.8, "reps_screening": -10.0, "reps_pressure_fit": 0.0,
          "reps_pressure_size": 0.5, "reps_pressure_promise": 0.4, "feeling_expectation": 0.3, "customers_renewal_months": 12.0, "tie_start": 0.6,
          "desk_agents": 4.0}  # fmt: skip
WILLING = Desk().set(**MARKET)


def met(order: int, warm: bool = False, pressure: float = 0.0, seat: int = 3, desk: Desk = WILLING) -> tuple[bool, Any]:
    """Whether the order-th prospect of the month signs, and who it is."""
    c = np.zeros(1, record("customer").dtype)
    for name in ("satisfaction", "pushed", "bucket", "owed", "revenue", "lapsed_month", "status", "purchases", "commission"):
        c[name] = 7  # what the record was used for before
    r = np.array([believer(pressure=pressure, seat=seat)])
    return bool(entries.prospect(desk.setup.params, MONTH, c, r, order, warm)), c[0]


@pytest.mark.parametrize(("warm", "odds"), [(False, 0.2), (True, 0.35)])
def test_prospects_sign_at_their_rate(warm: bool, odds: float) -> None:
    desk = Desk().set(**MARKET | {"market_success": 0.2, "market_referred_success": 0.35})
    signed = [met(order, warm, desk=desk)[0] for order in range(1, 801)]
    assert abs(np.mean(signed) - odds) < 4 * np.sqrt(odds * (1 - odds) / 800)


def test_only_who_fits_is_accepted_and_pressure_accepts_more() -> None:
    """Fit above 0.5, or 0.5 - 2 x 0.4 under pressure; who was referred fits better by 0.8.  The same prospects otherwise."""
    choosy = Desk().set(**MARKET | {"reps_screening": 0.5, "reps_pressure_fit": 2.0})
    for order in range(1, 60):
        fit = met(order)[1]["fit"]
        for warm, pressure, least in ((False, 0.0, 0.5), (True, 0.0, -0.3), (False, 0.4, -0.3), (True, 0.4, -1.1)):
            accepted, c = met(order, warm, pressure, desk=choosy)
            assert accepted == (fit > least)
            assert not accepted or c["fit"] == pytest.approx(fit + 0.8 * warm)


def test_a_new_customer_starts_afresh_with_what_was_promised() -> None:
    c = met(5)[1]
    names = "satisfaction pushed bucket owed revenue lapsed_month status purchases commission founder".split()
    assert not any(float(c[name]) for name in names)
    assert (c["referred"], met(5, warm=True)[1]["referred"]) == (0, 1)
    expected = {"signed": 9, "order": 5, "seat": 3, "term_ends": 20, "tie": 0.6, "expectation": 0.3}
    assert {name: float(c[name]) for name in expected} == expected
    pressed = met(5, pressure=0.5)[1]
    assert pressed["initial"] == pytest.approx(1.25 * c["initial"], abs=1) and pressed["expectation"] == pytest.approx(0.5)
    boasting = Desk().set(**MARKET | {"reps_pressure_promise": 2.0})
    assert met(5, pressure=1.0, desk=boasting)[1]["expectation"] == 1.0


def test_customers_are_spread_evenly_over_the_desks_agents() -> None:
    for seat in (3, 4):
        agents = [int(met(order, seat=seat)[1]["agent"]) for order in range(1, 41)]
        assert np.bincount(agents, minlength=4).tolist() == [10, 10, 10, 10]
    assert met(1, seat=3)[1]["agent"] != met(1, seat=4)[1]["agent"]


def test_a_founder_is_one_from_the_first_and_no_prospect_is() -> None:
    """As if signed without pressure and without screening, under orders of their own."""
    for order in (1, 2):
        c = np.zeros(1, record("customer").dtype)
        entries.founder(
            Desk().set(feeling_expectation=0.3).setup.params, MONTH, c, np.array([believer(seat=3, pressure=0.9)]), order
        )
        assert (c["founder"][0], c["order"][0], c["signed"][0], c["expectation"][0]) == (1, hunting.FOUNDERS + order, 9, 0.3)
        assert met(order)[1]["founder"] == 0


SIGNED = {"signings": 1, "acquisition": 13_000, "fit_sum": -0.5 * QUANTUM, "initial_revenue": 50_000, "initial_margin": 20_000,
          "repeat_revenue": 0, "cost_of_goods": 30_000}  # fmt: skip
TAKEN_OVER = dict.fromkeys(SIGNED, 0.0) | {"repeat_revenue": 50_000, "cost_of_goods": 30_000}


@pytest.mark.parametrize(("founder", "booked", "perks"), [(0, SIGNED, 13_000), (1, TAKEN_OVER, 0)])
def test_who_comes_is_booked_to_seat_account_and_desk_and_a_signature_to_the_ledger_too(
    founder: int, booked: dict[str, float], perks: int
) -> None:
    """Perks of 130, a first purchase of 500 at a margin of 0.4, beside all there was before; a founder costs and pays nobody."""
    given = {
        "initial": 50_000,
        "margin": 0.4,
        "worth": 700,
        "signed": 9,
        "fit": -0.5,
        "need": 0.25,
        "agent": 2,
        "founder": founder,
        "promise_first": 20_000,
    }
    c, t = np.array([record("customer", **given)]), np.array([record("tally", **dict.fromkeys(booked, 7.0))])
    r, agents = np.array([believer(book_size=4.0, book_worth=900.0, book_signed=20.0)]), np.zeros(3, DESK)
    desk, agents["need"] = Desk({"measure": "signings", "rate": 1.0}).set(firm_perks=130.0), QUANTUM
    led = desk.ledger
    led.base[:], led.signed[:] = 3.0, 4.0
    if founder:
        entries.take_over(c, r, t, agents)
    else:
        entries.sign(desk.setup.params, c, r, t, led, agents)
    assert (r["book_size"][0], r["book_worth"][0], r["book_signed"][0]) == (5, 1600, 29)
    assert {name: float(t[name][0]) for name in booked} == {name: 7 + value for name, value in booked.items()}
    assert (c["acquisition"][0], c["promise_first"][0], c["owed"][0]) == (perks, 20_000 - perks, 50_000)
    assert list(agents["need"] / QUANTUM) == [1, 1, 1.25]
    counted = 0 if founder else 1
    assert (led.base[0, 9], led.base[1, 9], led.signed[0, 9], led.signed[1, 9]) == (
        3 + counted, 3 + 50_000 * counted, 4 + counted, 4 + 50_000 * counted,
    )  # fmt: skip
    assert led.base[:, 8].tolist() == [3, 3]
