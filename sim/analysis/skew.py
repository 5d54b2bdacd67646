"""Means of skewed samples: when Student's interval does not hold, and the bootstrap-t interval that then stands in for it.

Student's interval leaves out, on the side of the long tail, a probability that grows with skewness / sqrt(n).  A sample says so
itself: Cochran's rule asks for n > 25 g^2 runs, with g the skewness (Cochran 1977, *Sampling Techniques*, section 2.15), that at
most 6% miss; twice as many are asked for here, as few runs show less skewness than there is.  With fewer, the runs are drawn again with replacement, DRAWS times, and the studentised means of these draws take the place of
Student's t (Efron 1979; Hall 1988, *Annals of Statistics* 16, 927-953).  What no run has shown no interval can know.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COCHRAN = 25.0  # runs per squared skewness with which Student's interval of 95% misses in at most 6%
ASKED = 2 * COCHRAN  # runs per squared skewness with which it stands
LEAST = 10  # runs: fewer do not tell a skewed outcome from another
DRAWS = 1999  # samples drawn again: the 2.5% tails hold fifty of them
BLOCK = 2_000_000  # numbers drawn at a time
KEY = 20_261_130  # of the draws; no run of a model uses them


def runs_for(d: Array, each: float = ASKED) -> Array:
    """Runs that Student's interval asks for, column by column of [n, k]: so many for each g², and 0 of a column that does not vary or is too short to tell."""
    if d.shape[0] < LEAST:
        return np.zeros(d.shape[1])
    away = d - d.mean(axis=0)
    square = (away**2).mean(axis=0)
    g = np.divide((away**3).mean(axis=0), square**1.5, out=np.zeros(square.size), where=square > 0)
    return np.asarray(each * g**2)


def straightened(score: float, lean: float) -> float:
    """Normal score of a studentised mean of skewed values, `lean` being their skewness / sqrt(n).

    z + lean z² / 3 + lean² z³ / 27 + lean / 6, monotone in z (Hall 1992, *J. Royal Statistical
    Society B* 54, 221-228).  Of 40 exponential values z = -4.5 is 240 times as frequent as of normal ones; straightened, 10 times.
    """
    return score + lean * score**2 / 3 + lean**2 * score**3 / 27 + lean / 6


def studentised(d: Array) -> Array:
    """[DRAWS, k] studentised means of samples drawn from the runs [n, k] with replacement, all columns from the same runs.

    A draw without spread has none: it counts as the farthest that has, on the side of its mean.
    """
    n = d.shape[0]
    away = d - d.mean(axis=0)
    made = []
    for counts in _counts(n):
        mean = counts @ away / n
        variance = (counts @ away**2 / n - mean**2) / (n - 1)
        flat = variance <= 1e-24 * (away**2).mean(axis=0)
        t = mean / np.sqrt(np.where(flat, 1.0, variance))
        made.append(np.where(flat, np.where(mean == 0, 0.0, np.copysign(np.inf, mean)), t))
    t = np.concatenate(made)
    farthest = np.abs(np.where(np.isfinite(t), t, 0.0)).max(axis=0)
    bounded: Array = np.clip(t, -farthest, farthest)
    return bounded


def _counts(n: int) -> Iterator[Array]:
    """How often every run is drawn, a block of draws after the other, the same ones every time."""
    if n * DRAWS <= BLOCK:
        yield _known(n)
        return
    rng = np.random.Generator(np.random.Philox(KEY))
    for first in range(0, DRAWS, size := max(1, BLOCK // n)):
        yield _drawn(rng, n, min(size, DRAWS - first))


@lru_cache(maxsize=4)
def _known(n: int) -> Array:
    return _drawn(np.random.Generator(np.random.Philox(KEY)), n, DRAWS)


def _drawn(rng: np.random.Generator, n: int, draws: int) -> Array:
    place = rng.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(place.ravel(), minlength=draws * n).reshape(draws, n).astype(float)


class Reach(NamedTuple):
    """How far an interval reaches below and above a mean."""

    below: float
    above: float


def reach(errors: Array, level: float) -> Reach:
    """From draws of the error of a mean (estimate less truth), the wider on each side of the equal-tailed and the symmetric interval.

    Of small samples the equal-tailed one is short on the side of the short tail, the symmetric one on the other.
    """
    low, high = np.quantile(errors, (0.5 - level / 2, 0.5 + level / 2), method="inverted_cdf")
    both = float(np.quantile(np.abs(errors), level, method="inverted_cdf"))
    return Reach(max(float(high), both), max(-float(low), both))
