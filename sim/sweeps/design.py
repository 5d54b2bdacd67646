"""A design: which points of the parameter space are simulated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import library
from sim.errors import InputError
from sim.scenario.base import as_plain, shown
from sim.scenario.load import load as load_scenario
from sim.scenario.model import Scenario
from sim.scenario.path import get
from sim.sweeps import sampling
from sim.sweeps.checks import GIVEN, check_currencies, check_factors, check_numbers, check_size, probe, probe_given
from sim.sweeps.factor import Factor
from sim.sweeps.given import given_codes
from sim.sweeps.point import is_whole, make_scenario


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
        self.factors: tuple[Factor, ...] = ()
        given = list(factors) if isinstance(factors, Iterable) else [factors]
        if not all(isinstance(one, Factor) for one in given):
            raise InputError(f"factors: found {shown(factors)}, allowed is a list of sim.Factor")
        for factor in given:
            self.factors += (self._resolved(factor),)
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
        sampled = [] if self.method == "grid" else self.sampled
        grid = [factor.grid() for factor in self.factors if factor not in sampled]
        rows = self._sample_size() if sampled else 1
        check_size(rows * math.prod(axis.size for axis in grid))
        sample = [np.arange(rows), *grid]  # the sample is the slowest axis
        mesh = [part.ravel() for part in np.meshgrid(*sample, indexing="ij")]
        unit = self._sample(len(sampled)) if sampled else np.empty((1, 0))
        columns = iter(mesh[1:])
        drawn = iter(unit.T)
        return {
            factor.name: factor.codes(next(drawn))[mesh[0]] if factor in sampled else next(columns) for factor in self.factors
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
            return sampling.latin_hypercube(self.size, k, self.seed)
        if self.method == "sobol_sequence":
            return sampling.sobol_sequence(self.size, k, self.seed)
        if self.method == "sobol":
            return sampling.saltelli(self.size, k, self.seed, self.second_order)
        return sampling.morris(self.size, k, self.seed, self.grid_levels)

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
            return replace(factor, levels=dict(zip(_stems(factor), values, strict=True)))
        if factor.ranged and not factor.scale and any(is_whole(value) for value in here):
            return replace(factor, whole=True)
        return factor

    def _value(self, path: str) -> Any:
        """The value at a path: in the base, or in a scenario that an earlier factor takes its values from."""
        levels = [value for factor in self.factors for value in factor.values if isinstance(value, Scenario)]
        for scenario in (self.base, *levels):
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
