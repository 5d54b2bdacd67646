"""Reading scenario files: TOML, inheritance by ``extends``, and messages a person can act on.

A message says, in this order: the file in which the value stands (which may be one that is inherited
from), the place in it, what was found, what is allowed, and the nearest name where one was misspelt.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.scenario.base import Group, shown
from sim.scenario.components import EDITS
from sim.scenario.model import Scenario, overlaid
from sim.scenario.sources import inner, layered, own
from sim.texts import brief, nearest, plain

DEEPEST = 20  # files that extend one another
Place = tuple[int | str, ...]


class Layer(NamedTuple):
    """What one file says; a scenario is a stack of them, the file that was asked for first."""

    file: Path
    data: dict[str, Any]


def load(path: str | Path) -> Scenario:
    """Read, inherit and validate a scenario: a file, or a name of the library (:mod:`sim.library`).

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"load: expected the path of a scenario file, got {shown(path)}")
    path = library.file(path)
    layers = _read(path, ())
    data: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in reversed(layers):
        below, data = data, overlaid(data, layer.data, f"{layer.file}: ")
        sources = layered(sources, own(layer.data), below, data, Scenario) if below else own(layer.data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(explain(error, data, lambda place: str(_speaker(layers, place, data)))) from None
    _check_sources(layers, scenario)
    scenario = scenario.model_copy(update={"sources": sources})
    scenario._name = plain(path.stem)
    scenario._origins = tuple(_origins(layers, data))
    return scenario


def as_scenario(given: Any, where: str) -> Scenario:
    """A scenario, or the file of one.

    Raises
    ------
    InputError
        When it is neither; `where` says who asks.
    """
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | os.PathLike):
        return load(Path(given))
    raise InputError(f"{where}: expected a scenario, or the path of a scenario file, got {shown(given)}")


def _origins(layers: list[Layer], data: dict[str, Any]) -> Iterator[str]:
    """Where the components come from, if one of the files changes them by name."""
    edits = [(layer.file, layer.data.get("scheme", {})) for layer in layers]
    if not any(key in scheme for _, scheme in edits for key in EDITS):
        return
    listed = next((file for file, scheme in edits if "components" in scheme), layers[-1].file)
    for part in data["scheme"]["components"]:
        name = part.get("name")
        added = [file for file, scheme in edits if any(one.get("name") == name for one in scheme.get("add", ()))]
        changed = [f"changed in {file} ({', '.join(scheme['change'][name])})" for file, scheme in reversed(edits)
                   if name in scheme.get("change", {})]  # fmt: skip
        yield "; ".join([f"component {shown(name)}: from {added[0] if added else listed}", *changed])
    for file, scheme in edits:
        for name in scheme.get("remove", ()):
            yield f"component {shown(name)}: taken out in {file}"


def _missing(path: Path, asked_by: tuple[Path, ...]) -> str:
    there = sorted(file.stem for file in path.parent.glob("*.toml")) if path.parent.is_dir() else []
    hint = nearest(
        path.stem, [stem for stem in there if stem not in (path.stem, asked_by[-1].stem if asked_by else None)]
    ).replace('"?', '.toml"?') or library.hint(path, []).replace('"', f'"{library.PREFIX}' if asked_by else '"', 1)
    if asked_by:
        return f'{asked_by[-1]}: extends: found "{path.name}", but there is no such file in {path.parent}{hint}'
    return f"{path}: there is no such file{hint}"


def _read(path: Path, chain: tuple[Path, ...]) -> list[Layer]:
    """The file and all it inherits from, the nearest first."""
    if chain and os.path.realpath(path) in [os.path.realpath(other) for other in chain]:  # which takes links that go in a circle
        links = " -> ".join(str(other) for other in (*chain, path))
        raise InputError(f"{chain[-1]}: extends: found {shown(path.name)}, which goes in a circle: {links}")
    place = f"{chain[-1]}: extends: {brief(path)}" if chain else ""
    data = read_toml(path, "a scenario", place, lambda _: _missing(path, chain))
    if not data:
        raise InputError(f'{place or path}: is empty; say at least title = "…", or extends = "other.toml"')
    base = data.pop("extends", None)
    if len(chain) >= DEEPEST:
        raise InputError(f"{path}: extends: found more than {DEEPEST} files that extend one another")
    if base is None:
        return [Layer(path, data)]
    if not isinstance(base, str) or not base.strip() or "\0" in base:
        raise InputError(
            f'{path}: extends: found {shown(base)}; name one scenario file, as in extends = "baseline.toml" or "library:baseline"'
        )
    try:
        below = library.beside(path.parent, base)
    except InputError as error:
        raise InputError(f"{path}: extends: {error}") from None
    return [Layer(path, data), *_read(below, (*chain, path))]


def _speaker(layers: list[Layer], place: Place, data: Any = None) -> Path:
    """The file whose word counts at a place: the nearest that says it, or says most of the way to it."""
    if place[:2] == ("scheme", "components") and len(place) > 2:
        name = _inside(_inside(_inside(data, "scheme"), "components"), place[2])
        name = _inside(name, "name")
        for layer in layers:
            scheme = layer.data.get("scheme")
            said = _inside(_inside(scheme, "change"), name) if isinstance(scheme, dict) else None
            added = [_inside(one, "name") for one in _inside(scheme, "add") or ()] if isinstance(scheme, dict) else []
            if name is not None and (name in added or (said is not None and (len(place) < 4 or place[3] in said))):
                return layer.file
    return max(layers, key=lambda layer: _depth(layer.data, place)).file  # the first of equals


def _depth(data: Any, place: Place) -> int:
    for depth, part in enumerate(place):
        if not isinstance(data, dict):
            return len(place)  # lists and values are replaced whole: what lies inside was said here
        if part not in data:
            return depth
        data = data[part]
    return len(place)


def explain(error: ValidationError, data: dict[str, Any], file_of: Callable[[Place], str], kind: type[Group] = Scenario) -> str:
    """All problems of a validation of a `kind`, a line each: file, place, what was found, what is allowed."""
    lines = []
    for detail in error.errors(include_url=False):
        place = (*detail["loc"], *detail.get("ctx", {}).get("place", ()))
        where = _dotted(place, data)
        lines.append(f"{file_of(place)}: {where + ': ' if where else ''}{_problem(detail, kind)}")
    return "\n".join(lines)


#: What is allowed, by the type of the error that pydantic reports; the rest speak for themselves.
ALLOWED = {
    "greater_than_equal": "at least {ge:,.15g}",
    "greater_than": "greater than {gt:,.15g}",
    "less_than_equal": "at most {le:,.15g}",
    "less_than": "less than {lt:,.15g}",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "float_type": "a number",
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "tuple_type": "a list in [ ]",
    "dict_type": "a table of parameters",
    "model_type": "a table of parameters",
    "model_attributes_type": "a table of parameters",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "missing": "it to be there",
    "none_required": "nothing",
    "int_from_float": "a whole number",
    "string_too_long": "a text of at most {max_length:,} characters",
    "string_pattern_mismatch": "a text of the pattern {pattern}",
    "too_long": "at most {max_length:,} entries",
    "too_short": "at least {min_length:,} entries",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "one of the kinds {expected_tags}",
    "union_tag_not_found": "a kind",
}


def allowed(detail: Any) -> str:
    """What is allowed where pydantic reports an error, in words of our own."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("value_error", "inconsistent"):
        return str(context.get("message") or context["error"])
    return ALLOWED[kind].format(**context) if kind in ALLOWED else str(detail["msg"])


def _problem(detail: Any, group: type[Group]) -> str:
    kind, context, found = detail["type"], detail.get("ctx", {}), detail.get("input")
    if kind == "inconsistent":
        return str(context["message"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(detail["loc"], group)
    if kind == "missing":
        return f"expected {_group_at(detail['loc'][:-1], group).model_fields[detail['loc'][-1]].description}, got none"
    if kind == "invalid_key":
        return f"found {shown(found)}, allowed are names in quotes"
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context["expected"])
        return f"found {shown(found)}, allowed is one of {', '.join(names)}{nearest(found, names)}"
    return f"found {shown(found)}, allowed is {allowed(detail)}"


def _dotted(place: Place, data: Any) -> str:
    """A place as text; what stands in a list is shown with its number (from 0) and, if it has one, its name."""
    text, glue = "", ""
    for part in place:
        data = _inside(data, part)
        if isinstance(part, int):
            name = data.get("name") or data.get("path") if isinstance(data, dict) else None
            text += f"[{part}]" + (f' "{name}"' if isinstance(name, str) else "")
            glue = ", " if name else "."
        else:
            text += glue + (f'"{part}"' if "." in part else part)
            glue = "."
    return text


def _inside(data: Any, part: int | str) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _group_at(place: Place, group: type[Group]) -> type[Group]:
    for part in place:
        if isinstance(part, str):
            group = inner(group.model_fields[part])[0] or group
    return group


def _unknown(place: Place, group: type[Group]) -> str:
    key, names = str(place[-1]), list(_group_at(place[:-1], group).model_fields)
    hint = nearest(key, names)
    elsewhere = [path for path in paths(group) if path.split(".")[-1] == key]
    if not hint and elsewhere:
        hint = f"; did you mean {' or '.join(elsewhere[:4])}?"
    return f'unknown key "{key}"{hint or "; there are " + ", ".join(names)}'


def paths(group: type[Group] = Scenario, prefix: str = "") -> list[str]:
    """Dotted paths of all parameters and groups."""
    found = []
    for name, field in group.model_fields.items():
        path = f"{prefix}{name}"
        found.append(path)
        kind, _ = inner(field)
        if kind is not None:
            found += paths(kind, f"{path}.")
    return found


def _check_sources(layers: list[Layer], scenario: Scenario) -> None:
    """Every source is one of a parameter that there is."""
    known = paths()
    for path in scenario.sources:
        plain = re.sub(r"\[\d+\]", "", path)
        if plain not in known:
            file = _speaker(layers, ("sources", path))
            raise InputError(f'{file}: sources: found "{path}", which is no parameter{nearest(plain, known)}')
