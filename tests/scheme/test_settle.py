"""What a component pays, and what is clawed back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

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
