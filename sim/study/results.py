"""A study: the tables of all runs, and what is summarised from them; what scenarios in one must have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import estimators
from sim.analysis.differences import Matched
from sim.analysis.differences import differences as paired_differences
from sim.analysis.expression import parse
from sim.engine import Tables
from sim.errors import InputError
from sim.files.atomic import followed, place
from sim.study import equal_pay
from sim.study.provenance import RECORD
from sim.study.record_schema import MARK
from sim.study.study_folder import StudyFolder, stored_tables, tables_of
from sim.study.work_folder import whole_record

LEVELS = {"q05": 0.05, "q50": 0.5, "q95": 0.95}  # of the quantiles in a summary
Said = Iterable[tuple[str, str]]  # name of a scenario, what it says


def matched_of(about: Mapping[str, Any]) -> dict[str, Matched]:
    """From the record of a study: how its scenarios were brought to the first one's pay, by name."""
    return {str(one["scenario"]): equal_pay.matched(one) for one in about.get("equal_pay") or ()}


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
        self.tables = tables

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
        return self.tables["runs"]

    @property
    def months(self) -> pd.DataFrame:
        """A row per scenario, run and month."""
        return self.tables["months"]

    @property
    def cohorts(self) -> pd.DataFrame:
        """A row per scenario, run, year of signing and year."""
        return self.tables["cohorts"]

    @property
    def whale(self) -> pd.DataFrame:
        """A row per scenario, run and share of customers."""
        return self.tables["whale"]

    @property
    def reps(self) -> pd.DataFrame | None:
        """A row per scenario, run, seat and rep who filled it; none in studies of versions before 0.2."""
        return self.tables.get("reps")

    @property
    def customers(self) -> pd.DataFrame | None:
        """A row per scenario, run and customer, if they were kept."""
        return self.tables.get("customers")

    def outcomes(self) -> list[str]:
        """Names of all outcomes in the runs table."""
        return [str(name) for name in self.runs if name not in ("scenario", "run")]

    def summary(self) -> pd.DataFrame:
        """Mean, sd and quantiles of every outcome by scenario, with their Monte Carlo standard errors.

        ``standard_error`` is the mean's (sd / sqrt(n)), ``low`` to ``high`` its 95% interval, ``q05_error`` a quantile's
        standard error, ``n`` the number of runs in which the outcome is defined.  See :mod:`sim.analysis.estimators`.
        """
        rows = []
        for name in self.names:
            mine = self.runs[self.runs["scenario"] == name]
            rows += [
                {"scenario": name, "outcome": outcome, **_statistics(mine[outcome].to_numpy(float))}
                for outcome in self.outcomes()
            ]
        return pd.DataFrame(rows)

    def estimates(self, *expressions: str) -> pd.DataFrame:
        """Estimates such as ``"q05(npv)"``, ``"P(npv < 0)"`` or ``"ratio(realised_profit, promised_profit)"`` by scenario.

        Columns: ``value``, ``standard_error``, ``low`` and ``high`` (95% interval), ``n`` and ``undefined`` (runs that count
        and runs left out because an outcome is undefined in them).

        Raises
        ------
        InputError
            When an expression is none, or names an outcome that there is not.
        """
        parsed = [parse(one) for one in expressions]
        for one in parsed:
            one.check(self.outcomes())
        mine = {name: self.runs[self.runs["scenario"] == name] for name in self.names}
        return pd.DataFrame(
            [{"scenario": name, "estimate": str(one), **asdict(one.of(frame))} for one in parsed for name, frame in mine.items()]
        )

    @property
    def matched(self) -> dict[str, Matched]:
        """How scenarios were brought to the first one's pay, by name; empty where none was."""
        return matched_of(self.about)

    def differences(self) -> pd.DataFrame:
        """Paired differences to the first scenario, run by run: see :func:`sim.analysis.differences.differences`."""
        return paired_differences(self.runs, self.names, self.currency, matched=self.matched)

    def save(self, folder: str | Path) -> Path:
        """Write the study to a folder; nothing is done if it is there already.

        Raises
        ------
        InputError
            When the folder cannot be written, holds something else, or is being written by another process.
        StudyError
            When the disk fills up.
        """
        return save(self, place(folder, "folder"))


def _statistics(values: np.ndarray) -> dict[str, float]:
    mean, spread, ordered = estimators.mean(values), estimators.sd(values), np.sort(values)
    row: dict[str, float] = {"mean": mean.value, "standard_error": mean.standard_error, "low": mean.low, "high": mean.high}
    row |= {"sd": spread.value}
    for name, level in LEVELS.items():
        found = estimators.quantile(ordered, level)
        row |= {name: found.value, f"{name}_error": found.standard_error}
    return row | {"n": mean.n}


def shared(said: Said) -> str:
    """Who says what, where they differ: ``EUR in a, USD in b and c``; nothing where all say the same."""
    names: dict[str, list[str]] = {}
    for name, value in said:
        names.setdefault(value, []).append(name)
    return ", ".join(f"{value} in {' and '.join(those)}" for value, those in names.items()) if len(names) > 1 else ""


def check_currency(said: Said) -> None:
    """Refuse money of several currencies.

    Raises
    ------
    InputError
        Naming the scenarios and their currencies.
    """
    if found := shared(said):
        raise InputError(f"currency: found {found}, allowed is one for all: money in different currencies cannot be compared")


def check_months(said: Iterable[tuple[str, int]]) -> None:
    """Refuse runs of several lengths.

    Raises
    ------
    InputError
        Naming the scenarios and their months.
    """
    if found := unlike(said):
        raise InputError(
            f"months: found {found}, allowed is one length for all that is compared: a total over more months is another quantity; "
            "give them the same months, or simulate them with daarna run"
        )


def lengths(study: Study) -> list[tuple[str, int]]:
    """A study's scenarios by name, and how many months each runs."""
    return [(name, int(one["months"])) for name, one in zip(study.names, study.scenarios, strict=True)]


def unlike(said: Iterable[tuple[str, int]]) -> str:
    """How long the scenarios run, where they differ: ``24 months in a, 120 months in b``."""
    return shared((name, f"{months} months") for name, months in said)


def save(study: Study, folder: Path) -> Path:
    """Write a study: see :meth:`sim.study.results.Study.save`."""
    about = {key: value for key, value in study.about.items() if key not in ("tables", "continued", MARK)} | {"complete": False}
    with StudyFolder(folder, about) as target:
        for gap in list(target.gaps()):
            mine = {name: _rows(getattr(study, name), study.names[gap.scenario], gap.numbers) for name in tables_of(about)}
            target.put(gap, Tables(**mine))
        target.finish()
    return folder


def _rows(frame: Any, scenario: str, numbers: range) -> Any:
    mine = frame[(frame["scenario"] == scenario) & frame["run"].between(numbers.start, numbers.stop - 1)]
    return mine.drop(columns="scenario")


def open_study(folder: str | Path) -> Study:
    """Read a study from its folder; its tables are read when they are asked for, and refused then if they were changed.

    Raises
    ------
    InputError
        When there is no whole study in the folder.
    """
    folder = followed(Path(folder))
    return stored(folder, whole_record(folder, RECORD, tables_of))


def stored(folder: Path, about: dict[str, Any], checked: bool = True) -> Study:
    """A finished study by its folder and record; unless `checked`, its tables as they are, for those who tell what was changed."""
    return Study(about, stored_tables(folder, about, checked))
