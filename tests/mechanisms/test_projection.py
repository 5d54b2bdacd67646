"""The rep reckons with pay as it is paid: every kind of component, in the plan of newcomers who have only their beliefs.

Each test compares two schemes between which a rep who reckons rightly sees no difference, or a known one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.scenario.model import Scenario
from tests.mechanisms.worlds import months, pays

FORGETS_NOTHING = {"present_bias": 1.0, "discount_year": 1.0, "horizon_months": 60}
UNPAID: dict[str, Any] = {"components": []}


def plan(scheme: dict[str, Any], customers: int = 0, month: int = 1, count: int = 200, **reps: Any) -> tuple[float, float]:
    """Mean (hunting, nurturing) planned in a month, by reps who learn nothing and choose sharply."""
    sharp = {
        "count": count,
        "skill_spread": 0.0,
        "quit_rate": 0.0,
        "savings_months": 1e5,
        "choice": {"temperature": 5.0, "grid": 20},
    }
    still = {"belief": {"rate": 0.0}, "pressure_fit": 0.0, "pressure_size": 0.0, "pressure_promise": 0.0}
    world = Scenario(months=month, reps={**sharp, **still}, customers={"at_start": customers}).with_(reps=reps, scheme=scheme)
    m = months(world, 2)
    m = m[m["month"] == month]
    return float(m["hunting_share"].mean()), float(m["nurturing_share"].mean())


COMMISSION = pays(rate=0.2)


def test_commission_draws_time_to_hunting() -> None:
    assert plan(COMMISSION)[0] > plan(UNPAID)[0] + 0.1


# --- clawback -------------------------------------------------------------------------------------------------------------


def test_commission_that_will_surely_be_clawed_back_is_no_pay() -> None:
    """All of it due when the customer goes within a year, and every customer thought to go in the first month."""
    claw = {"months": 12, "shape": "step", "steps": [{"months": 12, "share": 1.0}]}
    certain = {**FORGETS_NOTHING, "belief": {"lapse": 1.0}}
    assert plan(pays(rate=0.2, clawback=claw), **certain) == plan(UNPAID, **certain)
    assert plan(pays(rate=0.2, clawback=claw), belief={"lapse": 0.0}) == plan(COMMISSION, belief={"lapse": 0.0})


def test_a_clawback_makes_signing_worth_less_the_more_customers_lapse() -> None:
    clawed = pays(rate=0.2, clawback={"months": 24})
    hunting = [plan(clawed, belief={"lapse": q}, horizon_months=24)[0] for q in (0.0, 0.02, 0.1, 0.5)]
    assert all(np.diff(hunting) < 0)


def test_to_a_patient_rep_a_straight_line_clawback_is_level_commission() -> None:
    """A9 as the rep sees it: what a clawback is expected to leave is what the trail is expected to bring."""
    patient = {**FORGETS_NOTHING, "belief": {"lapse": 0.05}}
    clawed, level = (plan(pays(rate=0.2, **how), **patient) for how in ({"clawback": {"months": 24}}, {"trail_months": 24}))
    assert clawed == pytest.approx(level, abs=0.01)


# --- deferral -------------------------------------------------------------------------------------------------------------


def test_pay_deferred_is_pay_to_the_patient_and_nothing_to_who_does_not_see_so_far() -> None:
    deferred = pays(rate=0.2, deferral={"share": 1.0, "months": 36, "slices": 1})
    assert plan(deferred, **FORGETS_NOTHING) == plan(COMMISSION, **FORGETS_NOTHING)
    assert plan(deferred, horizon_months=12) == plan(UNPAID, horizon_months=12)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("horizon", [12, 36])
def test_no_rep_prefers_pay_later_to_pay_now(share: float, horizon: int) -> None:
    deferred = pays(rate=0.2, deferral={"share": share})
    assert plan(deferred, horizon_months=horizon)[0] <= plan(COMMISSION, horizon_months=horizon)[0]


def test_slices_that_vest_within_the_horizon_count() -> None:
    """Three years in three slices: a third of it lies within a year."""
    sliced, third = (pays(rate=rate, deferral={"share": 1.0, **how})
                     for rate, how in ((0.3, {"months": 36, "slices": 3}), (0.1, {"months": 12, "slices": 1})))  # fmt: skip
    assert plan(sliced, horizon_months=12) == plan(third, horizon_months=12)
    assert plan(sliced, horizon_months=12)[0] > plan(UNPAID, horizon_months=12)[0]


def test_a_clawback_counts_for_deferred_pay_too() -> None:
    both = {"clawback": {"months": 24}, "deferral": {"share": 0.5, "months": 12, "slices": 1}}
    wary = {**FORGETS_NOTHING, "belief": {"lapse": 0.2}}
    assert plan(pays(rate=0.2, **both), **wary)[0] < plan(pays(rate=0.2, deferral=both["deferral"]), **wary)[0]


def test_a_malus_on_satisfaction_gives_reason_to_nurture() -> None:
    """Two years of pay are held back and lost if the customers are unhappy when it vests."""
    held = {"share": 1.0, "months": 12, "slices": 12}
    world = {"customers": 60, "month": 10, "count": 60, "belief": {"rate": 0.0, "visit_satisfaction": 0.5}}
    safe = plan(pays(rate=0.5, deferral=held), **world)
    at_risk = plan(pays(rate=0.5, deferral={**held, "malus_measure": "satisfaction", "malus_below": -0.1}), **world)
    assert at_risk[1] > safe[1]


# --- team, cap, multiplier ------------------------------------------------------------------------------------------------


def test_what_the_team_shares_draws_each_less() -> None:
    """A mean over five reps moves by a fifth of what one of them signs (free riding)."""
    five = {"count": 5}
    team = plan(pays(rate=0.5, scope="team"), **five)
    own = plan(pays(rate=0.5), **five)
    fifth = plan(pays(rate=0.1), **five)
    assert team == fifth
    assert team[0] < own[0] - 0.1


def test_beyond_the_regulators_cap_there_is_nothing_to_earn() -> None:
    """Variable pay at most a thousandth of fixed pay: as good as unpaid.  A cap nobody reaches changes nothing."""
    assert plan({**COMMISSION, "variable_cap": 1e-3})[0] == pytest.approx(plan(UNPAID)[0], abs=0.01)
    assert plan({**COMMISSION, "variable_cap": 100.0}) == plan(COMMISSION)


def test_a_multiplier_of_nothing_is_worth_nothing() -> None:
    """Salary is not multiplied."""
    factor = {"measure": "satisfaction", "combine": "multiply",
              "tiers": [{"attainment": 0.0, "rate": 0.5}, {"attainment": 0.1, "rate": 3.0}]}  # fmt: skip
    seen = {"customers": 60, "month": 4, "count": 60, "belief": {"rate": 0.0, "visit_satisfaction": 0.5}}
    assert plan(pays(**factor), **seen) == plan(UNPAID, **seen)


def test_behind_a_gate_that_cannot_open_nobody_works_for_pay() -> None:
    """Shut in month 1, when there is a book to measure, it lets nothing through later."""
    shut = pays({"rate": 0.2}, {"measure": "satisfaction", "combine": "gate", "threshold": 50.0})
    assert plan(shut, **BOOK) == plan(UNPAID, **BOOK)


def test_a_gate_that_has_nobody_to_measure_stays_open() -> None:
    """Of an empty book there is no satisfaction, and a gate stays as it stood: at first open."""
    gated = pays({"rate": 0.2}, {"measure": "satisfaction", "combine": "gate", "threshold": 50.0})
    assert plan(gated) == plan(COMMISSION)


# --- the measures: what a signing and a visit add to each -----------------------------------------------------------------


BOOK = {"customers": 60, "month": 4, "count": 60}
VISITS = {"belief": {"rate": 0.0, "visit_repeat": 20.0, "visit_lapse": 0.02, "visit_satisfaction": 0.05}}


def test_a_penalty_on_lapses_gives_reason_to_nurture() -> None:
    """A visit is believed to prevent lapses: the more a lapse costs the rep, the more visits."""
    assert plan(pays(measure="lapses", rate=-500.0), **BOOK, **VISITS)[1] > plan(UNPAID, **BOOK, **VISITS)[1]


def test_a_bonus_on_persistency_gives_reason_to_nurture_where_visits_keep_customers() -> None:
    keeps, pleases = (
        {"belief": {**VISITS["belief"], "visit_lapse": lapse, "visit_satisfaction": s}} for lapse, s in ((0.05, 0.0), (0.0, 0.05))
    )
    bonus = pays(measure="persistency", rate=20000.0) | {"persistency_months": 2, "persistency_least": 1}  # so there is a cohort
    assert plan(bonus, **BOOK, **keeps)[1] > plan(UNPAID, **BOOK, **keeps)[1]
    assert plan(bonus, **BOOK, **pleases) == plan(UNPAID, **BOOK, **pleases)


def test_a_penalty_on_arrears_does_not_keep_a_rep_from_visiting() -> None:
    assert plan(pays(measure="arrears_rate", rate=-5000.0), **BOOK, **VISITS)[1] >= plan(UNPAID, **BOOK, **VISITS)[1] - 0.01


def test_a_bonus_on_satisfaction_gives_reason_to_nurture() -> None:
    assert plan(pays(measure="satisfaction", rate=5000.0), **BOOK, **VISITS)[1] > plan(UNPAID, **BOOK, **VISITS)[1] + 0.01


def test_margin_at_rate_r_over_m_is_revenue_at_rate_r() -> None:
    """The mean margin is 0.4: 25% of it is 10% of revenue, for what is signed and for what visits bring."""
    margin = plan(pays(measure="gross_margin", rate=0.25), **BOOK, **VISITS)
    assert margin == pytest.approx(plan(pays(measure="revenue", rate=0.1), **BOOK, **VISITS), abs=0.002)  # a tie may fall


def test_revenue_is_the_sum_of_its_parts() -> None:
    """A rate on all revenue, and the same rate on first, repeat and cross-purchases, are the same pay and the same plan.

    But for the luck of a month's first purchases, which are set apart from revenue at the size they are believed to have.
    """
    learned = {**BOOK, "month": 6, "belief": {"rate": 0.2}}
    whole = pays(measure="revenue", rate=0.1)
    parts = pays(*({"measure": name, "rate": 0.1} for name in ("initial_revenue", "repeat_revenue", "cross_revenue")))
    assert plan(whole, **learned) == pytest.approx(plan(parts, **learned), abs=0.01)


def test_what_a_visit_brings_is_counted_once() -> None:
    """One step of the grid, no effort cost: P(visit all month) = 1 / (2 + exp(-u / tau)), u = rate x 20 a visit x 50 visits."""
    plain = {"choice": {"grid": 1, "temperature": 100.0}, "effort_cost": 0.0, "count": 400, "horizon_months": 1,
             "belief": {"rate": 0.0, "visit_repeat": 20.0, "visit_lapse": 0.0}}  # fmt: skip
    u = 0.15 * 20.0 * 50
    found = plan(pays(measure="repeat_revenue", rate=0.15), customers=5, month=2, **plain)[1]
    expected = np.exp(u / 100.0) / (2 + np.exp(u / 100.0))
    assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / 800)


def test_a_signing_adds_to_the_book_value_what_a_customer_is_worth_a_month() -> None:
    """Renewals of 0.8 x 1200 a year and purchases of 10 a month at a margin of 0.4 make 36 a month, not the 480 of the first purchase."""
    value, heads = (plan(pays(measure=name, rate=rate), **BOOK, horizon_months=12)[0]
                    for name, rate in (("book_value", 0.5), ("active_customers", 18.0)))  # fmt: skip
    assert value == pytest.approx(heads, abs=0.05)


def test_a_norm_makes_who_would_be_dismissed_hunt() -> None:
    """S7: meet the norm.  A salary that ends with the month is worth some hunting, though no signature is paid for."""
    norm = {"components": [], "norm": {"minimum": 3.0, "months": 1, "warnings": 0}}
    sharp = {"count": 200, "skill_spread": 0.0, "quit_rate": 0.0, "choice": {"temperature": 5.0, "grid": 20}}
    attempts = [months(Scenario(months=1, reps=sharp, scheme=scheme), 2)["attempts"].mean() for scheme in (norm, UNPAID)]
    assert attempts[0] > 1.1 * attempts[1]
