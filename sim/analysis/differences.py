"""The table of paired differences: every outcome of every scheme against the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.joint import critical, holm
from sim.analysis.outcomes import Array, outcomes_of, samples
from sim.analysis.paired import paired, wilson
from sim.errors import InputError
from sim.scenario.base import shown
from sim.tables import LESS, Column

FAMILIES = ("schemes", "all")
COLUMNS = (
    "scenario base outcome unit n base_mean other_mean mean standard_error low high low_joint high_joint p_value p_holm "
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
        What joint intervals and Holm's p-values hold over: the schemes within each outcome, for an outcome chosen
        beforehand, or all rows of the table, for reading down a table and remarking on what stands out.

    Returns
    -------
    DataFrame
        =====================  =====================================================================================
        n                      pairs of runs in which the outcome is defined under both
        base_mean, other_mean  means over these pairs
        mean, standard_error   of the difference d = other - base; sd(d) / sqrt(n)
        low, high              mean ± t(n - 1) · standard error (Student 1908): holds for this row alone
        low_joint, high_joint  mean ± c · standard error: all rows of the family hold together
        p_value, p_holm        of no difference, two-sided; adjusted within the family (Holm 1979)
        q05, q50, q95          quantiles of d between runs
        better                 share of runs in which other is better, ties not counted; NaN where neither more nor less
                               of the outcome is better (:mod:`sim.tables`), with its interval (Wilson 1927)
        above, tied            share of runs with d > 0, with d = 0
        relative               mean / abs(base_mean), so its sign is that of the difference, with its interval (Fieller
                               1954); NaN where base_mean does not differ from 0 at this level, and for scores
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
        {"scenario": name, "base": names[0], **_row(column, values[0, :, j], values[k, :, j], currency, level)}
        for k, name in enumerate(names[1:], 1)
        for j, column in enumerate(columns)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    gaps = np.moveaxis(values[1:] - values[0], 1, 0).reshape(values.shape[1], -1)  # [runs, rows], in the order of the table
    every = np.arange(len(rows))
    return _together(
        table, gaps, [every[j :: len(columns)] for j in range(len(columns))] if family == "schemes" else [every], level
    )


def check_level(level: float) -> None:
    """A level is a probability between 0 and 1."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise InputError(f"level: found {shown(level)}, allowed is a probability between 0 and 1, such as 0.95")


def _row(column: Column, base: Array, other: Array, currency: str, level: float) -> dict[str, Any]:
    found = paired(base, other, level)
    row = {"outcome": column.name, "unit": column.unit.replace("money", currency), **found, "n": int(found["n"])}
    if column.unit == "score":  # its zero is a convention
        row |= dict.fromkeys(("relative", "relative_low", "relative_high"), np.nan)
    if column.better and found["n"]:
        share = found["above"] if column.better != LESS else 1 - found["above"] - found["tied"]
        share = round(share * found["n"]) / found["n"]  # a count, whatever 1 - x - y is
        low, high = wilson(share, int(found["n"]), level)
        row |= {"better": share, "better_low": low, "better_high": high}
    return row


def _together(table: pd.DataFrame, gaps: Array, families: Sequence[Any], level: float) -> pd.DataFrame:
    """The table with joint intervals and p-values; `gaps` are the differences [runs, rows]."""
    mean, error, p = (table[name].to_numpy(float) for name in ("mean", "standard_error", "p_value"))
    c, adjusted = np.full(p.size, np.nan), np.full(p.size, np.nan)
    for family in families:
        c[family] = critical(gaps[:, family[error[family] > 0]], level)  # without spread there is nothing to widen
        adjusted[family] = holm(p[family])
    return table.assign(low_joint=mean - c * error, high_joint=mean + c * error, p_holm=adjusted)
