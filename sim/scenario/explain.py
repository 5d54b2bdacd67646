"""What is wrong with something typed, in messages a person can act on.

A message says, in this order: the file in which the value stands (which may be one that is inherited
from), the place in it, what was found, what is allowed, and the nearest name where one was misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from sim.scenario.base import Group, shown
from sim.scenario.sources import inner
from sim.texts import nearest

Place = tuple[int | str, ...]


def explain(error: ValidationError, data: dict[str, Any], file_of: Callable[[Place], str], kind: type[Group]) -> str:
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
    "dict_type": "a table of names and values",
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
        data = inside(data, part)
        if isinstance(part, int):
            name = data.get("name") or data.get("path") if isinstance(data, dict) else None
            text += f"[{part}]" + (f' "{name}"' if isinstance(name, str) else "")
            glue = ", " if name else "."
        else:
            text += glue + (f'"{part}"' if "." in part else part)
            glue = "."
    return text


def inside(data: Any, part: int | str) -> Any:
    """A part of a table or list; None where there is none."""
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


def paths(group: type[Group], prefix: str = "") -> list[str]:
    """Dotted paths of all parameters and groups."""
    found = []
    for name, field in group.model_fields.items():
        path = f"{prefix}{name}"
        found.append(path)
        kind, _ = inner(field)
        if kind is not None:
            found += paths(kind, f"{path}.")
    return found
