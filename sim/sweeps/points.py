"""The points of a design: given as a table, or sampled from the unit cube, where the seed determines them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from sim import library
from sim.errors import InputError
from sim.files.csv_file import NUMBER, read_csv
from sim.scenario.base import shown
from sim.sweeps.factor import Factor, check_size
from sim.texts import nearest


def given_codes(table: Any, factors: Sequence[Factor], folder: Path) -> tuple[dict[str, np.ndarray], list[int]]:
    """By factor, the values of all points of a table, or the numbers of their levels; and the numbers of its rows.

    Parameters
    ----------
    table : DataFrame, sequence of mappings, or path of a CSV file
        A row per point, a column per factor; a column ``point`` is not looked at.  A cell of a file is a label of its factor,
        as the design has it (or the same number), else a number, true or false.
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
    known = {*names, "point"}
    more = [str(name) for name in frame if name not in known]
    if more:
        raise InputError(f'{where}: found column "{more[0]}", which is no factor{nearest(more[0], names)}')
    if not len(frame):
        raise InputError(f"{where}: has no rows")
    check_size(len(frame), len(factors))
    text = isinstance(table, str | Path)
    return {factor.name: _codes(frame[factor.name], factor, where, text) for factor in factors}, frame.index.to_list()


def _frame(table: Any, folder: Path) -> tuple[pd.DataFrame, str]:
    if isinstance(table, pd.DataFrame):
        return table.set_axis(range(1, len(table) + 1)), "table"
    if isinstance(table, str | Path):
        path = library.beside(folder, str(table))
        return read_csv(path, "a table of points", "a column per factor"), str(path)
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        return pd.DataFrame(list(table), index=range(1, len(table) + 1)), "table"
    raise InputError(f"table: found {shown(table)}, allowed is a CSV file, a data frame or a list of tables")


def _number(text: str) -> Any:
    """The number, or true or false, that a cell is; or else its text."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(NUMBER, text) else {"true": True, "false": False}.get(text.lower(), text)


def _meant(text: str, factor: Factor) -> Any:
    """What a cell means: a label as it is written in the design, or the same number; without labels a number."""
    if not factor.labels:
        return _number(text)
    number = _number(text)
    same = [one for one in factor.labels if one == number and isinstance(one, bool) == isinstance(number, bool)]
    return text if text in factor.labels or not same else same[0]


def _codes(column: pd.Series, factor: Factor, where: str, text: bool) -> np.ndarray:
    """Codes of a factor's column; the index numbers its rows."""

    def refuse(place: int, allowed: str) -> NoReturn:
        row, found = column.index[place], values[place]
        hint = nearest(found, map(str, factor.labels))
        raise InputError(f"{where}: row {row}, {factor.name}: found {shown(found)}, allowed is {allowed}{hint}")

    empty = (column == "") if text else column.isna()
    if empty.any():
        raise InputError(f"{where}: row {empty.idxmax()}, {factor.name}: found nothing, allowed is a value")
    values = column.to_numpy()
    if values.dtype == object:
        cells = [_meant(cell, factor) if isinstance(cell, str) else cell for cell in values]
        numbers = all(type(cell) in (int, float) for cell in cells)
        values = np.array(cells) if numbers else np.array([*cells, None], object)[:-1]
    if factor.labels:
        known = {label: number for number, label in enumerate(factor.labels)}
        for place, value in enumerate(values.tolist()):
            if value not in known:
                refuse(place, f"one of {', '.join(map(str, known))}")
        return np.array([known[value] for value in values.tolist()])
    if factor.low is not None and factor.high is not None:
        for place, value in enumerate(values.tolist()):
            if isinstance(value, str | bool) or not factor.low <= value <= factor.high:
                refuse(place, f"{shown(factor.low)} to {shown(factor.high)}")
    return values


def latin_hypercube(n: int, k: int, seed: int) -> np.ndarray:
    """Latin hypercube [n, k]: each of n equal slices of each factor holds one point (McKay, Beckman, Conover, 1979)."""
    rng = np.random.default_rng(seed)
    slices = np.stack([rng.permutation(n) for _ in range(k)], axis=1)
    return (slices + rng.random((n, k))) / n


def sobol_sequence(n: int, k: int, seed: int) -> np.ndarray:
    """The first n points of a scrambled Sobol' sequence [n, k] (Sobol', 1967; Owen, 1998)."""
    from scipy.stats import qmc

    sequence: np.ndarray = qmc.Sobol(k, scramble=True, seed=seed).random_base2(max(0, (n - 1).bit_length()))
    return sequence[:n]


def saltelli(n: int, k: int, seed: int, second_order: bool = True) -> np.ndarray:
    """Saltelli's scheme for Sobol' indices, in the row order of ``SALib.sample.sobol``.

    From two samples A and B of n rows each, n blocks of rows: A; A with factor j from B, for each j; B with
    factor j from A, for each j (for second-order indices only); B.

    Parameters
    ----------
    n, k : int
        Base sample (a power of 2) and number of factors.
    seed : int
        Of the scrambling.
    second_order : bool
        Whether second-order indices are wanted.

    Returns
    -------
    ndarray
        n (2 k + 2) rows, or n (k + 2) without second order; k columns.

    References
    ----------
    Saltelli (2002), Computer Physics Communications 145.
    """
    both = sobol_sequence(n, 2 * k, seed)
    a, b = both[:, :k], both[:, k:]
    diagonal = np.eye(k, dtype=bool)
    mixed = [np.where(diagonal, there[:, None], here[:, None]) for here, there in ((a, b), (b, a))[: 1 + second_order]]
    return np.concatenate([a[:, None], *mixed, b[:, None]], axis=1).reshape(-1, k)


def morris(n: int, k: int, seed: int, levels: int = 4) -> np.ndarray:
    """Morris trajectories [n (k + 1), k]: each row moves one factor of the row before by levels / (2 (levels - 1)).

    As the unoptimised trajectories of ``SALib.sample.morris`` (Morris, 1991).
    """
    rng = np.random.default_rng(seed)
    jump = levels / (2 * (levels - 1))
    rows = np.empty((n, k + 1, k))
    for trajectory in rows:
        up = rng.random(k) < 0.5
        low = rng.integers(levels // 2, size=k) / (levels - 1)
        trajectory[:] = np.where(up, low, low + jump)
        for row, factor in enumerate(rng.permutation(k), start=1):
            trajectory[row:, factor] = low[factor] + (jump if up[factor] else 0.0)
    return rows.reshape(-1, k)
