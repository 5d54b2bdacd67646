"""What can be cited and verified: a study folder, a figure, a table, or one outcome of a study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import InputError
from sim.scenario.base import nearest
from sim.study.parquet import RECORD_KEY
from sim.study.payload import carried
from sim.study.provenance import RECORD

PICTURES = (".png", ".svg", ".pdf")


class Thing(NamedTuple):
    """Something that carries its provenance."""

    path: Path
    kind: str  # study, figure, table
    about: dict[str, Any]  # of the study: see :func:`sim.study.provenance.record`
    record: dict[str, Any]  # all it carries
    outcome: str = ""  # of a study, where one was named


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
        raise InputError(f"{text}: there is no such file or folder; name a study, a figure, a table, or STUDY:OUTCOME")
    found = _study(path) if path.is_dir() else _file(path)
    if outcome and found.kind != "study":
        raise InputError(f"{text}: an outcome is one of a study folder; {path} is a {found.kind}")
    return found._replace(outcome=_outcome(found, outcome, text)) if outcome else found


def _study(path: Path) -> Thing:
    try:
        about = json.loads((path / RECORD).read_text(encoding="utf-8"))
        _check(about)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: holds no study that can be read ({error})") from None
    if not about.get("complete"):
        raise InputError(f"{path}: the study is not finished; the same command goes on: {about.get('command')}")
    return Thing(path, "study", about, about)


def _file(path: Path) -> Thing:
    try:
        if path.suffix == ".parquet":
            raw = (pq.read_schema(path).metadata or {}).get(RECORD_KEY.encode())
            about = json.loads(raw) if raw else None
            record, kind = about, "table"
        else:
            record = carried(path)
            about = record and record.get("study")
            kind = str(record.get("thing")) if record else ""
            if record and about is None:
                made = record.get("command") or record.get("sweep", {}).get("command", "not known")
                raise InputError(
                    f"{path}: is a {kind}; cite and verify are for studies, their tables, figures and memos; made by: {made}"
                )
        if about is None or record is None:
            raise InputError(f"{path}: carries no provenance of daarna; it was not made by it, or was saved again without it")
        _check(about)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: {error}") from None
    return Thing(path, kind, about, record)


def _check(about: Any) -> None:
    missing = [key for key in ("scenarios", "names", "seed", "runs", "content_hash", "versions") if key not in about]
    if missing:
        raise ValueError(f"its provenance lacks {', '.join(missing)}")


def _outcome(thing: Thing, outcome: str, text: str) -> str:
    names = pq.read_schema(thing.path / "runs.parquet").names[2:]
    if outcome not in names:
        hint = nearest(outcome, names) or f"; there are {', '.join(names)}"
        raise InputError(f'{text}: found "{outcome}", which is no outcome of the study{hint}')
    return outcome
