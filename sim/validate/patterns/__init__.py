"""Published empirical patterns: which the model reproduces, under which setting, and which it does not.

Ranges are those of the source.  Where a source gives a point estimate only, the range is half to one and a half times it, and the
note says so.  A pattern that is not reproduced fails, and its note says what would be needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.validate.entry import Finding
from sim.validate.measure import mean


def pattern(quantity: str, expected: tuple[float, float], values: Any, note: str = "", needs: str = "") -> Finding:
    """The mean over runs against a published range; what would be needed is said only where it is missed."""
    values = np.asarray(values, float)
    found = mean(quantity, expected, values[np.isfinite(values)], note)
    if found.passes or not needs:
        return found
    return mean(
        quantity, expected, values[np.isfinite(values)], "; ".join(part for part in (note, f"not reproduced: {needs}") if part)
    )


def around(estimate: float) -> tuple[float, float]:
    """Half to one and a half times a point estimate."""
    low, high = sorted((0.5 * estimate, 1.5 * estimate))
    return low, high
