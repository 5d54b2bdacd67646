"""The rep's career: norm, warning, dismissal (S7); savings, quitting, the successor who takes over the book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import career
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import NEVER, assert_raises, assert_same, customers, lively, months, pays, quiet, standard_errors


def failing(months: int = 24, **norm: Any) -> Scenario:
    """A rep nobody buys from, under a norm."""
    return quiet(months=months, market={"success": 0.0, "referred_success": 0.0}, reps={"vacancy_months": 1},
                 scheme={"norm": {"minimum": 1.0, "months": 3, **norm}})  # fmt: skip


def exits(scenario: Scenario, runs: int = 1) -> list[int]:
    m = months(scenario, runs)
    return m.loc[m["rep_exits"] > 0, "month"].tolist()


def test_the_norm_is_followed_by_warnings_then_dismissal() -> None:
    """Missed in months 3 and 6: warned; in month 9: dismissed.  The successor has a full period before being judged."""
    assert exits(failing(warnings=2)) == [9, 21]  # hired in month 11, judged in 15, 18 and 21
    assert exits(failing(warnings=0))[:2] == [3, 9]  # hired in month 5: month 6 is too early to be judged
    assert exits(failing(minimum=0.0)) == []


def test_who_meets_the_norm_stays() -> None:
    world = quiet(
        reps={"screening": -10.0},
        market={"success": 1.0, "leads_per_month": 1e4},
        scheme={"norm": {"minimum": 3.0, "warnings": 0}},
    )
    assert exits(world) == []
    assert_raises(
        "rep_exits",
        lively(scheme={"norm": {"minimum": 8.0, "warnings": 0}}),
        lively(scheme={"norm": {"minimum": 2.0, "warnings": 0}}),
    )


def test_customers_the_rep_started_with_do_not_count_towards_the_norm() -> None:
    """They were there before: nobody signs them in month 1."""
    assert exits(failing(warnings=0).with_(customers={"at_start": 20}))[0] == 3


# --- savings --------------------------------------------------------------------------------------------------------------


def poor(**reps: Any) -> Scenario:
    """Salary 100, expenses 1600, savings for two months: 3200."""
    return quiet(
        reps={"salary": 100.0, "expenses": 1600.0, "savings_months": 2.0, "quit_broke": True, "vacancy_months": 100, **reps}
    )


def test_savings_that_run_out_end_a_career() -> None:
    """3200 - 1500 a month is gone in month 3."""
    assert exits(poor()) == [3]
    assert exits(poor(savings_months=4.0)) == [5]
    assert exits(poor(quit_broke=False)) == []


def test_a_start_up_subsidy_buys_time() -> None:
    """1200 a month for three months: 3200 - 3 x 300 - 1500 x 2 < 0 in month 5."""
    world = poor(subsidy=0.75, subsidy_months=3)
    assert exits(world) == [5]
    assert months(world, 1)["salaries"].tolist()[:6] == [1300.0, 1300.0, 1300.0, 100.0, 100.0, 0.0]


def test_commission_feeds_the_savings() -> None:
    assert len(exits(poor(vacancy_months=0).with_(scheme=pays(rate=1.0)), 12)) < len(exits(poor(vacancy_months=0), 12))


# --- quitting -------------------------------------------------------------------------------------------------------------


def test_the_odds_of_quitting_rise_with_what_pay_falls_short_of_expenses() -> None:
    assert career.shifted(0.02, 1.0, 0.0) == pytest.approx(0.02)
    assert career.shifted(0.5, np.log(3), 1.0) == pytest.approx(0.75)
    assert career.shifted(0.0, 5.0, 1.0) == 0.0
    assert career.shifted(1.0, 5.0, -9.0) == 1.0


def test_reps_quit_at_the_rate_the_scenario_says() -> None:
    """Paid their expenses and replaced at once: exits per rep-month are the quit rate."""
    world = quiet(months=60, reps={"count": 20, "salary": 1600.0, "expenses": 1600.0, "quit_rate": 0.03, "vacancy_months": 0})
    rate = months(world, 20).groupby("run")["rep_exits"].sum().to_numpy() / (20 * 60)
    assert abs(standard_errors(rate - 0.03)) < 4


def test_the_underpaid_quit_sooner() -> None:
    assert_raises(
        "rep_exits",
        *(quiet(months=36, reps={"count": 10, "quit_rate": 0.03, "quit_pay": 2.0, "salary": s}) for s in (0.0, 1600.0)),
    )


# --- the successor --------------------------------------------------------------------------------------------------------


def test_an_empty_seat_earns_nothing_and_hunts_nobody_until_it_is_filled() -> None:
    m = months(poor(vacancy_months=2), 1)
    assert m["salaries"].tolist()[:6] == [100.0, 100.0, 100.0, 0.0, 0.0, 100.0]
    assert (m.loc[m["month"].isin([4, 5]), ["attempts", "signings", "hunting_share"]] == 0).all(axis=None)
    assert m.loc[m["month"] == 6, "attempts"].item() > 0


def test_time_use_in_the_last_month_of_a_rep_counts() -> None:
    """Who leaves at the month's end has hunted until then."""
    m = months(poor(), 1)
    assert m["hunting_share"].tolist()[:4] == [0.6, 0.6, 0.6, 0.0]


def test_the_book_is_handed_over() -> None:
    """Customers stay in the seat's book and are visited by the successor."""
    world = quiet(
        reps={"choice": {"hunting": 0.0, "nurturing": 0.5}, "vacancy_months": 0, "count": 3},
        customers={"at_start": 30, "lapse": NEVER},
    )
    leaves = world.with_(scheme={"norm": {"minimum": 1.0, "months": 3, "warnings": 0}})
    m = months(leaves, 1)
    assert m["rep_exits"].sum() > 3
    assert (m["customers"] == 90).all()
    assert m.loc[m["month"] > 6, "visits"].max() > 0
    assert_same(customers(leaves)["customer"], customers(world)["customer"])


def test_the_successor_is_another_person() -> None:
    """Skill and belief are drawn anew: after a departure attempts of the seat differ, before it they do not."""
    world = quiet(
        reps={"skill_spread": 0.5, "vacancy_months": 0}, market={"leads_at_start": 1e5, "leads_per_month": 1e5, "success": 0.0}
    )
    a, b = months(world, 8), months(world.with_(scheme={"norm": {"minimum": 1.0, "months": 6, "warnings": 0}}), 8)
    early = a["month"] <= 6
    assert_same(a.loc[early, "attempts"], b.loc[early, "attempts"])
    assert (a.loc[a["month"] == 10, "attempts"].to_numpy() != b.loc[b["month"] == 10, "attempts"].to_numpy()).mean() > 0.5
