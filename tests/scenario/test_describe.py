"""What is described: every parameter with its unit, meaning and source, and whether it plays a part."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import sim
from sim import engine
from sim.scenario.describe import SWITCHES, idle, parameters
from sim.scenario.explain import paths
from sim.scenario.model import Scenario
from tests.conftest import ROOT

WORLD = Scenario(
    months=14,
    reps={"count": 2, "quit_rate": 0.1},
    customers={"at_start": 12, "service": {"rate": 0.8}},
    desk={"agents": 1},
    scheme={"components": [{"rate": 0.2}]},
)

#: What turns each parameter off, and another value it could then have.
OFF: dict[str, tuple[dict[str, Any], Any]] = {
    "reps.choice.temperature": ({"reps": {"choice": {"rule": "roth_erev"}}}, 9000.0),
    "reps.effort_cost": ({"reps": {"choice": {"rule": "roth_erev"}}}, 9000.0),
    "reps.substitution": ({"reps": {"choice": {"rule": "fixed"}}}, 0.9),
    "reps.intrinsic_hunting": ({"reps": {"choice": {"rule": "fixed"}}}, 0.9),
    "reps.intrinsic_nurturing": ({"reps": {"choice": {"rule": "roth_erev"}}}, 0.9),
    "reps.choice.grid": ({"reps": {"choice": {"rule": "fixed"}}}, 2),
    "reps.choice.hunting": ({}, 0.1),
    "reps.choice.nurturing": ({}, 0.1),
    "reps.choice.forgetting": ({}, 0.9),
    "reps.choice.experiment": ({}, 0.9),
    "market.insistence": ({}, 2.0),
    "customers.tie.courted": ({}, 0.9),
    "reps.hiring_pay": ({}, 20.0),
    "reps.reservation": ({}, 1500.0),
    "reps.subsidy_months": ({}, 9),
    "customers.renewal": ({"customers": {"setting": "non_contractual"}}, 0.1),
    "customers.renewal_months": ({"customers": {"setting": "non_contractual"}}, 2),
    "customers.lapse.midterm": ({"customers": {"setting": "non_contractual"}}, 0.9),
    "customers.lapse.shortfall": ({}, 2.0),
    "customers.payment.shortfall": ({}, 2.0),
    "customers.shed": ({"customers": {"setting": "non_contractual"}}, 0.9),
    "firm.concession": ({"customers": {"setting": "non_contractual"}}, 0.9),
    "customers.purchase.shape": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "customers.purchase.alpha": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "customers.purchase.satisfaction": ({"customers": {"purchase": {"enabled": False}}}, 1.5),
    "customers.purchase.visit": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "customers.spend.p": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "customers.spend.q": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "customers.spend.v": ({"customers": {"purchase": {"enabled": False}}}, 9.0),
    "desk.continuity": ({}, 0.2),
    "desk.redress": ({}, 0.2),
    "desk.offer_time": ({}, 5.0),
    "desk.offer_sale": ({}, 1.0),
    "desk.appointment": ({}, 1.0),
    "desk.irritation": ({}, 2.0),
    "firm.resolution.value": ({}, -1e9),
    "firm.resolution.bucket": ({"firm": {"resolution": {"policy": "none"}}}, 1),
    "firm.resolution.solve_cost": ({}, 900.0),
    "firm.resolution.recovery": ({}, 2.0),
    "firm.resolution.arrange": ({}, 1.0),
    "firm.resolution.collect_cost": ({"firm": {"resolution": {"policy": "solution"}}}, 900.0),
    "firm.resolution.collect": ({"firm": {"resolution": {"policy": "solution"}}}, 1.0),
    "firm.resolution.estrangement": ({"firm": {"resolution": {"policy": "solution"}}}, 2.0),
    "scheme.norm.months": ({}, 1),
    "scheme.norm.warnings": ({}, 0),
}


def nested(path: str, value: Any) -> dict[str, Any]:
    for part in reversed(path.split(".")):
        value = {part: value}
    return dict(value)


def test_every_switch_is_tried() -> None:
    assert sorted(OFF) == sorted(path for switch in SWITCHES for path in switch.paths)


@pytest.mark.parametrize("path", OFF)
def test_what_is_said_not_to_be_in_play_changes_nothing(path: str) -> None:
    off, value = OFF[path]
    scenario = WORLD.with_(**off)
    changed = scenario.with_(**nested(path, value))
    assert path in idle(scenario) and changed != scenario
    assert "not in play" in next(row.meaning for row in parameters(scenario) if row.path == path)
    one, other = (engine.simulate(each, 1, range(1, 3)).months for each in (scenario, changed))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_what_is_in_play_is_not_said_to_be_idle() -> None:
    scenario = WORLD.with_(
        market={"lure": 1.0, "courting": 2},
        customers={"service": {"complaint": 0.1}},
        reps={"subsidy": 0.5},
        desk={"contact": "fixed", "orientation": "commercial"},
        firm={"resolution": {"policy": "by_value"}},
        scheme={"norm": {"minimum": 1.0}},
    )
    assert not [
        path for path in idle(scenario) if path.startswith(("customers.", "desk.", "firm.", "scheme.norm", "reps.subsidy"))
    ]


def test_every_parameter_has_unit_meaning_and_source() -> None:
    for row in parameters(Scenario(scheme={"components": [{"rate": 0.1}]})):
        assert row.unit and row.meaning and row.source, row


def test_every_parameter_is_described() -> None:
    component = {
        "rate": 0.1,
        "clawback": {"months": 12, "shape": "step", "steps": [{"months": 12, "share": 1.0}]},
    }
    tiered = {"tiers": [{"attainment": 0.0, "rate": 0.1}]}
    rows = parameters(Scenario(scheme={"components": [component, tiered]}))
    said = {row.path.replace("[0]", "").replace("[1]", "") for row in rows}
    groups = {path for path in paths(Scenario) if any(other.startswith(f"{path}.") for other in paths(Scenario))}
    assert said == set(paths(Scenario)) - groups - {"sources"} | {"scheme.components.tiers", "scheme.components.clawback.steps"}


def test_a_source_of_the_scenario_is_shown_beside_the_value() -> None:
    rows = {row.path: row for row in parameters(sim.load(ROOT / "scenarios" / "cdnow-shop.toml"))}
    assert "Fader" in rows["customers.purchase.shape"].source and rows["customers.purchase.shape"].value == "0.243"
