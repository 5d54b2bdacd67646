"""What the figures need of a study, and how they take numbers out of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Results(Protocol):
    """The part of `sim.study.Study` that figures read.

    The tables begin with ``scenario`` and ``run``; the other columns are those of `sim.tables`.
    """

    @property
    def runs(self) -> pd.DataFrame:
        """A row per scenario and run."""
        ...

    @property
    def months(self) -> pd.DataFrame:
        """A row per scenario, run and month."""
        ...

    @property
    def cohorts(self) -> pd.DataFrame:
        """A row per scenario, run, signing year and year."""
        ...

    @property
    def whale(self) -> pd.DataFrame:
        """A row per scenario, run and share of customers."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names, in the order in which they appear in `runs`."""
        ...

    @property
    def currency(self) -> str:
        """Code of the currency of all money."""
        ...

    @property
    def seed(self) -> Any:
        """Seed of the study."""
        ...


def of(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Rows of one scenario."""
    return frame[frame["scenario"] == scenario]


def by_run(frame: pd.DataFrame, across: str, value: str) -> tuple[Array, Array]:
    """Values of a table of one scenario as (places, matrix with a row per run).

    Parameters
    ----------
    frame : rows of one scenario, at most one per run and value of `across`.
    across : the column that becomes the matrix's columns, such as ``month``.
    value : the column that fills it.
    """
    wide = frame.pivot(index="run", columns=across, values=value)
    return wide.columns.to_numpy(dtype=float), wide.to_numpy(dtype=float)


def profit_by_year_matrix(runs: pd.DataFrame) -> tuple[Array, Array]:
    """(years from 1, profit per run and year) of one scenario; years it does not reach are left out."""
    years = sorted(int(name.rsplit("_", 1)[1]) for name in runs.columns if name.startswith("profit_year_"))
    matrix = runs[[f"profit_year_{year}" for year in years]].to_numpy(dtype=float)
    reached = np.isfinite(matrix).any(axis=0)
    return np.array(years, dtype=float)[reached], matrix[:, reached]


def months_run(study: Results, scenario: str) -> int:
    """Length of the scenario's runs in months, 0 if nothing was run."""
    months = of(study.months, scenario)["month"]
    return int(months.max()) if len(months) else 0


def longest(study: Results) -> int:
    """Length of the longest runs of the study in months."""
    return max((months_run(study, name) for name in study.names), default=0)
