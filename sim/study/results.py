"""A study: the tables of all runs, and what is summarised from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


class Study:
    """Result tables of many runs: a first column ``scenario``, then ``run``, then those of :mod:`sim.tables`.

    Parameters
    ----------
    about : dict
        What made the study, as in ``study.json``: see :func:`sim.study.provenance.record`.
    tables : mapping
        The tables by name; those of a study on disk are read when they are first asked for.
    """

    def __init__(self, about: dict[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
        self.about = about
        self._tables = tables

    def __repr__(self) -> str:
        """The study in a line."""
        return f"<Study of {', '.join(self.names)}: {self.about['runs']} runs, seed {self.seed}, {self.engine} engine>"

    @property
    def names(self) -> list[str]:
        """Names of the scenarios, in the order of the tables."""
        return list(self.about["names"])

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """The scenarios in full."""
        return list(self.about["scenarios"])

    @property
    def seed(self) -> int:
        """Key of all random numbers."""
        return int(self.about["seed"])

    @property
    def engine(self) -> str:
        """``compiled`` or ``mesa``."""
        return str(self.about["engine"])

    @property
    def currency(self) -> str:
        """Currency of all money in the tables."""
        return str(self.scenarios[0]["currency"])

    @property
    def runs(self) -> pd.DataFrame:
        """A row per scenario and run."""
        return self._tables["runs"]

    @property
    def months(self) -> pd.DataFrame:
        """A row per scenario, run and month."""
        return self._tables["months"]

    @property
    def cohorts(self) -> pd.DataFrame:
        """A row per scenario, run, year of signing and year."""
        return self._tables["cohorts"]

    @property
    def whale(self) -> pd.DataFrame:
        """A row per scenario, run and share of customers."""
        return self._tables["whale"]

    @property
    def customers(self) -> pd.DataFrame | None:
        """A row per scenario, run and customer, if they were kept."""
        return self._tables.get("customers")

    def outcomes(self) -> list[str]:
        """Names of all outcomes in the runs table."""
        return [str(name) for name in self.runs if name not in ("scenario", "run")]

    def summary(self) -> pd.DataFrame:
        """Mean, Monte Carlo standard error (sd / sqrt(n)) and quantiles of every outcome by scenario."""
        rows = []
        for name in self.names:
            mine = self.runs[self.runs["scenario"] == name]
            rows += [
                {"scenario": name, "outcome": outcome, **_statistics(mine[outcome].to_numpy(float))}
                for outcome in self.outcomes()
            ]
        return pd.DataFrame(rows)

    def differences(self) -> pd.DataFrame:
        """Paired differences to the first scenario, run by run: see :func:`sim.analysis.differences.differences`."""
        from sim.analysis.differences import differences

        return differences(self.runs, self.names, self.currency)

    def save(self, folder: str | Path) -> Path:
        """Write the study to a folder; nothing is done if it is there already.

        Raises
        ------
        InputError
            When the folder cannot be written, holds something else, or is being written by another process.
        StudyError
            When the disk fills up.
        """
        from sim.study.store import save

        return save(self, Path(folder))


def _statistics(values: np.ndarray) -> dict[str, float]:
    values = values[~np.isnan(values)]
    n = values.size
    if n == 0:
        return {"mean": np.nan, "standard_error": np.nan, "q05": np.nan, "q50": np.nan, "q95": np.nan, "n": 0}
    error = float(np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    q05, q50, q95 = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return {"mean": float(np.mean(values)), "standard_error": error, "q05": q05, "q50": q50, "q95": q95, "n": n}
