"""Whole numbers as arguments: runs, seeds, workers."""

from __future__ import annotations

import operator
from typing import Any

from sim.errors import InputError
from sim.scenario.base import as_plain, shown

LAST_SEED = 2**63 - 1
MOST_RUNS = 2**31 - 1  # of a scenario


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """The value as an int, NumPy's whole numbers included.

    Raises
    ------
    InputError
        When it is no whole number (2.0, "2" and True are none), or out of bounds.
    """
    bounds = f"at least {least}" if most is None else f"{least} to {most}"
    try:
        value = as_plain(value)
        number = operator.index(value)
    except TypeError:
        raise InputError(f"{name}: found {shown(value)}, allowed is a whole number, {bounds}") from None
    if isinstance(value, bool):
        raise InputError(f"{name}: found {shown(value)}, allowed is a whole number, {bounds}")
    if number < least or (most is not None and number > most):
        raise InputError(f"{name}: found {number}, allowed is {bounds}")
    return number
