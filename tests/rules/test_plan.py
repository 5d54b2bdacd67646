"""The choice of a month: what each split of the time is worth, all in all, and which one is picked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import hunting, learning, planning, projection
from sim.scenario import codes
from sim.scheme.measures import NAMES
from sim.state import QUANTUM
from tests.rules.worlds import LAPSE, STAY, Desk, believer, record

GRID, HOT = 4, 1e5
NODES = np.array(projection.NODES)
SPLITS = [(hunt / GRID, nurture / GRID) for hunt in range(GRID + 1) for nurture in range(GRID - hunt + 1)]


def test_the_alternatives_are_all_ways_to_split_the_time() -> None:
    assert planning.alternatives(GRID) == len(SPLITS) == 15
    assert [planning.alternative(index, GRID) for index in range(15)] == SPLITS


@pytest.mark.parametrize(("u", "index"), [(0.001, 0), (0.249, 0), (0.251, 2), (0.749, 2), (0.751, 3), (0.999, 3)])
def test_an_index_is_picked_with_probability_proportional_to_its_weight(u: float, index: int) -> None:
    assert planning.pick(np.array([1.0, 0.0, 2.0, 1.0]), u) == index


def test_the_logits_odds_are_those_of_the_utilities() -> None:
    """3 : 1 : 9 at utilities 7 log 3, 0, 14 log 3 and temperature 7: in thirteenths; the best need not be the first."""
    for u, index in ((2.99, 0), (3.01, 1), (3.99, 1), (4.01, 2)):
        utility = 500.0 + 7 * np.log(3) * np.array([1.0, 0.0, 2.0])
        assert planning.logit_pick(utility, 7.0, u / 13) == index
    assert planning.logit_pick(np.array([-1e6, 0.0, -1e6]), 1e-3, 0.5) == 1


def test_room_behind_the_splits_is_never_picked() -> None:
    for u in (2.0**-33, 0.5, 1.0 - 2.0**-33):
        utility = np.array([3.0, 0.0, 3.0] + [-np.inf] * 5)
        assert planning.logit_pick(utility, 1e-3, u) == (0 if u < 0.5 else 2)


def test_attempts_of_all_shares_of_time_are_those_of_each() -> None:
    desk, worked = Desk().set(**WORLD), np.zeros(8)
    planning.expect_attempts(desk.params, believer(cold=30.0, warm=10.0, hunting_skill=1.2), GRID, worked)
    for hunt in range(GRID + 1):
        assert worked[hunt] == hunting.expected_attempts(40.0, hunting.capacity(desk.params, hunt / GRID, 1.2)) > 0.0 or hunt == 0


# --- what a split is worth ----------------------------------------------------------------------------------------------------

WORLD = {"reps_hours": 80.0, "reps_hours_per_attempt": 4.0, "reps_hours_per_visit": 2.0, "reps_effort_cost": 1000.0,
         "reps_intrinsic_hunting": 0.25, "reps_intrinsic_nurturing": 0.25, "reps_substitution": 0.0, "choice_grid": GRID,
         "choice_temperature": HOT, "choice_rule": codes.LOGIT, "norm_minimum": 0.0, "scheme_variable_cap": 0.0,
         "reps_salary": 1000.0}  # fmt: skip
ACTIVE, USUAL = 50.0, 1000.0


def plan(desk: Desk, r: Any) -> Any:
    """The rep's month 7, after one with so many customers."""
    r, _ = desk.rep_step("plan", 7, r, known=record("tally", active=ACTIVE))
    assert desk.params["choice_rule"] == codes.FIXED or (r["hunting"], r["nurturing"]) == SPLITS[int(r["chosen"])]
    return r


def worth(desk: Desk, **rep: float) -> np.ndarray:
    """What the splits are worth, but for a constant: the plan leaves exp(utility / temperature) behind."""
    plan(desk, believer(cold=30.0, warm=10.0, hunting_skill=1.2, nurturing_skill=1.5, signings_per_attempt=0.2, **rep))
    return HOT * np.log(desk.ledger.utility[: len(SPLITS)])


def signed_and_visits() -> tuple[np.ndarray, np.ndarray]:
    """40 leads, 20 attempts a full month at skill 1, 1 in 5 signs; 40 visits a full month at skill 1."""
    hunt, nurture = np.array(SPLITS).T
    return 0.2 * 40 * (1 - np.exp(-20 * hunt * 1.2 / 40)), 40 * nurture * 1.5


def effort() -> np.ndarray:
    return np.array([500 * ((hunt - 0.25) ** 2 + (nurture - 0.25) ** 2) for hunt, nurture in SPLITS])


def assert_worth(desk: Desk, expected: np.ndarray, **rep: float) -> None:
    found = worth(desk, **rep)
    assert found - found.mean() == pytest.approx(expected - expected.mean(), abs=1e-4)


BOTH = ({"measure": "initial_revenue", "rate": 0.1}, {"measure": "repeat_revenue", "rate": 0.2})


@pytest.mark.parametrize("cap", [0.0, 0.02])
def test_a_split_is_worth_its_pay_what_lies_ahead_and_its_effort(cap: float) -> None:
    """10% of first purchases of 200, 20% of renewals of 1000 a month and 30 a visit.

    One customer in the book brings 1000 / 50 a month while he stays; a visit keeps 0.02 of one.  The regulator lets
    2% of a year's salary of 12000 through, 240, whatever it is made of.
    """
    desk = Desk(*BOTH, horizon=3).set(**WORLD | {"scheme_variable_cap": cap})
    desk.ledger.usual[1] = USUAL
    signed, visits = signed_and_visits()
    awards = 0.1 * 200 * signed + 0.2 * (USUAL + 30 * visits)
    customer = sum(desk.delay[m] * STAY**m * 0.2 * USUAL / ACTIVE for m in (1, 2, 3))
    later = (signed + visits * 0.02) * customer
    paid = np.minimum(awards, 240.0) if cap else awards
    assert not cap or (awards < 240).any() != (awards > 240).all()
    assert_worth(desk, paid + later - effort(), usual_award=6.0)
    if cap:  # of the 20 a month for the three months ahead, usual awards take 14, and then all
        assert (later < 18).any() and (later > 18).any()
        assert_worth(desk, paid + np.minimum(later, 18.0) - effort(), usual_award=14.0)
        assert_worth(desk, paid - effort(), usual_award=30.0)


def test_hunting_saves_who_would_miss_the_norm_and_nurturing_what_a_malus_would_take() -> None:
    """Norm of 3 this month, none signed; 400 held back, to vest next month if satisfaction, now 0.1, is 0.2 then."""
    deferral = {"share": 0.5, "months": 6, "slices": 1, "malus_measure": "satisfaction", "malus_below": 0.2}
    desk = Desk({"measure": "initial_revenue", "rate": 0.0, "deferral": deferral}, horizon=6)
    desk.set(**WORLD | {"norm_minimum": 3.0, "norm_months": 1.0, "norm_warnings": 0.0})
    desk.ledger.held[0, 8], desk.ledger.values[NAMES.index("satisfaction")] = 40_000.0, 0.1
    signed, visits = signed_and_visits()
    missed = np.array([(each + np.sqrt(each) * NODES < 3).mean() for each in signed])
    kept = np.array([(0.1 + each * 0.5 / ACTIVE + 0.1 * NODES >= 0.2).mean() for each in visits])
    assert len(set(missed)) > 2 and len(set(kept)) > 2
    assert_worth(desk, 400 * desk.delay[1] * kept - missed * 1000 * 6 - effort())


def test_a_rep_of_habit_takes_what_has_paid_and_a_fixed_split_is_kept() -> None:
    desk = Desk(*BOTH).set(**WORLD | {"choice_rule": codes.ROTH_EREV})
    desk.ledger.propensity[:] = 0.0
    desk.ledger.propensity[[3, 8]] = 1.0, 3.0
    assert [int(plan(desk, believer(u_choice=u))["chosen"]) for u in (0.24, 0.26)] == [3, 8]
    r = plan(desk.set(choice_rule=codes.FIXED, choice_hunting=0.35, choice_nurturing=0.45), believer())
    assert (r["hunting"], r["nurturing"]) == (0.35, 0.45)


# --- what is weighed beyond the period's award ----------------------------------------------------------------------------------


def weigh(desk: Desk, month: int = 10, **tally: float) -> tuple[float, float, Any]:
    """Five signings a full month, expenses 500: (worth of a signing, pay for a customer kept, rep)."""
    r = believer(signings_per_attempt=0.1)
    desk.set(reps_hours=100.0, reps_hours_per_attempt=2.0, reps_expenses=500.0)
    signing, kept, _ = planning.weigh(desk.params, desk.components, month, r, record("tally", **tally), desk.ledger)
    return float(signing), float(kept), r


def test_a_customer_kept_keeps_his_part_of_every_trail() -> None:
    """Two trails of 12 months on first purchases of 100 in month 9, by 20 customers: 10 months to come, of which 6 are seen."""
    trail = {"measure": "initial_revenue", "rate": 0.12, "trail_months": 12}
    desk = Desk(trail, trail | {"rate": 0.24}, {"measure": "tenure", "combine": "multiply", "rate": 1.0}, horizon=6)
    desk.ledger.base[1, 9], desk.ledger.factor[2] = 10_000.0, 1.5
    signing, kept, _ = weigh(desk, active=20.0)
    assert kept == pytest.approx(1.5 * 100 * 0.36 / 12 * 6 / 20 * desk.params["reps_present_bias"])
    assert signing == pytest.approx(1.5 * 200 * 0.36 / 12 * sum(STAY**m * desk.delay[m] for m in range(6)))


def test_a_trail_presses_less_than_pay_at_once_and_a_trail_of_one_month_is_no_projection_of_the_period() -> None:
    desk = Desk({"measure": "initial_revenue", "rate": 0.1, "trail_months": 1})
    assert weigh(desk)[0] == pytest.approx(0.1 * 200)
    assert projection.projected_pay(desk.params, desk.components, 10, 1.0, believer(), desk.ledger, 20.0, 3.0, 0.0, False) == (
        0.0,
        0.0,
    )


def test_awards_of_a_plan_are_those_of_all_components() -> None:
    """Signing three: 10% of 3 x 200 and 50 each, doubled by a multiplier; to the rep, who will see three quarters of it, 315."""
    desk = Desk({"measure": "initial_revenue", "rate": 0.1}, {"measure": "signings", "rate": 50.0})
    desk.ledger.worth[:] = 0.75
    found = projection.projected_pay(desk.params, desk.components, 10, 2.0, believer(), desk.ledger, 20.0, 3.0, 0.0, False)
    assert found == pytest.approx((315, 420))


def test_pressure_is_less_the_later_the_award_is_paid() -> None:
    """10% of 200 at the end of the quarter: two months, one, none from now."""
    desk = Desk({"measure": "initial_revenue", "rate": 0.1, "months": 3})
    for month, left in ((10, 2), (11, 1), (12, 0)):
        squeeze = 20 * desk.delay[left] * 5 / 500
        assert weigh(desk, month)[2]["pressure"] == pytest.approx(squeeze / (1 + squeeze))


@pytest.mark.parametrize("component", [{"measure": "active_customers", "rate": 500.0}, {"measure": "book_value", "rate": 100.0}])
def test_pay_on_the_book_as_it_stands_presses_nobody(component: dict[str, Any]) -> None:
    """It is paid for the customer's staying, not for the signature."""
    assert weigh(Desk(component))[2]["pressure"] == 0.0


@pytest.mark.parametrize(
    ("component", "sale"),
    [({"measure": "repeat_revenue", "rate": 0.1}, 3.0), ({"measure": "cross_revenue", "rate": 0.1}, 0.5), ({"measure": "revenue", "rate": 0.1}, 3.5),
     ({"measure": "gross_margin", "rate": 0.1}, 1.4), ({"measure": "customer_profit", "rate": 0.1}, 0.9), ({"measure": "lapses", "rate": -500.0}, 0.0),
     ({"measure": "satisfaction", "rate": 500.0}, 0.0), ({"measure": "persistency", "rate": 500.0}, 0.0), ({"measure": "active_customers", "rate": 5.0}, 0.0),
     ({"measure": "repeat_revenue", "rate": 0.1, "cap": 50.0}, 0.0), ({"measure": "repeat_revenue", "rate": 0.1, "scope": "team"}, 0.75)],
)  # fmt: skip
def test_the_worthy_get_more_visits_where_what_a_visit_sells_is_paid(component: dict[str, Any], sale: float) -> None:
    """A visit sells 30 of renewals and 5 beside at a margin of 0.4, and costs 5; 20 customers are worth 100 a month together."""
    r = weigh(Desk(component, horizon=3, reps={"count": 4}), active=20.0, worth_sum=10_000.0)[2]
    assert r["care_worth"] == pytest.approx(sale * 20 / 100)


def test_held_pay_counts_only_where_a_malus_may_take_it_and_the_limit_itself_holds() -> None:
    """Satisfaction stands at the limit: the middle one of nine outcomes keeps the pay."""
    held = {"measure": "initial_revenue", "rate": 0.1, "deferral": {"share": 0.5, "months": 6, "slices": 1}}
    malus = {"malus_measure": "satisfaction", "malus_below": 0.25}
    for deferral, odds in (({}, 0.0), (malus, 5 / 9)):
        desk = Desk(held | {"deferral": held["deferral"] | deferral}, horizon=4)  # type: ignore[operator]
        desk.ledger.values[:], desk.ledger.held[0, 11] = 0.25, 40_000.0
        found = projection.malus_pay(desk.params, desk.components, 10, believer(), desk.ledger, 50.0, 0.0)
        assert found == pytest.approx(odds * 400 * desk.delay[1])


# --- learning -------------------------------------------------------------------------------------------------------------------


def test_habit_is_reinforced_by_pay_measured_in_expenses() -> None:
    """Paid 1200, expenses 800: a payoff of 1.5 for the alternative chosen; pay below nought is no payoff."""
    desk = Desk().set(
        belief_rate=0.1, choice_rule=codes.ROTH_EREV, reps_expenses=800.0, choice_forgetting=0.0, choice_experiment=0.0
    )
    for pay, payoff in ((120_000.0, 1.5), (-50_000.0, 0.0)):
        desk.ledger.propensity[:] = 1.0
        r = believer(total_pay=pay, chosen=4)
        learning.learn(desk.params, desk.components, r, record("tally"), desk.ledger, np.zeros(len(NAMES)), 0.0)
        assert desk.ledger.propensity == pytest.approx(1.0 + payoff * (np.arange(15) == 4))


def test_one_of_each_is_enough_to_learn_from() -> None:
    """One attempt, one signing, one customer in the book; then none but one who left: beliefs move half of the way."""
    desk, team = Desk().set(belief_rate=0.5), np.zeros(len(NAMES))
    t = record("tally", attempts=1, signings=1, initial_revenue=30_000, cost_of_goods=15_000, active=1, worth_sum=900)
    learning.learn(desk.params, desk.components, r := believer(signings_per_attempt=0.2), t, desk.ledger, team, 0.0)
    found = {name: float(r[name]) for name in ("signings_per_attempt", "size", "margin_share", "worth", "lapse")}
    assert found == pytest.approx(
        {"signings_per_attempt": 0.6, "size": 250, "margin_share": 0.45, "worth": 8, "lapse": LAPSE / 2}
    )
    learning.learn(
        desk.params, desk.components, r := believer(), record("tally", lapses=1, cost_of_goods=-50), desk.ledger, team, 0.0
    )
    assert r["lapse"] == pytest.approx((LAPSE + 1) / 2) and r["margin_share"] == 0.4
    penny = record("tally", repeat_revenue=1)
    learning.learn(desk.params, desk.components, r := believer(), penny, desk.ledger, team, 0.0)
    assert r["margin_share"] == pytest.approx(0.7)


def test_first_purchases_are_set_apart_from_what_the_book_brings_where_they_are_the_reps_own() -> None:
    """Two signed for 200 each: of 1000 the book brought 600; of the team's mean, and of signings, all counts."""
    desk = Desk(
        {"measure": "revenue", "rate": 0.1},
        {"measure": "revenue", "rate": 0.1, "scope": "team"},
        {"measure": "signings", "rate": 1.0},
    )
    desk.ledger.values[NAMES.index("revenue")], desk.ledger.values[NAMES.index("signings")] = 1000.0, 2.0
    team, t = np.full(len(NAMES), 900.0), record("tally", signings=2, initial_revenue=40_000)
    learning.learn(desk.set(belief_rate=1.0).params, desk.components, believer(), t, desk.ledger, team, 0.0)
    assert desk.ledger.usual.tolist() == [600, 900, 2]


def test_what_a_level_stands_at_is_known_and_how_it_strays_is_learnt() -> None:
    """From 60 to 80 customers: 80 is believed at once, a fifth of the way to a spread of 20 x sqrt(pi / 2)."""
    desk = Desk({"measure": "active_customers", "rate": 1.0}).set(belief_rate=0.2)
    desk.ledger.usual[0], desk.ledger.noise[0], desk.ledger.values[NAMES.index("active_customers")] = 60.0, 5.0, 80.0
    learning.learn(desk.params, desk.components, believer(), record("tally"), desk.ledger, np.zeros(len(NAMES)), 0.0)
    assert desk.ledger.usual[0] == 80.0
    assert desk.ledger.noise[0] == pytest.approx(5 + 0.2 * (20 * np.sqrt(np.pi / 2) - 5))


def test_the_teams_first_purchases_are_not_what_a_customer_in_the_book_brings() -> None:
    """The team's mean is 900 a month, with two signed for 200 each: the book brings 500; of one's own pay they are apart already."""
    r = believer()
    for component, usual in (({"scope": "team"}, 500.0), ({}, 900.0)):
        assert (
            projection.usual_of_book(Desk().params, Desk({"measure": "revenue", "rate": 0.1, **component}).k(), r, 900.0) == usual
        )
    assert (
        projection.usual_of_book(Desk().params, Desk({"measure": "revenue", "rate": 0.1, "scope": "team"}).k(), r, 300.0) == 0.0
    )


def test_a_seat_that_stays_empty_has_no_part_in_the_teams_mean() -> None:
    team = {"measure": "signings", "rate": 5.0, "scope": "team"}
    for absent, part in (((), 0.25), ((1, 3), 0.5), ((0, 1, 2, 3), 1.0)):
        desk = Desk(team, reps={"count": 4, "absent": absent})
        assert projection.part(desk.params, desk.k()) == part


def seen(**tally: float) -> Any:
    given = {"active": 2, "lapses": 0, "visited": 1, "repeat_revenue": 500, "visited_repeat": 400, "satisfaction_sum": QUANTUM,
             "visited_satisfaction": 0.75 * QUANTUM, "expected": 300, "visited_expected": 200}  # fmt: skip
    r = believer()
    learning.learn_from_visits(Desk().set(belief_rate=0.1).params, r, record("tally", **given | tally))
    return r


def test_one_customer_seen_and_one_not_are_enough_to_compare() -> None:
    weight = 0.1 / 21 / 21
    r = seen()
    assert r["visit_lapse"] == pytest.approx(0.02 - weight * 0.02)
    assert r["visit_repeat"] == pytest.approx(30 + weight * ((4 - 2) - 30))  # twice as large as the other, who bought 1
    assert r["visit_satisfaction"] == pytest.approx(0.5 + weight * (0.75 - 0.25 - 0.5))


def test_where_all_others_have_left_their_satisfaction_is_not_known() -> None:
    r = seen(active=1, lapses=1, satisfaction_sum=0.75 * QUANTUM)
    assert r["visit_satisfaction"] == 0.5
    assert r["visit_lapse"] == pytest.approx(0.02 + 0.1 / 21 / 21 * (1 - 0.02))
