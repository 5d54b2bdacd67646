"""The scenarios of the battery's entries."""

from __future__ import annotations

from sim import library
from sim.scenario.load import load
from sim.scenario.model import Scenario


def setting(file: str) -> Scenario:
    """The scenario of a file of the library, named as in a checkout: ``scenarios/validation/renewals.toml``."""
    return load(library.folder().parent / file)
