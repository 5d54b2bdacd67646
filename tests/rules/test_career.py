"""A rep's career, step by step: what a newcomer starts with, fixed pay, savings, norms, leaving."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import career
from tests.rules.worlds import Desk, believer, record

MULTIPLIER = {"measure": "tenure", "combine": "multiply", "rate": 1.0}


def hired(desk: Desk, seat: int = 0, hire: int = 0, **rep: float) -> Any:
    r = record("rep", seat=seat, hire=hire, **rep)
    career.hire(desk.params, desk.components, record("clock", seed=1, run=1, month=7), r, desk.ledger, 7)
    return r


def test_a_newcomer_starts_afresh_with_the_beliefs_of_a_newcomer() -> None:
    """Whatever the predecessor left in the books."""
    share = {"measure": "persistency", "quota": 0.9, "bonus": 90.0}
    desk = Desk({"measure": "signings", "quota": 6.0, "bonus": 90.0}, MULTIPLIER, share).set(
        belief_noise=0.3, belief_lapse=0.01, belief_visit_lapse=0.02, belief_visit_repeat=3.0, belief_visit_cross=4.0,
        belief_visit_satisfaction=0.05, market_success=0.2, worth=8.0, customers_initial=300.0, customers_margin=0.4,
        reps_savings_months=3.0, reps_expenses=1000.0, market_leads_at_start=77.0,
    )  # fmt: skip
    led = desk.ledger
    for part in (led.to_date, led.usual, led.factor, led.stood, led.noise, led.propensity):
        part[:] = 9.0
    stale = dict.fromkeys(("warnings", "norm_signings", "clawback_due", "year_variable", "usual_award", "usual_signings"), 5.0)
    r = hired(desk, hire=1, cold=12.0, **stale)
    assert {name: float(r[name]) for name in stale} == dict.fromkeys(stale, 0.0)
    expected = {"present": 1, "hired_month": 7, "savings": 3000.0, "signings_per_attempt": 0.2, "worth": 8.0, "size": 300.0,
                "margin_share": 0.4, "lapse": 0.01, "visit_lapse": 0.02, "visit_repeat": 3.0, "visit_cross": 4.0,
                "visit_satisfaction": 0.05, "cold": 12.0}  # fmt: skip
    assert {name: float(r[name]) for name in expected} == expected
    assert led.noise == pytest.approx([0.3 * 6, 0.3, 0.3 * 0.9])
    assert not led.to_date.any() and not led.usual.any() and (led.propensity == 1).all()
    assert (led.factor == 1).all() and (led.stood == 1).all()
    assert hired(desk, hire=0)["cold"] == 77.0
    hired_there = hired(desk.set(market_lure=3.0, firm_perks=100.0))  # who knows what perks of a third of the first purchase do
    assert hired_there["signings_per_attempt"] == pytest.approx(0.2 / (0.2 + 0.8 * np.exp(-1.0)))


def test_a_newcomer_sees_the_book_that_is_taken_over() -> None:
    """What a level stands at; of the customers the believed share leaves; of other flows and of the team's mean nothing is known."""
    names = ("active_customers", "repeat_revenue", "signings", "lapses")
    desk = Desk(
        *({"measure": name, "rate": 1.0} for name in names), {"measure": "active_customers", "rate": 1.0, "scope": "team"}
    )
    desk.ledger.values[:] = 63.0
    hired(desk.set(belief_lapse=0.25), hire=1, book_size=40.0)
    assert desk.ledger.usual.tolist() == [63.0, 0.0, 0.0, 10.0, 0.0]


@pytest.mark.parametrize("correlation", [0.6, -0.6])
def test_skills_are_lognormal_with_mean_one_and_correlated(correlation: float) -> None:
    desk = Desk().set(reps_skill_spread=0.5, reps_skill_correlation=correlation)
    reps = [hired(desk, seat=seat) for seat in range(600)]
    logs = np.log([[r["hunting_skill"], r["nurturing_skill"]] for r in reps])
    assert np.abs(logs.mean(axis=0) + 0.125).max() < 4 * 0.5 / np.sqrt(600)
    assert np.abs(logs.std(axis=0) / 0.5 - 1).max() < 4 / np.sqrt(1200)
    assert abs(np.corrcoef(logs.T)[0, 1] - correlation) < 4 * (1 - 0.36) / np.sqrt(600)


def test_a_vacancy_ends_when_it_is_over_and_an_absent_seat_stays_empty() -> None:
    desk = Desk()

    def opened(month: int, **rep: float) -> Any:
        r = record("rep", vacant_until=9, year_variable=50.0, **rep)
        career.open_month(
            desk.params,
            desk.components,
            record("clock", seed=1, run=1, month=month),
            r,
            record("tally"),
            desk.ledger,
            record("firm"),
        )
        return r

    assert [int(opened(month)["present"]) for month in (8, 9, 10)] == [0, 1, 1]
    assert opened(9)["hired_month"] == 9
    assert opened(9, absent=1)["present"] == 0
    assert [float(opened(month, present=1)["year_variable"]) for month in (12, 13, 14, 25)] == [50.0, 0.0, 50.0, 0.0]


def test_the_subsidy_is_paid_in_the_first_months_only() -> None:
    desk = Desk().set(reps_salary=1000.0, reps_subsidy=0.5, reps_expenses=800.0, reps_subsidy_months=3.0)
    r = believer(hired_month=5)
    assert [career.fixed_pay(desk.params, r, month) for month in (5, 7, 8, 9)] == [140_000, 140_000, 100_000, 100_000]


@pytest.mark.parametrize(("due", "recovered"), [(50_000, 50_000), (230_000, 180_000)])
def test_clawback_is_recovered_from_pay_and_savings(due: float, recovered: float) -> None:
    """Salary 1000, variable 300, savings 500; expenses 800."""
    desk = Desk().set(reps_salary=1000.0, reps_subsidy=0.0, reps_expenses=800.0)
    r = believer(savings=500.0, clawback_due=due, months=4)
    assert career.settle_month(desk.params, record("clock", month=30), r, 30_000.0) == (100_000.0, recovered)
    assert (r["clawback_due"], r["recovered"], r["months"]) == (due - recovered, recovered, 5)
    assert r["total_pay"] == 130_000 - recovered
    assert r["savings"] == pytest.approx(500 + 1300 - recovered / 100 - 800)


def test_who_has_nothing_is_asked_for_nothing() -> None:
    desk = Desk().set(reps_salary=100.0, reps_subsidy=0.0, reps_expenses=800.0)
    r = believer(savings=-5000.0, clawback_due=1000.0)
    assert career.settle_month(desk.params, record("clock", month=30), r, 0.0)[1] == 0.0
    assert r["clawback_due"] == 1000.0


def dismissed(months: int, signed: dict[int, float], hired_month: int = 1, warnings: int = 1) -> list[int]:
    """Months in which the norm, of 4 a quarter, dismisses."""
    desk, r = Desk().set(norm_minimum=4.0, norm_months=3.0, norm_warnings=warnings), believer(hired_month=hired_month)
    return [
        month for month in range(hired_month, months + 1) if career.missed_norm(desk.params, r, month, signed.get(month, 0.0))
    ]


def test_the_norm_is_judged_each_quarter_and_dismisses_after_the_warnings() -> None:
    assert dismissed(12, {}) == [6, 9, 12]
    assert dismissed(12, {}, warnings=0) == [3, 6, 9, 12]
    assert dismissed(12, {1: 2.0, 3: 2.0, 6: 3.0, 9: 3.9}) == [9, 12]  # 4 is enough; what was signed is not carried on
    assert dismissed(12, {}, hired_month=4, warnings=0) == [6, 9, 12]
    assert dismissed(12, {}, hired_month=5, warnings=0) == [9, 12]  # not there for the whole quarter


def leaves(u: float = 0.5, pay: float = 80_000.0, savings: float = 100.0, broke: float = 1.0) -> bool:
    desk = Desk().set(reps_expenses=800.0, reps_quit_rate=0.1, reps_quit_pay=2.0, reps_quit_broke=broke, norm_minimum=0.0)
    r = believer(u_leave=u, total_pay=pay, savings=savings)
    return bool(career.leaves(desk.params, record("clock", month=3), r, record("tally")))


def test_who_leaves() -> None:
    """At expenses of 800 and paid as much, one in ten; paid half of them, odds of 1/9 x e; paid nothing, 1/9 x e^2."""
    assert leaves(0.0999) and not leaves(0.1001)
    assert not leaves(0.1001, pay=500_000.0) and leaves(0.0999, pay=500_000.0)  # no more than content
    for pay, odds in ((40_000.0, np.e / 9), (0.0, np.e**2 / 9), (-90_000.0, np.e**2 / 9)):
        quits = odds / (1 + odds)
        assert leaves(quits - 1e-4, pay=pay) and not leaves(quits + 1e-4, pay=pay)
    assert leaves(savings=-0.01) and not leaves(savings=0.0) and not leaves(savings=-0.01, broke=0.0)


def test_what_a_rep_who_goes_leaves_behind() -> None:
    desk = Desk({"measure": "signings", "rate": 1.0}).set(reps_vacancy_months=2.0, tie_broken=0.7)
    desk.ledger.held[:] = 5.0
    r = believer(held=900.0, clawback_due=70.0, hire=1, hunting=0.5, nurturing=0.4, pressure=0.3, tie_kept=1.0)
    assert career.depart(desk.params, record("clock", month=10), r, desk.ledger) == (900.0, 70.0)
    expected = {
        "held": 0,
        "clawback_due": 0,
        "present": 0,
        "hire": 2,
        "hunting": 0,
        "nurturing": 0,
        "pressure": 0,
        "vacant_until": 13,
    }
    assert {name: float(r[name]) for name in expected} == expected
    assert r["tie_kept"] == pytest.approx(0.3) and not desk.ledger.held.any()
