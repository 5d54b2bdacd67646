"""A design: which points of the parameter space are simulated; what is wrong with it is said before anything is.

A factor that can never be right is refused; values that are wrong only beside others are left to the points: such a
point fails, and is recorded as failing.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from sim import library
from sim.errors import InputError
from sim.observables import is_observable, parse
from sim.scenario.base import as_plain, shown
from sim.scenario.load import load as load_scenario
from sim.scenario.model import Scenario
from sim.scenario.path import get
from sim.study.results import check_currency
from sim.sweeps.factor import Factor, check_size
from sim.sweeps.point import is_whole, make_scenario
from sim.sweeps.points import given_codes, latin_hypercube, morris, saltelli, sobol_sequence
from sim.tables import run_columns
from sim.texts import nearest, repeated
from sim.whole_number import LAST_SEED, MOST_RUNS

SAMPLED = ("lhs", "sobol_sequence", "sobol", "morris")
GIVEN = ("table", "list")
OUTCOMES = frozenset(column.name for column in run_columns(1200))  # of runs of any length
METHODS = ("grid", *SAMPLED, *GIVEN)


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
        self.base = load_scenario(library.beside(self.folder, str(base))) if isinstance(base, str | Path) else base
        self.method, self.title, self.table = method, title, table
        self.size: int | None = as_plain(points)
        self.runs: int = as_plain(runs)
        self.seed: int = as_plain(seed)
        self.second_order, self.grid_levels, named = as_plain([second_order, grid_levels, outcomes])
        if isinstance(named, str) or not isinstance(named, Iterable):
            raise InputError(f"outcomes: expected a list of names, got {shown(named)}")
        self.outcomes = tuple(named)
        check_numbers(self)
        self._worlds = [self.base]  # scenarios that a path may be found in: the base, and levels that are scenarios
        given = list(factors) if isinstance(factors, Iterable) else [factors]
        if not all(isinstance(one, Factor) for one in given):
            raise InputError(f"factors: found {shown(factors)}, allowed is a list of sim.Factor")
        self.factors: tuple[Factor, ...] = tuple(map(self._resolved, given))
        check_factors(self)
        if self.base is not None:
            for number in range(len(self.factors)):
                probe(self.base, self.factors[: number + 1])
            check_currencies(self)
            if self.method in GIVEN:
                probe_given(
                    self.base, self.factors, self.codes, self._rows, str(table) if isinstance(table, str | Path) else "table"
                )

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
        """Points as numbers [points, sampled factors] for analysers: value, decimal logarithm (``log``) or number of the level.

        Where a factor is crossed, the points with one of its levels are in the order of the sampler.
        """
        return np.stack([factor.coded(self.codes[factor.name]) for factor in self.sampled], axis=1)

    def problem(self) -> dict[str, Any]:
        """SALib's description of the sampled factors, with the bounds of :meth:`coded`."""
        return {
            "num_vars": len(self.sampled),
            "names": [factor.name for factor in self.sampled],
            "bounds": [list(factor.bounds) for factor in self.sampled],
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

    def months(self) -> list[int]:
        """Length of a run at each point, 0 without a base; it says how many years the runs table has."""
        if self.base is None:
            return [0] * len(self)
        months = np.full(len(self), self.base.months)
        for factor in self.factors:
            codes = self.codes[factor.name]
            if "scenario" in factor.paths:
                months = np.array([scenario.months for scenario in factor.values])[codes]
            elif "months" in factor.paths:
                value = np.array(factor.values)[codes] if factor.labels else codes
                months = np.rint(months * value).astype(np.int64) if factor.scale else value
        return [int(one) for one in months]

    @cached_property
    def codes(self) -> dict[str, np.ndarray]:
        """By factor, the values of all points, or the numbers of their levels."""
        if self.method in GIVEN:
            codes, self._rows = given_codes(self.table, self.factors, self.folder)
            return codes
        drawn_of = {factor.name for factor in ([] if self.method == "grid" else self.sampled)}
        grid = [factor.grid() for factor in self.factors if factor.name not in drawn_of]
        rows = self._sample_size() if drawn_of else 1
        check_size(rows * math.prod(axis.size for axis in grid), len(self.factors))
        sample = [np.arange(rows), *grid]  # the sample is the slowest axis
        mesh = [part.ravel() for part in np.meshgrid(*sample, indexing="ij")]
        unit = self._sample(len(drawn_of)) if drawn_of else np.empty((1, 0))
        columns = iter(mesh[1:])
        drawn = iter(unit.T)
        return {
            factor.name: factor.codes(next(drawn))[mesh[0]] if factor.name in drawn_of else next(columns)
            for factor in self.factors
        }

    @property
    def sampled(self) -> list[Factor]:
        """The factors that are sampled, and not crossed with the sample."""
        return [factor for factor in self.factors if not factor.crossed]

    def _sample_size(self) -> int:
        assert self.size is not None
        n, k = self.size, len(self.sampled)
        return {"sobol": n * ((2 if self.second_order else 1) * k + 2), "morris": n * (k + 1)}.get(self.method, n)

    def _sample(self, k: int) -> np.ndarray:
        assert self.size is not None
        if self.method == "lhs":
            return latin_hypercube(self.size, k, self.seed)
        if self.method == "sobol_sequence":
            return sobol_sequence(self.size, k, self.seed)
        if self.method == "sobol":
            return saltelli(self.size, k, self.seed, self.second_order)
        return morris(self.size, k, self.seed, self.grid_levels)

    def _resolved(self, factor: Factor) -> Factor:
        """The factor with its files read, and whole where the scenario holds whole numbers."""
        if self.base is None:
            return factor
        here = [None if path == "scenario" else self._value(path) for path in factor.paths]
        groups = any(value is None or isinstance(value, dict | list | tuple) for value in here)
        if groups and (factor.ranged or factor.scale):
            raise InputError(f'factor "{factor.name}": {factor.paths[0]} is no number; allowed are levels')
        if groups and factor.labels:
            values = [self._level(value) for value in factor.values]
            if "scenario" in factor.paths and not all(isinstance(value, Scenario) for value in values):
                raise InputError(f'factor "{factor.name}": levels: allowed for the path scenario are scenario files (.toml)')
            self._worlds += [value for value in values if isinstance(value, Scenario)]
            return replace(factor, levels=dict(zip(_stems(factor), values, strict=True)))
        if factor.ranged and not factor.scale and any(is_whole(value) for value in here):
            return replace(factor, whole=True)
        return factor

    def _value(self, path: str) -> Any:
        """The value at a path: in the base, or in a scenario that an earlier factor takes its values from."""
        for scenario in self._worlds:
            with suppress(InputError):
                return get(scenario, path) if scenario is not None else None
        return 0.0  # a parameter that is nowhere is refused later: see probe

    def _level(self, value: Any) -> Any:
        if isinstance(value, str) and (value.endswith(".toml") or value.startswith(library.PREFIX)):
            return load_scenario(library.beside(self.folder, value))
        return value


def _stems(factor: Factor) -> list[Any]:
    """Labels; of a list of files, their names without folder and .toml."""
    if isinstance(factor.levels, Mapping):
        return list(factor.labels)
    return [re.split("[/:]", label.removesuffix(".toml"))[-1] if isinstance(label, str) else label for label in factor.labels]


def _labels(factor: Factor) -> np.ndarray:
    kinds = {type(label) for label in factor.labels}
    if kinds <= {int} or kinds <= {int, float} or kinds <= {bool}:
        return np.array(factor.labels)
    labels = np.empty(len(factor.labels), object)
    labels[:] = factor.labels
    return labels


def check_numbers(design: Design) -> None:
    """Refuse what is wrong without a look at the factors."""
    if design.base is not None and not isinstance(design.base, Scenario):
        raise InputError(f"base: found {shown(design.base)}, allowed is a scenario")
    if design.method not in METHODS:
        hint = nearest(design.method, METHODS)
        raise InputError(f"method: found {shown(design.method)}, allowed is one of {', '.join(METHODS)}{hint}")
    wholes: dict[str, tuple[Any, int]] = {"runs": (design.runs, 1), "seed": (design.seed, 0)}
    if design.size is not None:
        wholes["points"] = (design.size, 1)
    for name, (value, least) in wholes.items():
        most = MOST_RUNS if name == "runs" else LAST_SEED
        if not (is_whole(value) and least <= value <= most):
            raise InputError(f"{name}: found {shown(value)}, allowed is a whole number, {least} to {most}")
    if not is_whole(design.grid_levels) or design.grid_levels < 2 or design.grid_levels % 2:
        raise InputError(f"grid_levels: found {shown(design.grid_levels)}, allowed is an even number of at least 2")
    _check_method(design)
    if design.base is not None:
        for name in design.outcomes:
            if is_observable(name):
                parse(name)
            elif name not in OUTCOMES:
                names = [column.name for column in run_columns(design.base.months)]
                raise InputError(f'outcomes: found "{name}"{nearest(name, names) or "; there are " + ", ".join(names)}')


def observables(design: Design) -> tuple[str, ...]:
    """The outcomes of a design that are observables, which are recorded beside the runs table's columns."""
    return tuple(name for name in design.outcomes if is_observable(name)) if design.base is not None else ()


def _check_method(design: Design) -> None:
    if design.method in SAMPLED and design.size is None:
        raise InputError(f'points: found none; say how many the method "{design.method}" is to make')
    if design.method not in SAMPLED and design.size is not None:
        raise InputError(f'points: found {design.size}, but method "{design.method}" makes its own number; leave points out')
    if design.method == "sobol" and design.size and design.size & (design.size - 1):
        below = 1 << (design.size.bit_length() - 1)
        raise InputError(f"points: found {design.size}, allowed for sobol is a power of 2, such as {below} or {2 * below}")
    if design.method in GIVEN and design.table is None:
        raise InputError(f'table: found none; method "{design.method}" needs the points')
    if design.method not in GIVEN and design.table is not None:
        raise InputError(f'table: found one, but method "{design.method}" makes its own points; say method = "table"')


def check_factors(design: Design) -> None:
    """Refuse factors that do not go together."""
    if not design.factors:
        raise InputError("factors: found none; a design needs at least one [[factors]]")
    if twice := repeated(design.names):
        raise InputError(f"factors: found the name {shown(twice)} twice; give one of them another name")
    free = [factor.name for factor in design.factors if not factor.ranged and not factor.labels]
    if free and design.method not in GIVEN:
        raise InputError(f'factor "{free[0]}": found neither low and high nor levels')
    if design.base is not None and (bare := [one.name for one in design.factors if not one.paths]):
        raise InputError(f'factor "{bare[0]}": found no path; say which parameter it sets')
    taken = [name for name in design.names if design.base is not None and name in OUTCOMES]
    if taken:
        raise InputError(f'factor "{taken[0]}": this is the name of an outcome; give the factor another name')
    crossed = [factor.name for factor in design.factors if factor.crossed]
    if crossed and design.method not in SAMPLED:
        raise InputError(f'factor "{crossed[0]}": found crossed, but method "{design.method}" makes no sample to cross it with')
    if crossed and len(crossed) == len(design.factors):
        raise InputError('factors: found crossed ones only, so there is nothing to sample; say method = "grid"')
    set_by: dict[str, str] = {}
    there: list[str] = []  # its keys in order, where those that begin with a path stand together
    for factor in design.factors:
        for path in factor.paths:
            if path in set_by:
                raise InputError(f'factor "{factor.name}": sets {path}, which factor "{set_by[path]}" sets too')
            if undone := _inside(there, path):
                raise InputError(f'factor "{factor.name}": would undo factor "{set_by[undone]}"; let it stand before that one')
            set_by[path] = factor.name
            insort(there, path)


def _inside(there: Sequence[str], path: str) -> str:
    """One of some sorted paths that lies inside another; empty if none does."""
    if path == "scenario":
        return there[0] if there else ""
    for inner in (f"{path}.", f"{path}["):
        at = bisect_left(there, inner)
        if at < len(there) and there[at].startswith(inner):
            return there[at]
    return ""


def check_currencies(design: Design) -> None:
    """Refuse points whose money is of different currencies: a whole scenario's, that a scheme is written in, or one set by itself."""
    said: list[tuple[str, str]] = []
    replaced = any(path in ("scenario", "currency") for factor in design.factors for path in factor.paths)
    if design.base is not None and not replaced:
        said.append(("the base", design.base.currency))
    for factor in design.factors:
        labels, values = factor.labels, factor.values
        if "currency" in factor.paths and not labels:
            labels = values = tuple(dict.fromkeys(design.codes[factor.name].tolist()))
        for label, value in zip(labels, values, strict=True):
            if isinstance(value, Scenario):
                said.append((f'level "{label}" of factor "{factor.name}"', value.currency))
            elif "currency" in factor.paths:
                said.append((f'level "{label}" of factor "{factor.name}"', str(value)))
    check_currency(said)


def probe(base: Scenario, factors: Sequence[Factor]) -> None:
    """Refuse the last factor if it can never be right: no such parameter, or a bound or level not allowed for it.

    Each of its ends is set alone, and beside each level of the factors before it, since a component it names may
    stand in one of their schemes only.
    """
    *earlier, factor = factors
    for end in telling(factor.values) if factor.labels else [factor.low, factor.high] if factor.ranged else []:
        _try(base, earlier, factor, end, f'factor "{factor.name}"')


def telling(values: Sequence[Any]) -> list[int]:
    """Places of values that show whether all are allowed: of numbers the lowest and the highest, whole and not; of others each."""
    numbers: dict[bool, list[int]] = {True: [], False: []}
    others = []
    for place, value in enumerate(values):
        if not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))):
            numbers[isinstance(value, int)].append(place)
        else:
            others.append(place)
    ends = [end(places, key=lambda place: values[place]) for places in numbers.values() if places for end in (min, max)]
    return sorted({*others, *ends})


def probe_given(
    base: Scenario, factors: Sequence[Factor], codes: Mapping[str, np.ndarray], numbers: Sequence[int], where: str
) -> None:
    """Refuse a value of a table that can never be right: of numbers the lowest and the highest are tried, of others each."""
    for number, factor in enumerate(factors):
        values = codes[factor.name]
        if factor.labels or factor.ranged:
            continue  # probed without the table
        if values.dtype == object:
            rows = list({(type(value), value): row for row, value in reversed(list(enumerate(values)))}.values())[::-1]
        else:
            rows = telling(values.tolist())
        for row in rows:
            value = values[row].item() if hasattr(values[row], "item") else values[row]
            _try(base, factors[:number], factor, value, f"{where}: row {numbers[row]}")


def _try(base: Scenario, earlier: Sequence[Factor], factor: Factor, code: Any, where: str) -> None:
    """Set one value alone, then beside each level of the factors before it; refuse it if it is never right."""
    starts: list[tuple[tuple[Factor, ...], tuple[Any, ...]]] = [((), ())]
    starts += [((one,), (level,)) for one in earlier for level in range(len(one.labels))]
    first: InputError | None = None
    for others, row in starts:
        try:
            make_scenario(base, (*others, factor), (*row, code), where)
        except InputError as error:
            first = first or error
            if not _only_beside_others(error):
                continue
        return
    assert first is not None
    raise first


def _only_beside_others(error: InputError) -> bool:
    """Whether a value is wrong only beside others: a point may still be right."""
    why = error.__context__
    return isinstance(why, ValidationError) and all(detail["type"] == "inconsistent" for detail in why.errors())
