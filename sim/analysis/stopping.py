"""When there are enough runs: how far a sample is from a half-width, and the rule of Hoad, Robinson & Davies (2010)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.analysis.estimators import CONFIDENCE

FIRST = 50  # runs before the first look
LEAST = 200  # before any but a share ends a study: what happens in 2% of runs fifty show never in a third of studies
EVENTS = 20  # runs in which an event happened, and in which it did not, before its share ends a study
GROWTH = 2.0  # a batch at most doubles the runs: the spread seen in few runs may be far off
STEP = 0.05  # … and adds at least a twentieth, so that threads have work between two looks
CONSTANT = 200  # runs before an outcome that never varied is taken to be constant


def expected_size(n: int, half_width: float, allowed: float, least: int = 0) -> float:
    """Runs after which the half-width is expected to be the one allowed: n (half_width / allowed)², at least `least`.

    Infinite if there is no telling; `n` if it is reached.
    """
    if half_width == 0.0:
        least = max(least, CONSTANT)
    if half_width <= allowed:
        return max(n, least)
    return max(n * (half_width / allowed) ** 2, least) if allowed > 0.0 and math.isfinite(half_width) else math.inf


def next_size(n: int, expected: float, maximum: int) -> int:
    """Size of the sample at the next look, when `expected` runs, more than n, seem to be needed."""
    return min(math.ceil(min(max(expected, (1.0 + STEP) * n), GROWTH * n)), maximum)


def runs_for_events(n: int, seen: int, allowed: float) -> float:
    """Runs before a share may end a study: EVENTS of the rarer side seen, or so many runs that a share of half the width showed them.

    A study that ends where few events were seen ends too soon where there were fewest: the share found is too low.
    """
    return 0.0 if seen >= EVENTS else min(n * EVENTS / max(seen, 0.5), 2 * EVENTS / allowed if allowed > 0 else math.inf)


class Replications(NamedTuple):
    """What Hoad, Robinson & Davies' rule finds."""

    needed: int  # runs after which the target was reached for good
    seen: int  # runs after which that was known: the look-ahead is over


def replications(
    values: np.ndarray,
    width: float,
    relative: bool = True,
    first: int = 3,
    look_ahead: int = 5,
    confidence: float = CONFIDENCE,
    of: np.ndarray | None = None,
) -> Replications | None:
    """Number of replications by Hoad, Robinson & Davies (2010), Journal of the Operational Research Society 61, 1632-1644.

    After every run n >= `first` the half-width t(n - 1) sd / sqrt(n) is compared with the width allowed, if `relative` a share of
    the absolute running mean of `of`, which is `values` unless it is given.  The number needed is the first n from which it holds for
    kLimit = floor(look_ahead / 100 max(n, 100)) further runs.

    Parameters
    ----------
    values : array, shape [N]
        The outcome of runs 1 to N; the rule looks at no more of them than it needs.

    Returns
    -------
    Replications or None
        None if the values do not suffice.
    """
    n = np.arange(1, values.size + 1)
    centre = values[0] if values.size else 0.0  # the sums of squares keep their digits near zero
    away = np.cumsum(values - centre)
    squares = np.cumsum((values - centre) ** 2) - away**2 / n
    half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2.0) * np.sqrt(np.maximum(squares, 0.0) / (np.maximum(n - 1, 1) * n))
    allowed = width * np.abs(np.cumsum(values if of is None else of) / n) if relative else np.full(n.size, width)
    met = 0
    for size, enough in enumerate(half[first - 1 :] <= allowed[first - 1 :], first):
        met = met + 1 if enough else 0
        if met > look_ahead_limit(size, look_ahead):
            return Replications(size - met + 1, size)
    return None


def look_ahead_limit(n: int, look_ahead: int = 5) -> int:
    """KLimit: further runs that have to hold the precision reached at n; 5, and 5% of n above 100."""
    return int(look_ahead / 100 * max(n, 100))
