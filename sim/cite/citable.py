"""What can be cited and verified: folders of studies, sweeps and designs, figures, memos, tables, or one outcome of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from sim.errors import InputError
from sim.files.embedded_record import carried
from sim.files.untrusted import from_json, parquet
from sim.recipes import recipe_of
from sim.recipes.sweep import made
from sim.study.parquet import RECORD_KEY, Marks
from sim.study.provenance import RECORD
from sim.study.record_schema import check_carried, check_study, read
from sim.texts import nearest

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
        """What it was made from: see :mod:`sim.recipes`."""
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
    record = path / (DESIGN if (path / DESIGN).exists() else RECORD)
    about = read(record)
    if "recipe" in about:
        if about.get("complete") is False:
            raise InputError(f"{path}: the design is not finished; the same command goes on: {about['made']['command']}")
        return Thing(path, "design", about)
    what = "study" if record.name == RECORD else "sweep"
    _finished(path, about, what)
    return Thing(path, what, {"study": about} if what == "study" else _of_sweep(about))


def _of_sweep(about: dict[str, Any]) -> dict[str, Any]:
    return {"recipe": {"kind": "sweep", "sweep": about, "points": None}, "made": made(about)}


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
        study = record.get("study")
        if kind == "table" and isinstance(study, dict) and "design_hash" in study:
            raise InputError(f"{path}: is a table of a sweep; name the sweep's folder, whose design.json says the rest")
        if "recipe" not in record and study is None:
            raise InputError(
                f"{path}: is a {kind}, made by: {record.get('command', 'not known')}; it does not say how to make it again"
            )
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if kind == "table":
        check_study(study, path)
    else:
        check_carried(record, path)
    return Thing(path, kind, record)


def _outcome(thing: Thing, outcome: str, text: str) -> str:
    with Marks(thing.path / RECORD, thing.about).reading("runs"):
        names = parquet(thing.path / "runs.parquet").schema_arrow.names[2:]
    if outcome not in names:
        hint = nearest(outcome, names) or f"; there are {', '.join(names)}"
        raise InputError(f'{text}: found "{outcome}", which is no outcome of the study{hint}')
    return outcome
