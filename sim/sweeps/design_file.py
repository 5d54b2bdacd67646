"""Designs as TOML files; files they name are relative to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim import library
from sim.errors import InputError
from sim.scenario.base import Group, par
from sim.scenario.typed_file import needed, read_typed
from sim.sweeps.design import Design
from sim.sweeps.factor import Factor


def said(group: Group) -> dict[str, Any]:
    """What a file says, by name, without defaults."""
    return {name: getattr(group, name) for name in type(group).model_fields if name in group.model_fields_set}


class FactorFile(Group):
    """A factor as a file says it; what goes with what is checked by :class:`~sim.sweeps.Factor`."""

    name: str = par("", "name", "its column in the points table")
    path: str = par("", "path", "the parameter it sets")
    paths: tuple[str, ...] = par((), "paths", "several parameters that take the same value")
    low: Any = par(None, "unit of the parameter", "lower bound")
    high: Any = par(None, "unit of the parameter", "upper bound")
    levels: Any = par(None, "values", "values, or label = value")
    log: bool = par(False, "yes/no", "spread evenly in the logarithm")
    scale: bool = par(False, "yes/no", "multiply what the scenario says")
    whole: bool = par(False, "yes/no", "whole numbers only")
    steps: int | None = par(None, "values", "of a grid, between low and high")
    crossed: bool = par(False, "yes/no", "every point with each of its levels")

    def made(self) -> Factor:
        """The factor; InputError where it says too little, too much, or what cannot be."""
        return Factor(**said(self))


class DesignFile(Group):
    """A design as a file says it; what goes with what is checked by :class:`~sim.sweeps.Design`."""

    title: str = par("", "text", "what it is called")
    base: str = needed("file", 'the scenario file that every point starts from, as in base = "baseline.toml"')
    method: str = par("grid", "name", "how points are made")
    points: int | None = par(None, "points", "of a sample")
    runs: int = par(20, "runs", "per point")
    seed: int = par(1, "seed", "of all draws")
    outcomes: tuple[str, ...] = par((), "outcomes", "what a summary shows")
    factors: tuple[FactorFile, ...] = par((), "factors", "what is varied")
    table: str | None = par(None, "file", "the points, as CSV")
    second_order: bool = par(True, "yes/no", "of sobol")
    grid_levels: int = par(4, "levels", "of morris")


def load(path: str | Path) -> Design:
    """Read a design: a file, or a name of the library.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    path = library.file(path)
    file = read_typed(path, "a design", DesignFile)
    try:
        given = said(file) | {"factors": [one.made() for one in file.factors], "folder": path.parent}
        design = Design(**{"method": file.method, **given})
        len(design)  # makes the points
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return design
