"""What a component pays, and what is clawed back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import projection
from sim.scenario import record
from sim.scenario.model import Scenario
from sim.scenario.record import build
from sim.scheme.settle import clawback_share, component_pay


def component(**given: Any) -> Any:
    return build(Scenario(months=2, scheme={"components": [given]})).components[0]


def test_the_golden_indemnity_keeps_33_75() -> None:
    """£135 over 24 months straight line, cancelled in month 6: £33.75 kept."""
    k = component(rate=1.0, clawback={"months": 24})
    assert 135 * (1 - clawback_share(k, 6)) == pytest.approx(33.75)
    assert clawback_share(k, 24) == 0.0


def test_a_step_clawback_takes_all_in_year_one_and_sixty_percent_in_year_two() -> None:
    k = component(clawback={"months": 24, "shape": "step", "steps": [{"months": 12, "share": 1.0}, {"months": 24, "share": 0.6}]})
    assert [clawback_share(k, age) for age in (1, 12, 13, 24, 25)] == [1.0, 1.0, 0.6, 0.6, 0.0]


@pytest.mark.parametrize(
    ("given", "value", "pay"),
    [
        ({"rate": 0.1}, 500.0, 50.0),
        ({"rate": 0.1, "cap": 30.0}, 500.0, 30.0),
        ({"quota": 10.0, "bonus": 200.0}, 9.0, 0.0),
        ({"quota": 10.0, "bonus": 0.5}, 10.0, 0.5),
        ({"quota": 10.0, "bonus": 200.0}, 10.0, 200.0),
        ({"measure": "persistency", "quota": 0.5, "bonus": 200.0}, 0.5, 200.0),
        ({"quota": 100.0, "tiers": [{"attainment": 0.0, "rate": 0.1}, {"attainment": 1.0, "rate": 0.2}]}, 150.0, 20.0),
        ({"combine": "gate", "threshold": 0.5}, 0.4, 0.0),
        ({"combine": "gate", "threshold": 0.5}, 0.5, 1.0),
        ({"combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 0.8}, {"attainment": 0.3, "rate": 1.2}]}, 0.3, 1.2),
    ],
)
def test_component_pay(given: dict[str, Any], value: float, pay: float) -> None:
    assert component_pay(component(**given), value) == pytest.approx(pay)


def test_pay_is_monotone_in_attainment() -> None:
    k = component(quota=10.0, bonus=50.0, tiers=[{"attainment": 0.5, "rate": 1.0}, {"attainment": 1.5, "rate": 3.0}])
    pays = [component_pay(k, value) for value in np.linspace(0, 40, 200)]
    assert (np.diff(pays) >= -1e-12).all()


PROFIT = {"measure": "customer_profit", "rate": 0.1}
TIER = {"quota": 10.0, "tiers": [{"attainment": 0.0, "rate": 0.1}]}


@pytest.mark.parametrize(
    ("given", "linear", "smooth"),
    [
        ({"rate": 0.1}, True, True),
        (
            {"measure": "initial_revenue", "rate": 0.07, "clawback": {"months": 12}, "deferral": {"share": 0.3, "months": 12}},
            True,
            True,
        ),
        ({"rate": 0.1, "cap": 1e9}, False, False),
        ({"quota": 1e6, "bonus": 0.5}, False, False),
        ({"rate": 0.1, "quota": 1e6, "bonus": 0.5}, False, False),
        (TIER, False, False),
        ({"combine": "multiply", "rate": 1.2}, False, False),
        ({"combine": "gate", "quota": 2.0}, False, False),
        (PROFIT, True, False),  # a loss pays nothing
        (PROFIT | {"floor": -500.0}, True, False),
    ],
)
def test_whether_pay_is_in_proportion_is_seen_of_the_rule(given: dict[str, Any], linear: bool, smooth: bool) -> None:
    k = component(**given)
    assert (k["linear"], k["smooth"]) == (linear, smooth)


def test_an_edited_rule_of_pay_is_not_taken_to_be_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bonus for the millionth, a slope that falls from some value on, a loss that costs twice: none was there when the shortcut was made."""
    edits = [
        lambda k, v: k.rate * v + (v > 1e6),
        lambda k, v: k.rate * min(v, 1e5),
        lambda k, v: k.rate * (v if v > 0.0 else 2.0 * v),
    ]
    for edited in edits:
        record._pays_its_rate.cache_clear()
        monkeypatch.setattr(record, "pay", edited)
        assert not component(measure="customer_profit", rate=0.3, floor=-1e12)["smooth"]
    assert component(measure="revenue", rate=0.3)["smooth"]  # the last edit is of losses alone, and there are none
    record._pays_its_rate.cache_clear()


def test_the_shortcut_of_a_projection_is_the_mean_that_it_saves() -> None:
    """Of a rate alone, where nothing is sure yet; the last digits apart, since a sum of nine is rounded otherwise."""
    k = component(measure="revenue", rate=0.07, months=3)
    for value, noise, counted in ((0.0, 10.0, 3.0), (1234.5, 400.0, 3.0), (1234.5, 400.0, 2.0), (-20.0, 5.0, 1.0)):
        k["smooth"], k["floor"] = 1, -1e9
        short = projection.project(k, value, noise, -np.inf, counted)
        k["smooth"] = 0
        assert projection.project(k, value, noise, -np.inf, counted) == pytest.approx(short, rel=1e-12, abs=1e-12)
