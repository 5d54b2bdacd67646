"""Parameters by path: how sweeps, designs and adapters name what they vary.

A path is dotted, as in ``customers.payment.late``; what stands in a list is named by its number, from 0, or by its
``name``: ``scheme.components[0].rate`` or ``scheme.components[signing commission].rate``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sim.errors import InputError
from sim.scenario.base import as_plain, shown
from sim.scenario.explain import explain
from sim.scenario.sources import layered, own
from sim.texts import nearest

if TYPE_CHECKING:
    from sim.scenario.model import Scenario

STEP = re.compile(r"([^.\[\]]+)|\[([^\[\]]*)\]")


def get(scenario: Scenario, path: str) -> Any:
    """The value of a parameter, or the dictionary of a group of them.

    Raises
    ------
    InputError
        When there is no such parameter.
    """
    found: Any = scenario.model_dump()
    for step in steps(path):
        found = found[_key(found, step, path)]
    return found


def vary(scenario: Scenario, changes: Mapping[str, Any], where: str = "") -> Scenario:
    """A copy of a scenario with parameters set by path; validated when all are set.

    Parameters
    ----------
    scenario : Scenario
        What is changed.
    changes : mapping
        Path -> value; a value for a group or a list replaces it whole.  What is changed loses its source and is *assumed*,
        unless ``sources`` is among the paths and has one for it.
    where : str
        What messages begin with: the file or argument that asks for the change.

    Raises
    ------
    InputError
        When there is no such parameter, or the result is no valid scenario.
    """
    kind, data = type(scenario), scenario.model_dump()
    for path, value in changes.items():
        _set(data, path, value, where)
    try:
        made = kind.model_validate(data)
    except ValidationError as error:
        raise InputError(explain(error, data, lambda place: where or "vary", kind)) from None
    sources = layered(scenario.sources, own(changes), scenario.model_dump(), made.model_dump(), kind)
    made = made.model_copy(update={"sources": sources})
    made._name = scenario._name
    return made


def steps(path: str) -> list[str]:
    """The steps of a path: ``scheme.components[0].rate`` is scheme, components, 0, rate.

    Raises
    ------
    InputError
        When it is not a path.
    """
    found = [name or number for name, number in STEP.findall(path)]
    if not found or not all(found) or STEP.sub("", path).strip(".") or path.strip(".") != path:
        raise InputError(
            f'found "{path}", which is no path of a parameter, as in customers.payment.late or scheme.components[0].rate'
        )
    return found


def _set(data: Any, path: str, value: Any, where: str) -> None:
    try:
        *way, last = steps(path)
        for step in way:
            data = data[_key(data, step, path)]
        key = _key(data, last, path)
        value = as_plain(value)
        data[key] = list(value) if isinstance(value, tuple) else value
    except InputError as error:
        raise InputError(f"{where}: {error}" if where else str(error)) from None


def _key(inside: Any, step: str, path: str) -> Any:
    """Key or index of a step within a dictionary or list."""
    if isinstance(inside, dict):
        if step in inside:
            return step
        raise InputError(f'found "{path}", but there is no {step}{nearest(step, inside) or "; there are " + ", ".join(inside)}')
    if isinstance(inside, list | tuple):
        names = [item.get("name") if isinstance(item, dict) else None for item in inside]
        if step.isdecimal() and int(step) < len(inside):
            return int(step)
        if names.count(step) == 1:
            return names.index(step)
        there = ", ".join(f'{k} "{name}"' if name else str(k) for k, name in enumerate(names)) or "none"
        raise InputError(f'found "{path}", but the list has no single [{step}]; there are {there}')
    raise InputError(f'found "{path}", but {shown(inside)} has no parts: leave out what follows it')
