"""Pay as firms pay it: periods, part periods, cohorts, what is not settled, and that the rep reckons with all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import engine
from sim.scenario.model import Scenario
from sim.scheme.measures import NAMES
from tests.mechanisms.worlds import months, pays, quiet, standard_errors
from tests.scheme.test_algebra import payroll

#: Signings in months 5, 6, 7 by seat.
SIGNED = ((0, 0, 1), (1, 1, 0), (0, 1, 3), (1, 0, 0), (0, 0, 0), (2, 0, 1), (0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 2, 0))


def test_a_bonus_of_three_months_from_month_5_is_paid_once() -> None:
    """Seven of ten seats sign in months 5 to 7: 7 x 600."""
    part = {"measure": "signings", "months": 3, "quota": 1.0, "bonus": 600.0, "from_month": 5, "until_month": 7}
    total = 0
    for seat, signed in enumerate(SIGNED):
        story = {m: {"signs": {f"{seat}-{m}-{i}": 100.0 for i in range(n)}} for m, n in zip((5, 6, 7), signed, strict=True)}
        total += sum(line.awarded for page in payroll([part], story) for line in page.lines)
    assert total == 7 * 600_00


def _selling(**scheme: Any) -> Scenario:
    return quiet(months=30, reps={"count": 4, "quit_rate": 0.1, "vacancy_months": 1}, scheme=scheme)


@pytest.mark.parametrize("leaver", ["forfeits", "paid"])
@pytest.mark.parametrize("pro_rata", [True, False])
def test_what_is_earned_is_awarded_accrued_or_lost_by_leaving(leaver: str, pro_rata: bool) -> None:
    """With a plain rate: the rate on all that was signed = awarded + accrued at the end + not settled for leavers."""
    part = {"measure": "signings", "rate": 100.0, "months": 7, "leaver": leaver, "pro_rata": pro_rata}
    runs = months(_selling(**pays(**part)), 4).groupby("run")
    earned = 100.0 * runs["signings"].sum()
    assert np.allclose(earned, runs["awarded"].sum() + runs["accrued"].last() + runs["unsettled"].sum())
    assert (runs["accrued"].last() > 0).all()
    assert (runs["unsettled"].sum() > 0).all() == (leaver == "forfeits")


def test_a_run_shows_what_it_ends_owing() -> None:
    deferral = {"share": 0.4, "months": 24, "slices": 4}
    scheme = pays({"measure": "signings", "rate": 100.0, "months": 7, "deferral": deferral}, {"rate": 0.1, "trail_months": 24})
    tables = engine.simulate(_selling(**scheme), 1, range(1, 5))
    last = tables.months[tables.months["month"] == 30].reset_index(drop=True)
    assert np.allclose(tables.runs["accrued_pay"], last["accrued"] + last["held"]) and (last["held"] > 0).all()
    assert np.allclose(tables.runs["trail_due"], last["trail_due"]) and (last["trail_due"] > 0).all()


def test_the_sales_forces_cost_is_discounted_as_the_npv_is() -> None:
    scenario = _selling(**pays(measure="initial_revenue", rate=0.2, clawback={"months": 12}))
    tables = engine.simulate(scenario, 1, range(1, 4))
    m = tables.months
    cost = (m["salaries"] + m["commission"] - m["clawback"]) / 1.08 ** ((m["month"] - 1) / 12)
    assert np.allclose(cost.groupby(m["run"]).sum(), tables.runs["sales_force_cost"])


def test_persistency_is_not_met_by_nobody() -> None:
    """4,000 a year at 85%: in year 1 nobody has come to the 13th month, and nobody is paid; later some are and some are not."""
    scenario = quiet(
        months=60,
        reps={"count": 10},
        customers={"renewal_months": 1, "lapse": {"alpha": 0.6, "beta": 40.0, "midterm": 1.0}},
        scheme=pays(measure="persistency", months=12, threshold=0.85, bonus=4000.0),
    )
    paid = months(scenario, 4).groupby(["run", "month"])["commission"].sum().unstack()
    assert (paid[12] == 0).all()
    assert 0 < paid[[24, 36, 48, 60]].to_numpy().mean() < 10 * 4000


# --- the rep reckons with it --------------------------------------------------------------------------------------------------


def reaction(scheme: dict[str, Any], column: str, runs: int = 12, **groups: Any) -> np.ndarray:
    """Mean over a run's months, run by run, in a world in which reps choose."""
    base = Scenario(months=36, reps={"count": 5}, scheme=scheme)
    m = engine.simulate(base.with_(**groups) if groups else base, 1, range(1, runs + 1)).months
    return m.groupby("run")[column].mean().to_numpy()


def test_who_is_paid_on_profit_hunts_less_and_more_carefully_the_more_a_customer_costs() -> None:
    scheme = {"components": [{"measure": "customer_profit", "rate": 0.3}]}
    cheap, dear = (
        {c: reaction(scheme, c, firm={"perks": perks}) for c in ("hunting_share", "pressure", "fit")} for perks in (200.0, 1200.0)
    )
    assert standard_errors(cheap["hunting_share"] - dear["hunting_share"]) > 4
    assert (dear["pressure"] <= cheap["pressure"]).all()
    assert (dear["fit"] - cheap["fit"]).mean() > -0.01


def test_who_is_paid_on_tenure_hunts_less() -> None:
    none, paid = (reaction({"components": [{"measure": "tenure", "rate": rate}]}, "hunting_share") for rate in (0.0, 200.0))
    assert standard_errors(none - paid) > 4


def test_a_rep_does_not_work_for_a_persistency_that_cannot_exist() -> None:
    """In year 1, and while the cohort is below its least number, a bonus on persistency changes nothing that reps do."""
    bonus = {"measure": "persistency", "months": 12, "threshold": 0.9, "bonus": 4000.0}
    none, soon, never = (
        engine.simulate(Scenario(months=24, reps={"count": 5}, scheme=scheme), 1, range(1, 5)).months
        for scheme in ({}, {"components": [bonus]}, {"components": [bonus], "persistency_least": 10_000})
    )
    columns = ["hunting_share", "nurturing_share"]
    assert np.allclose(none[columns], never[columns])
    first = none["month"] <= 12
    assert np.allclose(none.loc[first, columns], soon.loc[first, columns])
    assert not np.allclose(none.loc[~first, columns], soon.loc[~first, columns])


@pytest.mark.parametrize("name", NAMES)
def test_pay_on_any_measure_changes_what_reps_do(name: str) -> None:
    """No measure is a dead letter."""
    base, paid = (
        engine.simulate(
            Scenario(months=20, reps={"count": 3}, scheme={"components": [{"measure": name, "rate": rate}], "persistency_months": 3}),
            1, range(1, 3),
        ).months
        for rate in (0.0, 5000.0 if name in ("persistency", "satisfaction", "arrears_rate", "tenure") else 5.0)
    )  # fmt: skip
    assert not np.allclose(base["hunting_share"], paid["hunting_share"]) or not np.allclose(
        base["nurturing_share"], paid["nurturing_share"]
    )
