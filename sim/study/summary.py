"""What many runs say together: means, their Monte Carlo standard errors, quantiles, paired differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.frames import FRONT, unit
from sim.tables import Column, run_columns

QUANTILES = {"q05": 0.05, "q50": 0.50, "q95": 0.95}
_KEYS = tuple(column.name for column in FRONT)


def summarise(runs: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Statistics of every outcome of every scenario.

    Parameters
    ----------
    runs : DataFrame
        A row per scenario and run: ``scenario``, ``run`` and the outcomes.
    currency : str
        Stands for ``money`` in the units.

    Returns
    -------
    DataFrame
        ``scenario outcome unit mean standard_error q05 q50 q95 n meaning``: over the n runs in which the
        outcome exists, the mean, its Monte Carlo standard error s / √n (s the sample standard deviation,
        missing for one run), and quantiles by linear interpolation.  Outcomes a scenario has not, such as
        the profit of a year it does not reach, have no row.
    """
    rows: list[dict[str, Any]] = []
    for scenario, frame in runs.groupby("scenario", sort=False, observed=True):
        for column in outcomes(runs):
            values = _known(frame[column.name].to_numpy(dtype=float))
            if not values.size and column.name.startswith("profit_year_"):
                continue
            head = {"scenario": scenario, "outcome": column.name, "unit": unit(column, currency)}
            rows.append({**head, **statistics(values), "meaning": column.meaning})
    return pd.DataFrame(rows)


def compare(runs: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Differences of every scenario to the first, run by run.

    The scenarios met the same chance in a run, so the standard error is that of the mean of the paired
    differences; it is usually far below the one of two independent samples.

    Returns
    -------
    DataFrame
        ``scenario base outcome unit difference standard_error q05 q50 q95 n meaning``, where difference is
        scenario less base; without rows if there is one scenario.
    """
    names = list(dict.fromkeys(runs["scenario"]))
    by_name = {name: runs[runs["scenario"] == name].set_index("run") for name in names}
    rows: list[dict[str, Any]] = []
    for name in names[1:]:
        for column in outcomes(runs):
            paired = by_name[name][column.name] - by_name[names[0]][column.name]
            values = _known(paired.to_numpy(dtype=float))
            if not values.size and column.name.startswith("profit_year_"):
                continue
            head = {"scenario": name, "base": names[0], "outcome": column.name, "unit": unit(column, currency)}
            rows.append({**head, **statistics(values), "meaning": column.meaning})
    columns = ["scenario", "base", "outcome", "unit", "difference", "standard_error", *QUANTILES, "n", "meaning"]
    return pd.DataFrame(rows).rename(columns={"mean": "difference"}).reindex(columns=columns)


def outcomes(runs: pd.DataFrame) -> list[Column]:
    """The outcomes in a table of runs, with unit and meaning."""
    years = [int(name.rsplit("_", 1)[1]) for name in runs.columns if name.startswith("profit_year_")]
    known = {column.name: column for column in run_columns(12 * max(years, default=0))}
    return [known.get(name, Column(name, "", "")) for name in runs.columns if name not in _KEYS]


def statistics(values: NDArray[np.float64]) -> dict[str, Any]:
    """Mean, standard error s / √n, quantiles and number of values."""
    n = int(values.size)
    spread = float(np.std(values, ddof=1)) / np.sqrt(n) if n > 1 else np.nan
    found = np.quantile(values, list(QUANTILES.values())) if n else [np.nan] * len(QUANTILES)
    return {
        "mean": float(np.mean(values)) if n else np.nan,
        "standard_error": float(spread),
        **{name: float(value) for name, value in zip(QUANTILES, found, strict=True)},
        "n": n,
    }


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known: NDArray[np.float64] = values[np.isfinite(values)]
    return known
