"""Reading scenario files: TOML, and inheritance by ``extends``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.scenario.base import shown
from sim.scenario.components import EDITS, overlaid
from sim.scenario.explain import Place, explain, inside, paths
from sim.scenario.model import Scenario
from sim.scenario.sources import layered, own
from sim.texts import brief, nearest, plain

DEEPEST = 20  # files that extend one another


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
        raise InputError(explain(error, data, lambda place: str(_speaker(layers, place, data)), Scenario)) from None
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
        name = inside(inside(inside(data, "scheme"), "components"), place[2])
        name = inside(name, "name")
        for layer in layers:
            scheme = layer.data.get("scheme")
            said = inside(inside(scheme, "change"), name) if isinstance(scheme, dict) else None
            added = [inside(one, "name") for one in inside(scheme, "add") or ()] if isinstance(scheme, dict) else []
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


def _check_sources(layers: list[Layer], scenario: Scenario) -> None:
    """Every source is one of a parameter that there is."""
    known = paths(Scenario)
    for path in scenario.sources:
        plain = re.sub(r"\[\d+\]", "", path)
        if plain not in known:
            file = _speaker(layers, ("sources", path))
            raise InputError(f'{file}: sources: found "{path}", which is no parameter{nearest(plain, known)}')
