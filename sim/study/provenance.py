"""What a study says of itself: everything that determines its numbers, and the circumstances it was made in."""

from __future__ import annotations

import datetime
import hashlib
import inspect
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim import __version__
from sim.scenario.model import Scenario

SCHEMA_VERSION = 2
PACKAGES = ("mesa", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic")

#: What determines the tables of a study, in the order in which differences are told.
DETERMINING = ("schema_version", "seed", "runs", "customers", "engine", "names", "scenarios", "daarna", "source", "model")

#: What does not: when, where, with which packages and by which command.
CIRCUMSTANCES = ("versions", "machine", "command", "date")


def content_hash(scenarios: Sequence[dict[str, Any]], seed: int, runs: int) -> str:
    """SHA-256 of what is asked: scenarios in full, seed and number of runs."""
    return _digest([list(scenarios), seed, runs])


def record(scenarios: Sequence[Scenario], seed: int, runs: int, engine: str, customers: bool, model: Any) -> dict[str, Any]:
    """The content of ``study.json``: what determines the numbers, and when and where they are made."""
    from sim.compiled import source_hash

    full = [scenario.canonical() for scenario in scenarios]
    return {
        "schema_version": SCHEMA_VERSION,
        "complete": False,
        "names": _unique([scenario.name for scenario in scenarios]),
        "scenarios": full,
        "seed": seed,
        "runs": runs,
        "customers": customers,
        "engine": engine,
        "model": _model(model),
        "daarna": __version__,
        "source": source_hash(),
        "content_hash": content_hash(full, seed, runs),
        **_circumstances(),
    }


def _circumstances() -> dict[str, Any]:
    program, *arguments = sys.argv or [""]
    command = Path(program).name
    return {
        "versions": {"daarna": __version__, "python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": {"platform": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
        "command": shlex.join(["daarna" if command == "__main__.py" else command, *arguments]),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def identity(about: dict[str, Any]) -> str:
    """SHA-256 of everything that determines the tables: two studies of one identity are equal to the last bit."""
    return _digest([about.get(key) for key in DETERMINING])


def difference(there: dict[str, Any], here: dict[str, Any], keys: Sequence[str] = DETERMINING) -> str:
    """The first thing that determines the numbers and is not the same, in words; empty if all is."""
    here = json.loads(json.dumps(here))
    for key in keys:
        for place, old, new in _differing(there.get(key), here.get(key), key):
            if key in ("daarna", "source"):
                return f"another version of the model made it: daarna {there.get('daarna')}, model source {there.get('source')}"
            if key == "model":
                return "another BookModel, or another version of it, made it"
            return f"{place} is {_short(old)} there and {_short(new)} here"
    return ""


def _differing(old: Any, new: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            yield from _differing(old.get(key), new.get(key), f"{place}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _differing(a, b, f"{place}[{number}]")
    elif old != new:
        yield place, old, new


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _model(model: Any) -> dict[str, str] | None:
    """Name and source of a researcher's own BookModel: every class it is made of that is not daarna's."""
    if model is None:
        return None
    parts = [model, *(value for base in model.__mro__ for value in vars(base).values() if isinstance(value, type))]
    own = {
        base for part in parts for base in part.__mro__ if base.__module__.partition(".")[0] not in ("sim", "mesa", "builtins")
    }
    texts = []
    for kind in sorted(own, key=lambda kind: (kind.__module__, kind.__qualname__)):
        try:
            texts.append(inspect.getsource(kind))
        except (OSError, TypeError):
            texts.append(f"{kind.__qualname__}: source not known")
    return {"name": f"{model.__module__}.{model.__qualname__}", "source": _digest(texts)[:16]}


def _unique(names: list[str]) -> list[str]:
    """The names, repeated ones numbered, none twice."""
    out: list[str] = []
    for name in names:
        number, one = 1, name
        while one in out:
            number += 1
            one = f"{name}-{number}"
        out.append(one)
    return out
