"""A design: which points of the parameter space are simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from sim.errors import InputError
from sim.scenario.base import nearest, shown
from sim.scenario.load import load as load_scenario
from sim.scenario.model import Scenario
from sim.scenario.path import get
from sim.sweeps import sampling
from sim.sweeps.factor import Factor
from sim.sweeps.point import is_whole, make_scenario

MOST = 1_000_000  # points of a design
SAMPLED = ("lhs", "sobol_sequence", "sobol", "morris")
METHODS = ("grid", *SAMPLED, "table", "list")


class Design:
    """Which points are simulated, and how often.

    Parameters
    ----------
    base : Scenario or path, optional
        What every point starts from; only a design for the user's own function (``model=``) has none.
    factors : sequence of Factor
        What is varied.
    method : str
        ``grid`` (all combinations, the last factor fastest), ``lhs`` (Latin hypercube), ``sobol_sequence`` (a
        low-discrepancy sample), ``sobol`` (Saltelli's scheme for Sobol' indices, rows as ``SALib.sample.sobol``),
        ``morris`` (trajectories, rows as ``SALib.sample.morris``), ``table`` or ``list`` (the points of `table`).
    points : int, optional
        Of ``lhs`` and ``sobol_sequence``: points.  Of ``sobol``: base sample N, a power of 2, which makes
        N (2 k + 2) points for k factors, or N (k + 2) without `second_order`.  Of ``morris``: trajectories, of
        k + 1 points each.
    runs, seed : int
        Runs per point, and the key of all draws: run r of every point has the same random numbers.  The seed also
        determines the sample.
    outcomes : sequence of str
        What a summary shows; nothing else depends on it.
    title : str
        What it is called.
    table : DataFrame, sequence of mappings, or path of a CSV file
        For ``table`` and ``list``: a row per point, a column per factor; a factor's levels by their labels.
    second_order : bool
        For ``sobol``.
    grid_levels : int
        For ``morris``: levels of the grid, an even number.
    folder : path, optional
        What file names of levels are relative to; the current folder by default.

    Raises
    ------
    InputError
        One message naming the factor, what was found and what is allowed.
    """

    def __init__(
        self,
        base: Scenario | str | Path | None = None,
        factors: Sequence[Factor] = (),
        method: str = "lhs",
        points: int | None = None,
        runs: int = 20,
        seed: int = 1,
        outcomes: Sequence[str] = (),
        title: str = "",
        table: Any = None,
        second_order: bool = True,
        grid_levels: int = 4,
        folder: str | Path | None = None,
    ) -> None:
        self.folder = Path(folder) if folder is not None else Path()
        self.base = load_scenario(self.folder / base) if isinstance(base, str | Path) else base
        self.method, self.size, self.runs, self.seed = method, points, runs, seed
        self.outcomes, self.title, self.table = tuple(outcomes), title, table
        self.second_order, self.grid_levels = second_order, grid_levels
        self._check_numbers()
        self.factors = tuple(self._resolved(factor) for factor in factors)
        self._check_factors()
        if self.base is not None:
            for number in range(len(self.factors)):
                self._probe(number)

    def __repr__(self) -> str:
        """The design in a line."""
        return f"<Design: {self.method} over {', '.join(one.name for one in self.factors)}: {len(self)} points, {self.runs} runs>"

    def __len__(self) -> int:
        """Number of points."""
        return len(next(iter(self.codes.values())))

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return [factor.name for factor in self.factors]

    def points(self) -> pd.DataFrame:
        """A row per point: ``point``, from 0, and a column per factor, with labels for levels that have some."""
        columns: dict[str, Any] = {"point": np.arange(len(self))}
        for factor in self.factors:
            codes = self.codes[factor.name]
            columns[factor.name] = _labels(factor)[codes] if factor.labels else codes
        return pd.DataFrame(columns)

    def coded(self) -> np.ndarray:
        """Points as numbers [points, factors] for analysers: value, decimal logarithm (``log``) or number of the level."""
        return np.stack([factor.coded(self.codes[factor.name]) for factor in self.factors], axis=1)

    def problem(self) -> dict[str, Any]:
        """SALib's description of the factors, with the bounds of :meth:`coded`."""
        return {
            "num_vars": len(self.factors),
            "names": self.names,
            "bounds": [list(factor.bounds) for factor in self.factors],
        }

    def scenario(self, point: int) -> Scenario:
        """The scenario of a point.

        Raises
        ------
        InputError
            When the design has no base, or the point's combination is no valid scenario.
        """
        if self.base is None:
            raise InputError("design: has no base, so its points have no scenarios")
        return make_scenario(self.base, self.factors, self.row(point))

    def row(self, point: int) -> tuple[Any, ...]:
        """Codes of a point: a plain value per factor, or the number of its level."""
        return tuple(codes[point].item() if hasattr(codes[point], "item") else codes[point] for codes in self.codes.values())

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Codes of all points, in order."""
        return zip(*(codes.tolist() for codes in self.codes.values()), strict=True)

    @cached_property
    def codes(self) -> dict[str, np.ndarray]:
        """By factor, the values of all points, or the numbers of their levels."""
        if self.method in ("table", "list"):
            return self._from_table()
        if self.method == "grid":
            axes = [factor.grid() for factor in self.factors]
            self._check_size(int(np.prod([float(axis.size) for axis in axes])))
            mesh = np.meshgrid(*axes, indexing="ij")
            return {factor.name: part.ravel() for factor, part in zip(self.factors, mesh, strict=True)}
        unit = self._sample()
        return {factor.name: factor.codes(unit[:, k]) for k, factor in enumerate(self.factors)}

    def _sample(self) -> np.ndarray:
        assert self.size is not None
        n, k = self.size, len(self.factors)
        rows = {"sobol": n * ((2 if self.second_order else 1) * k + 2), "morris": n * (k + 1)}.get(self.method, n)
        self._check_size(rows)
        if self.method == "lhs":
            return sampling.latin_hypercube(n, k, self.seed)
        if self.method == "sobol_sequence":
            return sampling.sobol_sequence(n, k, self.seed)
        if self.method == "sobol":
            return sampling.saltelli(n, k, self.seed, self.second_order)
        return sampling.morris(n, k, self.seed, self.grid_levels)

    def _from_table(self) -> dict[str, np.ndarray]:
        frame = _frame(self.table, self.folder)
        missing = [name for name in self.names if name not in frame]
        if missing:
            raise InputError(f'table: has no column "{missing[0]}"{nearest(missing[0], map(str, frame))}')
        more = [str(name) for name in frame if name not in (*self.names, "point")]
        if more:
            raise InputError(f'table: found column "{more[0]}", which is no factor{nearest(more[0], self.names)}')
        if not len(frame):
            raise InputError("table: has no rows")
        self._check_size(len(frame))
        return {factor.name: _column(frame[factor.name], factor) for factor in self.factors}

    def _check_size(self, rows: int) -> None:
        if rows > MOST:
            raise InputError(f"design: makes {rows:,} points, allowed are at most {MOST:,}")

    def _check_numbers(self) -> None:
        if self.base is not None and not isinstance(self.base, Scenario):
            raise InputError(f"base: found {shown(self.base)}, allowed is a scenario")
        if self.method not in METHODS:
            raise InputError(
                f"method: found {shown(self.method)}, allowed is one of {', '.join(METHODS)}{nearest(self.method, METHODS)}"
            )
        for name, value, least in (("runs", self.runs, 1), ("seed", self.seed, 0), ("points", self.size, 1)):
            if (value is None and name == "points") or (is_whole(value) and least <= value < 2**63):
                continue
            raise InputError(f"{name}: found {shown(value)}, allowed is a whole number of at least {least}")
        if self.method in SAMPLED and self.size is None:
            raise InputError(f'points: found none; say how many the method "{self.method}" is to make')
        if self.method not in SAMPLED and self.size is not None:
            raise InputError(f'points: found {self.size}, but method "{self.method}" makes its own number; leave points out')
        if self.method == "sobol" and self.size and self.size & (self.size - 1):
            below = 1 << (self.size.bit_length() - 1)
            raise InputError(f"points: found {self.size}, allowed for sobol is a power of 2, such as {below} or {2 * below}")
        if not is_whole(self.grid_levels) or self.grid_levels < 2 or self.grid_levels % 2:
            raise InputError(f"grid_levels: found {shown(self.grid_levels)}, allowed is an even number of at least 2")
        if self.method in ("table", "list") and self.table is None:
            raise InputError(f'table: found none; method "{self.method}" needs the points')
        if self.method not in ("table", "list") and self.table is not None:
            raise InputError(f'table: found one, but method "{self.method}" makes its own points; say method = "table"')

    def _check_factors(self) -> None:
        if not self.factors:
            raise InputError("factors: found none; a design needs at least one [[factors]]")
        twice = [name for number, name in enumerate(self.names) if name in self.names[:number]]
        if twice:
            raise InputError(f'factors: found the name "{twice[0]}" twice; give one of them another name')
        free = [factor.name for factor in self.factors if not factor.ranged and not factor.labels]
        if free and self.method not in ("table", "list"):
            raise InputError(f'factor "{free[0]}": found neither low and high nor levels')
        if self.base is not None and (bare := [one.name for one in self.factors if not one.paths]):
            raise InputError(f'factor "{bare[0]}": found no path; say which parameter it sets')
        set_by: dict[str, str] = {}
        for factor in self.factors:
            for path in factor.paths:
                for earlier, name in set_by.items():
                    if path == earlier:
                        raise InputError(f'factor "{factor.name}": sets {path}, which factor "{name}" sets too')
                    if path == "scenario" or earlier.startswith((f"{path}.", f"{path}[")):
                        raise InputError(f'factor "{factor.name}": would undo factor "{name}"; let it stand before that one')
                set_by[path] = factor.name

    def _resolved(self, factor: Factor) -> Factor:
        """The factor with its files read, and whole where the scenario holds whole numbers."""
        if self.base is None:
            return factor
        here = [None if path == "scenario" else self._value(factor, path) for path in factor.paths]
        groups = any(value is None or isinstance(value, dict | list | tuple) for value in here)
        if groups and (factor.ranged or factor.scale):
            raise InputError(f'factor "{factor.name}": {factor.paths[0]} is no number; allowed are levels')
        if groups and factor.labels:
            return replace(factor, levels={**dict(zip(_stems(factor), map(self._level, factor.values), strict=True))})
        if factor.ranged and not factor.scale and any(is_whole(value) for value in here):
            return replace(factor, whole=True)
        return factor

    def _value(self, factor: Factor, path: str) -> Any:
        """The value at a path, in the base or in what an earlier factor may put there; None if nowhere."""
        try:
            return get(self.base, path) if self.base is not None else None
        except InputError:
            return 0.0  # it may stand in one of the schemes: see _probe

    def _level(self, value: Any) -> Any:
        if isinstance(value, str) and value.endswith(".toml"):
            return load_scenario(self.folder / value)
        return value

    def _probe(self, number: int) -> None:
        """Refuse a factor that can never be right: no such parameter, or a bound or level that is not allowed for it."""
        assert self.base is not None
        factor, earlier = self.factors[number], self.factors[:number]
        ends = range(len(factor.labels)) if factor.labels else [factor.low, factor.high] if factor.ranged else []
        starts: list[tuple[tuple[Factor, ...], tuple[Any, ...]]] = [((), ())]
        starts += [((one,), (level,)) for one in earlier if one.labels for level in range(len(one.labels))]
        for end in ends:
            problem: InputError | None = None
            for factors, row in starts:
                try:
                    make_scenario(self.base, (*factors, factor), (*row, end), f'factor "{factor.name}"')
                except InputError as error:
                    if _only_inconsistent(error):
                        break
                    problem = problem or error
                else:
                    break
            else:
                assert problem is not None
                raise problem


def _only_inconsistent(error: InputError) -> bool:
    """Whether a value is wrong only beside others: a point may still be right."""
    why = error.__context__
    return isinstance(why, ValidationError) and all(detail["type"] == "inconsistent" for detail in why.errors())


def _stems(factor: Factor) -> list[Any]:
    """Labels; of a list of files, their names without .toml."""
    if isinstance(factor.levels, Mapping):
        return list(factor.labels)
    return [label.removesuffix(".toml").rpartition("/")[2] if isinstance(label, str) else label for label in factor.labels]


def _labels(factor: Factor) -> np.ndarray:
    kinds = {type(label) for label in factor.labels}
    if kinds <= {int} or kinds <= {int, float} or kinds <= {bool}:
        return np.array(factor.labels)
    labels = np.empty(len(factor.labels), object)
    labels[:] = factor.labels
    return labels


def _frame(table: Any, folder: Path) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, str | Path):
        path = folder / table
        try:
            return pd.read_csv(path)
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such file; table names a CSV file with a column per factor") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read as CSV: {error}") from None
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        return pd.DataFrame(list(table))
    raise InputError(f"table: found {shown(table)}, allowed is a CSV file, a data frame or a list of tables")


def _column(column: pd.Series, factor: Factor) -> np.ndarray:
    """Codes of a factor's column of a table."""
    if factor.labels:
        known = {label: number for number, label in enumerate(factor.labels)}
        for row, value in enumerate(column):
            if value not in known:
                raise InputError(
                    f"table: row {row + 1}, {factor.name}: found {shown(value)}, allowed is one of "
                    f"{', '.join(map(str, known))}{nearest(value, map(str, known))}"
                )
        return np.array([known[value] for value in column])
    if column.isna().any():
        raise InputError(f"table: row {int(column.isna().argmax()) + 1}, {factor.name}: found nothing, allowed is a value")
    values = column.to_numpy()
    if factor.ranged:
        outside = [row for row, value in enumerate(values) if not factor.low <= value <= factor.high]  # type: ignore[operator]
        if outside:
            allowed = f"{shown(factor.low)} to {shown(factor.high)}"
            raise InputError(f"table: row {outside[0] + 1}, {factor.name}: found {values[outside[0]]}, allowed is {allowed}")
    return values
