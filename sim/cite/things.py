"""What can be cited and verified: folders of studies, sweeps and designs, figures, memos, tables, or one outcome of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from sim.cite.recipes import recipe_of
from sim.errors import InputError
from sim.received import from_json, parquet, read_json
from sim.scenario.base import nearest
from sim.study.parquet import RECORD_KEY
from sim.study.payload import carried
from sim.study.provenance import RECORD
from sim.study.stored import Marks

DESIGN = "design.json"  # of a sweep, and of the answer to a design problem
PICTURES = (".png", ".svg", ".pdf")


class Thing(NamedTuple):
    """Something that carries its provenance."""

    path: Path
    kind: str  # study, sweep, design, figure, memo, table
    record: dict[str, Any]  # all it carries
    outcome: str = ""  # of a study, where one was named

    @property
    def recipe(self) -> dict[str, Any]:
        """What it was made from: see :mod:`sim.cite.recipes`."""
        return recipe_of(self.record)

    @property
    def about(self) -> dict[str, Any]:
        """What made it: daarna, source, versions, machine, command, date; of a study, its whole record."""
        about: dict[str, Any] = self.record.get("made") or self.record["study"]
        return about


def find(text: str) -> Thing:
    """The thing that a path, or ``STUDY:OUTCOME``, names.

    Raises
    ------
    InputError
        When there is no such file or folder, or it carries no provenance that can be read.
    """
    path, outcome = Path(text), ""
    if not path.exists() and ":" in text:
        before, _, outcome = text.rpartition(":")
        path = Path(before)
    if not path.exists():
        raise InputError(
            f"{text}: there is no such file or folder; name a study, a sweep, a design, a figure, a memo, a table, or STUDY:OUTCOME"
        )
    found = _folder(path) if path.is_dir() else _file(path)
    if outcome and found.kind != "study":
        raise InputError(f"{text}: an outcome is one of a study folder; {path} is a {found.kind}")
    return found._replace(outcome=_outcome(found, outcome, text)) if outcome else found


def _folder(path: Path) -> Thing:
    if not any((path / name).exists() for name in (DESIGN, RECORD)):
        raise InputError(f"{path}: holds no study, sweep or design: neither {RECORD} nor {DESIGN} is there")
    try:
        if (path / DESIGN).exists():
            told = read_json(path / DESIGN)
            return _design(path, told) if "problem" in told else _sweep(path, told)
        about = read_json(path / RECORD)
        _check(about, OF_STUDY)
        _finished(path, about, "study")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: holds no study, sweep or design that can be read ({error})") from None
    return Thing(path, "study", {"study": about})


def _sweep(path: Path, about: dict[str, Any]) -> Thing:
    from sim.cite.recipes.sweep import made

    _check(about, OF_SWEEP)
    _finished(path, about, "sweep")
    return Thing(path, "sweep", {"recipe": {"kind": "sweep", "sweep": about, "points": None}, "made": made(about)})


def _design(path: Path, told: dict[str, Any]) -> Thing:
    _check(told, OF_FIGURE)
    return Thing(path, "design", told)


def _finished(path: Path, about: dict[str, Any], what: str) -> None:
    if not about.get("complete"):
        raise InputError(f"{path}: the {what} is not finished; the same command goes on: {about.get('command')}")


def _file(path: Path) -> Thing:
    try:
        if path.suffix == ".parquet":
            raw = (parquet(path).schema_arrow.metadata or {}).get(RECORD_KEY.encode())
            record, kind = {"study": from_json(raw)} if raw else None, "table"
        else:
            record = carried(path)
            kind = str(record.get("thing")) if record else ""
        if record is None:
            raise InputError(f"{path}: carries no provenance of daarna; it was not made by it, or was saved again without it")
        if "recipe" in record:
            _check(record, OF_FIGURE)
        elif record.get("study") is None:
            raise InputError(
                f"{path}: is a {kind}, made by: {record.get('command', 'not known')}; it does not say how to make it again"
            )
        elif "design_hash" in record["study"]:
            raise InputError(f"{path}: is a table of a sweep; name the sweep's folder, whose design.json says the rest")
        else:
            _check(record["study"], OF_STUDY)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: {error}") from None
    return Thing(path, kind, record)


OF_STUDY = ("scenarios", "names", "seed", "runs", "content_hash", "versions")
OF_SWEEP = ("design", "points", "runs", "seed", "design_hash", "content_hash", "versions", "tables")
OF_FIGURE = ("recipe", "content_hash", "made")


def _check(about: Any, keys: tuple[str, ...]) -> None:
    missing = [key for key in keys if key not in about]
    if missing:
        raise ValueError(f"its provenance lacks {', '.join(missing)}")


def _outcome(thing: Thing, outcome: str, text: str) -> str:
    with Marks(thing.path / RECORD, thing.about).reading("runs"):
        names = parquet(thing.path / "runs.parquet").schema_arrow.names[2:]
    if outcome not in names:
        hint = nearest(outcome, names) or f"; there are {', '.join(names)}"
        raise InputError(f'{text}: found "{outcome}", which is no outcome of the study{hint}')
    return outcome
