"""A factor of a design: what is varied, and over which values."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.scenario.base import Group, as_plain, shown
from sim.scenario.model import Scenario
from sim.texts import repeated

MOST = 1_000_000  # points of a design
VALUES = 100_000_000  # of all factors at all points: 800 MB
LARGEST = 2**53  # of whole numbers that are exact as they are spread
PLAIN = (bool, int, float, str)


@dataclass(frozen=True)
class Factor:
    """What is varied: one parameter by its path, or several by the same value, between bounds or over levels.

    Parameters
    ----------
    name : str
        Its column in the points table; the path if empty.
    path : str
        Path of the parameter, as in ``customers.payment.spread`` or ``scheme.components[signing commission].rate``;
        ``scheme`` for whole schemes, ``scenario`` for whole scenarios.
    low, high : float, optional
        Bounds; with `log`, the logarithm is what is spread evenly between them.
    levels : sequence or mapping, optional
        Values, or label -> value.  A value for a group (such as ``scheme``) is a table, a scenario, or the name of a
        scenario file, from which the value at the path is taken.
    log, scale, whole : bool
        Spread evenly in the logarithm; multiply what the scenario says instead of replacing it; whole numbers only
        (by itself where the scenario holds a whole number).
    steps : int, optional
        Number of values between low and high in a grid.
    paths : sequence of str
        Several paths that take the same value, instead of one.
    crossed : bool
        Every point of the sample is simulated with each of its levels (or grid values), so that they can be compared
        point by point; without it, the factor is sampled as the others are.

    Raises
    ------
    InputError
        When it says too little, too much, or what cannot be.
    """

    name: str = ""
    path: str = ""
    low: float | None = None
    high: float | None = None
    levels: Any = None
    log: bool = False
    scale: bool = False
    whole: bool = False
    steps: int | None = None
    paths: Sequence[str] = ()
    crossed: bool = False
    labels: tuple[Any, ...] = field(init=False, default=())
    values: tuple[Any, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        """Check it, and give every level a label."""
        set_ = object.__setattr__
        for name in ("low", "high", "levels", "steps", "paths", "log", "scale", "whole", "crossed"):
            set_(self, name, as_plain(getattr(self, name)))
        if isinstance(self.paths, str):
            raise InputError(f"paths: expected a list of paths, got {shown(self.paths)}")
        paths = tuple(self.paths) or ((self.path,) if self.path else ())
        set_(self, "paths", paths)
        set_(self, "name", self.name or (paths[0] if paths else ""))
        if not self.name:
            raise InputError("found a factor with neither name nor path")
        if self.path and len(paths) > 1:
            raise self._wrong("found path and paths; allowed is one of the two")
        if self.name in ("point", "run", "status", "error", "address"):
            raise self._wrong("this name is a column of the results; choose another")
        if self.levels is not None:
            self._check_levels()
        elif self.low is not None or self.high is not None:
            self._check_range()
        elif self.log or self.steps or self.whole:
            raise self._wrong("found neither low and high nor levels; log, steps and whole need low and high")

    def _check_levels(self) -> None:
        for name in ("low", "high", "steps"):
            if getattr(self, name) is not None:
                raise self._wrong(f"found {name} beside levels; allowed is low and high, or levels")
        if self.log:
            raise self._wrong("found log beside levels; it is for low and high")
        if not isinstance(self.levels, Mapping | Sequence) or isinstance(self.levels, str) or not self.levels:
            raise self._wrong(f"levels: found {shown(self.levels)}, allowed is a list of values or a table label = value")
        pairs = self.levels.items() if isinstance(self.levels, Mapping) else ((self._label(one), one) for one in self.levels)
        labels, values = zip(*pairs, strict=True)
        if (twice := repeated(labels)) is not None:
            raise self._wrong(f"levels: found {shown(twice)} twice")
        if self.scale and not all(_is_number(value) for value in values):
            raise self._wrong("found scale beside levels that are no numbers")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "values", tuple(_plain(value) for value in values))

    def _label(self, value: Any) -> Any:
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, Scenario):
            return value.name
        if isinstance(value, Mapping):
            raise self._wrong("levels: found a table without a label; write them as a table: label = { … }")
        return shown(value)

    def _check_range(self) -> None:
        for name in ("low", "high"):
            found = getattr(self, name)
            if not _is_number(found):
                raise self._wrong(f"{name}: found {'none' if found is None else shown(found)}, allowed is a number")
        assert self.low is not None and self.high is not None
        if self.low >= self.high:
            raise self._wrong(f"found low = {shown(self.low)} and high = {shown(self.high)}; low must be below high")
        if self.log and self.low <= 0:
            raise self._wrong(f"found log with low = {shown(self.low)}; a logarithm needs low above 0")
        if self.whole and not (float(self.low).is_integer() and float(self.high).is_integer()):
            raise self._wrong(f"found {shown(self.low)} to {shown(self.high)}, allowed are whole numbers")
        if self.whole and max(-self.low, self.high) > LARGEST:
            raise self._wrong(f"found {shown(self.low)} to {shown(self.high)}, allowed is at most {LARGEST:,} on either side")
        if self.steps is not None and not (type(self.steps) is int and 2 <= self.steps <= MOST):
            raise self._wrong(f"steps: found {shown(self.steps)}, allowed is a whole number, 2 to {MOST:,}")

    def _wrong(self, message: str) -> InputError:
        return InputError(f'factor "{self.name}": {message}')

    @property
    def ranged(self) -> bool:
        """Whether it has bounds, not levels."""
        return self.low is not None

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds of :meth:`coded`."""
        if not self.ranged:
            return 0.0, max(1.0, len(self.labels) - 1.0)
        assert self.low is not None and self.high is not None
        return (math.log10(self.low), math.log10(self.high)) if self.log else (float(self.low), float(self.high))

    def codes(self, u: np.ndarray) -> np.ndarray:
        """From the unit interval: values between the bounds, or numbers of levels (from 0)."""
        if not self.ranged:
            return np.minimum((u * len(self.labels)).astype(np.int64), len(self.labels) - 1)
        low, high = self.bounds
        if self.whole and not self.log:
            assert self.low is not None and self.high is not None
            return np.minimum(np.floor(self.low + u * (self.high - self.low + 1)), self.high).astype(np.int64)
        inside = np.clip(10 ** (low + u * (high - low)) if self.log else low + u * (high - low), self.low, self.high)
        return np.rint(inside).astype(np.int64) if self.whole else inside

    def grid(self) -> np.ndarray:
        """All its codes, for a grid."""
        if not self.ranged:
            return np.arange(len(self.labels))
        if self.steps is None:
            raise self._wrong("a grid needs levels, or steps = the number of values between low and high")
        assert self.low is not None and self.high is not None
        spread = np.geomspace if self.log else np.linspace
        return (
            np.unique(np.rint(spread(self.low, self.high, self.steps)).astype(np.int64))
            if self.whole
            else spread(self.low, self.high, self.steps)
        )

    def coded(self, codes: np.ndarray) -> np.ndarray:
        """Numbers for analysers: the value, its decimal logarithm if `log`, or the number of the level."""
        return np.log10(codes) if self.ranged and self.log else np.asarray(codes, float)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _plain(value: Any) -> Any:
    """A group of parameters, such as ``scenario.scheme``, as the table it is."""
    return value.model_dump(mode="json") if isinstance(value, Group) and not isinstance(value, Scenario) else value


def check_size(points: int, factors: int) -> None:
    """Refuse a design of too many points before they are made, or of too many numbers: a value of each factor at each point."""
    if points > MOST:
        raise InputError(f"points: the design has {points:,}, allowed are at most {MOST:,}")
    if points * factors > VALUES:
        raise InputError(
            f"points: the design has {points:,} of {factors:,} factors each, allowed are at most {VALUES:,} values in all"
        )
