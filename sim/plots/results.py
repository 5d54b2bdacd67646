"""What the figures need of a study, and how they take numbers out of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.labels import labels

Array = NDArray[np.float64]


class Results(Protocol):
    """The part of `sim.study.Study` that figures read.

    The tables begin with ``scenario`` and ``run``; the other columns are those of `sim.tables`.  Figures take
    columns only in the form ``study.months[[...]]``, so that a study on disk need not read the others.
    """

    @property
    def runs(self) -> Any:
        """A row per scenario and run."""
        ...

    @property
    def months(self) -> Any:
        """A row per scenario, run and month."""
        ...

    @property
    def cohorts(self) -> Any:
        """A row per scenario, run, signing year and year."""
        ...

    @property
    def whale(self) -> Any:
        """A row per scenario, run and share of customers."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names of the scenarios, in the order in which they are shown."""
        ...

    @property
    def scenarios(self) -> Sequence[Any]:
        """The scenarios in full, as dictionaries, in the order of `names`."""
        ...

    @property
    def currency(self) -> str:
        """Code of the currency of all money."""
        ...

    @property
    def seed(self) -> Any:
        """Seed of the study."""
        ...


def of(table: Any, scenario: str, *columns: str) -> pd.DataFrame:
    """Some columns of one scenario's rows."""
    part: pd.DataFrame = table[["scenario", *columns]]
    return part[part["scenario"] == scenario]


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


def labels_of(study: Results) -> dict[str, str]:
    """What the scenarios are called in figures, by name: see :func:`sim.study.labels.labels`."""
    known = list(getattr(study, "scenarios", ())) or [{}] * len(study.names)
    return labels(study.names, [str(scenario.get("title", "")) for scenario in known])


def runs_of(study: Results) -> list[int]:
    """Number of runs of every scenario, in the order of `names`."""
    scenarios = study.runs[["scenario"]]["scenario"]
    return [int((scenarios == name).sum()) for name in study.names]


def months_of(study: Results) -> list[int]:
    """Length of the runs of every scenario, in months, in the order of `names`."""
    return [int(scenario["months"]) for scenario in study.scenarios]
