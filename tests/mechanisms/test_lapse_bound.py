"""Nobody who leaves is overlooked: the bound that saves an exponential lies above the hazard."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import setup
from sim.rules import lapse
from sim.scenario.model import Scenario


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.2, 20.0])
@pytest.mark.parametrize("weight_tie", [0.0, 0.8, 20.0])
def test_the_chords_lie_above_the_hazard_and_touch_it_at_their_ends(weight: float, weight_tie: float) -> None:
    scenario = Scenario.model_validate({"customers": {"lapse": {"satisfaction": weight, "tie": weight_tie}}})
    p = setup(scenario).p[0]
    chords = p["lapse_unhappy"], p["lapse_happy"], p["lapse_tied"]
    for s in np.linspace(-1.0, 1.0, 41):
        for tie in np.linspace(0.0, 1.0, 11):
            exact = np.exp(-weight * s - weight_tie * tie)
            bound = lapse.bound(s, tie, *chords)
            assert bound >= exact * (1 - 1e-12)
            if s in (-1.0, 0.0, 1.0) and tie in (0.0, 1.0):
                assert bound == pytest.approx(exact, rel=1e-5)
            for odds in (1e-6, 0.1, 50.0):
                probability = lapse.probability(odds, s, tie, weight, weight_tie, 1.0)
                assert not (probability > 1e-9 and not lapse.may_leave(probability * (1 - 1e-9), odds, 1.0, bound))
