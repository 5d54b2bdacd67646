"""Two schemes at the same points: the paired difference of an outcome, point by point.

Run k of both schemes meets the same prospects, contacts and moods (common random numbers), so the difference is taken run
by run; its standard error is that of the mean of r differences, sd / sqrt(r).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.data import SweepLike, factors, names, outcomes
from sim.analysis.noise import Array
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.sweeps import Design, Factor

SURE = 2.0  # standard errors from nought, from which on the sign of a difference counts as established


class Varied(NamedTuple):
    """What is varied in a paired difference: a design without the factor that was paired."""

    factors: tuple[Any, ...]
    method: str
    runs: int
    seed: int
    base: Any


@dataclass(frozen=True)
class Paired:
    """A difference at every point; itself a sweep, with the outcome ``difference``, to every analysis.

    Attributes
    ----------
    outcome : whose difference
    base, other : what is taken from what: other − base
    design : what was varied besides
    points : a row per point: ``point`` and the factors
    runs : a row per point and run: ``point``, ``run``, ``difference``
    table : a row per point: the factors, ``difference``, ``standard_error`` and ``established`` (the sign is known: the
        mean difference is 2 standard errors from nought or further; never so with one run)
    """

    outcome: str
    base: str
    other: str
    design: Varied
    points: pd.DataFrame
    runs: pd.DataFrame
    table: pd.DataFrame

    @property
    def unsure(self) -> int:
        """Number of points at which the sign is not established."""
        return int((~self.table["established"]).sum())


def paired(sweep: SweepLike, factor: str = "scheme", base: object = None, other: object = None, outcome: str = "npv") -> Paired:
    """Differences of an outcome between two levels of a factor, other − base, wherever the other factors agree.

    Parameters
    ----------
    sweep : Sweep
        Of a design in which every point occurs with both levels, as :func:`crossed` makes them.
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
    every = names(sweep)
    if factor not in every:
        raise InputError(f'factor: found "{factor}", the sweep varies {", ".join(every)}')
    points, values = factors(sweep), outcomes(sweep, outcome)
    levels = points[factor].astype(str)
    there = list(dict.fromkeys(levels))
    if len(there) < 2:
        raise InputError(f"factor: {factor} has one level in the sweep, needed are two")
    pair = [str(there[k] if level is None else level) for k, level in enumerate((base, other))]
    for level in pair:
        if level not in there:
            raise InputError(f'{factor}: found "{level}", the sweep has {", ".join(there)}')
    rest = [name for name in every if name != factor]
    sides = [_by_point(points[levels == level], rest) for level in pair]
    if set(sides[0]) != set(sides[1]) or len(sides[0]) != (levels == pair[0]).sum():
        raise InputError(f"factor: the points with {factor} = {pair[0]} and {pair[1]} do not pair one to one")
    places = [[side[key] for key in sides[0]] for side in sides]
    gaps = values[:, places[1]] - values[:, places[0]]
    kept = tuple(one for one in sweep.design.factors if one.name != factor)
    return _paired(gaps, points.loc[places[0], rest].reset_index(drop=True), outcome, pair, sweep.design, kept)


def paired_sweeps(base: SweepLike, other: SweepLike, outcome: str = "npv", titles: Sequence[str] = ("base", "other")) -> Paired:
    """Differences of an outcome between two sweeps of the same points, other − base, such as one design over two scenarios.

    Raises
    ------
    InputError
        When the points or the runs are not the same.
    """
    points = factors(base)
    if not points.equals(factors(other)) or base.design.seed != other.design.seed:
        raise InputError("paired_sweeps: the two sweeps have not the same factors, points and seed")
    one, two = outcomes(base, outcome), outcomes(other, outcome)
    if one.shape != two.shape:
        raise InputError(f"paired_sweeps: found {len(one)} and {len(two)} runs a point; runs pair one to one")
    return _paired(two - one, points, outcome, list(titles), base.design, tuple(base.design.factors))


def crossed(design: Design, factor: Factor) -> Design:
    """Every point of a design with every level of one more factor, such as the scheme: what :func:`paired` takes.

    Parameters
    ----------
    design : Design
        The sample of everything else, for instance ``method="lhs"`` without `factor`.
    factor : Factor
        With levels; it is set first, so that the others vary what it puts there.
    """
    from sim.sweeps import Design

    points = design.points().drop(columns="point")
    parts = [points.assign(**{factor.name: label}) for label in factor.labels]
    return Design(
        design.base, (factor, *design.factors), "table", runs=design.runs, seed=design.seed, outcomes=design.outcomes,
        title=design.title, table=pd.concat(parts, ignore_index=True), folder=design.folder,
    )  # fmt: skip


def _paired(
    gaps: Array, points: pd.DataFrame, outcome: str, pair: list[str], design: Any, kept: tuple[Any, ...]
) -> Paired:
    runs, size = gaps.shape
    mean = gaps.mean(axis=0)
    error = gaps.std(axis=0, ddof=1) / np.sqrt(runs) if runs > 1 else np.full(size, np.nan)
    table = points.assign(difference=mean, standard_error=error, established=np.abs(mean) >= SURE * error)
    numbers = np.arange(size)
    each = {"point": np.tile(numbers, runs), "run": np.repeat(np.arange(1, runs + 1), size), "difference": gaps.ravel()}
    varied = Varied(kept, design.method, runs, design.seed, getattr(design, "base", None))
    where = points.copy()
    where.insert(0, "point", numbers)
    return Paired(outcome, pair[0], pair[1], varied, where, pd.DataFrame(each), table)


def _by_point(points: pd.DataFrame, rest: list[str]) -> dict[tuple[object, ...], int]:
    return {tuple(row): int(str(place)) for place, row in zip(points.index, points[rest].itertuples(index=False), strict=True)}
