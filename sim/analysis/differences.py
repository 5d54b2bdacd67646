"""The table of paired differences: every outcome of every scheme against the base."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.joint import critical
from sim.analysis.outcomes import Array, outcomes_of, samples
from sim.analysis.paired import NONE, Extra, paired, wilson
from sim.errors import InputError
from sim.scenario.base import shown
from sim.tables import LESS, Column

FAMILIES = ("schemes", "all")
COLUMNS = (
    "scenario base outcome unit n base_mean other_mean mean standard_error low high low_joint high_joint joint_over skewed "
    "q05 q50 q95 better better_low better_high above tied relative relative_low relative_high correlation variance_ratio "
    "runs_saved"
).split()


def differences(
    runs: pd.DataFrame,
    names: Sequence[str],
    currency: str = "money",
    level: float = 0.95,
    outcomes: Sequence[str] | None = None,
    family: str = "schemes",
    matched: Mapping[str, Matched] | None = None,
) -> pd.DataFrame:
    """Paired differences to the first scenario, a row per other scenario and outcome.

    Parameters
    ----------
    runs : DataFrame
        ``scenario``, ``run`` and a column per outcome, as :attr:`sim.Study.runs`; runs of one number pair.
    names : sequence of str
        The scenarios; the first is the base.
    currency : str
        What money is in.
    level : float
        Of all intervals.
    outcomes : sequence of str, optional
        Which; all of them if not given.
    family : {"schemes", "all"}
        What joint intervals hold over: the schemes within each outcome, for an outcome chosen beforehand, or all rows of
        the table, for reading down a table and remarking on what stands out.
    matched : mapping, optional
        How schemes were brought to the base's pay: intervals of the means are then of the difference at equal pay.

    Returns
    -------
    DataFrame
        =====================  =====================================================================================
        n                      pairs of runs in which the outcome is defined under both
        base_mean, other_mean  means over these pairs
        mean, standard_error   of the difference d = other - base; sd(d) / sqrt(n), the error of matching pay added in quadrature
        low, high              holds for this row alone: mean ± t(n - 1) · standard error (Student 1908), or bootstrap-t where
                               the runs are skewed and few
        low_joint, high_joint  mean ± c · standard error, and no narrower than low to high: all rows of the family hold together
        joint_over             how many rows that are
        skewed                 where the runs are skewed and few: how many Student's t would ask for (:mod:`sim.analysis.skew`)
        q05, q50, q95          quantiles of d between runs
        better                 share of runs in which other is better, ties not counted; NaN where neither more nor less
                               of the outcome is better (:mod:`sim.tables`), with its interval (Wilson 1927)
        above, tied            share of runs with d > 0, with d = 0
        relative               mean / base_mean with its interval (Fieller 1954); NaN where base_mean is not above 0 at
                               this level, and for scores
        correlation            between the values of base and other in a pair
        variance_ratio         (var base + var other) / var d: as many times the runs would independent runs need
        runs_saved             n · (variance_ratio - 1) per scenario; below zero where pairing lost
        =====================  =====================================================================================

    Raises
    ------
    InputError
        When an outcome is not there, or `level` or `family` is not what is allowed.
    """
    check_level(level)
    if family not in FAMILIES:
        raise InputError(f"family: found '{family}', allowed is schemes or all")
    columns = outcomes_of(runs, outcomes)
    values = samples(runs, names, columns)
    rows = [
        {"scenario": name, "base": names[0]}
        | _row(column, values[0, :, j], values[k, :, j], currency, level, _extra(matched, name, column))
        for k, name in enumerate(names[1:], 1)
        for j, column in enumerate(columns)
    ]
    extras = [_extra(matched, name, column) for name in names[1:] for column in columns]
    table = pd.DataFrame(rows, columns=COLUMNS)
    gaps = np.moveaxis(values[1:] - values[0], 1, 0).reshape(values.shape[1], -1)  # [runs, rows], in the order of the table
    every = np.arange(len(rows))
    families = [every[j :: len(columns)] for j in range(len(columns))] if family == "schemes" else [every]
    return _together(table, gaps, families, level, extras)


class Matched(NamedTuple):
    """How a scheme was brought to the base's pay.

    The compared scheme stands at a factor that was estimated from other runs.  To first order its difference to the base is
    that at exactly equal pay plus slope · (the error of its pay there), so that matching adds slope^2 · var(pay) to the variance.
    """

    slopes: Mapping[str, float]  # by outcome: its change per unit of pay, as the factor moves
    variance: float  # of the difference in pay at the factor found, what is left of that difference included
    runs: int  # it was matched on

    def extra(self, outcome: str) -> Extra:
        """The error that matching adds to the mean difference of an outcome."""
        slope = self.slopes.get(outcome, 0.0)
        return Extra(slope**2 * self.variance, max(self.runs - 1, 1)) if math.isfinite(slope) else NONE


def _extra(matched: Mapping[str, Matched] | None, name: str, column: Column) -> Extra:
    return matched[name].extra(column.name) if matched and name in matched else NONE


def labelled(level: float, over: int) -> str:
    """What an interval of a difference holds for, wherever one is printed: ``95%, joint over 3 schemes``."""
    return f"{level:.0%}, joint over {over} schemes" if over > 1 else f"{level:.0%}, this outcome alone"


def check_level(level: float) -> None:
    """A level is a probability between 0 and 1."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise InputError(f"level: found {shown(level)}, allowed is a probability between 0 and 1, such as 0.95")


def _row(column: Column, base: Array, other: Array, currency: str, level: float, extra: Extra) -> dict[str, Any]:
    found = paired(base, other, level, extra)
    row = {"outcome": column.name, "unit": column.unit.replace("money", currency), **found, "n": int(found["n"])}
    if column.unit == "score":  # its zero is a convention
        row |= dict.fromkeys(("relative", "relative_low", "relative_high"), np.nan)
    if column.better and found["n"]:
        share = found["above"] if column.better != LESS else 1 - found["above"] - found["tied"]
        share = round(share * found["n"]) / found["n"]  # a count, whatever 1 - x - y is
        low, high = wilson(share, int(found["n"]), level)
        row |= {"better": share, "better_low": low, "better_high": high}
    return row


def _together(table: pd.DataFrame, gaps: Array, families: Sequence[Any], level: float, extras: Sequence[Extra]) -> pd.DataFrame:
    """The table with joint intervals; `gaps` are the differences [runs, rows]."""
    mean, error, low, high = (table[name].to_numpy(float) for name in ("mean", "standard_error", "low", "high"))
    c, over = np.full(mean.size, np.nan), np.zeros(mean.size, int)
    for family in families:
        over[family] = len(family)
        spread = family[error[family] > 0]  # without spread there is nothing to widen
        c[family] = critical(gaps[:, spread], level, [extras[k] for k in spread])
    together = {"low_joint": np.fmin(low, mean - c * error), "high_joint": np.fmax(high, mean + c * error)}
    alone = over == 1
    return table.assign(
        low_joint=np.where(alone, low, together["low_joint"]),
        high_joint=np.where(alone, high, together["high_joint"]),
        joint_over=over,
    )
