"""Designs as TOML files; files they name are relative to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.scenario.base import nearest, shown
from sim.sweeps.design import Design
from sim.sweeps.factor import Factor

KEYS = {  # of a design, and what each must be
    "title": str,
    "base": str,
    "method": str,
    "points": int,
    "runs": int,
    "seed": int,
    "outcomes": list,
    "factors": list,
    "table": str,
    "second_order": bool,
    "grid_levels": int,
}
OF_FACTOR = {
    "name": str,
    "path": str,
    "paths": list,
    "low": (int, float),
    "high": (int, float),
    "levels": (list, dict),
    "log": bool,
    "scale": bool,
    "whole": bool,
    "steps": int,
    "crossed": bool,
}
KINDS = {str: "a text in quotes", int: "a whole number", bool: "true or false", list: "a list in [ ]"}


def load(path: str | Path) -> Design:
    """Read a design: a file, or a name of the library.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    path = library.file(path)
    data = read_toml(path, "a design")
    try:
        if not data.keys() & {"base", "factors"} and data.keys() & {"extends", "scheme", "reps", "customers", "question"}:
            raise InputError("is a scenario; expected a design, which names a base and factors")
        check_keys(data, KEYS, "")
        if "base" not in data:
            raise InputError(
                'base: found none; name the scenario file that every point starts from, as in base = "baseline.toml"'
            )
        if not all(isinstance(one, dict) for one in data.get("factors", [])):
            raise InputError("factors: write each as a table, under [[factors]]")
        factors = [_factor(one, number) for number, one in enumerate(data.pop("factors", []))]
        design = Design(**{"method": "grid", **data}, factors=factors, folder=path.parent)
        len(design)  # makes the points
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return design


def _factor(data: dict[str, Any], number: int) -> Factor:
    where = (
        f'factors[{number}] "{data.get("name") or data.get("path")}": '
        if data.get("name") or data.get("path")
        else f"factors[{number}]: "
    )
    check_keys(data, OF_FACTOR, where)
    return Factor(**data)


def check_keys(data: dict[str, Any], keys: dict[str, Any], where: str) -> None:
    """Every key is known and its value is of its kind; InputError with the nearest name otherwise."""
    for key, value in data.items():
        if key not in keys:
            raise InputError(f'{where}unknown key "{key}"{nearest(key, keys) or "; there are " + ", ".join(keys)}')
        kind = keys[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            allowed = KINDS.get(kind, "a number" if key in ("low", "high") else "a list, or a table label = value")
            raise InputError(f"{where}{key}: found {shown(value)}, allowed is {allowed}")
        if key in ("outcomes", "paths") and not all(isinstance(one, str) for one in value):
            raise InputError(f"{where}{key}: found {shown(value)}, allowed are texts in quotes")
