"""What the analyses take from a sweep: outcomes as arrays, factors by name, and SALib without side effects."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sim.analysis.noise import Array
from sim.errors import InputError
from sim.scenario.base import nearest


class SweepLike(Protocol):
    """The part of :class:`sim.sweeps.Sweep` that the analyses read."""

    @property
    def design(self) -> Any:
        """What was asked: base, factors, method, runs, seed."""
        ...

    @property
    def points(self) -> Any:
        """A row per point: ``point`` and a column per factor."""
        ...

    @property
    def runs(self) -> Any:
        """A row per point and run: ``point``, ``run`` and the outcomes."""
        ...


def names(sweep: SweepLike) -> list[str]:
    """Names of the factors, in the design's order."""
    return [factor.name for factor in sweep.design.factors]


def factors(sweep: SweepLike) -> pd.DataFrame:
    """The points' factors, a row per point in the design's order."""
    frame: pd.DataFrame = sweep.points.sort_values("point")[names(sweep)].reset_index(drop=True)
    return frame


def outcomes(sweep: SweepLike, outcome: str) -> Array:
    """An outcome as an array [runs, points], points in the design's order.

    Raises
    ------
    InputError
        When there is no such outcome, it is undefined in some runs, or points lack runs.
    """
    there = [str(name) for name in sweep.runs if name not in ("point", "run", "scenario")]
    if outcome not in there:
        raise InputError(f'outcome: found "{outcome}", which the sweep does not have{nearest(outcome, there)}')
    values = sweep.runs.pivot(index="run", columns="point", values=outcome).to_numpy(float)
    undefined = int(np.isnan(values).sum())
    if undefined or values.shape[1] != len(sweep.points):
        missing = f"undefined or missing in {undefined} of {values.size} runs" if undefined else "missing at some points"
        raise InputError(f"outcome: {outcome} is {missing}; take one that is known everywhere, such as npv")
    return values


@contextmanager
def guarded(seed: int) -> Iterator[None]:
    """What SALib's analysers change of the process, put back: numpy's global generator (seeded inside), form of warnings."""
    before, form = np.random.get_state(), warnings.formatwarning
    np.random.seed(seed % 2**32)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        np.random.set_state(before)
        warnings.formatwarning = form


def unit(sweep: SweepLike) -> Array:
    """The points' factors in the unit cube, array [points, factors]: the scale on which designs are even.

    (x − low) / (high − low), of logarithms for a factor on a log scale; for a factor with levels, its place among them.
    """
    points, columns = factors(sweep), []
    for factor in sweep.design.factors:
        column = points[factor.name]
        if factor.labels:
            place = {str(label): k for k, label in enumerate(factor.labels)}
            columns.append(column.astype(str).map(place).to_numpy(float) / max(1, len(place) - 1))
            continue
        x, low, high = column.to_numpy(float), float(factor.low), float(factor.high)
        columns.append(np.log(x / low) / np.log(high / low) if factor.log else (x - low) / (high - low))
    return np.column_stack(columns)
