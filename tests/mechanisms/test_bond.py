"""S2: the rep who built a personal bond is gone after the signature, or visits and keeps it; visits take time and money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import setup
from sim.rules import nurturing
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import (
    DISMISSED_IN_MONTH_6,
    NEVER,
    NUMB,
    assert_raises,
    assert_same,
    customers,
    lively,
    months,
    pays,
    quiet,
    standard_errors,
)
from tests.rules.worlds import record

HUNTING_ONLY = {"hunting": 1.0, "nurturing": 0.0}
VISITING_ONLY = {"hunting": 0.0, "nurturing": 1.0}


def bound(nurture: bool = False, broken: float = 1.0, scheme: dict[str, Any] | None = None, **customer: Any) -> Scenario:
    """Fifty customers of one rep who has time to see each of them once a month; the tie, and only the tie, is felt.

    Satisfaction is then the tie as it stood when the month began.
    """
    return quiet(
        months=14,
        reps={"choice": VISITING_ONLY if nurture else {"hunting": 0.0}},
        customers={"at_start": 50, "feeling": {**NUMB, "tie": 1.0}, "visit_sale": 0.0,
                   "tie": {"start": 0.6, "fade": 0.1, "visit": 0.4, "broken": broken}, **customer},
        scheme=scheme or {},
    )  # fmt: skip


def test_a_tie_fades_without_visits() -> None:
    tie = months(bound(), 1)["satisfaction"]
    assert np.allclose(tie, 0.6 * 0.9 ** np.arange(14), atol=1e-8)


def test_a_visit_renews_the_tie() -> None:
    """Each month: fades by a tenth, then wins 0.4 of what is missing."""
    tie, expected = 0.6, []
    for _ in range(14):
        expected.append(tie)
        tie = 0.9 * tie + 0.4 * (1 - 0.9 * tie)
    m = months(bound(nurture=True), 1)
    assert (m["visits"] == 50).all()
    assert np.allclose(m["satisfaction"], expected, atol=1e-8)


@pytest.mark.parametrize("broken", [0.0, 0.4, 1.0])
def test_the_tie_breaks_when_the_rep_leaves(broken: float) -> None:
    """The rep goes at the end of month 6; the bond is gone, once, for the months after."""
    m = months(bound(broken=broken, scheme=DISMISSED_IN_MONTH_6), 1)
    expected = 0.6 * 0.9 ** np.arange(14)
    expected[7:] *= 1 - broken  # a month's experience is of the tie with which it began
    assert m["rep_exits"].tolist()[5] == 1.0
    assert np.allclose(m["satisfaction"], expected, atol=1e-8)


def test_the_departure_of_the_rep_costs_the_account() -> None:
    """Until it, nothing differs; after it customers lapse who would have stayed."""
    world = bound(lapse={"alpha": 5.0, "beta": 95.0, "tie": 4.0}, renewal_months=1, at_start=400).with_(months=24)
    stays, goes = months(world, 12), months(world.with_(scheme=DISMISSED_IN_MONTH_6), 12)
    until = ["run", "month", "customers", "lapses", "satisfaction"]
    assert_same(stays[stays["month"] <= 6][until], goes[goes["month"] <= 6][until])
    assert_raises("lapses", world.with_(scheme=DISMISSED_IN_MONTH_6), world, after=6)


def test_where_a_rep_means_nothing_to_customers_nothing_follows_from_the_departure() -> None:
    """No tie broken: the book handed over to the successor lives on to the last bit."""
    world = bound(lapse={"alpha": 5.0, "beta": 95.0, "tie": 4.0}, renewal_months=1, broken=0.0)
    assert_same(customers(world), customers(world.with_(scheme=DISMISSED_IN_MONTH_6)))


def test_who_hunts_all_day_visits_nobody_and_the_other_way_round() -> None:
    hunts, visits = (months(lively(reps={"choice": {"rule": "fixed", **split}})) for split in (HUNTING_ONLY, VISITING_ONLY))
    assert (hunts["visits"] == 0).all() and (hunts["attempts"] > 0).any()
    assert (visits["attempts"] == 0).all() and (visits["visits"] > 0).any()


def test_the_tie_keeps_customers() -> None:
    choice = {"choice": {"rule": "fixed", **VISITING_ONLY}}
    assert_raises(
        "lapses",
        lively(reps=choice, customers={"lapse": {"tie": 0.0}}),
        lively(reps=choice, customers={"lapse": {"tie": 3.0}}),
    )


def test_visits_keep_customers_please_them_and_sell() -> None:
    visited = lively(reps={"choice": {"rule": "fixed", **VISITING_ONLY}}, market={"success": 0.0, "referred_success": 0.0})
    alone = visited.with_(reps={"choice": {"hunting": 0.0, "nurturing": 0.0}})
    assert_raises("customers", visited, alone, after=24)
    assert_raises("satisfaction", visited, alone)
    assert_raises("repeat_revenue", visited, alone)
    assert_raises("cross_revenue", visited, alone)


def test_visits_cost_money_beside_the_time() -> None:
    free, dear = (months(lively(reps={"count": 1, "choice": {"rule": "fixed", **VISITING_ONLY}}, firm={"visit_cost": cost}))
                  for cost in (0.0, 9.0))  # fmt: skip
    assert np.allclose(dear["service"] - free["service"], 9.0 * dear["visits"])
    assert_same(dear["visits"], free["visits"])


def test_visits_go_to_whom_the_rep_earns_most_from() -> None:
    """Proportional to a weight: all alike, plus the rep's interest in what a customer is worth."""
    params, clock, one = setup(Scenario()).params[0], record("clock", month=9), record("customer", worth=4000.0)
    assert nurturing.visits_expected(params, clock, record("rep", visits_all=2.0, guard_from=9), one) == 2.0
    assert nurturing.visits_expected(
        params, clock, record("rep", visits_all=2.0, visits_worth=0.001, guard_from=9), one
    ) == pytest.approx(6.0)
    world = quiet(
        months=36,
        reps={"choice": VISITING_ONLY, "count": 4},
        customers={"at_start": 100, "renewal": 1.0, "initial_shape": 1.0, "visit_sale": 0.0, "purchase": {"enabled": True}},
        firm={"visit_cost": 1.0},
    )

    def visits_of_the_best(measure: str) -> np.ndarray:
        people = customers(world.with_(scheme=pays(measure=measure, rate=0.5)), 12)
        best = people["revenue"] - people["cost_of_goods"] > people["revenue"].median()
        return (
            people["service"][best].groupby(people["run"]).mean() / people["service"].groupby(people["run"]).mean()
        ).to_numpy()

    assert standard_errors(visits_of_the_best("repeat_revenue") - visits_of_the_best("signings")) > 4


def test_visits_surface_trouble_in_time() -> None:
    """A visiting rep hears of half the trouble before it becomes a case."""
    world = quiet(
        months=12,
        customers={"at_start": 50, "service": {"rate": 0.02}, "lapse": NEVER},
        reps={"count": 20},
        desk={"solve": 0.0, "agents": 4},
        firm={"resolution": {"policy": "solution"}},
    )
    alone = months(world.with_(reps={"choice": {"hunting": 0.0}}), 12).groupby("run")[["cases", "contacts"]].sum()
    visited = months(world.with_(reps={"choice": VISITING_ONLY}), 12).groupby("run")[["cases", "contacts"]].sum()
    assert_same(alone["contacts"], visited["contacts"])
    share = (visited["cases"] / alone["cases"]).to_numpy()
    assert abs(share.mean() - 0.5) < 4 * np.sqrt(0.25 / alone["cases"].sum()) + 0.01  # two contacts in a month make one case


def test_meetings_bring_referrals() -> None:
    """Leads grow by the visits times the rate, at satisfaction 1; half of that at 0."""
    world = bound(nurture=True, referral={"rate": 0.0, "visit": 0.2}, feeling=NUMB).with_(months=36)
    m = months(world, 20)
    arrived = m["leads"] - (m.groupby("run")["leads"].shift(fill_value=100.0) * (2 / 3) + 25.0)
    share = arrived.groupby(m["run"]).sum().to_numpy() / m.groupby("run")["visits"].sum().to_numpy()
    assert abs(standard_errors(share - 0.1)) < 4
