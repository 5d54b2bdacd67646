"""One at a time: what each parameter alone does to an outcome, from its low to its high value; a tornado's numbers.

Everything else stands at the base; so nothing is said about interactions, which :mod:`sim.understand.sobol` and
:mod:`sim.understand.morris` show.  Effects are paired run by run with the base (common random numbers):

    effect = mean over runs of Y[k, low or high] − Y[k, base],   interval ± t(r − 1) · sd / sqrt(r)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.scenario.path import get
from sim.sweeps import Design, Factor
from sim.understand.data import SweepLike, read
from sim.understand.noise import Array, not_told


@dataclass(frozen=True)
class Tornado:
    """Effects of parameters, one at a time, in the outcome's unit.

    Attributes
    ----------
    outcome : its name
    base : its mean at the base
    base_error : standard error of that
    table : a row per factor, the largest swing first: ``factor``; ``low``, ``base`` and ``high`` (its values);
        ``effect_low`` and ``effect_high``, differences to the base, with ``effect_low_error``, ``effect_high_error`` (half-widths
        of their intervals); ``swing``, the difference between the largest and the smallest of the three
    level : of the intervals
    sweep : where it comes from
    """

    outcome: str
    base: float
    base_error: float
    table: pd.DataFrame
    level: float
    sweep: SweepLike

    @property
    def unsure(self) -> str:
        """Which factors' effects the runs cannot tell from chance: the intervals of both hold nought."""
        errors = self.table[["effect_low_error", "effect_high_error"]]
        if errors.isna().all(axis=None):
            return "one run a point: the effects hold chance, and nothing tells how much"
        effects = self.table[["effect_low", "effect_high"]].abs()
        effect, error = effects.to_numpy(float), errors.to_numpy(float)
        within = np.logical_and((effect <= error).all(axis=1), (error > 0).any(axis=1))
        return not_told(self.table["factor"][within])


def one_at_a_time(base: Scenario, factors: Sequence[Factor], runs: int = 100, seed: int = 1, title: str = "") -> Design:
    """A design of 2 k + 1 points: the base, and each of k factors at its low and at its high value.

    Parameters
    ----------
    base : Scenario
        Where everything else stands.
    factors : sequence of Factor
        With ``low`` and ``high``, each of a parameter that the base has; of a ``scale``, the base is 1.
    runs, seed : int
        Per point; the seed is common to all.

    Raises
    ------
    InputError
        When a factor has levels, or its parameter is no number.
    """
    middle: dict[str, Any] = {factor.name: _here(base, factor) for factor in factors}
    rows = [middle, *(middle | {factor.name: end} for factor in factors for end in (factor.low, factor.high))]
    return Design(base, factors, "table", runs=runs, seed=seed, title=title, table=pd.DataFrame(rows))


def _here(base: Scenario, factor: Factor) -> float:
    """Where the base stands on a factor."""
    if not factor.ranged:
        raise InputError(f'factor "{factor.name}": a tornado goes from low to high; found levels')
    if factor.scale:
        return 1.0
    found = {get(base, path) for path in factor.paths}
    if len(found) > 1 or isinstance(next(iter(found)), bool) or not isinstance(next(iter(found)), int | float):
        raise InputError(f'factor "{factor.name}": the base has {found} there, needed is one number')
    value: float = found.pop()
    return value


def tornado(sweep: SweepLike, outcome: str = "npv", level: float = 0.95) -> Tornado:
    """Effects of parameters from a sweep that varies one at a time.

    Parameters
    ----------
    sweep : Sweep or Paired
        Of the design that :func:`one_at_a_time` makes, or of another whose first point is the base, and in which each
        factor is varied alone, to one or two other values.
    outcome : str
        Column of the runs table.
    level : float
        Of the intervals.

    Raises
    ------
    InputError
        When the points are no such design, or the outcome is not there.
    """
    data = read(sweep, outcome, whole=True)
    values, base = data.values, data.points.iloc[0]
    moved = (data.points != base).to_numpy()
    if (moved.sum(axis=1) > 1).any():
        raise InputError("tornado: several factors move at once; needed is a base and points that differ from it in one factor")
    rows = [_row(name, data.points[name], np.flatnonzero(moved[:, k]), values, level) for k, name in enumerate(data.names)]
    table = pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    runs = len(values)
    error = float(values[:, 0].std(ddof=1) / runs**0.5) if runs > 1 else float("nan")
    return Tornado(outcome, float(values[:, 0].mean()), error, table, level, sweep)


def _row(name: str, column: pd.Series, at: np.ndarray, values: Array, level: float) -> dict[str, Any]:
    """A factor's row; where the base stands at an end, the effect there is nought."""
    base = column.iloc[0]
    if not 1 <= at.size <= 2:
        raise InputError(f"tornado: {name} moves alone in {at.size} points, expected one or two")
    ends = sorted([*at, 0][:2] if at.size == 1 else at, key=lambda k: column.iloc[k])
    effects = [_effect(values[:, k] - values[:, 0], level) for k in ends]
    middle = [0.0, *(effect for effect, _ in effects)]
    return {
        "factor": name, "low": column.iloc[ends[0]], "base": base, "high": column.iloc[ends[1]],
        "effect_low": effects[0][0], "effect_low_error": effects[0][1],
        "effect_high": effects[1][0], "effect_high_error": effects[1][1],
        "swing": max(middle) - min(middle),
    }  # fmt: skip


def _effect(gaps: Array, level: float) -> tuple[float, float]:
    runs = gaps.size
    if runs == 1:
        return float(gaps[0]), float("nan")
    return float(gaps.mean()), float(stdtrit(runs - 1, 0.5 + level / 2) * gaps.std(ddof=1) / runs**0.5)
