"""S7, S13: shape and timing of a component, followed through the payroll of ordinary runs.

What is paid is worked out from the other columns by hand.  The reps' time is fixed and pay presses nobody.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import engine
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import months, pays, quiet, unmoved

PLENTY = {"success": 0.5, "leads_per_month": 100.0}


def selling(scheme: dict[str, Any], **changes: Any) -> Scenario:
    """One rep who signs a few customers every month; nobody leaves."""
    return quiet(months=36, market=PLENTY, scheme=scheme).with_(**changes)


def paid(scheme: dict[str, Any], runs: int = 3, **changes: Any) -> tuple[np.ndarray, np.ndarray]:
    """(what was paid, signings), each [runs, months]."""
    m = months(selling(scheme, **changes), runs)
    return tuple(m.pivot(index="run", columns="month", values=name).to_numpy() for name in ("commission", "signings"))  # type: ignore[return-value]


def settled(signed: np.ndarray, every: int) -> np.ndarray:
    """Sum of each period, standing in its last month."""
    out = np.zeros_like(signed, dtype=float)
    for end in range(every, signed.shape[1] + 1, every):
        out[:, end - 1] = signed[:, end - every : end].sum(axis=1)
    return out


@pytest.mark.parametrize("every", [1, 3, 12])
def test_a_rate_is_paid_when_the_period_ends(every: int) -> None:
    pay, signed = paid(pays(measure="signings", rate=70.0, months=every))
    assert np.array_equal(pay, 70.0 * settled(signed, every))


def test_tiers_pay_each_on_what_lies_in_it() -> None:
    tiers = [{"attainment": 0.0, "rate": 10.0}, {"attainment": 1.0, "rate": 50.0}, {"attainment": 1.5, "rate": 200.0}]
    pay, signed = paid(pays(measure="signings", months=3, quota=6.0, tiers=tiers))
    total = settled(signed, 3)
    expected = 10 * total.clip(max=6) + 50 * (total - 6).clip(0, 3) + 200 * (total - 9).clip(0)
    assert np.allclose(pay, expected)
    assert (total > 9).any() and ((total > 0) & (total < 6)).any()


def test_a_bonus_is_paid_at_the_threshold_and_not_below() -> None:
    pay, signed = paid(pays(measure="signings", months=3, quota=10.0, threshold=1.2, bonus=900.0))
    assert np.array_equal(pay, 900.0 * (settled(signed, 3) >= 12))
    assert 0 < (pay > 0).sum() < 36


def test_a_cap_is_the_most_a_period_can_pay() -> None:
    pay, signed = paid(pays(measure="signings", months=3, rate=70.0, cap=800.0))
    assert np.array_equal(pay, (70.0 * settled(signed, 3)).clip(max=800.0))
    assert (pay == 800.0).any() and ((pay > 0) & (pay < 800.0)).any()


def test_components_add_up() -> None:
    one, two = {"measure": "signings", "rate": 70.0}, {"measure": "signings", "months": 3, "quota": 10.0, "bonus": 900.0}
    assert np.allclose(paid(pays(one, two))[0], paid(pays(one))[0] + paid(pays(two))[0])


def test_a_component_is_in_force_from_and_until() -> None:
    """By the calendar the first quarter starts late and the last ends early: both are settled for the months in force."""
    pay, signed = paid(pays(measure="signings", rate=70.0, months=3, from_month=8, until_month=20, calendar=True))
    within = np.zeros_like(signed)
    within[:, 7:20] = signed[:, 7:20]
    expected = 70.0 * settled(within, 3)
    expected[:, 19] = 70.0 * signed[:, 18:20].sum(axis=1)
    expected[:, 20:] = 0
    assert np.array_equal(pay, expected)


# --- multiplied, gated ----------------------------------------------------------------------------------------------------


def test_a_multiplier_multiplies_what_the_others_add_by_its_level() -> None:
    factor = {"measure": "signings", "combine": "multiply", "quota": 2.0,
              "tiers": [{"attainment": 0.0, "rate": 0.5}, {"attainment": 1.0, "rate": 1.0}, {"attainment": 1.5, "rate": 1.4}]}  # fmt: skip
    pay, signed = paid(pays({"measure": "signings", "rate": 70.0}, factor))
    scale = np.where(signed >= 3, 1.4, np.where(signed >= 2, 1.0, 0.5))
    assert np.allclose(pay, 70.0 * signed * scale)
    assert {0.5, 1.0, 1.4} == set(scale.ravel())


def test_a_quarterly_multiplier_holds_until_it_is_set_anew() -> None:
    factor = {"measure": "signings", "months": 3, "combine": "multiply", "quota": 12.0,
              "tiers": [{"attainment": 0.0, "rate": 0.5}, {"attainment": 1.0, "rate": 1.5}]}  # fmt: skip
    pay, signed = paid(pays({"measure": "signings", "rate": 70.0}, factor))
    scale = np.ones_like(pay)
    for end in range(3, 37, 3):
        scale[:, end - 1 : end + 2] = np.where(signed[:, end - 3 : end].sum(axis=1) >= 12, 1.5, 0.5)[:, None]
    assert np.allclose(pay, 70.0 * signed * scale)


def test_a_gate_lets_all_through_or_nothing() -> None:
    pay, signed = paid(pays({"measure": "signings", "rate": 70.0}, {"measure": "signings", "combine": "gate", "threshold": 4.0}))
    assert np.array_equal(pay, 70.0 * signed * (signed >= 4))
    assert 0 < (pay > 0).sum() < pay.size


def test_multipliers_and_gates_multiply_with_each_other() -> None:
    half, double = (
        {"measure": "tenure", "combine": "multiply", "rate": 0.0, "tiers": [{"attainment": 0.0, "rate": rate}]}
        for rate in (0.5, 3.0)
    )
    pay, signed = paid(pays({"measure": "signings", "rate": 70.0}, half, double))
    assert np.allclose(pay, 105.0 * signed)


# --- trail ----------------------------------------------------------------------------------------------------------------


def test_a_trail_is_paid_in_every_month_of_contract_while_the_customer_is_there() -> None:
    """Worked out from the customers' table: rate x first purchase / n, in the first n months, the month of leaving included."""
    world = selling(pays(rate=0.24, trail_months=12), customers={"lapse": {"alpha": 5.0, "beta": 95.0}, "renewal_months": 1})
    tables = engine.simulate(world, 1, range(1, 3), customers=True)
    people = tables.customers
    assert people is not None
    for row in tables.months.itertuples():
        mine = people[
            (people["run"] == row.run) & (people["signed_month"] <= row.month) & (people["signed_month"] > row.month - 12)
        ]
        mine = mine[(mine["lapsed_month"] == 0) | (mine["lapsed_month"] >= row.month)]
        assert row.commission == pytest.approx(0.24 / 12 * mine["revenue"].sum(), abs=0.0051)


def test_a_trail_that_ends_is_still_paid_on_those_signed_before() -> None:
    """until_month is the last month of signing it applies to, from_month the first."""
    world = selling(pays(measure="signings", rate=120.0, trail_months=12, from_month=5, until_month=10))
    pay, signed = (
        months(world, 2).pivot(index="run", columns="month", values=name).to_numpy() for name in ("commission", "signings")
    )
    counted = np.zeros_like(signed)
    counted[:, 4:10] = signed[:, 4:10]
    expected = np.stack([counted[:, max(0, month - 12) : month].sum(axis=1) for month in range(1, 37)], axis=1) * 10.0
    assert np.allclose(pay, expected)


# --- deferral -------------------------------------------------------------------------------------------------------------


def test_deferred_pay_vests_in_slices() -> None:
    """Half of a month's award at once; a third of the other half 12, 24 and 36 months later."""
    pay, signed = paid(pays(measure="signings", rate=600.0, deferral={"share": 0.5, "months": 9, "slices": 3}))
    expected = 300.0 * signed.astype(float)
    for later in (3, 6, 9):
        expected[:, later:] += 100.0 * signed[:, :-later]
    assert np.allclose(pay, expected)


def test_what_is_held_is_what_was_earned_and_neither_paid_nor_lost() -> None:
    m = months(selling(pays(measure="signings", rate=600.0, deferral={"share": 0.5, "months": 9})), 3)
    total = m.groupby("run")[["awarded", "commission", "forfeited"]].cumsum()
    assert np.allclose(m["held"], total["awarded"] - total["commission"] - total["forfeited"])
    assert (m["awarded"] == 600.0 * m["signings"]).all()


@pytest.mark.parametrize(("below", "kept"), [(-2.0, True), (2.0, False)])
def test_malus_takes_what_would_vest_when_the_measure_has_not_held_up(below: float, kept: bool) -> None:
    deferral = {"share": 0.5, "months": 9, "slices": 3, "malus_measure": "satisfaction", "malus_below": below}
    m = months(selling(pays(measure="signings", rate=600.0, deferral=deferral)), 3)
    vested = sum(100.0 * m.groupby("run")["signings"].shift(later, fill_value=0) for later in (3, 6, 9))
    assert np.allclose(m["commission"], 300.0 * m["signings"] + (vested if kept else 0.0))
    assert np.allclose(m["forfeited"], 0.0 if kept else vested)


def test_who_leaves_forfeits_what_has_not_vested() -> None:
    """The rep runs out of savings in month 3: what is held then is lost, and nothing vests to the successor."""
    broke = {"salary": 0.0, "expenses": 1600.0, "savings_months": 2.0, "quit_broke": True, "vacancy_months": 100}
    m = months(selling(pays(measure="signings", rate=60.0, deferral={"share": 1.0, "months": 12}), reps=broke), 4)
    gone = m[m["month"] == 3]
    assert (gone["rep_exits"] == 1).all()
    assert np.allclose(gone["forfeited"], m[m["month"] <= 3].groupby("run")["awarded"].sum())
    assert (m["commission"] == 0).all() and (m.loc[m["month"] >= 3, "held"] == 0).all()


# --- clawback -------------------------------------------------------------------------------------------------------------


CLAWBACKS: dict[str, dict[str, Any]] = {
    "straight line": {"months": 24},
    "steps": {"months": 24, "shape": "step", "steps": [{"months": 12, "share": 1.0}, {"months": 24, "share": 0.6}]},
}


def share(name: str, age: pd.Series) -> np.ndarray:
    """Share claimed back when the contract ends in its month `age`."""
    if name == "steps":
        return np.where(age <= 12, 1.0, np.where(age <= 24, 0.6, 0.0))
    return np.where(age < 24, 1 - age / 24, 0.0)


@pytest.mark.parametrize("name", CLAWBACKS)
@pytest.mark.parametrize("poor", [False, True], ids=["solvent", "leaving"])
def test_clawback_claimed_is_recovered_or_due_or_uncollectable(name: str, poor: bool) -> None:
    """Claims worked out from the customers' table, month by month."""
    lapsing = {"lapse": {"alpha": 5.0, "beta": 95.0}, "renewal_months": 1}
    reps = {"quit_rate": 0.1, "vacancy_months": 0, "salary": 0.0, "expenses": 300.0} if poor else {"savings_months": 1e5}
    world = selling(pays(rate=0.5, clawback=CLAWBACKS[name]), customers=lapsing, reps=reps)
    tables = engine.simulate(world, 1, range(1, 9), customers=True)
    m, people = tables.months, tables.customers
    assert people is not None
    gone = people[people["lapsed_month"] > 0]
    claim = np.floor(share(name, gone["lapsed_month"] - gone["signed_month"] + 1) * 0.5 * gone["revenue"] * 100 + 0.5) / 100
    claimed = (
        claim.groupby([gone["run"], gone["lapsed_month"]])
        .sum()
        .reindex(pd.MultiIndex.from_frame(m[["run", "month"]]), fill_value=0.0)
    )
    due = m["clawback_due"] - m.groupby("run")["clawback_due"].shift(fill_value=0.0)
    assert np.allclose(claimed.to_numpy(), m["clawback"] + due + m["uncollectable"], atol=0.03)
    assert (m["uncollectable"].sum() > 0) == poor
    assert m["clawback"].sum() > 0


def test_a_rep_without_means_pays_back_over_time() -> None:
    """Recovered is at most what the rep has, salary and savings; the rest stays due."""
    lapsing = {"lapse": {"alpha": 30.0, "beta": 70.0}, "renewal_months": 1}
    means = {"savings_months": 0.0, "expenses": 1800.0, "salary": 1800.0}
    m = months(selling(pays(rate=1.0, clawback={"months": 36}), customers=lapsing, reps=means), 4)
    assert (m["clawback_due"] > 0).any()
    assert (m["clawback"] <= m["commission"].groupby(m["run"]).cumsum() + 1800.0 * m["month"] + 1e-6).all()
    cents = m["clawback"] * 100
    assert np.allclose(cents, cents.round(), atol=1e-6)


def test_a_lapse_before_settlement_earns_no_commission() -> None:
    """Signed and gone within the quarter: with all of it to be paid back in the first year, nothing is left of it."""
    claw = {"months": 12, "shape": "step", "steps": [{"months": 12, "share": 1.0}]}
    lapsing = {"lapse": {"alpha": 99.0, "beta": 1.0}, "renewal_months": 2}  # as good as everybody goes at the end of month two
    m = months(
        selling(pays(measure="signings", rate=100.0, months=3, clawback=claw), customers=lapsing, reps={"savings_months": 1e5}), 3
    )
    end = m.groupby("run").tail(1).set_index("run")
    kept = m.groupby("run")["commission"].sum() - m.groupby("run")["clawback"].sum() - end["clawback_due"]
    assert np.allclose(kept, 100.0 * end["customers"])


# --- team, regulator's cap ------------------------------------------------------------------------------------------------


def test_a_team_is_paid_its_mean_and_spreads_no_luck() -> None:
    """Five reps: as much in all as on their own signings, everybody the same."""
    alone, team = (selling(pays(measure="signings", rate=100.0, scope=scope), reps={"count": 5}) for scope in ("rep", "team"))
    a, b = (engine.simulate(one, 1, range(1, 5)) for one in (alone, team))
    assert np.allclose(a.months["commission"], b.months["commission"], atol=0.05)
    assert (b.runs["rep_pay_sd"] < 1e-6).all() and (a.runs["rep_pay_sd"] > 5).all()


def test_a_seat_that_is_empty_does_not_dilute_the_team() -> None:
    one = selling(pays(measure="signings", rate=100.0))
    with_gap = selling(pays(measure="signings", rate=100.0, scope="team"), reps={"count": 2, "absent": [1]})
    assert np.allclose(months(one, 3)["commission"], months(with_gap, 3)["commission"])


def test_variable_pay_stays_within_the_regulators_share_of_fixed_pay_each_year() -> None:
    """20% of a year's salary, used up as it is earned; in January there is room again."""
    limit = 0.2 * 12 * 1800.0
    free, _ = paid(pays(rate=0.3))
    capped, _ = paid({**pays(rate=0.3), "variable_cap": 0.2})
    for year in range(3):
        months_ = slice(12 * year, 12 * year + 12)
        room = np.clip(limit - np.concatenate([np.zeros((3, 1)), free[:, months_].cumsum(axis=1)[:, :-1]], axis=1), 0, None)
        assert np.allclose(capped[:, months_], np.minimum(free[:, months_], room), atol=0.011)
        assert np.allclose(capped[:, months_].sum(axis=1), np.minimum(limit, free[:, months_].sum(axis=1)), atol=0.05)
    assert (free[:, :12].sum(axis=1) > limit).all()


def test_salary_alone_leaves_no_room_for_variable_pay_without_fixed() -> None:
    assert (paid({**pays(rate=0.3), "variable_cap": 0.2}, reps={"salary": 0.0})[0] == 0).all()


def test_no_component_no_variable_pay() -> None:
    m = months(unmoved(scheme={"components": []}), 2)
    for line in ("commission", "awarded", "held", "forfeited", "clawback", "clawback_due", "uncollectable", "pressure"):
        assert (m[line] == 0).all(), line
