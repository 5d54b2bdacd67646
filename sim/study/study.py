"""What came out of a study: tables, summary, comparison."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

from sim.study import summary
from sim.study.frames import kept, to_pandas
from sim.study.record import Record

if TYPE_CHECKING:
    from sim.scenario.model import Scenario


class Source(Protocol):
    """Where a study's tables lie: in memory or in a folder."""

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some of its columns."""
        ...

    def pieces(self, name: str) -> Iterator[pa.Table]:
        """A table in pieces of moderate size."""
        ...


class InMemory:
    """Tables kept as the pieces they were computed in."""

    def __init__(self, pieces: dict[str, list[pa.Table]]) -> None:
        self._pieces = pieces

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some of its columns."""
        table = pa.concat_tables(self._pieces[name])
        return table.select(columns) if columns else table

    def pieces(self, name: str) -> Iterator[pa.Table]:
        """A table in the pieces it was computed in."""
        yield from self._pieces[name]


class Study:
    """Many runs of one or more scenarios on common random numbers.

    Made by :func:`sim.run` and :func:`sim.open`.  Every table is a data frame whose first columns are
    ``scenario`` and ``run``; the others are those of :mod:`sim.tables`, rows in the order of scenarios,
    runs and time.  Tables of a study on disk are read when first asked for.

    Parameters
    ----------
    record : dict
        What stands in ``study.json``.
    source : Source
        Where the tables lie.
    folder : Path or None
        Of a study on disk.
    """

    def __init__(self, record: Record, source: Source, folder: Path | None = None) -> None:
        self.record = record
        self.folder = folder
        self._source = source

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per scenario and run: the outcomes."""
        return to_pandas(self._source.table("runs"))

    @cached_property
    def months(self) -> pd.DataFrame:
        """A row per scenario, run and month: the accounts and the head-counts."""
        return to_pandas(self._source.table("months"))

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """A row per scenario, run, year of signing and year."""
        return to_pandas(self._source.table("cohorts"))

    @cached_property
    def whale(self) -> pd.DataFrame:
        """A row per scenario, run and share of customers: how profit is concentrated."""
        return to_pandas(self._source.table("whale"))

    @cached_property
    def customers(self) -> pd.DataFrame | None:
        """A row per scenario, run and customer; None unless the study was run with ``customers=True``."""
        return to_pandas(self._source.table("customers")) if self.record["customers"] else None

    def table(self, name: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """Some columns of a table (all, if none are named), without reading the others."""
        return to_pandas(self._source.table(name, list(columns) if columns else None))

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, in order."""
        return list(self.record["names"])

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """The scenarios in full, in order, as plain data."""
        return list(self.record["scenarios"])

    def scenario(self, name: str) -> Scenario:
        """A scenario of the study, to run again or to vary.

        Raises
        ------
        KeyError
            When the study has none of that name.
        """
        from sim.scenario.model import Scenario

        if name not in self.scenarios:
            raise KeyError(f"no scenario {name!r}; there are {', '.join(self.scenarios)}")
        made = Scenario.model_validate(self.parameters[self.scenarios.index(name)])
        made._name = name
        return made

    @property
    def seed(self) -> int:
        """Key of all random draws."""
        return int(self.record["seed"])

    @property
    def engine(self) -> str:
        """Which engine computed it; the numbers do not depend on it."""
        return str(self.record["engine"])

    @property
    def currency(self) -> str:
        """Code of the currency of all money."""
        return str(self.record["currency"])

    @property
    def content_hash(self) -> str:
        """SHA-256 of what was asked: scenarios, seed, runs."""
        return str(self.record["content_hash"])

    @property
    def size(self) -> int:
        """Runs per scenario."""
        return int(self.record["runs"])

    def summary(self) -> pd.DataFrame:
        """Every outcome of every scenario: mean, Monte Carlo standard error, quantiles.

        See :func:`sim.study.summary.summarise`.
        """
        return summary.summarise(self.runs, self.currency)

    def comparison(self) -> pd.DataFrame:
        """Paired differences of every outcome to the first scenario, with their standard errors.

        See :func:`sim.study.summary.compare`.
        """
        return summary.compare(self.runs, self.currency)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the study to a new or empty folder; saving the same study there again does nothing.

        Raises
        ------
        InputError
            When the folder holds something else or cannot be written.
        """
        from sim.study.saving import save

        return save(self, Path(folder))

    def pieces(self) -> dict[str, Iterator[pa.Table]]:
        """All tables as Arrow, in pieces of moderate size."""
        return {name: self._source.pieces(name) for name in kept(bool(self.record["customers"]))}

    def __repr__(self) -> str:
        where = f", in {self.folder}" if self.folder else ""
        return f"<Study of {', '.join(self.scenarios)}: {self.size} runs each, seed {self.seed}{where}>"

    def _repr_html_(self) -> str:
        import html

        table: Any = self.summary().to_html(index=False, float_format=lambda x: f"{x:,.5g}")
        return f"<p>{html.escape(repr(self))}</p>{table}"
