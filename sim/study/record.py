"""``study.json``: what a study on disk is, who made it and how far it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.study.plan import Plan
from sim.study.provenance import SCHEMA_VERSION, now, provenance
from sim.study.whole import whole_file

NAME = "study.json"
RUNNING, COMPLETE = "running", "complete"

Record = dict[str, Any]
_NEEDED = {
    "schema_version": int,
    "status": str,
    "names": list,
    "scenarios": list,
    "seed": int,
    "runs": int,
    "engine": str,
    "inputs": dict,
    "content_hash": str,
}


def record_of(plan: Plan) -> Record:
    """The record of a study that begins now."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "study",
        "status": RUNNING,
        "names": list(plan.names),
        "seed": plan.seed,
        "runs": plan.runs,
        "engine": plan.engine,
        "customers": plan.customers,
        "currency": plan.currency,
        "content_hash": plan.content_hash,
        "inputs": plan.inputs(),
        **provenance(),
        "scenarios": [scenario.canonical() for scenario in plan.scenarios],
    }


def completed(record: Record, files: dict[str, dict[str, Any]]) -> Record:
    """The record of a study whose tables are all in place."""
    return {**record, "status": COMPLETE, "finished": now(), "files": files}


def write(folder: Path, record: Record) -> None:
    """Put the record in the folder, whole.

    Raises
    ------
    OSError
        When it cannot be written; a record that was there stays.
    """
    with whole_file(folder / NAME) as file:
        file.write(json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n")


def read(folder: Path) -> Record | None:
    """The record in a folder, None if there is none.

    Raises
    ------
    InputError
        When there is one that nobody can read, or of a later version of daarna.
    """
    path = folder / NAME
    try:
        record = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: is not the record of a study: {error}; choose another folder") from None
    wrong = _wrong(record)
    if wrong:
        raise InputError(f"{path}: is not the record of a study: {wrong}; choose another folder")
    if record["schema_version"] > SCHEMA_VERSION:
        raise InputError(
            f"{path}: was written by a later version of daarna (schema {record['schema_version']}, "
            f"this one reads up to {SCHEMA_VERSION}); install the later version to open it"
        )
    return dict(record)


def _wrong(record: Any) -> str:
    if not isinstance(record, dict):
        return "it holds no JSON object"
    for key, kind in _NEEDED.items():
        if not isinstance(record.get(key), kind) or isinstance(record[key], bool):
            return f"'{key}' is missing or of the wrong kind"
    if len(record["names"]) != len(record["scenarios"]) or not record["names"]:
        return "'names' and 'scenarios' do not match"
    return "" if record["status"] in (RUNNING, COMPLETE) else f"found status {record['status']!r}"


def difference(record: Record, plan: Plan) -> str:
    """How a plan differs from the study on record, in words; empty if it may go on with it.

    An unfinished study may be asked for more runs than before: those it has stay good.
    """
    old, new = record["inputs"], plan.inputs()
    said = [_differs(key, old.get(key), new[key]) for key in new if old.get(key) != new[key]]
    fewer = record["status"] == RUNNING and plan.runs < record["runs"]
    if fewer or (record["status"] == COMPLETE and plan.runs != record["runs"]):
        said.append(f"{record['runs']} runs per scenario, not {plan.runs}")
    return "; ".join(said)


def _differs(key: str, old: Any, new: Any) -> str:
    if key == "code":
        return "rules of another version of daarna's code"
    if key == "customers":
        return f"runs {'with' if old else 'without'} customers"
    if key == "scenarios" and isinstance(old, dict) and list(old) == list(new):
        changed = [name for name in new if old[name] != new[name]]
        return f"other parameters of {', '.join(changed)}"
    if key == "scenarios":
        return f"scenarios {', '.join(old or ())}, not {', '.join(new)}"
    if key == "model":
        return "another model of your own" if old and new else "the model of the book as it comes"
    return f"{key} {old}, not {new}"
