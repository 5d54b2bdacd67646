"""Numbers as text, rounded to the digits that their error or spread leaves."""

from __future__ import annotations

import math
import unicodedata

ROUNDING = 1e-12  # of a value; spreads below it come from adding up


def columns_of(text: str) -> int:
    """Columns that a text takes on a terminal: two of each wide East Asian sign, none of an accent that stands over another."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def left(text: str, width: int) -> str:
    """A text at the left of so many columns."""
    return text + " " * (width - columns_of(text))


def right(text: str, width: int) -> str:
    """A text at the right of so many columns."""
    return " " * (width - columns_of(text)) + text


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


def significant(value: float) -> str:
    """A number with four digits."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return fixed(value, decimals(value, 4)) if value else "0"


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
