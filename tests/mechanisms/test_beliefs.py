"""What reps come to believe: an effect where there is one, and none where visits only go to those who buy more anyway."""

from __future__ import annotations

import numpy as np
import pytest

from sim.book import BookModel, CustomerAgent
from sim.rules import traits
from sim.scenario.model import Scenario
from sim.state import ACTIVE
from tests.mechanisms.worlds import lively

RUNS, MONTHS, FROM = 8, 48, 12


def believed(effect: float) -> np.ndarray:
    """Per run, what a rep who is paid on repeat revenue believes a visit sells, on average from month 13 on; it began with nothing."""
    customers = {
        "at_start": 100,
        "setting": "non_contractual",
        "purchase": {"visit": effect, "satisfaction": 0.0, "shape": 0.5, "alpha": 2.0},
        "lapse": {"alpha": 0.01, "beta": 100.0},
    }
    rep = {
        "count": 1,
        "quit_rate": 0.0,
        "quit_broke": False,
        "horizon_months": 1,
        "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.4},
        "belief": {"visit_repeat": 0.0},
    }
    scheme = {"components": [{"measure": "repeat_revenue", "rate": 0.2}]}
    scenario = Scenario(months=MONTHS).with_(customers=customers, reps=rep, scheme=scheme)
    means = []
    for run in range(1, RUNS + 1):
        model, beliefs = BookModel(scenario, rng=1, run=run), []
        for _ in range(MONTHS):
            model.step()
            beliefs.append(float(model.reps[0].visit_repeat))
        means.append(np.mean(beliefs[FROM:]))
    return np.array(means)


@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_visits_to_the_worthier_are_not_taken_for_sales(effect: float) -> None:
    """The visited buy more than the others, here some 100 a visit more; half as much again is brought about, or nothing."""
    found = believed(effect)
    error = found.std(ddof=1) / np.sqrt(RUNS)
    assert found.mean() > 4 * error if effect else abs(found.mean()) < 4 * error, (found.mean(), error)
    assert error < 8


def test_what_a_book_is_expected_to_buy_is_the_sum_over_its_customers() -> None:
    """To the hundredth, after two years of signing, leaving and writing off."""
    model = BookModel(lively(), rng=1, run=1)
    for _ in range(24):
        model.step()
    for rep in model.reps:
        there = [one.record[0] for one in model.agents_by_type[CustomerAgent] if one.seat == rep.seat and one.status == ACTIVE]
        assert len(there) == rep.book_size > 0
        assert rep.book_expected == sum(traits.expected_revenue(c) for c in there)
        assert rep.book_worth == sum(c["worth"] for c in there)
