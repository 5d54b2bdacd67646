"""Worlds at the edge of what is allowed: every number stays finite and every line adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import engine
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import months, pays, quiet

EDGES: dict[str, dict[str, Any]] = {
    "one month": {"months": 1},
    "nobody": {"reps": {"count": 1, "absent": [0]}, "customers": {"at_start": 0}},
    "an empty seat with a book": {"reps": {"count": 1, "absent": [0]}},
    "nothing ever happens": {"market": {"success": 0.0, "referred_success": 0.0, "leads_at_start": 0.0, "leads_per_month": 0.0},
                             "customers": {"at_start": 0, "service": {"rate": 0.0}, "referral": {"rate": 0.0, "visit": 0.0}}},
    "everybody signs": {"market": {"success": 1.0}, "reps": {"screening": -10.0}},
    "everybody goes at once": {"customers": {"lapse": {"alpha": 1e6, "beta": 1e-3, "midterm": 1.0}, "renewal_months": 1}},
    "nobody pays": {"customers": {"payment": {"transitions": [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]}}, "firm": {"resolution": {"bucket": 1}}},
    "needy customers": {"customers": {"service": {"rate": 50.0}}, "desk": {"capacity": 1.0}},
    "many purchases": {"customers": {"purchase": {"shape": 200.0, "alpha": 10.0}}, "months": 3},
    "free of charge": {"customers": {"initial": 0.0, "renewal": 0.0, "purchase": {"enabled": False}, "cross": 0.0}},
    "no salary": {"reps": {"salary": 0.0, "expenses": 1.0, "savings_months": 0.0}, "scheme": {**pays(rate=0.3), "variable_cap": 0.2}},
    "everybody quits": {"reps": {"quit_rate": 1.0, "vacancy_months": 0}},
    "cold choice": {"reps": {"choice": {"temperature": 1e-9}, "effort_cost": 0.0}},
    "negative rates": {"scheme": pays(measure="lapses", rate=-1e6)},
    "discount below nought": {"firm": {"discount_year": -0.5}},
    "impossible sums": {"scheme": pays(rate=100.0, clawback={"months": 1200}), "months": 24},
    "one alternative each": {"reps": {"choice": {"grid": 1, "rule": "roth_erev"}}},
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_numbers_stay_finite_and_lines_add_up(edge: str) -> None:
    scenario = Scenario(months=15, reps={"count": 2}, customers={"at_start": 10}, scheme=pays(rate=0.2)).with_(**EDGES[edge])
    tables = engine.simulate(scenario, 1, range(1, 3), customers=True)
    m, people = tables.months, tables.customers
    assert people is not None
    assert np.isfinite(m.to_numpy(float)).all() and np.isfinite(people.to_numpy(float)).all()
    named = tables.runs.drop(
        columns=["persistency_12", "persistency_24", "rep_stay_12", "rep_stay_48", "residual_value"]
    )  # of nobody there is no persistency
    endless = edge == "discount below nought"  # the later, the more it is worth: 2^(1/12) a month against few who leave
    assert (tables.runs["residual_value"].isna() == endless).all()
    assert np.isfinite(named.to_numpy(float)).all()
    costs = m[["cost_of_goods", "acquisition", "service", "resolution", "write_off", "commission", "salaries", "desk"]].sum(
        axis=1
    )
    assert np.allclose(m["profit"], m["revenue"] - costs + m["clawback"], rtol=1e-12, atol=0.01)
    for line in ("outstanding", "held", "clawback_due", "leads", "customers"):
        assert (m[line] >= 0).all(), line
    assert m["satisfaction"].between(-1, 1).all()


def test_a_norm_is_judged_in_the_last_month_too() -> None:
    world = quiet(months=3, market={"success": 0.0}, scheme={"norm": {"minimum": 1.0, "months": 3, "warnings": 0}})
    assert months(world, 1)["rep_exits"].tolist() == [0, 0, 1]


def test_time_use_is_of_the_reps_there_are() -> None:
    """An empty seat neither hunts nor idles: the share is of the time of those present."""
    m = months(quiet(reps={"count": 4, "absent": [1, 2]}), 1)
    assert np.allclose(m["hunting_share"], 0.6)


def test_pay_is_per_rep_and_month_there_was_one() -> None:
    """Rep pay and turnover are per month in which somebody sat in the seat."""
    tables = engine.simulate(
        quiet(reps={"count": 4, "absent": [1, 2], "salary": 1700.0}, scheme={"components": []}), 1, range(1, 2)
    )
    assert tables.runs["rep_pay_mean"].item() == pytest.approx(1700.0)
