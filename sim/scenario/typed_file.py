"""A TOML file read as one typed model: designs, problems, hypotheses and predictions alike.

Scenarios are read by :mod:`sim.scenario.load`, since they inherit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.scenario.base import Group, shown
from sim.scenario.explain import explain
from sim.scenario.load import load
from sim.scenario.model import Scenario

Kind = TypeVar("Kind", bound=Group)


def read_typed(path: Path, what: str, kind: type[Kind]) -> Kind:
    """The content of a file that is to be `what`, such as "a design".

    Files that it names are relative to it.

    Raises
    ------
    InputError
        All that is wrong, a line each: file, place, what was found and what is allowed.
    """
    data = read_toml(path, what)
    scenarios = {*Scenario.model_fields, "extends"} - {"title"}
    if data.keys() & scenarios and not data.keys() & (kind.model_fields.keys() - scenarios - {"title"}):
        raise InputError(f"{path}: expected {what}, got a scenario")
    try:
        return kind.model_validate(data, context=path.parent)
    except ValidationError as error:
        raise InputError(explain(error, data, lambda place: str(path), kind)) from None


def _beside(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Scenario):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'found {shown(value)}; name a scenario file, as in "baseline.toml" or "library:baseline"')
    try:
        return load(library.beside(info.context or Path(), value))
    except InputError as error:
        raise ValueError(str(error)) from None


#: A scenario, named by its file.
ScenarioFile = Annotated[Scenario, BeforeValidator(_beside)]


def needed(unit: str, meaning: str, **bounds: Any) -> Any:
    """Declare what a file must say, as :func:`sim.scenario.base.par` declares what it may."""
    return Field(description=meaning, json_schema_extra={"unit": unit}, **bounds)
