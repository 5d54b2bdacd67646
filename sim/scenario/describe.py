"""Every parameter with unit, bounds, meaning and source, from where it is declared."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args, get_origin

from sim.scenario.base import Group
from sim.scenario.model import Scenario

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


class Parameter(NamedTuple):
    """One parameter of a scenario."""

    path: str
    value: str
    unit: str
    bounds: str
    meaning: str
    source: str


def parameters(scenario: Scenario) -> list[Parameter]:
    """All parameters of a scenario, in the order of the file."""
    return _rows(scenario, "", scenario.sources)


def _rows(group: Group, prefix: str, sources: dict[str, str]) -> list[Parameter]:
    rows: list[Parameter] = []
    for name, field in type(group).model_fields.items():
        value, path = getattr(group, name), f"{prefix}{name}"
        if isinstance(value, Group):
            rows += _rows(value, f"{path}.", sources)
        elif isinstance(value, tuple) and value and isinstance(value[0], Group):
            for index, one in enumerate(value):
                rows += _rows(one, f"{path}[{index}].", sources)
        elif path != "sources":
            rows.append(_row(path, value, field, sources))
    return rows


def _row(path: str, value: Any, field: Any, sources: dict[str, str]) -> Parameter:
    extra = field.json_schema_extra or {}
    bounds = ", ".join(f"{SIGNS[key]} {getattr(rule, key)}" for rule in field.metadata for key in SIGNS if hasattr(rule, key))
    if get_origin(field.annotation) is Literal:
        bounds = " | ".join(get_args(field.annotation))
    given = sources.get(path) or next(
        (text for place, text in sources.items() if path.startswith((f"{place}.", f"{place}["))), None
    )
    source = given or (extra.get("source", "assumed") if value == field.default else "assumed")
    return Parameter(path, str(value), extra.get("unit", ""), bounds, field.description or "", source)
