"""A scheme that was found as a scenario file, which says only what differs from its base."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim import library
from sim.design.answer import Answer
from sim.design.space import Params
from sim.errors import DaarnaError
from sim.files.atomic import make_folder, write_file
from sim.files.toml_file import toml_text
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scenario.path import steps, vary
from sim.scenario.scheme import Component


def write_scheme(answer: Answer, params: Params, path: Path, title: str) -> Path:
    """Write a scheme of an answer as a scenario that extends the problem's base; ``daarna run`` takes it.

    Raises
    ------
    DaarnaError
        When what was written does not read back as the scheme that was simulated.
    OSError
        When it cannot be written.
    """
    assert answer.scenario is not None
    base = answer.problem.base_file
    text = scenario_text(answer, params, library.reference(base) or _relative(base, path.parent), title)
    make_folder(path.parent)
    write_file(path, text)
    if load(path).content_hash() != vary(answer.scenario, params).content_hash():
        raise DaarnaError(f"{path}: does not read back as the scheme that was simulated")
    return path


def _relative(base: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(base.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return base.resolve().as_posix()


def scenario_text(answer: Answer, params: Params, extends: str, title: str) -> str:
    """The scenario in TOML: what the family's base says of lists that are touched, in full, and single values that are set."""
    assert answer.scenario is not None
    full = vary(answer.scenario, params).model_dump()
    mentioned = [one.model_dump(exclude_unset=True) for one in (*_base(answer).scheme.components, *answer.problem.components)]
    said: dict[str, Any] = {}
    for path in [*params, *(["scheme.components"] if answer.problem.components else [])]:
        _say(said, full, path, mentioned)
    where = f"daarna optimise {answer.problem.file.name}, seed {answer.seed}"
    said = {"title": title, "extends": extends, **said, "sources": {_numbered(full, path): where for path in params}}
    return toml_text(said)


def _base(answer: Answer) -> Scenario:
    return load(answer.problem.base_file)


def _say(said: dict[str, Any], full: Any, path: str, mentioned: Sequence[Any]) -> None:
    """Put a parameter's value into what is said; a list on the way goes in whole."""
    way = steps(path)
    for step in way:
        value = full[step]
        if not isinstance(value, dict):
            whole = way[:2] == ["scheme", "components"]
            said[step] = _components(value, mentioned) if whole else list(value) if isinstance(value, tuple) else value
            return
        said, full = said.setdefault(step, {}), value


def _components(full: Sequence[Any], mentioned: Sequence[Any]) -> list[dict[str, Any]]:
    """Components with what the base says of them and what is not the default."""
    plain = Component().model_dump()
    return [
        {key: _part(value, plain[key], said.get(key)) for key, value in component.items() if value != plain[key] or key in said}
        for component, said in zip(full, mentioned, strict=True)
    ]


def _part(value: Any, plain: Any, said: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: one for key, one in value.items() if one != plain[key] or key in (said or {})}


def _numbered(full: Any, path: str) -> str:
    """A path with numbers instead of names, as sources are keyed."""
    text = ""
    for step in steps(path):
        if isinstance(full, list | tuple):
            names = [item.get("name") if isinstance(item, dict) else None for item in full]
            number = int(step) if step.isdecimal() and int(step) < len(full) else names.index(step)
            text, full = f"{text}[{number}]", full[number]
        else:
            text, full = f"{text}.{step}" if text else step, full[step]
    return text
