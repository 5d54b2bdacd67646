"""What the analyses take from a sweep: factors and outcomes as arrays, and SALib without side effects."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.texts import nearest
from sim.understand.noise import Array


class SweepLike(Protocol):
    """The part of :class:`sim.sweeps.Sweep` that the analyses read; :class:`sim.understand.paired.Paired` is one too."""

    @property
    def about(self) -> dict[str, Any]:
        """What made it, with its ``design``."""
        ...

    @property
    def factors(self) -> list[str]:
        """Names of the factors."""
        ...

    @property
    def points(self) -> pd.DataFrame:
        """A row per point: ``point``, the factors, ``status``."""
        ...

    def outcomes(self) -> list[str]:
        """Names of all outcomes."""
        ...

    def column(self, outcome: str) -> np.ndarray:
        """One outcome [points, runs]; NaN for points that failed."""
        ...


@dataclass(frozen=True)
class Data:
    """An outcome of a sweep.

    Attributes
    ----------
    names : of the d factors
    points : frame of n rows, the factors
    places : array [n, d], the points in the unit cube, on the scale on which designs are even
    values : array [r, n], the outcome by run and point
    failed : points of the sweep that failed and are not among the n
    """

    names: list[str]
    points: pd.DataFrame
    places: Array
    values: Array
    failed: int


def read(sweep: SweepLike, outcome: str, whole: bool = False) -> Data:
    """Factors and an outcome of a sweep's points; those that failed are left out.

    Parameters
    ----------
    sweep : Sweep or Paired
    outcome : str
        Column of the runs table.
    whole : bool
        Refuse a sweep in which points failed, because the analysis needs the design whole.

    Raises
    ------
    InputError
        When there is no such outcome, or it is undefined in some runs.
    """
    there = sweep.outcomes()
    if outcome not in there:
        raise InputError(f'outcome: found "{outcome}", which the sweep does not have{nearest(outcome, there)}')
    good = (sweep.points["status"] == "ok").to_numpy()
    failed = int((~good).sum())
    if whole and failed:
        raise InputError(f"{failed} of {good.size} points of the sweep failed; this analysis needs them all")
    values = np.asarray(sweep.column(outcome), float)[good].T
    undefined = int(np.isnan(values).any(axis=0).sum())
    if undefined or not values.size:
        raise InputError(f"outcome: {outcome} is undefined in some run of {undefined} of {good.size} points; npv never is")
    points = sweep.points.loc[good, sweep.factors].reset_index(drop=True)
    return Data(list(sweep.factors), points, places(sweep.about["design"]["factors"], points), values, failed)


def refuse_crossed(sweep: SweepLike) -> None:
    """Refuse points crossed with a factor: they are no sample of one space.

    Raises
    ------
    InputError
        Naming the factor whose levels are to be paired first.
    """
    for factor in sweep.about["design"]["factors"]:
        if factor.get("crossed"):
            name = factor["name"]
            raise InputError(
                f"the points are crossed with the factor {name}; take the difference between two of its levels: "
                f'say --pair {name} (in Python, paired(sweep, "{name}"))'
            )


def places(factors: list[dict[str, Any]], points: pd.DataFrame) -> Array:
    """Points in the unit cube, array [points, factors].

    (x − low) / (high − low), of logarithms for a factor on a log scale; for a factor with levels, its place among them.
    """
    columns = []
    for factor in factors:
        column = points[factor["name"]]
        if factor.get("levels"):
            place = {str(level["label"]): k for k, level in enumerate(factor["levels"])}
            columns.append(column.astype(str).map(place).to_numpy(float) / max(1, len(place) - 1))
        elif factor["low"] is None:  # of a table of points, without bounds
            rank = column.rank(method="dense").to_numpy(float) - 1
            columns.append(rank / max(1.0, float(rank.max())))
        else:
            x, low, high = column.to_numpy(float), float(factor["low"]), float(factor["high"])
            columns.append(np.log(x / low) / np.log(high / low) if factor["log"] else (x - low) / (high - low))
    return np.column_stack(columns)


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
