"""The family of schemes as a unit cube: every parameter is a coordinate from 0 to 1."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.scenario.base import shown

Array = NDArray[np.float64]
Params = dict[str, Any]  # path -> value
STEPS = 10_000  # an interval is read to so many steps: what is printed is what was simulated


@dataclass(frozen=True)
class Axis:
    """A parameter: an interval, of whole numbers or not, evenly or by ratio; or levels."""

    path: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False
    levels: tuple[Any, ...] = ()

    @property
    def smooth(self) -> bool:
        """Whether it is a real number on an interval."""
        return not self.whole and not self.levels

    def value(self, u: float) -> Any:
        """The parameter at a coordinate."""
        u = min(max(u, 0.0), 1.0)
        if self.levels:
            return self.levels[min(int(u * len(self.levels)), len(self.levels) - 1)]
        if self.whole and not self.log:  # equal shares of the coordinate for every whole number
            return int(min(self.low + math.floor(u * (self.high - self.low + 1)), self.high))
        raw = self.low * (self.high / self.low) ** u if self.log else self.low + u * (self.high - self.low)
        if self.whole:
            return int(min(max(round(raw), self.low), self.high))
        decimals = max(0, math.ceil(-math.log10((raw if self.log else self.high - self.low) / STEPS)))
        return min(max(round(raw, decimals), self.low), self.high)

    def coordinate(self, value: Any) -> float | None:
        """The coordinate of a parameter's value; None where the axis does not reach it."""
        if self.levels:
            return (self.levels.index(value) + 0.5) / len(self.levels) if value in self.levels else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return None
        if self.whole and not self.log:
            return (value - self.low + 0.5) / (self.high - self.low + 1)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Space:
    """All parameters that are free."""

    axes: tuple[Axis, ...]

    def params(self, u: Sequence[float] | Array) -> Params:
        """The parameters at a point of the cube."""
        return {axis.path: axis.value(float(x)) for axis, x in zip(self.axes, u, strict=True)}

    def point(self, params: Mapping[str, Any]) -> Array | None:
        """The point of the cube with these parameters; None if it is not in the family."""
        found = [axis.coordinate(params[axis.path]) for axis in self.axes]
        return None if None in found else np.array(found, float)


def axis(path: str, low: float | None, high: float | None, log: bool, levels: Sequence[Any], now: Any, where: str) -> Axis:
    """The axis of a parameter whose value is `now`: whole numbers stay whole.

    Raises
    ------
    InputError
        When the parameter is no number, and no levels are given.
    """
    if levels:
        return Axis(path, levels=tuple(tuple(one) if isinstance(one, list) else one for one in levels))
    if isinstance(now, bool) or not isinstance(now, int | float):
        raise InputError(f'{where}: "{path}" is {shown(now)}, not a number: give levels = [ … ] to choose from')
    assert low is not None and high is not None
    whole = isinstance(now, int)
    for name, bound in (("low", low), ("high", high)):
        if whole and bound != round(bound):
            raise InputError(f"{where}: {name}: found {shown(bound)}, allowed is a whole number for {path}")
    return Axis(path, float(low), float(high), log, whole)


def sample(axes: Sequence[Axis], count: int, seed: int, sampling: str) -> list[Params]:
    """A Latin hypercube, or scrambled Sobol points, of parameters that are not known.

    McKay, Beckman & Conover 1979; Sobol' 1967 with the scrambling of Matousek 1998 (:mod:`scipy.stats.qmc`).
    """
    from scipy.stats import qmc

    make = qmc.LatinHypercube if sampling == "lhs" else qmc.Sobol
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The balance properties of Sobol")
        points = make(len(axes), rng=np.random.default_rng(seed)).random(count)
    return [Space(tuple(axes)).params(point) for point in points]
