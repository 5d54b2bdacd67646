"""Where values come from: which source stands behind a parameter, and which a change takes away.

A source holds for the value it was given for.  Who lays other values over a scenario – a file that ``extends`` it, ``with_``,
``vary``, a factor of a sweep, a calibrated fragment – says where these come from, or they are *assumed*: no number is credited
to a publication that does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from sim.scenario.base import Group

ASSUMED = "assumed"


def source_of(path: str, sources: Mapping[str, str]) -> str | None:
    """The source given for a parameter: its own, or that of the smallest group or list it is in; None if there is none."""
    around = [place for place in sources if path == place or path.startswith((f"{place}.", f"{place}["))]
    return sources[max(around, key=len)] if around else None


def own(changes: Mapping[str, Any]) -> dict[str, str]:
    """The sources that come with changes, if any; what is wrong with them is found when the whole is validated."""
    said = changes.get("sources")
    return dict(said) if isinstance(said, Mapping) else {}


def layered(sources: Mapping[str, str], given: Mapping[str, str], below: Any, above: Any, group: type[Group]) -> dict[str, str]:
    """Sources after a layer of changes.

    Parameters
    ----------
    sources : mapping
        Path -> source, before the changes.
    given : mapping
        The sources that come with the changes.
    below, above : mapping
        The data before and after the changes, of `group`; what is left out is its default.
    group : type
        What the data are of: ``Scenario``.

    Returns
    -------
    dict
        What is not changed keeps its source; what is changed has that of `given`, or is *assumed*.
    """
    changed = list(_differing(group, below, above, ""))
    kept = {place: text for place, text in sources.items() if source_of(place, dict.fromkeys(changed, "")) is None}
    made = {**kept, **given}
    for path in changed:
        now, wanted = source_of(path, made), source_of(path, given) or ASSUMED
        if now is not None and now != wanted:
            made[path] = wanted
    return made


def inner(field: Any) -> tuple[type[Group] | None, bool]:
    """The group a field holds, or None for a plain parameter; and whether it holds a list of them."""
    kinds = [field.annotation, *get_args(field.annotation)]
    group = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Group)), None)
    return group, group is not field.annotation


def _differing(group: type[Group], below: Any, above: Any, prefix: str) -> Iterator[str]:
    """Paths of the parameters, and of whole list entries, that are not the same in both."""
    below, above = (data if isinstance(data, Mapping) else {} for data in (below, above))
    for name, field in group.model_fields.items():
        old, new, path = below.get(name, field.default), above.get(name, field.default), f"{prefix}{name}"
        kind, many = inner(field)
        if kind is None:
            if _plain(old) != _plain(new) and path != "sources":
                yield path
        elif many:
            yield from _entries(kind, old, new, path)
        else:
            yield from _differing(kind, old, new, f"{path}.")


def _entries(kind: type[Group], old: Any, new: Any, path: str) -> Iterator[str]:
    """The same for a list: an entry under another name, or on another measure, is another entry."""
    old, new = (list(data) if isinstance(data, list | tuple) else [] for data in (old, new))
    if bool(old) != bool(new):
        yield path  # an empty list is a parameter of its own
        return
    for index, entry in enumerate(new):
        if index < len(old) and _identity(old[index]) == _identity(entry):
            yield from _differing(kind, old[index], entry, f"{path}[{index}].")
        else:
            yield f"{path}[{index}]"


def _identity(entry: Any) -> list[Any]:
    return [entry.get(key) for key in ("name", "measure")] if isinstance(entry, Mapping) else []


def _plain(value: Any) -> Any:
    """A value in which a tuple is the list that it is in a file."""
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
