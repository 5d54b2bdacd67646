"""What a rep reckons a component to bring, each part of the projection by itself, against sums worked out here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.rules import learning, planning, projection
from sim.scheme.measures import NAMES
from sim.state import QUANTUM
from tests.rules.worlds import LAPSE, STAY, Desk, believer, record

COMMISSION = {"measure": "initial_revenue", "rate": 0.1}
NODES = stats.norm.ppf((np.arange(9) + 0.5) / 9)


def test_effort_costs_the_square_of_the_distance_from_what_is_done_for_love() -> None:
    """100 / 2 x (0.2^2 + 0.4^2 + 2 x 0.5 x 0.2 x 0.4) = 14."""
    desk = Desk().set(reps_effort_cost=100.0, reps_intrinsic_hunting=0.3, reps_intrinsic_nurturing=0.2, reps_substitution=0.5)
    assert planning.effort_cost(desk.params, 0.5, 0.6) == pytest.approx(14.0)
    assert planning.effort_cost(desk.params, 0.1, 0.6) == pytest.approx(50 * (0.04 + 0.16 - 0.08))


PER_SIGNING = {"signings": 1.0, "initial_revenue": 200.0, "revenue": 200.0, "gross_margin": 80.0, "customer_profit": 80.0 - 30.0,
               "collected": 200.0, "active_customers": 1.0, "book_value": 7.0, "tenure": (1 - 0.2) / 41, "arrears_rate": -0.2 / 41}  # fmt: skip
PER_VISIT = {"repeat_revenue": 30.0, "cross_revenue": 5.0, "revenue": 35.0, "collected": 35.0, "gross_margin": 14.0,
             "customer_profit": 14.0 - 5.0, "arrears_rate": -0.7 * 0.2 * 0.8 * 0.5 / 50, "active_customers": 0.02, "persistency": 0.02 / 50, "satisfaction": 0.5 / 50,
             "book_value": 0.02 * 7, "lapses": -0.02}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_a_signing_and_a_visit_add_to_a_measure(name: str) -> None:
    """First purchases of 200 at a margin of 0.4, 7 a month to come; a visit sells 30 + 5 and keeps 0.02 of a customer.

    Perks are 30, a visit costs 5.  The mean over a book of 40 stands at 0.2; who signs is in the first month, and owes nothing.
    """
    desk, r = Desk({"measure": name, "rate": 1.0}).set(firm_perks=30.0, firm_visit_cost=5.0), believer(book_size=40.0)
    k = desk.k()
    assert projection.per_signing(desk.params, k, r, 0.2) == pytest.approx(PER_SIGNING.get(name, 0.0))
    assert projection.per_visit(desk.params, k["per_visit"], r, 50.0, 0.2) == pytest.approx(PER_VISIT.get(name, 0.0))


# --- timing ---------------------------------------------------------------------------------------------------------------


def test_deferred_pay_counts_slice_by_slice_within_the_horizon() -> None:
    """0.6 held back in three yearly slices; two of them vest within 24 months."""
    desk = Desk(COMMISSION | {"deferral": {"share": 0.6, "months": 36, "slices": 3}})
    safe, deferred, lost = projection.split_award(desk.params, desk.k(), believer(), 0)
    assert (safe, lost) == (pytest.approx(0.4), 0.0)
    assert deferred == pytest.approx(0.2 * (desk.delay[12] + desk.delay[24]))
    safe, deferred, _ = projection.split_award(
        desk.params, desk.k(), believer(), 11
    )  # settled in 11 months: the second vests in 35
    assert (safe, deferred) == pytest.approx((0.4 * desk.delay[11], 0.2 * desk.delay[23]))


def test_slices_shorter_than_a_month_vest_next_month() -> None:
    desk = Desk(COMMISSION | {"deferral": {"share": 0.5, "months": 1, "slices": 2}})
    assert projection.split_award(desk.params, desk.k(), believer(), 0)[1] == pytest.approx(0.5 * desk.delay[1])


@pytest.mark.parametrize("horizon", [5, 24])
def test_clawback_counts_by_the_odds_of_lapsing_at_each_age(horizon: int) -> None:
    desk = Desk(COMMISSION | {"clawback": {"months": 12}}, horizon=horizon)
    expected = sum(STAY ** (age - 1) * LAPSE * (1 - age / 12) * desk.delay[age] for age in range(1, min(12, horizon) + 1))
    safe, deferred, lost = projection.split_award(desk.params, desk.k(), believer(), 0)
    assert (safe, deferred, lost) == pytest.approx((1 - expected, 0.0, expected))


def test_what_is_held_back_is_not_clawed_back_and_nothing_is_before_it_is_paid() -> None:
    """Half is held back; settled in two months: who leaves in months 1 to 3 costs then what falls due of the clawback."""
    desk = Desk(COMMISSION | {"clawback": {"months": 6}, "deferral": {"share": 0.5, "months": 3, "slices": 1}})
    expected = sum(0.5 * STAY ** (age - 1) * LAPSE * (1 - age / 6) * desk.delay[max(age, 2)] for age in range(1, 7))
    assert projection.split_award(desk.params, desk.k(), believer(), 2) == pytest.approx(
        (0.5 * desk.delay[2] - expected, 0.5 * desk.delay[5], expected)
    )


def test_present_bias_bears_once_on_pay_to_come() -> None:
    """Half of pay to come is felt, and no interest: 100 in a year, all of it held back for another, is 50 now."""
    component = {"measure": "signings", "rate": 100.0, "months": 12, "deferral": {"share": 1.0, "months": 12, "slices": 1}}
    desk = Desk(component, horizon=24)
    desk.params["delay"][1:], desk.delay[1:] = 0.5, 0.5
    for month in (13, 18, 24):
        weigh(desk, month)
        assert desk.ledger.worth[0] == pytest.approx(0.5)
    desk.params["reps_horizon_months"] = 12  # in month 13 it vests in 23 months, in month 24 in 12
    assert [(weigh(desk, month), float(desk.ledger.worth[0]))[1] for month in (13, 24)] == pytest.approx([0.0, 0.5])


@pytest.mark.parametrize("horizon", [5, 24])
def test_a_trail_counts_for_as_long_as_the_customer_is_thought_to_stay(horizon: int) -> None:
    desk = Desk(COMMISSION | {"trail_months": 12}, horizon=horizon)
    months = range(min(12, horizon))
    assert projection.trail_pay(desk.params, desk.k(), believer()) == pytest.approx(
        0.1 * 200 / 12 * sum(STAY**month * desk.delay[month] for month in months)
    )


@pytest.mark.parametrize(("month", "left"), [(1, 2), (2, 1), (3, 0), (10, 0), (7, 2)])
def test_months_until_the_settlement(month: int, left: int) -> None:
    """Quarters; the component ends in month 10, and so does its last quarter."""
    if month == 10:
        assert projection.months_left(Desk(COMMISSION | {"months": 3, "until_month": 10}).k(), month) == 0
    assert projection.months_left(Desk(COMMISSION | {"months": 3}).k(), month) == (2 if month == 10 else left)


# --- the period's measure -------------------------------------------------------------------------------------------------


def ahead(component: dict[str, Any], left: int, signed: float, reps: int = 1) -> tuple[float, float, float]:
    desk = Desk(component, reps={"count": reps})
    desk.ledger.usual[0], desk.ledger.noise[0], desk.ledger.to_date[0] = 50.0, 6.0, 300.0
    found = projection.ahead(desk.params, desk.k(), believer(), desk.ledger, 0, left, signed)
    return float(found[0]), float(found[1]), float(found[2])


def test_signings_to_come_are_this_months_and_the_usual_ones() -> None:
    """300 so far, 3 x 200 this month, 2 x 200 in each of two more; Poisson of 7 signings."""
    assert ahead(COMMISSION | {"months": 3}, 2, 3.0) == pytest.approx((300 + 7 * 200, 200 * np.sqrt(7), 300))


def test_what_the_book_brings_is_as_usual() -> None:
    """50 in each of three months; of revenue, first purchases beside it."""
    assert ahead({"measure": "repeat_revenue", "rate": 0.1, "months": 3}, 2, 3.0) == pytest.approx((450, 6 * np.sqrt(3), 300))
    assert ahead({"measure": "revenue", "rate": 0.1, "months": 3}, 2, 3.0) == pytest.approx((450 + 7 * 200, 6 * np.sqrt(3), 300))


def test_a_profit_may_be_lost_again() -> None:
    """300 so far, 50 in each of three months; 7 x (80 - 100) for first purchases and perks; nothing of it is certain."""
    found = ahead({"measure": "customer_profit", "rate": 0.1, "months": 3}, 2, 3.0)
    assert found == pytest.approx((450 - 7 * 20, 6 * np.sqrt(3), -np.inf))


def test_a_level_is_what_it_was_and_what_is_signed_now() -> None:
    found = ahead({"measure": "active_customers", "rate": 1.0, "months": 3}, 2, 3.0)
    assert found == (53.0, 6.0, -np.inf)


def test_a_teams_mean_moves_by_the_reps_part() -> None:
    """Of five: as usual, and a fifth of what this month has more than usual; Poisson of 7 signings, a fifth of the variance."""
    found = ahead(COMMISSION | {"months": 3, "scope": "team"}, 2, 3.0, reps=5)
    assert found == pytest.approx((300 + 150 + (3 - 2) * 200 / 5, 200 * np.sqrt(7 / 5), 300))


def test_an_uncertain_award_is_a_mean_over_nine_equally_likely_outcomes() -> None:
    k = Desk({"measure": "revenue", "quota": 100.0, "bonus": 900.0}).k()
    for value in (60.0, 100.0, 130.0):
        reached = (value + 30 * NODES >= 100).sum()
        assert projection.project(k, value, 30.0, -np.inf, 1.0) == pytest.approx(100.0 * reached)
    assert projection.project(k, 60.0, 30.0, 100.0, 1.0) == pytest.approx(900.0)  # so much is certain


def test_a_plain_rate_needs_no_outcomes() -> None:
    k = Desk({"measure": "revenue", "rate": 0.1}).k()
    assert projection.project(k, 50.0, 1e9, -np.inf, 1.0) == pytest.approx(5.0)


# --- what a customer in the book is worth -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("every", "until", "settled"), [(1, 100, [1, 2, 3, 4, 5, 6]), (3, 100, [2, 5]), (1, 13, [1, 2, 3])])
def test_one_customer_more_brings_his_part_of_what_the_book_brings(every: int, until: int, settled: list[int]) -> None:
    """Month 10, 20 customers who bring 1000 a month: 50 each while he stays, at 10%; the horizon is 6 months.

    Of the quarter that ends in month 12 he is there for two.
    """
    desk = Desk({"measure": "repeat_revenue", "rate": 0.1, "months": every, "until_month": until}, horizon=6)
    expected = sum(desk.delay[m] * STAY**m * 0.1 * 50 * min(every, m) for m in settled)
    assert projection.book_pay(desk.params, desk.k(), believer(), 1000.0, 20.0, 10, float(desk.k()["months"])) == pytest.approx(
        expected
    )


def test_a_year_of_one_customer_more_is_what_is_left_of_it() -> None:
    """Nobody leaves, pay to come counts in full: settled yearly, 1 a month for 11 months, 10, ..., 1, and 12 in the last month."""
    desk = Desk({"measure": "repeat_revenue", "rate": 1.0, "months": 12}, horizon=12)
    desk.params["delay"][:] = 1.0
    found = [
        projection.book_pay(desk.params, desk.k(), believer(lapse=0.0), 20.0, 20.0, month, float(desk.k()["months"]))
        for month in range(13, 25)
    ]
    assert found == pytest.approx([*range(11, 0, -1), 12])


def test_a_level_at_the_end_of_the_current_period_is_projected_and_not_counted_again() -> None:
    """One customer more at 100 a year each: in months 1 to 11 the projection has the year's end, in month 12 this one's."""
    desk = Desk({"measure": "active_customers", "rate": 100.0, "months": 12}, horizon=12)
    desk.params["delay"][:] = 1.0
    for month in range(13, 25):
        ahead = [
            projection.projected_pay(desk.params, desk.components, month, 1.0, believer(), desk.ledger, 20.0, signed, 0.0, True)[
                1
            ]
            for signed in (0.0, 1.0)
        ]
        later = projection.book_pay(desk.params, desk.k(), believer(lapse=0.0), 20.0, 20.0, month, float(desk.k()["months"]))
        assert (ahead[1] - ahead[0], later) == pytest.approx((100.0, 100.0 if month == 24 else 0.0))


def test_what_the_book_will_pay_is_held_back_too() -> None:
    """Three quarters of it for two months; the horizon is 4: what months 3 and 4 bring vests too late."""
    deferral = {"share": 0.75, "months": 2, "slices": 1}
    desk = Desk({"measure": "repeat_revenue", "rate": 0.1, "deferral": deferral}, horizon=4)
    expected = sum(5 * STAY**m * (0.25 * desk.delay[m] + (0.75 * desk.delay[m + 2] if m <= 2 else 0.0)) for m in (1, 2, 3, 4))
    assert projection.book_pay(desk.params, desk.k(), believer(), 1000.0, 20.0, 10, float(desk.k()["months"])) == pytest.approx(
        expected
    )


@pytest.mark.parametrize(("name", "each"), [("active_customers", 1.0), ("book_value", 7.0), ("satisfaction", 0.0)])
def test_one_customer_more_moves_a_level(name: str, each: float) -> None:
    desk = Desk({"measure": name, "rate": 3.0, "scope": "team"}, horizon=6, reps={"count": 4})
    expected = sum(desk.delay[m] * STAY**m * 3 * each / 4 for m in range(1, 7))
    assert projection.book_pay(desk.params, desk.k(), believer(), 1000.0, 20.0, 10, float(desk.k()["months"])) == pytest.approx(
        expected
    )


def test_pay_on_signings_and_an_empty_book_bring_nothing_later() -> None:
    desk = Desk(COMMISSION, {"measure": "revenue", "rate": 0.1})
    assert projection.book_pay(desk.params, desk.k(0), believer(), 1000.0, 20.0, 10, float(desk.k(0)["months"])) == 0.0
    assert projection.book_pay(desk.params, desk.k(1), believer(), 1000.0, 0.0, 10, float(desk.k(1)["months"])) == 0.0
    assert projection.book_pay(desk.params, desk.k(1), believer(), 1000.0, 1.0, 10, float(desk.k(1)["months"])) > 0.0


def test_were_the_whole_book_to_lapse_its_trail_would_be_lost() -> None:
    """12 months, now 20: those signed in 10 to 19 have 1 to 10 months to come after this one; hundredths; the horizon is 6."""
    desk = Desk(COMMISSION | {"trail_months": 12, "from_month": 5, "until_month": 18}, horizon=6)
    desk.ledger.base[1, :] = 10_000.0  # a first purchase of 100 in every month
    desk.ledger.base[0, :] = 77.0
    expected = sum(100 * 0.1 / 12 * min(11 - (20 - signed), 6) for signed in range(9, 19))
    trail, claim = projection.at_risk(desk.params, desk.k(), 0, 20, believer(), desk.ledger)
    assert (trail, claim) == pytest.approx((expected * desk.params["reps_present_bias"], 0.0))
    early = projection.at_risk(desk.params, desk.k(), 0, 7, believer(), desk.ledger)[0]
    assert early == pytest.approx(sum(100 * 0.1 / 12 * 6 for signed in (5, 6)) * desk.params["reps_present_bias"])


@pytest.mark.parametrize(("hired", "first"), [(1, 9), (15, 15)])
@pytest.mark.parametrize(("name", "rate"), [("signings", 30.0), ("initial_revenue", 0.3)])
def test_were_the_whole_book_to_lapse_commission_would_be_claimed_of_who_signed_it(
    name: str, rate: float, hired: int, first: int
) -> None:
    """12 months straight line, now 20: in every month one signing of 100, paid 30."""
    desk = Desk({"measure": name, "rate": rate, "clawback": {"months": 12}})
    desk.ledger.base[0, :], desk.ledger.base[1, :], desk.ledger.paid_rate[:, 0] = 1.0, 10_000.0, rate
    expected = sum(30 * (1 - (20 - signed + 1) / 12) for signed in range(first, 20))
    trail, claim = projection.at_risk(desk.params, desk.k(), 0, 20, believer(hired_month=hired), desk.ledger)
    assert (trail, claim) == pytest.approx((0.0, expected * desk.params["reps_present_bias"]))
    held = Desk(
        {"measure": name, "rate": rate, "clawback": {"months": 12}, "deferral": {"share": 0.25, "months": 6, "slices": 1}}
    )
    held.ledger.base[:], held.ledger.paid_rate[:] = desk.ledger.base, desk.ledger.paid_rate
    found = projection.at_risk(held.params, held.k(), 0, 20, believer(hired_month=hired), held.ledger)
    assert found == pytest.approx((0.0, 0.75 * claim))


def test_a_trail_and_commission_under_a_straight_clawback_are_equally_at_risk() -> None:
    """A trail is commission earned month by month: who leaves takes with him what a straight-line clawback would claim."""
    for signed in range(5, 20):
        trail = Desk({"measure": "signings", "rate": 120.0, "trail_months": 12}, horizon=60)
        claim = Desk({"measure": "signings", "rate": 120.0, "clawback": {"months": 12}}, horizon=60)
        for desk in (trail, claim):
            desk.ledger.base[0, signed], desk.ledger.paid_rate[signed, 0] = 1.0, 120.0
        lost = projection.at_risk(trail.params, trail.k(), 0, 20, believer(), trail.ledger)[0]
        claimed = projection.at_risk(claim.params, claim.k(), 0, 20, believer(), claim.ledger)[1]
        assert lost == pytest.approx(claimed)


# --- malus, norm ------------------------------------------------------------------------------------------------------------


def test_held_pay_counts_by_the_odds_that_the_malus_measure_holds_up() -> None:
    """Satisfaction stands at 0.2 and may stray by 0.1; ten visits to 50 customers raise it by 0.1."""
    deferral = {"share": 0.5, "months": 6, "slices": 1, "malus_measure": "satisfaction", "malus_below": 0.25}
    desk = Desk(COMMISSION, COMMISSION | {"deferral": deferral}, horizon=4)
    desk.ledger.values[NAMES.index("satisfaction")] = 0.2
    desk.ledger.held[:, 10:20] = 40_000.0  # what vests this month is judged by this month's satisfaction
    for visits, level in ((0.0, 0.2), (10.0, 0.3)):
        odds = (level + 0.1 * NODES >= 0.25).mean()
        found = projection.malus_pay(desk.params, desk.components, 10, believer(), desk.ledger, 50.0, visits)
        assert found == pytest.approx(odds * 400 * desk.delay[:5].sum())


def test_a_norm_costs_the_odds_of_missing_it_times_what_is_at_stake() -> None:
    """Month 2 of 3: 4 signed, 1 now, 2 next month; norm 8; two warnings of three are left."""
    desk = Desk().set(norm_minimum=8.0, norm_months=3.0, norm_warnings=3.0, reps_salary=1000.0, reps_horizon_months=6.0)
    r = believer(norm_signings=4.0, usual_award=200.0, warnings=1)
    missed = (4 + 1 + 2 + np.sqrt(3) * NODES < 8).mean()
    assert planning.norm_stake(desk.params, r, 5, 1.0) == pytest.approx(missed * 1200 * 6 / 3)
    last = (4 + 1 + np.sqrt(1) * NODES < 8).mean()
    assert planning.norm_stake(desk.params, r, 6, 1.0) == pytest.approx(last * 1200 * 6 / 3)
    assert planning.norm_stake(desk.params, believer(warnings=9), 6, 1.0) == pytest.approx(1000 * 6)
    new = believer(hired_month=5, norm_signings=0.0)
    assert planning.norm_stake(desk.params, new, 5, 0.0) == 0.0  # who came within the period is excused
    assert planning.norm_stake(desk.params, believer(hired_month=4), 5, 0.0) > 0.0
    assert planning.norm_stake(desk.set(norm_minimum=0.0).params, r, 5, 1.0) == 0.0


# --- all of it ----------------------------------------------------------------------------------------------------------------


def test_the_pay_of_a_plan_is_that_of_its_components() -> None:
    """A rate on signings, a quarterly rate on renewals that visits raise, a multiplier seen as it stands; no trail."""
    desk = Desk(
        {"measure": "signings", "rate": 50.0},
        {"measure": "repeat_revenue", "rate": 0.1, "months": 3},
        {"measure": "signings", "combine": "multiply", "quota": 4.0, "tiers": [{"attainment": 0.0, "rate": 0.5}, {"attainment": 1.0, "rate": 1.5}]},
        COMMISSION | {"trail_months": 12},
        {"measure": "signings", "rate": 1e6, "from_month": 30},
    )  # fmt: skip
    led = desk.ledger
    led.usual[1], led.worth[:], led.factor[2] = 400.0, 0.8, 0.5
    r = believer(usual_award=70.0)
    apart = projection.projected_pay(desk.params, desk.components, 1, 2.0, r, led, 50.0, 3.0, 0.0, False)
    likely = np.where(np.maximum(3 + np.sqrt(3) * NODES, 0.0) >= 4, 1.5, 0.5).mean()
    assert apart == pytest.approx((150 * 2 * 0.8 + (likely - 0.5) * 70 * desk.delay[1], 300.0))
    visited = projection.projected_pay(desk.params, desk.components, 1, 2.0, r, led, 50.0, 3.0, 6.0, True)
    award = 0.1 * (3 * 400 + 6 * 30) * 2
    assert visited == pytest.approx((award * 0.8, award))


def weigh(desk: Desk, month: int = 10, **tally: float) -> tuple[float, float, Any]:
    r = believer(signings_per_attempt=0.1)
    desk.set(reps_hours=100.0, reps_hours_per_attempt=2.0, reps_expenses=500.0)
    desk.ledger.factor[:] = 1.5
    t = record("tally", **tally)
    signing, kept, claims = planning.weigh(desk.params, desk.components, month, r, t, desk.ledger)
    assert not (kept and claims)  # no scheme here has both
    return float(signing), float(kept + claims), r


def test_pressure_is_what_signing_pays_at_once_less_what_hangs_on_staying() -> None:
    """Factor 1.5; five signings a full month; a deferred tenth, a trail and pay on the book weigh against."""
    deferral = {"share": 0.1, "months": 6, "slices": 1}
    desk = Desk(COMMISSION | {"deferral": deferral}, {"measure": "initial_revenue", "rate": 0.05, "trail_months": 4},
                {"measure": "tenure", "combine": "multiply", "rate": 1.0})  # fmt: skip
    signing, kept, r = weigh(desk)
    trail = 0.05 * 200 / 4 * sum(STAY**m * desk.delay[m] for m in range(4))
    assert signing == pytest.approx(trail * 1.5)
    assert kept == 0.0
    squeeze = (20 * 0.9 - 20 * 0.1 * desk.delay[6] - trail) * 1.5 * 5 / 500
    assert r["pressure"] == pytest.approx(squeeze / (1 + squeeze))
    assert desk.ledger.worth[0] == pytest.approx(0.9 + 0.1 * desk.delay[6])
    assert (r["care_all"], r["care_worth"]) == (1.0, 0.0)


def test_care_follows_what_a_customer_kept_and_a_visit_bring() -> None:
    """Renewals at 10%: a visit sells 30; 20 customers worth 100 a month between them."""
    desk = Desk({"measure": "repeat_revenue", "rate": 0.1}, {"measure": "tenure", "combine": "multiply", "rate": 1.0}, horizon=3)
    desk.ledger.usual[0] = 1000.0
    signing, kept, r = weigh(desk, active=20.0, worth_sum=10_000.0)
    value = sum(desk.delay[m] * STAY**m * 0.1 * 50 for m in (1, 2, 3)) * 1.5
    assert (signing, kept) == pytest.approx((value, value))
    assert r["care_all"] == pytest.approx(1 + value * 0.02)
    assert r["care_worth"] == pytest.approx(0.1 * 30 * 1.5 * 20 / 100)
    assert weigh(desk, active=20.0, worth_sum=50.0)[2]["care_worth"] == pytest.approx(0.1 * 30 * 1.5 * 20 / 0.5)
    assert r["pressure"] == 0.0


def test_what_may_be_claimed_back_is_not_multiplied_again() -> None:
    desk = Desk(
        {"measure": "signings", "rate": 30.0, "clawback": {"months": 12}},
        {"measure": "tenure", "combine": "multiply", "rate": 1.0},
    )
    desk.ledger.base[0, 9], desk.ledger.paid_rate[9, 0] = 10.0, 45.0
    for active in (20.0, 1.0):
        _, kept, r = weigh(desk, active=active, worth_sum=10_000.0)
        assert r["care_worth"] == 0.0  # nothing that a visit sells is paid
        assert r["care_all"] == pytest.approx(1 + kept * 0.02)
        assert kept == pytest.approx(10 * 45 * (1 - 2 / 12) / active * desk.params["reps_present_bias"])


def test_the_months_visits_are_shared_out_in_full() -> None:
    """To every customer the same and by worth: over the book they add up to the time there is."""
    desk = Desk().set(reps_hours=100.0, reps_hours_per_visit=2.0, tie_fade=0.1)
    r = believer(nurturing=0.4, nurturing_skill=1.5, care_all=1.2, care_worth=0.3, book_size=20.0, book_worth=50_000.0,
                 tie_kept=0.25, hunting=0.5, pressure=0.7)  # fmt: skip
    t = record("tally")
    planning.spread_visits(desk.params, r, t)
    assert r["visits_all"] * 20 + r["visits_worth"] * 50_000 == pytest.approx(0.4 * 100 / 2 * 1.5)
    assert r["visits_worth"] / r["visits_all"] == pytest.approx(0.01 * 0.3 / 1.2)
    assert (r["tie_fading"], r["tie_kept"]) == pytest.approx((0.9 * 0.25, 1.0))
    assert (t["present"], t["hunting"], t["nurturing"], t["pressure"]) == (1, 0.5, 0.4, 0.7)
    planning.spread_visits(desk.params, empty := believer(nurturing=0.4, nurturing_skill=1.5, care_all=1.2), t)
    assert empty["visits_all"] == 0.0


# --- learning -----------------------------------------------------------------------------------------------------------------


def test_beliefs_move_a_part_of_the_way_to_the_months_experience() -> None:
    desk = Desk({"measure": "revenue", "rate": 0.1}, {"measure": "signings", "rate": 1.0, "scope": "team"}).set(belief_rate=0.1)
    r = believer(signings_per_attempt=0.2, usual_award=500.0)
    t = record("tally", attempts=20, signings=6, initial_revenue=180_000, repeat_revenue=15_000, cross_revenue=5_000,
               cost_of_goods=150_000, active=40, worth_sum=60_000, lapses=10)  # fmt: skip
    led, team = desk.ledger, np.zeros(len(NAMES))
    led.usual[:], led.noise[:] = (700.0, 3.0), (50.0, 2.0)
    led.values[NAMES.index("revenue")], team[NAMES.index("signings")] = 2000.0, 4.0
    learning.learn(desk.params, desk.components, r, t, led, team, 900.0)
    expected = {"signings_per_attempt": 0.2 + 0.1 * (0.3 - 0.2), "size": 200 + 0.1 * (300 - 200), "margin_share": 0.4 + 0.1 * (0.25 - 0.4),
                "worth": 7 + 0.1 * (15 - 7), "lapse": 0.1 + 0.1 * (0.2 - 0.1), "usual_award": 540.0, "usual_signings": 2.4}  # fmt: skip
    for name, value in expected.items():
        assert r[name] == pytest.approx(value), name
    brought = 2000 - 6 * expected["size"]  # first purchases apart
    spread = np.sqrt(np.pi / 2)
    assert led.usual == pytest.approx([700 + 0.1 * (brought - 700), 3.1])
    assert led.noise == pytest.approx([50 + 0.1 * (abs(brought - 700) * spread - 50), 2 + 0.1 * (1 * spread - 2)])


def test_a_month_without_any_teaches_nothing() -> None:
    desk, r = Desk().set(belief_rate=0.1), believer(signings_per_attempt=0.2)
    learning.learn(desk.params, desk.components, r, record("tally"), desk.ledger, np.zeros(len(NAMES)), 0.0)
    assert [r[name] for name in ("signings_per_attempt", "size", "margin_share", "worth", "lapse")] == [0.2, 200.0, 0.4, 7.0, 0.1]


SEEN = {"active": 90, "lapses": 10, "visited": 30, "visited_lapses": 2, "repeat_revenue": 500_000, "visited_repeat": 300_000,
        "cross_revenue": 50_000, "visited_cross": 36_000, "expected": 450_000, "visited_expected": 250_000, "satisfaction_sum": 20 * QUANTUM, "visited_satisfaction": 14 * QUANTUM}  # fmt: skip


def test_what_a_visit_does_is_learnt_from_the_customers_seen_and_the_others() -> None:
    """30 seen, 70 not: of a comparison of so many, 30/50 x 70/90 is believed."""
    desk, r = Desk().set(belief_rate=0.1), believer()
    learning.learn_from_visits(desk.params, r, record("tally", **SEEN))
    weight = 0.1 * 30 / 50 * 70 / 90
    assert r["visit_lapse"] == pytest.approx(0.02 + weight * (8 / 70 - 2 / 30 - 0.02))
    assert r["visit_repeat"] == pytest.approx(30 + weight * (100 - 2000 * 2500 / 2000 / 30 - 30))
    assert r["visit_cross"] == pytest.approx(5 + weight * (12 - 140 / 70 - 5))
    assert r["visit_satisfaction"] == pytest.approx(0.5 + weight * (14 / 28 - 6 / 62 - 0.5))


@pytest.mark.parametrize("seen", [0, 100])
def test_where_all_or_none_were_seen_there_is_nothing_to_compare(seen: int) -> None:
    desk, r = Desk().set(belief_rate=0.1), believer()
    learning.learn_from_visits(desk.params, r, record("tally", **SEEN | {"visited": seen}))
    assert [r[name] for name in ("visit_lapse", "visit_repeat", "visit_cross", "visit_satisfaction")] == [0.02, 30.0, 5.0, 0.5]


def test_where_all_who_were_seen_have_left_their_satisfaction_is_not_known() -> None:
    desk, r = Desk().set(belief_rate=0.1), believer()
    learning.learn_from_visits(desk.params, r, record("tally", **SEEN | {"visited": 5, "visited_lapses": 5}))
    assert r["visit_satisfaction"] == 0.5 and r["visit_lapse"] != 0.02


def test_reinforcement() -> None:
    """Forgetting 0.1, experimenting 0.2, payoff 3: the chosen gains 0.8 x 3, the two others 0.2 x 3 / 2 each."""
    desk, propensity = Desk().set(choice_forgetting=0.1, choice_experiment=0.2), np.array([1.0, 2.0, 4.0])
    learning.reinforce(desk.params, propensity, 1, 3.0)
    assert propensity == pytest.approx([0.9 + 0.3, 1.8 + 2.4, 3.6 + 0.3])
