"""Writing a study that was run in memory, or copying one, to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.study import record
from sim.study.record import COMPLETE, RUNNING
from sim.study.store import Folder

if TYPE_CHECKING:
    from sim.study.study import Study


def save(study: Study, path: Path) -> Path:
    """Write a study to a new or empty folder; see :meth:`sim.study.Study.save`."""
    folder = Folder(path)
    with folder.claimed():
        found = record.read(path)
        if found and (found["content_hash"] != study.content_hash or found["inputs"] != study.record["inputs"]):
            raise InputError(f"{path}: holds a different study; choose another folder")
        if found and found["status"] == COMPLETE:
            return path
        begun = {key: value for key, value in study.record.items() if key not in ("finished", "files")}
        with folder.writing(0):
            record.write(path, {**begun, "status": RUNNING})
            folder.complete(begun, study.pieces())
        folder.pieces.remove()
    return path
