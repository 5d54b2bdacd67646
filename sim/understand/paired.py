"""Two schemes at the same points: the paired difference of an outcome, point by point.

Run k of both schemes meets the same prospects, contacts and moods (common random numbers), so the difference is taken run
by run; its standard error is that of the mean of r differences, sd / sqrt(r).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.understand.data import SweepLike, read
from sim.understand.noise import Array

SURE = 2.0  # standard errors from nought, from which on the sign of a difference counts as established


@dataclass(frozen=True)
class Paired:
    """A difference at every point; itself a sweep with the outcome ``difference``, so that every analysis takes it.

    Attributes
    ----------
    outcome : whose difference
    base, other : what is taken from what: other − base
    about : of the sweep, its design without the factor that was paired
    gaps : array [points, runs], the differences
    table : a row per point: the factors, ``difference``, ``standard_error`` and ``established`` (the sign is known: the
        mean difference is 2 standard errors from nought or further; never so with one run)
    """

    outcome: str
    base: str
    other: str
    about: dict[str, Any]
    gaps: Array
    table: pd.DataFrame

    @property
    def factors(self) -> list[str]:
        """Names of the factors that were varied besides."""
        return [one["name"] for one in self.about["design"]["factors"]]

    @property
    def points(self) -> pd.DataFrame:
        """A row per point: ``point``, the factors, ``status``."""
        return self.table[self.factors].assign(point=np.arange(len(self.table)), status="ok")

    def outcomes(self) -> list[str]:
        """The one outcome."""
        return ["difference"]

    def column(self, outcome: str = "difference") -> Array:
        """The differences [points, runs]."""
        return self.gaps

    @property
    def unsure(self) -> int:
        """Number of points at which the sign is not established."""
        return int((~self.table["established"]).sum())


def paired(sweep: SweepLike, factor: str = "scheme", base: object = None, other: object = None, outcome: str = "npv") -> Paired:
    """Differences of an outcome between two levels of a factor, other − base, wherever the other factors agree.

    Parameters
    ----------
    sweep : Sweep
        Of a design in which every point occurs with both levels: one whose `factor` is ``crossed``.
    factor : str
        The factor with the two levels.
    base, other : level
        The first two levels the sweep has, if not given.
    outcome : str
        Column of the runs table.

    Raises
    ------
    InputError
        When there is no such factor or level, or points do not pair.
    """
    data = read(sweep, outcome)
    points, values, every = data.points, data.values, data.names
    if factor not in every:
        raise InputError(f'factor: found "{factor}", the sweep varies {", ".join(every)}')
    levels = points[factor].astype(str)
    there = list(dict.fromkeys(levels))
    if len(there) < 2:
        raise InputError(f"factor: {factor} has one level in the sweep, expected two")
    pair = [str(there[k] if level is None else level) for k, level in enumerate((base, other))]
    for level in pair:
        if level not in there:
            raise InputError(f'{factor}: found "{level}", the sweep has {", ".join(there)}')
    rest = [name for name in every if name != factor]
    keys = list(points[rest].itertuples(index=False, name=None))
    ours = [k for k, level in enumerate(levels) if level == pair[0]]
    partner = {keys[k]: k for k, level in enumerate(levels) if level == pair[1]}  # a point twice has the same runs twice
    together = [k for k in ours if keys[k] in partner]
    if not together or (not data.failed and {keys[k] for k in ours} != set(partner)):
        raise InputError(
            f"factor: expected every point with both {factor} = {pair[0]} and {factor} = {pair[1]}, got points that have one of them; "
            f'add crossed = true to the factor "{factor}" in the design, and sweep again'
        )
    gaps = values[:, [partner[keys[k]] for k in together]] - values[:, together]
    kept = [one for one in sweep.about["design"]["factors"] if one["name"] != factor]
    return _paired(gaps, points.loc[together, rest].reset_index(drop=True), outcome, pair, sweep.about, kept)


def paired_sweeps(base: SweepLike, other: SweepLike, outcome: str = "npv", titles: Sequence[str] = ("base", "other")) -> Paired:
    """Differences of an outcome between two sweeps of the same points, other − base, such as one design over two scenarios.

    Raises
    ------
    InputError
        When the points or the runs are not the same.
    """
    one, two = read(base, outcome, whole=True), read(other, outcome, whole=True)
    if not one.points.equals(two.points) or base.about["seed"] != other.about["seed"]:
        raise InputError("paired_sweeps: the two sweeps have not the same factors, points and seed")
    if one.values.shape != two.values.shape:
        raise InputError(f"paired_sweeps: found {len(one.values)} and {len(two.values)} runs a point; runs pair one to one")
    kept = base.about["design"]["factors"]
    return _paired(two.values - one.values, one.points, outcome, list(titles), base.about, kept)


def _paired(
    gaps: Array, points: pd.DataFrame, outcome: str, pair: list[str], about: dict[str, Any], kept: list[dict[str, Any]]
) -> Paired:
    runs, size = gaps.shape
    mean = gaps.mean(axis=0)
    error = gaps.std(axis=0, ddof=1) / np.sqrt(runs) if runs > 1 else np.full(size, np.nan)
    table = points.assign(difference=mean, standard_error=error, established=np.abs(mean) >= SURE * error)
    here = about | {"design": about["design"] | {"factors": kept}, "points": size}
    return Paired(outcome, pair[0], pair[1], here, gaps.T, table)
