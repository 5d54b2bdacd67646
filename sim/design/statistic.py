"""Statistics of an outcome over runs and worlds, with the influence of every run: what objectives and limits are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.analysis.expression import Expression
from sim.analysis.expression import parse as read
from sim.errors import InputError

Array = NDArray[np.float64]
REPLICATES = 1000  # of the bootstrap
EVERY = slice(None)  # world


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
    """An estimate of the distribution of outcomes over runs, pooled over worlds of equal weight."""

    expression: Expression

    def of(self, sample: Mapping[str, Array], worlds: slice = EVERY) -> Value:
        """Of a sample, outcome -> [worlds, runs]; runs in which an outcome is undefined (NaN) do not count.

        Every world meets the same runs, so the influence of a run is its mean over worlds.
        """
        columns = {name: sample[name][worlds] for name in self.expression.outcomes}
        shape = columns[self.expression.outcomes[0]].shape
        flat = {name: values.ravel() for name, values in columns.items()}
        there = ~np.any([np.isnan(values) for values in flat.values()], axis=0)
        if not there.any():
            return Value(np.nan, np.zeros(shape[1]))
        found = self.expression.point({name: values[there] for name, values in flat.items()})
        influence = np.zeros(there.size)
        influence[there] = (found.influence - found.influence.mean()) * there.size / there.sum()
        return Value(found.value, influence.reshape(shape).mean(axis=0))


@lru_cache(maxsize=8)
def _weights(runs: int, count: int) -> Array:
    """How often each run is drawn in each resample, over the number of runs: shape [count, runs]."""
    return np.random.default_rng(20020401).multinomial(runs, np.full(runs, 1.0 / runs), count) / runs


def resampled_means(values: Array, count: int = REPLICATES) -> Array:
    """Means of values of shape [runs, …] over runs drawn with replacement: shape [count, …]."""
    return np.asarray(_weights(values.shape[0], count) @ values)


def parse(text: str, outcomes: Iterable[str], where: str) -> Statistic:
    """Read an expression such as ``npv`` or ``q05(npv)`` (:mod:`sim.analysis.expression`).

    Raises
    ------
    InputError
        When it is none, or names what is no outcome.
    """
    try:
        found = read(text)
        found.check(outcomes)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return Statistic(found)
