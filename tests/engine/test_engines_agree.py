"""The Mesa model and the compiled ensemble give identical tables, bit for bit, whether agents are asked for every step or for none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import book, engine
from sim.scenario.model import Scenario
from tests.book.ways import BY_AGENTS
from tests.conftest import LIBRARY, perturbed_scenario, random_scenario

TABLES = ("runs", "months", "cohorts", "whale", "reps", "customers")


def assert_same(scenario: Scenario, seed: int, runs: range) -> None:
    compiled = engine.simulate(scenario, seed, runs, customers=True)
    for way in (book.BookModel, BY_AGENTS):
        mesa = book.simulate(scenario, seed, runs, customers=True, model=way)
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
