"""Numbers as text: rounded to the digits that their error or spread leaves, as lengths of time, as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

ROUNDING = 1e-12  # of a value; spreads below it come from adding up


def plus_minus(mean: float, error: float) -> str:
    """Mean ± standard error: the error with two digits, the mean to the last of them."""
    if math.isnan(mean):
        return "n/a"
    if not math.isfinite(error):
        return significant(mean)
    if error <= ROUNDING * abs(mean):
        return f"{significant(mean)} ± 0"
    places = decimals(error, 2)
    return f"{fixed(mean, places)} ± {fixed(error, places)}"


def span(low: float, high: float) -> str:
    """From low to high, with three digits of the way between them."""
    if math.isnan(low):
        return "n/a"
    if math.isinf(low) or math.isinf(high):
        return f"{significant(low)} to {significant(high)}"
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        return f"{significant(low)} to {significant(high)}"
    places = decimals(high - low, 3)
    return f"{fixed(low, places)} to {fixed(high, places)}"


def significant(value: float, digits: int = 4) -> str:
    """A number with so many digits."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return fixed(value, decimals(value, digits)) if value else "0"


def short(value: float, digits: int = 10) -> str:
    """A number as short as it can be written with so many digits at the most, thousands separated."""
    return f"{value:,.{digits}g}"


def fixed(value: float, places: int) -> str:
    """A number rounded to so many decimals (tens, hundreds … below zero), thousands separated, never as a power of ten."""
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text if any(digit in "123456789" for digit in text) else text.lstrip("-")


def decimals(value: float, digits: int) -> int:
    """Decimals that show so many digits of a value: 3 for two digits of 0.012, -2 for two digits of 1,234."""
    return digits - 1 - int(f"{value:.{digits - 1}e}".partition("e")[2])


def duration(seconds: float) -> str:
    """A length of time, to be read."""
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {name}" if seconds < 10 * size else f"{seconds / size:,.0f} {name}"
    return f"{seconds:.0f} seconds" if seconds >= 1.5 else "a second"


def finite(value: Any) -> Any:
    """A value as JSON has it, with no word for an undefined or an infinite number but null; arrays and numbers of NumPy as Python's."""
    if isinstance(value, Mapping):
        return {str(key): finite(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return finite(value.tolist())
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
