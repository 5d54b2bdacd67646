"""A study's folder: begun, filled chunk by chunk, finished, opened again.

At every moment the folder is one of: absent; *running* - ``study.json`` says so, finished chunks lie in
``.chunks``; *complete* - ``study.json`` says so and all tables are in place.  Each step is one rename.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import InputError, StudyError
from sim.study import parquet, record
from sim.study.frames import kept
from sim.study.lock import locked
from sim.study.pieces import Pieces
from sim.study.plan import Chunk, Plan
from sim.study.record import COMPLETE, Record
from sim.study.study import Study
from sim.study.whole import sweep_parts

FIGURES = "figures"


def open_study(folder: str | os.PathLike[str]) -> Study:
    """Open a complete study.  Its tables are read when they are asked for.

    Raises
    ------
    InputError
        When there is no study, it is unfinished, or a file of it is missing or not as it was written.
    """
    path = Path(folder)
    found = record.read(path)
    if found is None:
        known = "holds no study (no study.json)" if path.is_dir() else "there is no such folder"
        raise InputError(f"{path}: {known}; give the folder that `daarna run` wrote")
    if found["status"] != COMPLETE:
        raise InputError(
            f"{path}: this study is unfinished: {Folder(path).safe(found['runs'] * len(found['names']))}; "
            f"the command that began it goes on: {found.get('command', 'daarna run')}"
        )
    for name, written in found.get("files", {}).items():
        _as_written(path / name, written)
    return Study(found, FromFolder(path), path)


def _as_written(path: Path, written: dict[str, Any]) -> None:
    if not path.is_file():
        raise InputError(f"{path}: is missing from the study; compute it again in another folder")
    if path.stat().st_size != written["bytes"]:
        raise InputError(
            f"{path}: has {path.stat().st_size} bytes where {written['bytes']} were written; "
            "it has been changed, compute the study again in another folder"
        )


class FromFolder:
    """The tables of a complete study on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some of its columns."""
        with _readable(self.folder / f"{name}.parquet") as path:
            return parquet.read(path, columns)

    def pieces(self, name: str) -> Iterator[pa.Table]:
        """A table in pieces of moderate size."""
        with _readable(self.folder / f"{name}.parquet") as path:
            yield from parquet.pieces(path)


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    try:
        yield path
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}: cannot be read as a table: {error}") from None


class Folder:
    """A study's folder while it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pieces = Pieces(path)

    def safe(self, total: int) -> str:
        """How many runs are on disk for good, in words."""
        runs = sum(len(chunk.runs) for chunk in self.pieces.names())
        return f"{min(runs, total)} of {total} runs are safe in {self.path}"

    @contextmanager
    def writing(self, total: int) -> Iterator[None]:
        """Turn what the system says about the disk into a message that says what is safe.

        Raises
        ------
        InputError
            For any OSError in the block.
        """
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            place = f"{error.filename}: " if error.filename and str(error.filename) != str(self.path) else ""
            raise InputError(
                f"{self.path}: cannot be written: {place}{reason}; {self.safe(total)}; "
                "make room or choose another folder with --out, then the same command goes on"
            ) from error

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the folder, made if need be, against other writers.

        Raises
        ------
        InputError
            When it cannot be made or written, or holds something else than a study.
        StudyError
            When another process writes it.
        """
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path}: is a file, not a folder; choose another folder with --out")
        with self.writing(0):
            fresh = not self.path.exists()
            self.path.mkdir(parents=True, exist_ok=True)
        try:
            if record.read(self.path) is None:
                self._refuse_foreign()
            with self._locked():
                yield
        finally:
            if fresh and record.read(self.path) is None:
                self._unmake()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = locked(self.path)
        with self.writing(0):
            lock.__enter__()
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _refuse_foreign(self) -> None:
        others = sorted(path.name for path in self.path.iterdir() if not path.name.startswith("."))
        if others:
            shown = ", ".join(others[:3]) + (", …" if others[3:] else "")
            raise InputError(
                f"{self.path}: holds other files and no study ({shown}); "
                "choose a new or an empty folder with --out"
            )

    def _unmake(self) -> None:
        try:
            self.path.rmdir()
        except OSError:
            return

    def begin(self, plan: Plan) -> bool:
        """Make the folder ready for the plan's chunks; True if the study is complete already.

        Raises
        ------
        InputError
            When it holds a different study, or cannot be written.
        """
        found = record.read(self.path)
        differs = record.difference(found, plan) if found else ""
        if differs:
            raise InputError(
                f"{self.path}: holds a different study ({differs}); choose another folder with --out"
            )
        if found and found["status"] == COMPLETE:
            self.pieces.remove()
            return True
        with self.writing(plan.total):
            sweep_parts(self.path)
            if found is None or found["content_hash"] != plan.content_hash:
                record.write(self.path, record.record_of(plan))
            self.pieces.make()
        return False

    def missing(self, plan: Plan) -> list[Chunk]:
        """The plan's chunks that are not, or not soundly, on disk."""
        return [chunk for chunk in plan.chunks() if not self.pieces.sound(chunk)]

    def finish(self, plan: Plan) -> None:
        """Make tables of the chunks, say that the study is complete, and remove the chunks.

        Raises
        ------
        InputError
            When the tables cannot be written; the chunks stay.
        """
        begun = record.read(self.path)
        if begun is None:
            raise StudyError(f"{self.path}: study.json has been removed while the study was running")
        chunks = plan.chunks()
        tables = {table: self.pieces.tables(chunks, table) for table in kept(plan.customers)}
        with self.writing(plan.total):
            self.complete(begun, tables)
        self.pieces.remove()

    def complete(self, begun: Record, tables: Mapping[str, Iterable[pa.Table]]) -> None:
        """Write all tables and, last, the record that says so."""
        files = {
            f"{name}.parquet": parquet.write(self.path / f"{name}.parquet", pieces)
            for name, pieces in tables.items()
        }
        (self.path / FIGURES).mkdir(exist_ok=True)
        record.write(self.path, record.completed(begun, files))
