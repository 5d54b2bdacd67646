"""Reading scenario files: TOML, inheritance by ``extends``, and messages a person can act on."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import InputError
from sim.scenario.base import Group
from sim.scenario.model import Scenario, merge


def load(path: str | Path) -> Scenario:
    """Read, inherit and validate a scenario file.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    path = Path(path)
    data = _read(path, ())
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(explain(str(path), error, data)) from None
    _check_sources(path, scenario)
    scenario._name = path.stem
    return scenario


def _text(path: Path, asked_by: tuple[Path, ...]) -> str:
    wanted = f" (asked for by extends in {asked_by[-1]})" if asked_by else ""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        near = difflib.get_close_matches(
            path.name, [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else [], 1
        )
        hint = f"; did you mean {path.parent / near[0]}?" if near else ""
        raise InputError(f"{path}: there is no such file{wanted}{hint}") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder{wanted}; name a scenario file (.toml)") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read{wanted}: {error.strerror}") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8{wanted}; a scenario is a TOML text file") from None
    if "\0" in text:
        raise InputError(f"{path}: is a binary file{wanted}; a scenario is a TOML text file")
    if not text.strip():
        raise InputError(f'{path}: is empty{wanted}; say at least title = "…", or extends = "other.toml"')
    return text


def _read(path: Path, chain: tuple[Path, ...]) -> dict[str, Any]:
    if path.resolve() in [other.resolve() for other in chain]:
        links = " -> ".join(str(other) for other in (*chain, path))
        raise InputError(f"{path}: extends goes in a circle: {links}")
    try:
        data = tomllib.loads(_text(path, chain))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None
    base = data.pop("extends", None)
    if base is None:
        return data
    if not isinstance(base, str) or not base:
        raise InputError(f'{path}: extends: found {base!r}; name one scenario file, as in extends = "baseline.toml"')
    return merge(_read(path.parent / base, (*chain, path)), data)


def explain(place: str, error: ValidationError, data: dict[str, Any]) -> str:
    """All problems of a validation, a line each: place, what was found, what is allowed."""
    return "\n".join(f"{place}: {_problem(detail)}" for detail in error.errors(include_url=False))


def _problem(detail: Any) -> str:
    where = _dotted(detail["loc"])
    found = detail.get("input")
    kind, context = detail["type"], detail.get("ctx", {})
    shown = repr(found) if not isinstance(found, dict | BaseModel) else "a table"
    if kind == "extra_forbidden":
        return _unknown(detail["loc"])
    if kind == "value_error":
        return f"{where}: {context['error']}" if where else str(context["error"])
    allowed = {
        "greater_than_equal": f"at least {context.get('ge')}",
        "greater_than": f"greater than {context.get('gt')}",
        "less_than_equal": f"at most {context.get('le')}",
        "less_than": f"less than {context.get('lt')}",
        "literal_error": f"one of {context.get('expected')}",
        "finite_number": "a finite number",
        "int_from_float": "a whole number",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "float_type": "a number",
        "float_parsing": "a number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "string_type": "a text in quotes",
        "tuple_type": "a list in [ ]",
        "dict_type": "a table",
        "model_type": "a table of parameters",
        "model_attributes_type": "a table of parameters",
    }.get(kind, detail["msg"])
    return f"{where}: found {shown}, allowed is {allowed}"


def _dotted(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _group_at(loc: tuple[int | str, ...]) -> type[Group] | None:
    group: Any = Scenario
    for part in loc:
        if isinstance(part, int):
            continue
        field = group.model_fields.get(part) if group else None
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        group = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, Group)), None)
    return group


def _unknown(loc: tuple[int | str, ...]) -> str:
    group = _group_at(loc[:-1])
    names = list(group.model_fields) if group else []
    near = difflib.get_close_matches(str(loc[-1]), names, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
    return f"{_dotted(loc)}: unknown key '{loc[-1]}'; {hint}"


def paths(group: type[Group] = Scenario, prefix: str = "") -> list[str]:
    """Dotted paths of all parameters and groups."""
    found = []
    for name, field in group.model_fields.items():
        path = f"{prefix}{name}"
        found.append(path)
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for kind in inner:
            if isinstance(kind, type) and issubclass(kind, Group):
                found += paths(kind, f"{path}.")
    return found


def _check_sources(path: Path, scenario: Scenario) -> None:
    known = paths()
    for place in scenario.sources:
        plain = "".join(part.split("]")[-1] for part in place.split("["))
        if plain not in known:
            near = difflib.get_close_matches(plain, known, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise InputError(f"{path}: sources: '{place}' is no parameter{hint}")
