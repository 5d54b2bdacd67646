"""Where the restricted scenario files are."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError
from sim.scenario.load import load
from sim.scenario.model import Scenario

FOLDER = Path("scenarios/validation")


def home() -> Path:
    """The folder that has ``scenarios/validation``: the current one, or the checkout the package stands in.

    Raises
    ------
    InputError
        When neither has it.
    """
    checkout = Path(__file__).resolve().parents[2]
    for root in (Path(), checkout):
        if (root / FOLDER).is_dir():
            return root
    raise InputError(
        f"{FOLDER}: there is no such folder here, nor beside the package ({checkout}); "
        "validate runs in a checkout of daarna, or in a folder that has its scenarios/validation"
    )


def setting(file: str) -> Scenario:
    """The scenario of a file named relative to the checkout, such as ``scenarios/validation/renewals.toml``."""
    return load(home() / file)
