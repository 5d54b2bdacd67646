"""The Mesa model and the compiled ensemble give identical tables, bit for bit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import book, engine
from sim.scenario.model import Scenario
from tests.conftest import LIBRARY, perturbed_scenario, random_scenario

TABLES = ("runs", "months", "cohorts", "whale", "customers")


def assert_same(scenario: Scenario, seed: int, runs: range) -> None:
    compiled = engine.simulate(scenario, seed, runs, customers=True)
    mesa = book.simulate(scenario, seed, runs, customers=True)
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(compiled, table), getattr(mesa, table), check_exact=True)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_engines_agree_on_the_library(path: Path) -> None:
    scenario = sim.load(path)
    smaller = scenario.with_(
        months=15, reps={"count": min(2, scenario.reps.count)}, customers={"at_start": min(25, scenario.customers.at_start)}
    )
    assert_same(smaller, 3, range(1, 2))


@pytest.mark.parametrize("number", range(60))
def test_engines_agree_on_random_scenarios(number: int) -> None:
    """Every rule, policy and component occurs; in the odd ones most other parameters are moved as well."""
    drawn = perturbed_scenario(number) if number % 2 else random_scenario(number)
    assert_same(Scenario(**drawn), number, range(2, 3))


def test_a_subclass_changes_the_rule() -> None:
    class Hunter(book.RepAgent):
        def plan(self) -> None:
            self.hunting, self.nurturing = 1.0, 0.0

    class Hunters(book.BookModel):
        rep_class = Hunter

    scenario = Scenario(months=4, reps={"count": 2})
    assert (book.simulate(scenario, 1, range(1, 2), model=Hunters).months["hunting_share"] == 1.0).all()
