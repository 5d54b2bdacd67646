"""Published empirical patterns: which the model reproduces, under which setting, and which it does not.

Ranges are those of the source.  Where a source gives a point estimate only, the range is half to one and a half times it, and the
note says so.  A pattern that is not reproduced fails, and its note says what would be needed.  What is measured, on whom, over
which horizon, against what and under which scheme stands with each entry, and how far that is from the paper's own measure; where
the paper speaks of another population, the number is reported as *not comparable* and judged by nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.proofs.entry import Finding
from sim.proofs.measure import mean, ratio

EVERY = (-np.inf, np.inf)


def pattern(quantity: str, expected: tuple[float, float], values: Any, note: str = "", needs: str = "") -> Finding:
    """The mean over runs against a published range; what would be needed is said only where it is missed."""
    values = np.asarray(values, float)
    found = mean(quantity, expected, values[np.isfinite(values)], note)
    if found.passes or not needs:
        return found
    return mean(
        quantity, expected, values[np.isfinite(values)], "; ".join(part for part in (note, f"not reproduced: {needs}") if part)
    )


def quotient(quantity: str, expected: tuple[float, float], above: Any, below: Any, note: str = "", needs: str = "") -> Finding:
    """The ratio of two means over paired runs against a published range; otherwise as :func:`pattern`."""
    found = ratio(quantity, 1.0, above, below)
    found = replace(found, expected=expected, note=note)
    missed = "; ".join(part for part in (note, f"not reproduced: {needs}") if part)
    return found if found.passes or not needs else replace(found, note=missed)


def told(quantity: str, values: Any, why: str) -> Finding:
    """The mean over runs of what the source does not speak about: reported, judged by nothing."""
    return pattern(quantity, EVERY, values, f"not comparable: {why}")


def around(estimate: float) -> tuple[float, float]:
    """Half to one and a half times a point estimate."""
    low, high = sorted((0.5 * estimate, 1.5 * estimate))
    return low, high
