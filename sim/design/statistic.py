"""Statistics of an outcome over runs and worlds, with the influence of every run: what objectives and limits are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimators import Point, mean_point, quantile_point, sd_point, shortfall_point
from sim.errors import InputError

Array = NDArray[np.float64]
REPLICATES = 1000  # of the bootstrap
FORMS = "an outcome, mean(x), sd(x), q05(x) (any two digits), P(x < c), P(x > c) or shortfall(x, 0.05)"


@dataclass(frozen=True)
class Value:
    """An estimate and how far each run moves it: shape [runs], with mean zero.

    The standard error is sd(influence) / sqrt(runs).  Values on common random numbers subtract run by run, so the
    difference of two has the standard error of the paired difference.
    """

    value: float
    influence: Array

    @property
    def error(self) -> float:
        """Standard error over runs; worlds are given, and share the random numbers of their runs."""
        return float(self.influence.std(ddof=1) / np.sqrt(self.influence.size))

    def __sub__(self, other: Value | float) -> Value:
        """A paired difference."""
        if isinstance(other, Value):
            return Value(self.value - other.value, self.influence - other.influence)
        return Value(self.value - other, self.influence)

    def replicates(self, count: int = REPLICATES) -> Array:
        """Bootstrap over runs (Efron 1979) of the estimate made linear; the same resamples for every value of as many runs."""
        return self.value + resampled_means(self.influence, count)


@dataclass(frozen=True)
class Statistic:
    """A number about the distribution of an outcome over runs, pooled over worlds of equal weight."""

    text: str
    outcome: str
    point: Callable[[Array], Point]

    def of(self, sample: Array) -> Value:
        """The statistic of a sample of shape [worlds, runs]; runs in which the outcome is undefined (NaN) do not count."""
        flat = sample.ravel()
        there = ~np.isnan(flat)
        if not there.any():
            return Value(np.nan, np.zeros(sample.shape[1]))
        found = self.point(flat[there])
        influence = np.zeros(flat.size)
        influence[there] = (found.influence - found.influence.mean()) * flat.size / there.sum()
        return Value(found.value, influence.reshape(sample.shape).mean(axis=0))


@lru_cache(maxsize=8)
def _weights(runs: int, count: int) -> Array:
    """How often each run is drawn in each resample, over the number of runs: shape [count, runs]."""
    return np.random.default_rng(20020401).multinomial(runs, np.full(runs, 1.0 / runs), count) / runs


def resampled_means(values: Array, count: int = REPLICATES) -> Array:
    """Means of values of shape [runs, …] over runs drawn with replacement: shape [count, …]."""
    return np.asarray(_weights(values.shape[0], count) @ values)


def parse(text: str, where: str) -> Statistic:
    """Read an expression such as ``npv``, ``q05(npv)``, ``P(npv < 0)`` or ``shortfall(npv, 0.05)``.

    Raises
    ------
    InputError
        When it is none.
    """
    found = re.fullmatch(r"\s*(\w+)\s*(?:\(\s*(\w+)\s*(?:([<>,])\s*([-+.\w]+)\s*)?\))?\s*", text)
    if not found:
        raise InputError(f'{where}: found "{text}", allowed is {FORMS}')
    head, outcome, sign, number = found.groups()
    if outcome is None:
        return Statistic(text, head, mean_point)
    try:
        c = float(number or 0.0)
    except ValueError:
        raise InputError(f'{where}: found "{number}" in "{text}", where a number is wanted') from None
    if head in ("mean", "sd") and not sign:
        return Statistic(text, outcome, mean_point if head == "mean" else sd_point)
    if re.fullmatch(r"q\d\d", head) and not sign and head != "q00":
        return Statistic(text, outcome, lambda x: quantile_point(x, int(head[1:]) / 100))
    if head == "P" and sign == "<":
        return Statistic(text, outcome, lambda x: mean_point((x < c).astype(float)))
    if head == "P" and sign == ">":
        return Statistic(text, outcome, lambda x: mean_point((x > c).astype(float)))
    if head == "shortfall" and sign == "," and 0 < c < 1:
        return Statistic(text, outcome, lambda x: shortfall_point(x, c))
    raise InputError(f'{where}: found "{text}", allowed is {FORMS}')
