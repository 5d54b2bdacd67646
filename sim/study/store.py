"""A study on disk: Parquet tables with units in their metadata, and study.json with what made them.

Every file is written beside its place, flushed, and renamed; study.json comes last, so that a kill
never leaves a folder that reads as a whole study.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError, StudyError
from sim.study.results import Study
from sim.tables import COHORTS, CUSTOMERS, MONTHS, WHALE, Column, run_columns

SCHEMA_VERSION = 1
PACKAGES = ("daarna", "mesa", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic")


def content_hash(scenarios: list[dict[str, Any]], seed: int, runs: int) -> str:
    """SHA-256 of what determines the numbers: scenarios in full, seed and number of runs."""
    return hashlib.sha256(json.dumps([scenarios, seed, runs], sort_keys=True).encode()).hexdigest()


def save(study: Study, folder: Path) -> Path:
    """Write a study.

    Raises
    ------
    InputError
        When the folder cannot be written, or holds another study.
    """
    runs = int(study.runs["run"].nunique())
    mark = content_hash(study.scenarios, study.seed, runs)
    record = folder / "study.json"
    try:
        if record.exists() and json.loads(record.read_text()).get("content_hash") != mark:
            raise InputError(f"{folder}: holds another study; choose another --out, or remove it first")
        folder.mkdir(parents=True, exist_ok=True)
        longest = max(scenario["months"] for scenario in study.scenarios)
        for name, columns in (
            ("runs", run_columns(longest)),
            ("months", MONTHS),
            ("cohorts", COHORTS),
            ("whale", WHALE),
            ("customers", CUSTOMERS),
        ):
            frame = getattr(study, name)
            if frame is not None:
                _write_table(frame, columns, study.currency, folder / f"{name}.parquet")
        about = {
            "schema_version": SCHEMA_VERSION,
            "names": study.names,
            "scenarios": study.scenarios,
            "seed": study.seed,
            "runs": runs,
            "engine": study.engine,
            "versions": {name: _version(name) for name in PACKAGES} | {"python": platform.python_version()},
            "platform": platform.platform(),
            "command": " ".join(Path(part).name if not number else part for number, part in enumerate(sys.argv)),
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "content_hash": mark,
        }
        _replace(record, json.dumps(about, indent=1).encode())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{folder}: the study cannot be written there: {reason}; choose another --out") from None
    return folder


def open_study(folder: str | Path) -> Study:
    """Read a study from its folder.

    Raises
    ------
    StudyError
        When there is no whole study in the folder.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / "study.json").read_text())
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("runs", "months", "cohorts", "whale")}
        people = folder / "customers.parquet"
        customers = pd.read_parquet(people) if people.exists() else None
        return Study(
            about["names"], about["scenarios"], about["seed"], about["engine"], **tables, customers=customers, about=about
        )
    except (OSError, ValueError, KeyError) as error:
        raise StudyError(f"{folder}: holds no whole study ({error})") from None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _write_table(frame: pd.DataFrame, columns: tuple[Column, ...], currency: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    known = {column.name: column for column in columns}
    fields = []
    for entry in table.schema:
        if entry.name in known:
            unit = known[entry.name].unit.replace("money", currency)
            entry = entry.with_metadata({"unit": unit, "meaning": known[entry.name].meaning})
        fields.append(entry)
    table = table.cast(pa.schema(fields, metadata=table.schema.metadata))
    part = path.with_name(f".{path.name}.part")
    try:
        pq.write_table(table, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
