"""Components of a scheme by name: every one has a name of its own, by which it is changed, added or taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

from sim.errors import InputError
from sim.scenario.base import shown
from sim.texts import nearest, repeated

MAX_COMPONENTS = 16
TOO_MANY = f"found {{:,}} components, allowed are at most {MAX_COMPONENTS}"
UNNAMED = "commission"  # and "commission 2", "commission 3", …
EDITS = ("change", "add", "remove")
SCHEMA = {
    "change": {
        "type": "object",
        "description": "components of the scenario extended that are changed: name -> what is other",
        "unit": "components",
        "source": "as for the components",
        "additionalProperties": {"type": "object"},
    },
    "add": {
        "type": "array",
        "description": "components added to those of the scenario extended",
        "items": {"type": "object"},
        "unit": "components",
        "source": "as for the components",
    },
    "remove": {
        "type": "array",
        "description": "names of components that are taken out",
        "items": {"type": "string"},
        "unit": "names",
        "source": "as for the components",
    },
}


def names(given: Sequence[str | None]) -> list[str]:
    """A name for each: those given, and numbered ones for the rest.

    Raises
    ------
    ValueError
        When two are given the same name, or there are too many.
    """
    if len(given) > MAX_COMPONENTS:
        raise ValueError(TOO_MANY.format(len(given)))
    said = [name for name in given if isinstance(name, str) and name != UNNAMED]
    if (twice := repeated(said)) is not None:
        raise ValueError(f"found two components called {shown(twice)}; give each a name of its own")
    taken = set(said)
    numbered = (one for one in chain((UNNAMED,), (f"{UNNAMED} {number}" for number in count(2))) if one not in taken)
    return [next(numbered) if name is None or name == UNNAMED else name for name in given]


def edited(below: Any, edits: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The components of a scheme after changes by name: taken out, changed, added, in this order.

    Raises
    ------
    InputError
        When a name is unknown, or taken.
    """
    parts = [dict(part) for part in below if isinstance(part, Mapping)] if isinstance(below, list | tuple) else []
    for part, name in zip(parts, _names(parts, where), strict=True):
        part["name"] = name
    for name in _listed(edits.get("remove", ()), f"{where}scheme.remove", 'a list of names, as in ["quarterly bonus"]'):
        del parts[_index(parts, name, f"{where}scheme.remove")]
    change = edits.get("change", {})
    if not isinstance(change, Mapping):
        raise InputError(
            f'{where}scheme.change: expected a table by name, as in [scheme.change."quarterly bonus"], got {shown(change)}'
        )
    for name, said in change.items():
        place = f"{where}scheme.change.{shown(name)}"
        if not isinstance(said, Mapping):
            raise InputError(f"{place}: expected a table of what is other, got {shown(said)}")
        index = _index(parts, name, place)
        parts[index] = merge(parts[index], said)
    added = _listed(edits.get("add", ()), f"{where}scheme.add", "a list of components, as in [[scheme.add]]")
    if len(parts) + len(added) > MAX_COMPONENTS:
        raise InputError(f"{where}scheme.add: {TOO_MANY.format(len(parts) + len(added))}")
    for part in added:
        if not isinstance(part, Mapping):
            raise InputError(f"{where}scheme.add: expected a component, got {shown(part)}")
        if "name" in part and any(part["name"] == other.get("name") for other in parts):
            raise InputError(f"{where}scheme.add: found {shown(part['name'])}, which is there already; use scheme.change")
        parts.append(dict(part))
    return parts


def _names(parts: Sequence[Mapping[str, Any]], where: str) -> list[str]:
    try:
        return names([part.get("name") for part in parts])
    except ValueError as error:
        raise InputError(f"{where}scheme.components: {error}") from None


def _listed(found: Any, place: str, expected: str) -> list[Any]:
    if not isinstance(found, list | tuple):
        raise InputError(f"{place}: expected {expected}, got {shown(found)}")
    return list(found)


def _index(parts: Sequence[Mapping[str, Any]], name: Any, place: str) -> int:
    there = [part["name"] for part in parts]
    if name not in there:
        known = ", ".join(shown(one) for one in there) or "none"
        raise InputError(f"{place}: found no component called {shown(name)}{nearest(name, there)}; there are {known}")
    return there.index(name)


def overlaid(base: Mapping[str, Any], changes: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """`base` with `changes` laid over it (:func:`merge`), components of the scheme changed by name.

    Raises
    ------
    InputError
        When a name is unknown or taken; it begins with `where`.
    """
    scheme = changes.get("scheme")
    if not isinstance(scheme, dict) or not any(key in scheme for key in EDITS):
        return merge(base, changes)
    if "components" in scheme:
        said = ", ".join(key for key in EDITS if key in scheme)
        raise InputError(
            f"{where}scheme: found components beside {said}; components replaces the whole list, say one or the other"
        )
    made = merge(base, {**changes, "scheme": {key: value for key, value in scheme.items() if key not in EDITS}})
    made["scheme"]["components"] = edited(made["scheme"].get("components", ()), scheme, where)
    return made


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `changes` laid over it: dictionaries merge key by key, all else is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged
