"""A study: the tables of all runs, and what is summarised from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Study:
    """Result tables of a study; a first column ``scenario``, then ``run``, then those of :mod:`sim.tables`."""

    names: list[str]
    scenarios: list[dict[str, Any]]
    seed: int
    engine: str
    runs: pd.DataFrame
    months: pd.DataFrame
    cohorts: pd.DataFrame
    whale: pd.DataFrame
    customers: pd.DataFrame | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """Currency of all money in the tables."""
        return str(self.scenarios[0]["currency"])

    def outcomes(self) -> list[str]:
        """Names of all outcomes in the runs table."""
        return [name for name in self.runs if name not in ("scenario", "run")]

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
        """Paired differences to the first scenario: the runs share their random numbers, so they pair.

        ``better`` is the share of runs in which the difference is above zero.
        """
        wide = {name: self.runs[self.runs["scenario"] == name].set_index("run") for name in self.names}
        base = wide[self.names[0]]
        rows = []
        for name in self.names[1:]:
            for outcome in self.outcomes():
                gap = (wide[name][outcome] - base[outcome]).to_numpy(float)
                rows.append(
                    {
                        "scenario": name,
                        "base": self.names[0],
                        "outcome": outcome,
                        **_statistics(gap),
                        "better": float(np.mean(gap > 0)),
                    }
                )
        return pd.DataFrame(rows)

    def save(self, folder: str | Path) -> Path:
        """Write the study to a folder (see :mod:`sim.study.store`)."""
        from sim.study.store import save

        return save(self, Path(folder))


def _statistics(values: np.ndarray) -> dict[str, float]:
    values = values[~np.isnan(values)]
    n = values.size
    if n == 0:
        return {"mean": np.nan, "standard_error": np.nan, "q05": np.nan, "q50": np.nan, "q95": np.nan, "n": 0}
    error = float(np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    q = np.quantile(values, [0.05, 0.5, 0.95])
    return {"mean": float(np.mean(values)), "standard_error": error, "q05": q[0], "q50": q[1], "q95": q[2], "n": n}
