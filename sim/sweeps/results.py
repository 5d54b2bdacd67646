"""A finished sweep: its points, its runs, and what is summarised from them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from sim.errors import InputError
from sim.files.atomic import followed
from sim.files.untrusted import parquet
from sim.scenario.base import shown
from sim.study import Study
from sim.study.parquet import Marks
from sim.study.results import open_study
from sim.study.work_folder import whole_record
from sim.sweeps.design import Design
from sim.sweeps.design_file import load
from sim.sweeps.record import design_of
from sim.texts import nearest

QUANTILES = (0.05, 0.5, 0.95)


class Sweep:
    """Points and runs of a finished sweep, read from its folder when they are asked for.

    Parameters
    ----------
    folder : Path
        Where it is.
    about : dict
        What made it: the content of ``design.json``.
    checked : bool
        Whether tables that are not those of the record are refused when they are first read.
    """

    def __init__(self, folder: Path, about: dict[str, Any], checked: bool = True) -> None:
        self.folder, self.about = folder, about
        self._marks = Marks(folder / "design.json", about if checked else {})
        self._runs_checked = False
        self._keeps: Any = None  # the temporary folder of a sweep without one

    def __repr__(self) -> str:
        """The sweep in a line."""
        return (
            f"<Sweep over {', '.join(self.factors)}: {self.about['points']} points, {self.about['runs']} runs, seed {self.seed}>"
        )

    @cached_property
    def design(self) -> Design:
        """The design, made again from what is recorded."""
        return design_of(self.about, self.points)

    @property
    def factors(self) -> list[str]:
        """Names of the factors."""
        return [one["name"] for one in self.about["design"]["factors"]]

    @property
    def seed(self) -> int:
        """Key of all random numbers."""
        return int(self.about["seed"])

    @cached_property
    def points(self) -> pd.DataFrame:
        """A row per point: ``point``, the factors, ``status`` (ok or failed) and ``error``."""
        with self._marks.reading("points"):
            frame: pd.DataFrame = self._file("points").read().to_pandas().drop(columns="address", errors="ignore")
        self._marks.check("points", frame)
        missing = [one for one in ("point", *self.factors, "status", "error") if one not in frame]
        if missing or len(frame) != self.about["points"]:
            found = f"no column {missing[0]}" if missing else f"{len(frame):,} rows"
            raise InputError(f"{self.folder / 'points.parquet'}: expected {self.about['points']:,} points, got {found}")
        return frame

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per point that did not fail and run: ``point``, ``run``, the outcomes."""
        return self._read_runs(["point", "run", *self.outcomes()])

    @property
    def failures(self) -> pd.DataFrame:
        """The points that failed, each with its error."""
        return self.points[self.points["status"] == "failed"].drop(columns="status").reset_index(drop=True)

    def check(self) -> None:
        """Read both tables as far as it takes to know that they are those of the record.

        Raises
        ------
        InputError, StudyError
            When one was changed or cannot be read.
        """
        self._check_runs()
        _ = self.points

    def outcomes(self) -> list[str]:
        """Names of all outcomes."""
        schema = self._file("runs").schema_arrow
        return [name for name in schema.names if name not in ("point", "run", "address")]

    def column(self, outcome: str) -> np.ndarray:
        """One outcome [points, runs], float64; NaN for points that failed.

        Raises
        ------
        InputError
            When there is no such outcome.
        """
        self._check([outcome])
        found = self._read_runs([outcome])[outcome].to_numpy(float)
        good = (self.points["status"] == "ok").to_numpy()
        if found.size != good.sum() * self.about["runs"]:
            expected = f"{self.about['runs']:,} runs of {good.sum():,} points"
            raise InputError(f"{self.folder / 'runs.parquet'}: expected {expected}, got {found.size:,} rows")
        values = np.full((good.size, self.about["runs"]), np.nan)
        values[good] = found.reshape(-1, self.about["runs"])
        return values

    def means(self, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """A row per point: ``point``, the factors, and the mean of each outcome over its runs."""
        chosen = self._chosen(outcomes) if outcomes or self.outcomes() else []
        frame = self.points[["point", *self.factors]].copy()
        return frame.assign(**{name: _statistics(self.column(name))["mean"] for name in chosen})

    def summary(self, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Mean, Monte Carlo standard error (sd / sqrt(n)) and quantiles of outcomes by point.

        Parameters
        ----------
        outcomes : sequence of str, optional
            Which; those of the design by default, or all if it names none.

        Returns
        -------
        DataFrame
            ``point outcome mean standard_error q05 q50 q95 n``, where n counts the runs in which it is defined; of a sweep
            whose points all failed, no row.
        """
        if not outcomes and not self.outcomes():
            return pd.DataFrame(columns=["point", "outcome", *_statistics(np.empty((0, 1)))])
        chosen = self._chosen(outcomes)
        parts = [
            pd.DataFrame({"point": self.points["point"], "outcome": name, **_statistics(self.column(name))}) for name in chosen
        ]
        return pd.concat(parts).sort_values("point", kind="stable", ignore_index=True)

    def _chosen(self, outcomes: Sequence[str] | None) -> list[str]:
        chosen = (
            [outcomes] if isinstance(outcomes, str) else list(outcomes or self.about["design"]["outcomes"] or self.outcomes())
        )
        self._check(chosen)
        return chosen

    def _check(self, outcomes: Sequence[str]) -> None:
        there = self.outcomes()
        if not there:
            first = self.failures["error"].iloc[0] if len(self.failures) else "there are no points"
            raise InputError(f"{self.folder}: no point could be simulated, so there are no outcomes; the first says: {first}")
        for name in outcomes:
            if name not in there:
                raise InputError(f'outcomes: found "{name}"{nearest(name, there) or "; there are " + ", ".join(there)}')

    def _file(self, table: str) -> pq.ParquetFile:
        with self._marks.reading(table):
            return parquet(self.folder / f"{table}.parquet")

    def _read_runs(self, columns: list[str]) -> pd.DataFrame:
        self._check_runs()
        with self._marks.reading("runs"):
            frame: pd.DataFrame = self._file("runs").read(columns).to_pandas()
        return frame

    def _check_runs(self) -> None:
        if not self._runs_checked:  # once, and all columns: the record has one fingerprint of them together
            self._marks.check("runs")
            self._runs_checked = True


def _statistics(values: np.ndarray) -> dict[str, np.ndarray]:
    """Of each row of values [points, runs], of those that are no NaN."""
    values = np.sort(values, axis=1)  # NaN come last
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=1) / n
        square = np.where(there, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
        error = np.sqrt(square / np.where(n > 1, n - 1, np.nan) / n)
    result = {"mean": mean, "standard_error": error}
    rows = np.arange(n.size)
    for q in QUANTILES:
        place = q * np.maximum(n - 1, 0)
        low = place.astype(np.int64)
        high = np.minimum(low + 1, np.maximum(n - 1, 0))
        result[f"q{round(100 * q):02d}"] = values[rows, low] + (place - low) * (values[rows, high] - values[rows, low])
    return {**result, "n": n}


def open_sweep(folder: str | Path) -> Sweep:
    """Read a sweep from its folder; its tables are read when they are asked for, and refused then if they were changed.

    Raises
    ------
    InputError
        When there is no whole sweep in the folder.
    """
    folder = followed(Path(folder))
    return Sweep(folder, whole_record(folder, "design.json", lambda about: ("runs", "points")))


def open_any(folder: str | Path) -> Study | Sweep | Design:
    """Read a study or a sweep from its folder, or a design from its file; its tables are read when they are asked for, and refused then if they were changed.

    Raises
    ------
    InputError
        When there is no whole one in the folder.
    """
    if not isinstance(folder, str | os.PathLike):
        raise InputError(f"open: expected the path of a folder, or of a design file, got {shown(folder)}")
    if Path(folder).suffix == ".toml":
        return load(Path(folder))
    return open_sweep(folder) if (Path(folder) / "design.json").exists() else open_study(folder)
