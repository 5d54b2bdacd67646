"""Designs whose points are given as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import library
from sim.errors import InputError
from sim.received import LOG, opened
from sim.scenario.base import nearest, shown
from sim.sweeps.checks import check_size
from sim.sweeps.factor import Factor


def given_codes(table: Any, factors: Sequence[Factor], folder: Path) -> dict[str, np.ndarray]:
    """By factor, the values of all points of a table, or the numbers of their levels.

    Parameters
    ----------
    table : DataFrame, sequence of mappings, or path of a CSV file
        A row per point, a column per factor; a column ``point`` is not looked at.
    factors : sequence of Factor
        What is varied.
    folder : Path
        What the path is relative to.

    Raises
    ------
    InputError
        When there is no such file, a column is missing or unknown, or a value is not among its factor's.
    """
    frame, where = _frame(table, folder)
    names = [factor.name for factor in factors]
    missing = [name for name in names if name not in frame]
    if missing:
        raise InputError(f'{where}: has no column "{missing[0]}"{nearest(missing[0], map(str, frame))}')
    more = [str(name) for name in frame if name not in (*names, "point")]
    if more:
        raise InputError(f'{where}: found column "{more[0]}", which is no factor{nearest(more[0], names)}')
    if not len(frame):
        raise InputError(f"{where}: has no rows")
    check_size(len(frame))
    return {factor.name: _codes(frame[factor.name], factor, where) for factor in factors}


def _frame(table: Any, folder: Path) -> tuple[pd.DataFrame, str]:
    if isinstance(table, pd.DataFrame):
        return table, "table"
    if isinstance(table, str | Path):
        path = library.beside(folder, str(table))
        try:
            with opened(path, LOG) as file:
                return pd.read_csv(file), str(path)
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such file; table names a CSV file with a column per factor") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read as CSV: {error}") from None
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        return pd.DataFrame(list(table)), "table"
    raise InputError(f"table: found {shown(table)}, allowed is a CSV file, a data frame or a list of tables")


def _number(value: Any) -> Any:
    """The number that a text is: where one cell of a column is no number, all of its cells are read as texts."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(value) if isinstance(value, str) else value
    return value


def _codes(column: pd.Series, factor: Factor, where: str) -> np.ndarray:
    """Codes of a factor's column."""
    if column.isna().any():
        raise InputError(f"{where}: row {int(column.isna().argmax()) + 1}, {factor.name}: found nothing, allowed is a value")
    values = column.to_numpy()
    if values.dtype == object and not factor.labels:
        values = np.array([_number(value) for value in values], object)
    if factor.labels:
        known = {label: number for number, label in enumerate(factor.labels)}
        bad = [row for row, value in enumerate(values) if value not in known]
        allowed = f"one of {', '.join(map(str, known))}"
    else:
        low, high = (-np.inf, np.inf) if factor.low is None or factor.high is None else (factor.low, factor.high)
        bad = [row for row, value in enumerate(values) if factor.ranged and not low <= value <= high]
        allowed = f"{shown(factor.low)} to {shown(factor.high)}"
    if bad:
        hint = nearest(values[bad[0]], map(str, factor.labels))
        raise InputError(f"{where}: row {bad[0] + 1}, {factor.name}: found {shown(values[bad[0]])}, allowed is {allowed}{hint}")
    return np.array([known[value] for value in values]) if factor.labels else values
