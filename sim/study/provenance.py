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

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.sources import source_hash
from sim.study.equal_pay import EqualPay
from sim.study.precision import Precision
from sim.version import __version__

SCHEMA_VERSION = 2
RECORD = "study.json"
AUTHOR = "The daarna developers"
PROGRAM = "daarna: an agent-based simulator of sales incentives and the profitability of the book"
PACKAGES = ("mesa", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic")

#: What determines the tables of a study, in the order in which differences are told.
#: With a precision the number of runs is found, not asked for.
DETERMINING = (
    "schema_version",
    "seed",
    "precision",
    "runs",
    "customers",
    "engine",
    "names",
    "scenarios",
    "daarna",
    "source",
    "model",
)

#: What does not: when, where, with which packages and by which command.
CIRCUMSTANCES = ("versions", "machine", "command", "date")
EPOCH = "SOURCE_DATE_EPOCH"


def content_hash(scenarios: Sequence[dict[str, Any]], seed: int, runs: int) -> str:
    """SHA-256 of what is asked: scenarios in full, seed and number of runs."""
    return digest([list(scenarios), seed, runs])


def record(
    scenarios: Sequence[Scenario],
    seed: int,
    runs: int,
    engine: str,
    customers: bool,
    model: Any,
    precision: Precision | None = None,
    equal_pay: Sequence[EqualPay] = (),
) -> dict[str, Any]:
    """The content of ``study.json``: what determines the numbers, and when and where they are made.

    With a precision `runs` is the number of runs so far: see :func:`grow`.
    """
    full = [scenario.canonical() for scenario in scenarios]
    return {
        "schema_version": SCHEMA_VERSION,
        "complete": False,
        "names": _unique([scenario.name for scenario in scenarios]),
        "scenarios": full,
        **({"equal_pay": [one.about() for one in equal_pay]} if equal_pay else {}),
        "seed": seed,
        "precision": precision and precision.record(),
        "runs": runs,
        "customers": customers,
        "engine": engine,
        "model": _model(model),
        "daarna": __version__,
        "source": source_hash(),
        "content_hash": content_hash(full, seed, runs),
        **circumstances(),
    }


def grow(about: dict[str, Any], runs: int) -> None:
    """Make it a study of so many runs: one with a precision that took N runs is, run by run, the study of N runs."""
    about["runs"] = runs
    about["content_hash"] = content_hash(about["scenarios"], about["seed"], runs)


def circumstances() -> dict[str, Any]:
    """Versions, machine, command and date."""
    program, *arguments = sys.argv or [""]
    command = Path(program).name
    return {
        "versions": {"daarna": __version__, "python": platform.python_version()} | {name: installed(name) for name in PACKAGES},
        "machine": {"platform": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
        "command": shlex.join(["daarna" if command == "__main__.py" else command, *arguments]),
        "date": now().isoformat(timespec="seconds"),
    }


def made_now() -> dict[str, Any]:
    """By which version and source of the model, with which packages, on which machine, by which command, and when something is made."""
    return {"daarna": __version__, "source": source_hash(), **circumstances()}


def now() -> datetime.datetime:
    """The time, or the one that the environment variable SOURCE_DATE_EPOCH sets (seconds since 1970, UTC).

    With it two studies of one command are equal byte for byte: https://reproducible-builds.org/specs/source-date-epoch/.

    Raises
    ------
    InputError
        When it is set to what is no time.
    """
    told = os.environ.get(EPOCH)
    if not told:
        return datetime.datetime.now(datetime.UTC)
    try:
        return datetime.datetime.fromtimestamp(int(told), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(f"{EPOCH}: found {told!r}, allowed is a whole number of seconds since 1970") from None


def carried(about: dict[str, Any]) -> dict[str, Any]:
    """What a table of the study carries: the same numbers, first started at the same time by the same command, make the same files.

    Of a study that was interrupted and continued these are the circumstances of its first start (the others are in ``study.json``
    only), so that it makes the files that it would have made in one go.  Not the precision by which the number of runs was found.
    """
    keys = (*DETERMINING, "equal_pay", "content_hash", *CIRCUMSTANCES)
    return {key: about[key] for key in keys if key in about and key != "precision"}


def identity(about: dict[str, Any]) -> str:
    """SHA-256 of everything that determines the tables: two studies of one identity are equal to the last bit."""
    return digest([about.get(key) for key in _determining(about)])


def identifier(about: dict[str, Any]) -> str:
    """Short identifier of a study's content: the first twelve hex digits of its :func:`identity`."""
    return f"daarna:{identity(about)[:12]}"


def difference(there: dict[str, Any], here: dict[str, Any], keys: Sequence[str] = ()) -> str:
    """The first thing that determines the numbers (or the first of `keys`) that is not the same, in words; empty if all is."""
    here = json.loads(json.dumps(here))
    for key in keys or _determining(here):
        for place, old, new in _differing(there.get(key), here.get(key), key):
            if key in ("daarna", "source", "made"):
                made = there.get("made") or there
                return f"another version of the model made it: daarna {made.get('daarna')}, model source {made.get('source')}"
            if key == "model":
                return "another BookModel, or another version of it, made it"
            return f"{place} is {_short(old)} there and {_short(new)} here"
    return ""


def _determining(about: dict[str, Any]) -> list[str]:
    return [key for key in DETERMINING if key != "runs" or not about.get("precision")]


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


def digest(value: Any) -> str:
    """SHA-256 of anything that JSON can say."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def installed(package: str) -> str:
    """Version of a package here."""
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
    return {"name": f"{model.__module__}.{model.__qualname__}", "source": digest(texts)[:16]}


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
