"""S1, S8: who is lured, or sold more than asked for, signs a contract that falls short, and leaves, sheds and asks for it later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.book import BookModel, CustomerAgent, entries
from sim.rules import surplus, traits
from sim.rules.renewal import happen as renew
from sim.scenario.model import Scenario
from sim.state import ACTIVE, CUSTOMER
from tests.mechanisms.worlds import NEVER, NUMB, assert_raises, assert_same, customers, lively, months, quiet, standard_errors
from tests.rules.worlds import Desk, believer, record

LURED = 1.0  # log odds of perks of a third of the first purchase at a lure of 3
SHARE = 0.2 / (0.2 + 0.8 * np.exp(-LURED))
MANY = {"leads_at_start": 1e5, "leads_per_month": 1e5, "lure": 3.0}
BUSY = {"hours": 700.0, "hours_per_attempt": 1.0, "screening": -10.0}


def luring(**changes: Any) -> Scenario:
    """Some 400 attempts a month on people who sign by what they are offered."""
    return quiet(months=24, reps=BUSY, market=MANY, firm={"perks": 400.0}).with_(**changes)


def test_perks_lure_by_the_logistic_and_the_lured_fall_short_by_its_slice() -> None:
    """logit(P) = logit(.2) + 1; (1 - .2)(1 - 1/e) of those who sign are lured; E[shortfall] = L - ln((1 - .2) / (1 - P)) / P."""
    m, people = months(luring(), 4), customers(luring(), 4)
    attempts, signed = m["attempts"].sum(), len(people)
    assert abs(signed / attempts - SHARE) < 4 * np.sqrt(SHARE * (1 - SHARE) / attempts)
    lured = 0.8 * (1 - np.exp(-LURED))
    assert abs((people["shortfall"] > 0).mean() - lured) < 4 * np.sqrt(lured * (1 - lured) / signed)
    expected = LURED - np.log(0.8 / (1 - SHARE)) / SHARE
    assert abs(standard_errors(people["shortfall"] - expected)) < 4 and people["shortfall"].between(0, LURED).all()
    assert surplus.signing(0.0, 800.0) == 0.0 and surplus.signing(1.0, 3.0) == 1.0


def test_nobody_is_lured_by_default() -> None:
    """Perks are a cost, whatever they are; and nothing is oversold without pressure."""
    none = luring(market={"lure": 0.0})
    lavish = none.with_(firm={"perks": 1e6})
    for column in ("signings", "lapses", "revenue", "leads"):
        assert_same(months(none, 2)[column], months(lavish, 2)[column])
    assert (customers(none, 1)[["shortfall", "oversold"]] == 0.0).all(axis=None)


def met(pressure: float, success: float = 0.2, **numbers: float) -> list[Any]:
    """Of 300 prospects of a month the records of those who sign, by order, None for who does not."""
    desk = Desk().set(market_success=success, reps_screening=-10.0, reps_pressure_fit=0.0, reps_pressure_size=0.5, **numbers)
    found, clock, rep = [], np.array([record("clock", seed=1, run=1, month=9)]), np.array([believer(pressure=pressure, seat=3)])
    for order in range(1, 301):
        c = np.zeros(1, CUSTOMER)
        found.append(c[0] if entries.prospect(desk.setup.params, clock, c, rep, order, False) else None)
    return found


def test_urging_lures_the_same_people_besides_those_who_sign_anyway() -> None:
    """At a pressure of .4 and an urgency of 2.5, L = 1; nobody's traits change, and who signs anyway lacks nothing."""
    plain, urged = met(0.4), met(0.4, market_urgency=2.5)
    assert sum(one is not None for one in plain) < sum(one is not None for one in urged)
    for before, after in zip(plain, urged, strict=True):
        if before is not None:
            assert before == after and after["shortfall"] == 0.0
        elif after is not None:
            assert 0.0 < after["shortfall"] <= 1.0


def test_what_the_contract_lacks_weighs_on_lapse_and_payment() -> None:
    """exp(1.5 x) on the odds to lapse, exp(-2 x) on those to pay, x = shortfall + lure times the share oversold, 0.5 x 0.4."""
    perks = {"market_lure": 3.0, "firm_perks": 400.0}
    plain, weighed = met(0.4, **perks), met(0.4, **perks, lapse_shortfall=1.5, payment_shortfall=2.0)
    luckless = 0
    for before, after in zip(plain, weighed, strict=True):
        if after is None:
            continue
        x = after["shortfall"]
        luckless += x > 0.6 + 1e-9
        assert after["oversold"] == pytest.approx(0.2) and x >= 0.6
        assert after["odds_lapse"] == pytest.approx(before["odds_lapse"] * np.exp(1.5 * x), rel=1e-12)
        assert after["odds_pay"] == pytest.approx(before["odds_pay"] * np.exp(-2.0 * x), rel=1e-12)
    assert luckless > 20


def test_the_lured_leave_more_at_the_first_renewal() -> None:
    """E[odds e^{bx} / (1 + odds e^{bx})] over odds of a beta; who signed anyway leaves as often as ever, E[p] = .2."""
    weight = 1.5
    world = luring(customers={"lapse": NEVER | {"alpha": 2.0, "beta": 8.0, "shortfall": weight}})
    people = customers(world, 4)
    people = people[people["signed_month"] <= 12]
    gone = people["lapsed_month"] == people["signed_month"] + 11
    p = (np.arange(2000) + 0.5) / 2000
    odds = stats.beta.ppf(p, 2.0, 8.0) / (1 - stats.beta.ppf(p, 2.0, 8.0))
    for lured in (False, True):
        mine = (people["shortfall"] > 0) == lured
        shifted = odds * np.exp(weight * people.loc[mine, "shortfall"].to_numpy()[:, None])
        expected = (shifted / (1 + shifted)).mean(axis=1)
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(gone[mine].sum() - expected.sum()) < 4 * error
    assert gone[people["shortfall"] > 0].mean() > 1.5 * gone[people["shortfall"] == 0].mean()


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_was_oversold_is_shed_at_renewals(share: float) -> None:
    """A share s of the rest at each: after k renewals the premium is base (1 + o (1 - s)^k); odds, worth and the seat's sums follow."""
    desk = Desk().set(customers_shed=share, market_lure=2.0, lapse_shortfall=1.5, payment_shortfall=0.5, customers_setting=0.0,
                      spend_p=6.0, customers_renewal_months=12.0)  # fmt: skip
    c = record(
        "customer", oversold=0.5, renewal=90_000.0, shortfall=1.7, odds_lapse=0.3, odds_pay=2.0, rate=0.1, scale=10.0, margin=0.4
    )
    c["worth"] = traits.worth(desk.params, c)
    rep = believer(book_worth=5000.0 + c["worth"], book_expected=900.0 + traits.expected_revenue(c))
    for k in (1, 2, 3):
        renew(desk.params, record("clock", month=12 * k + 1), c, record("moment"), rep, record("tally"), record("desk"))
        left = 0.5 * (1 - share) ** k
        assert c["renewal"] == pytest.approx(60_000 * (1 + left), abs=k) and c["oversold"] == pytest.approx(left)
        lacks = 2.0 * (left - 0.5)
        assert c["shortfall"] == pytest.approx(1.7 + lacks)
        assert (c["odds_lapse"], c["odds_pay"]) == pytest.approx((0.3 * np.exp(1.5 * lacks), 2.0 * np.exp(-0.5 * lacks)))
        assert c["worth"] == traits.worth(desk.params, c)
        assert rep["book_worth"] - c["worth"] == 5000.0 and rep["book_expected"] - traits.expected_revenue(c) == 900.0


OVERSELLING = lively(reps={"pressure_size": 1.0}, scheme={"components": [{"measure": "initial_revenue", "rate": 0.6}]})


def test_shedding_costs_revenue_and_the_books_keep_up() -> None:
    shed = OVERSELLING.with_(customers={"shed": 1.0})
    assert_raises("repeat_revenue", OVERSELLING, shed, after=12)
    model = BookModel(shed, rng=1, run=1)
    for _ in range(24):
        model.step()
    for rep in model.reps:
        there = [one.record[0] for one in model.agents_by_type[CustomerAgent] if one.seat == rep.seat and one.status == ACTIVE]
        assert rep.book_expected == sum(traits.expected_revenue(c) for c in there)
        assert rep.book_worth == sum(c["worth"] for c in there)


def test_a_concession_is_taken_off_the_renewal_of_who_asks_and_keeps_some() -> None:
    """Nobody is dissatisfied; of each renewal of the lured 10% is not invoiced, which is worth 1.5 x 3 x .8 x .1 = .36 log odds."""
    lapse = NEVER | {"alpha": 2000.0, "beta": 8000.0, "shortfall": 1.5}
    plain = luring(months=13, customers={"lapse": lapse, "renewal": 0.8, "feeling": NUMB})
    kind = plain.with_(firm={"concession": 0.1})
    one, other = customers(plain, 4), customers(kind, 4)
    for people, relief in ((one, 0.0), (other, 0.36)):
        first = people[people["signed_month"] == 1]
        odds = 0.25 * np.exp(1.5 * first["shortfall"] - relief * (first["shortfall"] > 0))
        expected = odds / (1 + odds)
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs((first["lapsed_month"] == 12).sum() - expected.sum()) < 4 * error
    m, renewed = months(kind, 4), other[(other["signed_month"] == 1) & (other["lapsed_month"] == 0)]
    asked = renewed[renewed["shortfall"] > 0]
    assert m["conceded"].sum() == pytest.approx(0.08 * asked["initial"].sum(), abs=0.01 * len(asked))
    assert m["repeat_revenue"].sum() + m["conceded"].sum() == pytest.approx(
        0.8 * renewed["initial"].sum(), abs=0.01 * len(renewed)
    )
    assert months(plain, 1)["conceded"].sum() == 0.0
