"""Periods of several months: who left before the settlement, who came in its midst, and what the accounts bear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import engine
from tests.mechanisms.worlds import months, pays, quiet

LEAVING = {"alpha": 30.0, "beta": 270.0}


def leaving(**changes: Any) -> Any:
    return quiet(
        months=24,
        reps={"hours": 700.0},
        market={"leads_at_start": 1e4, "leads_per_month": 1e4},
        customers={"lapse": LEAVING, "renewal_months": 1},
    ).with_(**changes)


def test_who_was_signed_before_a_component_began_is_not_taken_from_it() -> None:
    """A calendar year's component from month 7: month 12 pays the rate on those signed from month 7 on, less what leavers lose."""
    component = {"measure": "signings", "rate": 100.0, "months": 12, "from_month": 7, "calendar": True}
    free, claw = (months(leaving(scheme=pays(**component, **more)), 4) for more in ({}, {"clawback": {"months": 24}}))
    due = free.loc[free["month"] == 12, "commission"].to_numpy()
    signed = free[free["month"].between(7, 12)].groupby("run")["signings"].sum().to_numpy()
    assert np.allclose(due, 100.0 * signed)
    kept = claw.loc[claw["month"] == 12, "commission"].to_numpy()
    assert (kept < due).all() and (kept > 0.6 * due).all()  # a tenth leave a month, and lose at most all of it


def test_clawback_goes_on_when_a_component_ends_in_the_midst_of_a_period() -> None:
    m = months(leaving(scheme=pays(measure="signings", rate=100.0, months=12, until_month=6, clawback={"months": 24})), 4)
    after = m[m["month"].between(7, 12)].groupby("month")["claimed"].sum()
    assert (after > 0).all()


def test_a_newcomer_does_not_answer_for_what_the_predecessor_signed() -> None:
    world = leaving(
        reps={"quit_rate": 0.3, "vacancy_months": 0},
        scheme=pays(measure="signings", rate=100.0, months=12, clawback={"months": 24}),
    )
    assert (months(world, 6)["awarded"] >= 0).all()


@pytest.mark.parametrize("period", [1, 3, 12])
def test_the_accounts_of_early_leavers_bear_their_commission(period: int) -> None:
    tables = engine.simulate(leaving(scheme=pays(measure="signings", rate=100.0, months=period)), 1, range(1, 4), customers=True)
    assert tables.customers is not None
    borne, paid = tables.customers.groupby("run")["commission"].sum(), tables.months.groupby("run")["commission"].sum()
    assert np.allclose(borne, paid) and (paid > 0).all()


def test_an_empty_seat_charges_no_account() -> None:
    world = quiet(
        months=36,
        reps={"quit_rate": 0.2, "vacancy_months": 24},
        customers={"at_start": 30, "purchase": {"enabled": True, "alpha": 4.0}},
        scheme=pays(measure="repeat_revenue", rate=0.1),
    )
    tables = engine.simulate(world, 1, range(1, 4), customers=True)
    assert tables.customers is not None
    borne, paid = tables.customers.groupby("run")["commission"].sum(), tables.months.groupby("run")["commission"].sum()
    assert np.allclose(borne, paid, rtol=0.001) and (paid > 0).all()


def test_a_new_year_opens_the_regulators_cap_before_the_rep_plans() -> None:
    """Where the cap is used up in December, January is a month to hunt in again."""
    world = quiet(
        months=26,
        reps={"count": 20, "salary": 3000.0, "quit_rate": 0.0, "choice": {"rule": "logit", "temperature": 50.0}},
        scheme={**pays(measure="signings", rate=2000.0), "variable_cap": 0.2},
    )
    share = months(world, 4).groupby("month")["hunting_share"].mean()
    assert share[12] < 0.5 < share[13] and share[24] < 0.5 < share[25]
