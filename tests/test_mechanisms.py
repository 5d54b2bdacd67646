"""A mechanism switched off changes what it should: each on common random numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim import engine
from sim.scenario.model import Scenario

WORLD = Scenario(months=36, reps={"count": 4}, customers={"at_start": 30}, scheme={"components": [{"rate": 0.3}]})


def totals(**changes: Any) -> pd.Series:
    tables = engine.simulate(WORLD.with_(**changes), 1, range(1, 7))
    return tables.months.mean()


def pay(**component: Any) -> dict[str, Any]:
    return {"components": [component]}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, int]] = {
    "clawback recovers": ({"scheme": pay(rate=0.3, clawback={"months": 24})}, {}, "clawback", 1),
    "deferral holds back": ({"scheme": pay(rate=0.3, deferral={"share": 0.5})}, {}, "held", 1),
    "departure forfeits": ({"scheme": pay(rate=0.3, deferral={"share": 0.5}), "reps": {"quit_rate": 0.05}}, {}, "forfeited", 1),
    "the regulator's cap binds": ({"scheme": {**pay(rate=0.3), "variable_cap": 0.05}}, {}, "commission", -1),
    "a gate shuts": (
        {"scheme": {"components": [{"rate": 0.3}, {"measure": "satisfaction", "combine": "gate", "threshold": 5.0}]}},
        {},
        "commission",
        -1,
    ),
    "commission makes hunters": ({}, {"scheme": {"components": []}}, "hunting_share", 1),
    "pressure lowers fit": ({"reps": {"pressure_fit": 3.0}}, {"reps": {"pressure_fit": 0.0}}, "fit", -1),
    "a norm dismisses": ({"scheme": {**pay(rate=0.3), "norm": {"minimum": 50.0, "warnings": 0}}}, {}, "rep_exits", 1),
    "broken ties raise lapses": (
        {"reps": {"quit_rate": 0.1}},
        {"reps": {"quit_rate": 0.1}, "customers": {"tie": {"broken": 0.0}}},
        "lapses",
        1,
    ),
    "the tie keeps customers": ({"customers": {"lapse": {"tie": 3.0}}}, {"customers": {"lapse": {"tie": 0.0}}}, "lapses", -1),
    "a commercial desk sells": ({"desk": {"orientation": "commercial"}}, {}, "cross_revenue", 1),
    "an overloaded desk makes wait": ({"desk": {"capacity": 3.0}}, {}, "wait", 1),
    "a fixed contact waits longer": ({"desk": {"contact": "fixed", "capacity": 10.0}}, {"desk": {"capacity": 10.0}}, "wait", 1),
    "waiting displeases": ({"desk": {"capacity": 2.0}}, {}, "satisfaction", -1),
    "solutions restore": ({"firm": {"resolution": {"policy": "solution"}}}, {}, "satisfaction", 1),
    "value decides": ({"firm": {"resolution": {"policy": "by_value", "value": -1e9}}}, {}, "resolution", 1),
    "the reckless pay late": (
        {"customers": {"payment": {"dissatisfied": 8.0}}},
        {"customers": {"payment": {"dissatisfied": 0.0}}},
        "outstanding",
        1,
    ),
    "referrals bring leads": ({"customers": {"referral": {"rate": 0.5}}}, {"customers": {"referral": {"rate": 0.0}}}, "leads", 1),
    "leads go stale": ({"market": {"stale_months": 1.5}}, {"market": {"stale_months": 1e6}}, "leads", -1),
    "the subsidy is paid": ({"reps": {"subsidy": 0.75}}, {}, "salaries", 1),
    "savings run out": (
        {"reps": {"savings_months": 0.1, "salary": 100.0}},
        {"reps": {"savings_months": 1e6, "salary": 100.0}},
        "rep_exits",
        1,
    ),
    "visits cost": ({"firm": {"visit_cost": 50.0}}, {"firm": {"visit_cost": 0.0}}, "service", 1),
    "perks cost": ({"firm": {"perks": 500.0}}, {}, "acquisition", 1),
    "losses loom larger": (
        {"customers": {"feeling": {"loss": 4.0}}},
        {"customers": {"feeling": {"loss": 1.0}}},
        "satisfaction",
        -1,
    ),
    "need for service costs": ({"customers": {"service": {"rate": 0.5}}}, {}, "service", 1),
}


@pytest.mark.parametrize("name", CASES)
def test_mechanism(name: str) -> None:
    on, off, column, sign = CASES[name]
    assert (totals(**on)[column] - totals(**off)[column]) * sign > 0


def test_a_quota_pushes_at_the_period_end_because_pay_is_projected() -> None:
    world = WORLD.with_(
        scheme=pay(measure="signings", months=3, quota=6.0, bonus=3000.0),
        reps={"count": 10, "choice": {"temperature": 100.0}},
        customers={"at_start": 0},
        months=48,
    )
    months = engine.simulate(world, 2, range(1, 17)).months
    share = months[months["month"] > 12].assign(place=(months["month"] - 1) % 3).pivot_table("hunting_share", "run", "place")
    push = share[2] - share[0]
    assert push.mean() > 3 * push.std() / 4  # three standard errors of 16 runs
