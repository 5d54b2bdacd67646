"""How a rep splits the month: pay is projected with the function that pays, or learned, or time use is fixed (S7, S13).

Quota, tier, cap and period end must matter because pay is projected, not because a rule says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.scenario.model import Scenario
from tests.mechanisms.worlds import assert_raises, lively, months, pays, quiet, standard_errors

QUARTERLY = {"measure": "signings", "months": 3, "quota": 6.0, "bonus": 3000.0}
ACCELERATOR = {"measure": "signings", "months": 3, "quota": 6.0,
               "tiers": [{"attainment": 0.0, "rate": 30.0}, {"attainment": 1.0, "rate": 900.0}]}  # fmt: skip
UNBIASED = {"present_bias": 1.0, "discount_year": 1.0, "quit_rate": 0.0, "savings_months": 1e4}


def force(scheme: dict[str, Any], count: int = 1, **reps: Any) -> Scenario:
    """Reps who look closely at their pay, as patient now as later, and no customers at the start."""
    looks_closely = {"count": count, "skill_spread": 0.0, "choice": {"temperature": 100.0}}
    return Scenario(months=48, reps=looks_closely).with_(reps={**UNBIASED, **reps}, scheme=scheme)


def last_month(scheme: dict[str, Any], runs: int = 150, **reps: Any) -> pd.DataFrame:
    """Hunting in the last month of a quarter by what was signed in it so far: mean, sem, size (after the first year)."""
    m = months(force(scheme, **reps), runs, seed=3)
    m["quarter"], m["place"] = (m["month"] - 1) // 3, (m["month"] - 1) % 3
    m["so_far"] = m.groupby(["run", "quarter"])["signings"].cumsum() - m["signings"]
    late = m[(m["month"] > 12) & (m["place"] == 2)]
    return late.groupby("so_far")["hunting_share"].agg(["mean", "sem", "size"])


def higher(table: pd.DataFrame, more: int, less: int) -> bool:
    """Hunting with `more` signed so far lies above hunting with `less`: by over four standard errors."""
    gap = table["mean"][more] - table["mean"][less]
    return bool(gap > 4 * np.hypot(table["sem"][more], table["sem"][less]))


def by_place(scenario: Scenario, period: int = 3, runs: int = 48) -> np.ndarray:
    """Hunting share by month within the period, after the first year: [runs, period]."""
    m = months(scenario, runs, seed=2)
    m = m[m["month"] > 12].assign(place=lambda t: (t["month"] - 1) % period)
    return m.pivot_table("hunting_share", "run", "place").to_numpy()


# --- quota, tier, cap -----------------------------------------------------------------------------------------------------


def test_a_quota_within_reach_makes_a_rep_push_in_the_last_month() -> None:
    """Who has four of six hunts nearly all day; who has none gives up, and hunts for love only (Steenburgh 2008, Oyer 1998)."""
    hunting = last_month(pays(**QUARTERLY))
    assert higher(hunting, 4, 0) and higher(hunting, 3, 1) and higher(hunting, 4, 2)
    assert hunting["mean"][4] > 0.75
    assert abs(hunting["mean"][0] - 0.25) < 0.05


def test_who_has_reached_the_quota_eases() -> None:
    """The bonus cannot be lost any more and nothing lies above it: back to hunting for love."""
    hunting = last_month(pays(**QUARTERLY), runs=300)
    assert higher(hunting, 4, 6)
    assert abs(hunting["mean"][6] - hunting["mean"][0]) < 4 * hunting["sem"][6] + 0.02


def test_at_a_flat_rate_it_does_not_matter_what_was_signed_so_far() -> None:
    hunting = last_month(pays(measure="signings", months=3, rate=150.0))
    assert not higher(hunting, 4, 0) and not higher(hunting, 0, 4)


def test_an_accelerator_keeps_the_best_going() -> None:
    """Beyond the quota a signing pays 900: there, unlike under a bonus, reps hunt on (Chung, Steenburgh & Sudhir 2014)."""
    hunting, bonus = last_month(pays(**ACCELERATOR)), last_month(pays(**QUARTERLY))
    assert higher(hunting, 5, 4) and higher(hunting, 4, 2)
    beyond = hunting["mean"][6] - bonus["mean"][6]
    assert beyond > 3 * np.hypot(hunting["sem"][6], bonus["sem"][6])


def test_effort_eases_once_the_cap_is_reached() -> None:
    """Five signings fill the cap: the sixth is free."""
    hunting = last_month(pays(measure="signings", months=3, rate=300.0, cap=1500.0))
    free = last_month(pays(measure="signings", months=3, rate=300.0))
    assert higher(hunting, 2, 5) and higher(hunting, 3, 5)
    assert not higher(free, 2, 5)
    assert free["mean"][5] - hunting["mean"][5] > 4 * np.hypot(free["sem"][5], hunting["sem"][5])


def test_over_all_reps_the_quarter_ends_busier_than_the_next_begins() -> None:
    """Oyer (1998).  Not so under a flat rate settled in the same months: the quota does it, not the date of payment."""
    quota, flat = (
        by_place(force(scheme, count=10), runs=100)
        for scheme in (pays(**QUARTERLY), pays(measure="signings", months=3, rate=150.0))
    )
    push, control = quota[:, 2] - quota[:, 0], flat[:, 2] - flat[:, 0]
    assert standard_errors(push) > 4
    assert abs(standard_errors(control)) < 4
    assert standard_errors(push - control) > 3


def test_without_the_projection_nobody_pushes() -> None:
    """The same quota under a fixed split: every month alike."""
    share = by_place(force(pays(**QUARTERLY), choice={"rule": "fixed"}), runs=4)
    assert (share == 0.5).all()


def test_pay_that_comes_at_the_period_end_tempts_the_present_biased_only_then() -> None:
    """The date of payment alone makes a last-month push, where beta < 1."""
    share = by_place(force(pays(measure="signings", months=3, rate=150.0), count=10, present_bias=0.6))
    assert standard_errors(share[:, 2] - share[:, 0]) > 4


# --- the rules of choice --------------------------------------------------------------------------------------------------


def test_a_fixed_split_is_kept_every_month() -> None:
    m = months(quiet(reps={"choice": {"hunting": 0.35, "nurturing": 0.45}}, scheme=pays(rate=0.5)), 3)
    assert (m["hunting_share"] == 0.35).all() and (m["nurturing_share"] == 0.45).all()


def test_pay_for_signatures_makes_hunters() -> None:
    assert_raises("hunting_share", lively(), lively(scheme=pays()))
    assert_raises("nurturing_share", lively(scheme=pays()), lively())


def test_a_hot_rep_chooses_at_random_a_cold_one_the_best() -> None:
    """Temperature to infinity: every alternative alike, a third of the time for each use; to zero: all do the same."""
    hot, cold = (months(force(pays(rate=0.3), count=400, choice={"temperature": t}).with_(months=1), 2) for t in (1e9, 1e-3))
    assert (hot["hunting_share"] - 1 / 3).abs().max() < 4 * 0.26 / 20
    assert cold["hunting_share"].nunique() == 1 and cold["hunting_share"][0] in {0.0, 0.25, 0.5, 0.75, 1.0}


def test_reinforcement_learns_what_pays() -> None:
    """Roth & Erev: paid for signatures only, hunting becomes the habit; where pay is flat there is nothing to learn."""

    def drift(scheme: dict[str, Any]) -> np.ndarray:
        habit = {"rule": "roth_erev", "grid": 2, "experiment": 0.05}
        world = force(scheme, count=10, salary=100.0, quit_pay=0.0, choice=habit).with_(months=96)
        share = months(world, 24).assign(late=lambda m: m["month"] > 60).pivot_table("hunting_share", "run", "late")
        return (share[True] - share[False]).to_numpy()

    assert standard_errors(drift(pays(rate=0.8))) > 4
    assert standard_errors(drift(pays(rate=0.8)) - drift(pays())) > 4


# --- patience -------------------------------------------------------------------------------------------------------------


def newcomers(scheme: dict[str, Any], **reps: Any) -> tuple[float, float]:
    """(hunting, nurturing) planned in month 1 by 200 reps who have nothing but their beliefs."""
    sharp = {"count": 200, "skill_spread": 0.0, "quit_rate": 0.0, "choice": {"temperature": 1.0, "grid": 20}}
    m = months(Scenario(months=1, reps=sharp).with_(reps=reps, scheme=scheme), 2)
    return m["hunting_share"].mean(), m["nurturing_share"].mean()


TRAIL = pays(rate=0.3, trail_months=24)


@pytest.mark.parametrize("patience", [("present_bias", 0.4, 1.0), ("discount_year", 0.5, 1.0), ("horizon_months", 2, 24)])
def test_the_patient_work_for_a_trail_the_impatient_do_not(patience: tuple[str, float, float]) -> None:
    """Present bias, discounting and horizon each hold for pay that comes later, and for none that comes now."""
    name, short, long = patience
    assert newcomers(TRAIL, **{name: long})[0] > newcomers(TRAIL, **{name: short})[0] + 0.02
    assert newcomers(pays(rate=0.3), **{name: long}) == newcomers(pays(rate=0.3), **{name: short})


def test_a_patient_rep_who_sees_far_takes_a_trail_for_the_commission_it_is() -> None:
    """Nobody thought to lapse, no discount: rate / n for n months is the rate."""
    patient = {"present_bias": 1.0, "discount_year": 1.0, "horizon_months": 24, "belief": {"lapse": 0.0}}
    assert newcomers(TRAIL, **patient) == newcomers(pays(rate=0.3), **patient)


# --- beliefs --------------------------------------------------------------------------------------------------------------


def test_reps_learn_what_a_visit_does() -> None:
    """Paid on renewals and repeat purchases; where visits sell, nurturing grows on those who learn, not on those who do not."""

    def nurture(effect: float, rate: float) -> np.ndarray:
        world = Scenario(
            months=60,
            reps={"count": 6, "quit_rate": 0.0, "belief": {"rate": rate, "visit_repeat": 20.0}, "choice": {"temperature": 150.0}},
            customers={"at_start": 80, "purchase": {"visit": effect, "shape": 4.0, "alpha": 40.0}, "renewal": 0.0},
            market={"leads_at_start": 0.0, "leads_per_month": 3.0},
            scheme=pays(measure="repeat_revenue", rate=0.4),
        )
        m = months(world, 16)
        return m[m["month"] > 36].groupby("run")["nurturing_share"].mean().to_numpy()

    assert standard_errors(nurture(8.0, 0.2) - nurture(0.0, 0.2)) > 4
    learned = nurture(8.0, 0.2) - nurture(0.0, 0.2)
    assert standard_errors(learned - (nurture(8.0, 0.001) - nurture(0.0, 0.001))) > 4
