"""Tests of the scenario library: sources, regimes, calibrations, and the article's claim."""

from __future__ import annotations

from functools import cache

import sim
from sim.scenario.model import Scenario
from tests.conftest import ROOT


@cache
def library(name: str) -> Scenario:
    """A scenario of the library, by the name of its file."""
    return sim.load(ROOT / "scenarios" / f"{name}.toml")  # type: ignore[no-any-return]
