"""What stands where in a worked case: tables, names, amounts.  A mistake is answered with the place, what was found and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from sim.errors import InputError
from sim.scenario.base import shown
from sim.scheme.measures import MEASURES

LARGEST = 1e12  # of an amount: what the payroll counts in hundredths without rounding

#: Lowest and highest value of a measure, by its unit; what may be negative is money earned and the score of satisfaction.
BOUNDS: dict[str, tuple[float, float]] = {
    "customers": (0.0, LARGEST), "months": (0.0, LARGEST), "share": (0.0, 1.0), "score": (-1.0, 1.0), "money": (-LARGEST, LARGEST),
}  # fmt: skip
TAKEN = ("initial_revenue", "repeat_revenue", "cross_revenue", "revenue", "collected")  # money that is never negative


def refuse(where: str, found: Any, allowed: str) -> InputError:
    """The message about a value."""
    text = found.isoformat() if isinstance(found, date) else shown(found)
    return InputError(f"{where}: found {text}, allowed is {allowed}")


def table(where: str, found: Any, example: str) -> Mapping[str, Any]:
    """A table of names and values."""
    if not isinstance(found, Mapping):
        raise refuse(where, found, f"a table, as in {example}")
    return found


def text(where: str, found: Any) -> str:
    """A text."""
    if not isinstance(found, str):
        raise refuse(where, found, "a text in quotes")
    return found


def amount(where: str, found: Any, low: float = -LARGEST, high: float = LARGEST) -> float:
    """A number between bounds."""
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise refuse(where, found, "a number, as in 135.00")
    if found < low:
        raise refuse(where, found, f"at least {low:,.15g}")
    if found > high:
        raise refuse(where, found, f"at most {high:,.15g}")
    return float(found)


def amounts(where: str, found: Any, example: str, low: float = -LARGEST) -> dict[str, float]:
    """Numbers by name."""
    return {name: amount(f"{where}.{name}", value, low) for name, value in table(where, found, example).items()}


def names(where: str, found: Any) -> list[str]:
    """Names of customers: a list of them, or one alone."""
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise refuse(where, found, 'names, as in ["Smith"]')
    return listed


def measured(where: str, name: str, found: Any, reps: int) -> float | list[float]:
    """What a measure came to: a number, or one for each rep."""
    low, high = BOUNDS[next(one.unit for one in MEASURES if one.name == name)]
    low = 0.0 if name in TAKEN else low
    if not isinstance(found, list):
        return amount(where, found, low, high)
    if len(found) != reps:
        raise InputError(f"{where}: found {len(found)} values for {reps} reps")
    return [amount(f"{where}[{seat}]", value, low, high) for seat, value in enumerate(found)]


def happening(where: str, found: Mapping[str, Any], reps: int) -> dict[str, Any]:
    """What happens in a month: who signs, who leaves, what measures come to."""
    made: dict[str, Any] = {}
    for name, value in found.items():
        place = f"{where}.{name}"
        if name == "signs":
            made[name] = amounts(place, value, "signs = { Smith = 135.00 }", 0.0)
        elif name == "leaves":
            made[name] = names(place, value)
        elif name == "rep_leaves":
            if not isinstance(value, bool):
                raise refuse(place, value, "true or false")
            made[name] = value
        else:
            made[name] = measured(place, name, value, reps)
    return made
