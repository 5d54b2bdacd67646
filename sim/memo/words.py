"""Numbers as a memo writes them, and sentences that say no more than the intervals do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.analysis.differences import labelled
from sim.analysis.outcomes import KNOWN
from sim.number_text import decimals, fixed, significant


def called(outcome: str) -> str:
    """An outcome in words."""
    known = KNOWN.get(outcome)
    return (known and known.label) or outcome


def number(value: float, error: float = 0.0, unit: str = "") -> str:
    """A value to the digits that its standard error leaves (four where there is none), with its unit."""
    if math.isnan(value):
        return "n/a"
    if unit == "share":
        places = 1 if not error > 0 else max(0, min(3, -math.floor(math.log10(100 * error))))
        return f"{100 * value:.{places}f}%".replace("-", "−")
    text = (fixed(value, decimals(error, 2)) if error > 0 else significant(value)).replace("-", "−")
    return f"{text} {unit}".strip() if unit not in ("score", "customers") else text


def interval(low: float, high: float, unit: str) -> str:
    """From low to high, in the digits that the width leaves."""
    error = (high - low) / 4 if high > low else 0.0
    if unit == "share":
        return f"{number(low, error, unit)} to {number(high, error, unit)}"
    return f"{number(low, error)} to {number(high, error, unit)}"


def difference(row: Mapping[Any, Any], name: str, base: str, level: float) -> str:
    """What is found of a difference: higher, lower, or not established; with the interval that holds jointly."""
    what = called(row["outcome"])
    if row["n"] < 2 or math.isnan(row["standard_error"]):
        return f"The {what} cannot be compared: it is defined in too few runs."
    share = row["unit"] == "share"
    scale, unit = (100.0, "percentage points") if share else (1.0, row["unit"])
    mean, error, low, high = (scale * row[key] for key in ("mean", "standard_error", "low_joint", "high_joint"))
    if error == 0:
        same = "is the same" if mean == 0 else f"differs by {number(abs(mean), 0, unit)}"
        return f"The {what} {same} under both in every run."
    if low <= 0 <= high:
        return (
            f"No difference in the {what} between {name} and {base} is established: "
            f"the interval ({labelled(level, row['joint_over'])}) runs from {interval(low, high, unit)}."
        )
    way = "higher" if mean > 0 else "lower"
    span = interval(min(abs(low), abs(high)), max(abs(low), abs(high)), unit)
    return (
        f"The {what} is {way} under {name} than under {base}, by {number(abs(mean), error, unit)} "
        f"(interval {span}; {labelled(level, row['joint_over'])})."
    )
