"""The small scenarios of the tests of studies, and what it is for two studies on disk to be equal."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.scenario.model import Scenario
from sim.study.parquet import RECORD_KEY, TABLES, file_fingerprint
from sim.study.provenance import CIRCUMSTANCES, digest
from sim.study.record_schema import MARK

run_module = import_module("sim.study.run")  # the name in the package is the function's

SMALL = Scenario(title="Small", months=14, reps={"count": 2}, customers={"at_start": 10}, scheme={"components": [{"rate": 0.2}]})
OTHER = SMALL.with_(title="Other", scheme={"components": []})
TINY = SMALL.with_(title="Tiny", months=3, reps={"count": 1}, customers={"at_start": 4})
LONGER = TINY.with_(title="Longer", months=13)

TINY_FILE = """
title = "Tiny"
months = 3
reps = { count = 1 }
customers = { at_start = 4 }
[[scheme.components]]
rate = 0.2
"""


def contents(folder: Path) -> dict[str, bytes]:
    """The Parquet files of a finished study, which leaves nothing else but its record, its crate and figures.

    Studies first started at one time by one command have the same bytes; of others see :func:`values`.
    """
    names = {path.name for path in folder.iterdir()}
    assert names - {"figures", "study.json", "ro-crate-metadata.json", *(f"{table}.parquet" for table in TABLES)} == set()
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def record_of(path: Path) -> dict[str, Any]:
    """What a table carries."""
    record: dict[str, Any] = json.loads(pq.read_schema(path).metadata[RECORD_KEY.encode()])
    return record


def values(folder: Path) -> dict[str, Any]:
    """What the tables of a finished study say, and of what they carry all but when, where and by which command they were made."""
    told = {path.name: record_of(path) for path in folder.glob("*.parquet")}
    kept = {name: {key: value for key, value in one.items() if key not in CIRCUMSTANCES} for name, one in told.items()}
    return {
        name: (file_fingerprint(folder / name), pq.read_schema(folder / name).remove_metadata(), kept[name])
        for name in contents(folder)
    }


def change_number(folder: Path, table: str, column: str, by: float, row: int = 3) -> None:
    """Add to a number of a table of a study or sweep."""
    path = folder / f"{table}.parquet"
    old = pq.read_table(path)
    values = old[column].to_numpy().copy()
    values[row] += by
    place = old.schema.get_field_index(column)
    pq.write_table(old.set_column(place, old.schema.field(place), pa.array(values)), path)


def change_record(record: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change what ``study.json`` or ``design.json`` says."""
    about = json.loads(record.read_text())
    change(about)
    record.write_text(json.dumps(about))


def change_marked(record: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a record together with its SHA-256 of itself: whoever makes a record makes that too."""
    change_record(record, lambda about: (about.pop(MARK), change(about), about.update({MARK: digest(about)})))


def full_from(at: int) -> Callable[[int], None]:
    """An `os.fsync` by which the disk is full from the `at`-th time on."""
    fsync, calls = os.fsync, 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls >= at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    return full
