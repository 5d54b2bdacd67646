"""A sweep on disk: finished runs are safe at once and found again by content.

While a sweep runs, its folder holds::

    design.json       what determines the numbers, "complete": false
    parts/….arrow     runs of some points, each written whole by the worker that simulated them
    .lock             held by the process that leads

A row is addressed by what determines it (:func:`sim.sweeps.point.addresses`), so a sweep goes on wherever it was
killed, and a changed design takes from the folder every point that it still has.  In the end the rows are streamed
in the order of the points into ``runs.parquet``, ``points.parquet`` says what became of each point, ``design.json``
is replaced by the one that says "complete": true, and the parts are removed.  Each step may be repeated.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from sim.errors import InputError, StudyError
from sim.study.disk import BusyError, lock, make_folder, replacing
from sim.study.provenance import CIRCUMSTANCES, difference
from sim.study.store import FULL, _read_record, _reason
from sim.sweeps.design import Design
from sim.sweeps.job import Piece
from sim.sweeps.parts import Shelf, merge_parts
from sim.sweeps.point import addresses
from sim.sweeps.table import RunsWriter, write_points

RECORD = "design.json"
PARTS = "parts"
RUNS, POINTS = "runs.parquet", "points.parquet"
DETERMINING = ("schema_version", "base", "seed", "daarna", "source", "model")


class SweepFolder:
    """A sweep being written into a folder; a context manager, within which nobody else leads there.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    design : Design
        What is simulated.
    about : dict
        The content of ``design.json``: see :func:`sim.sweeps.execute.about`.
    """

    def __init__(self, folder: Path, design: Design, about: dict[str, Any]) -> None:
        self.folder, self.design, self.about = folder, design, about
        origin = {key: about[key] for key in DETERMINING}
        self.addresses = list(addresses(origin, design.factors, design.rows()))
        self.failures: dict[bytes, str] = {}
        self.done = 0  # runs, of all points
        self._open = ExitStack()

    def __enter__(self) -> SweepFolder:
        """Lock the folder and see what is there.

        Raises
        ------
        InputError
            When the folder cannot be written, holds something else, or is being written by another process.
        StudyError
            When the disk is full.
        """
        try:
            with refusing(self.folder):
                make_folder(self.folder)
                self._open.enter_context(lock(self.folder))
                self._take_up()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Free the folder; an error on its way out is told what is safe."""
        self._open.close()
        if error is not None and not isinstance(error, InputError | StudyError):
            error.add_note(self.safe())

    @property
    def total(self) -> int:
        """Runs of all points."""
        return len(self.addresses) * self.design.runs

    def missing(self) -> Iterator[Piece]:
        """What is to be simulated, in order of the points; each content once."""
        seen: set[bytes] = set()
        for address, row in zip(self.addresses, self.design.rows(), strict=True):
            if address not in seen:
                seen.add(address)
                for first, last in self._shelf.gaps(address, self.design.runs):
                    yield Piece(address, row, first, last)

    def tidy(self) -> None:
        """Keep the number of files down."""
        with self.keeping():
            merge_parts(self.folder / PARTS)

    def finish(self) -> None:
        """Make the sweep's files from the parts.

        Raises
        ------
        StudyError
            When they cannot be written, or a part cannot be read; says what is safe.
        """
        with self.keeping():
            self._shelf = self._look()
            self._assemble()
            self.about["complete"] = True
            try:
                self._write_record()
            except OSError:
                self.about["complete"] = False
                raise
            shutil.rmtree(self.folder / PARTS, ignore_errors=True)

    def safe(self) -> str:
        """What is safe on disk, and how to go on, in words."""
        if self.about["complete"]:
            return f"the sweep is whole in {self.folder}"
        return f"{self.done:,} of {self.total:,} runs are safe in {self.folder}; the same command goes on from there"

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Turn an error of the file system into one that says what is safe."""
        try:
            yield
        except OSError as error:
            raise StudyError(f"{self.folder}: cannot be written: {_reason(error)}; {self.safe()}") from None

    def _take_up(self) -> None:
        record = self.folder / RECORD
        if not record.exists():
            for name in ("study.json", RUNS, POINTS, PARTS):
                if (self.folder / name).exists():
                    raise InputError(f"{self.folder}: holds {name} and no {RECORD}; choose another --out, or remove it first")
            self._shelf = Shelf([], set())
        else:
            there = _read_record(record)
            if gap := _gap(there, self.about):
                raise InputError(f"{self.folder}: holds another sweep ({gap}); choose another --out, or remove it first")
            self._shelf = self._look()
            if there["complete"] and not self._shelf.spans:
                raise InputError(
                    f"{self.folder}: holds a finished sweep that has no point in common with this one; "
                    "choose another --out, or remove it first"
                )
            same = all(there.get(key) == json.loads(json.dumps(self.about[key])) for key in ("points", "runs", "design"))
            now = {key: self.about[key] for key in CIRCUMSTANCES}
            earlier = {key: there[key] for key in CIRCUMSTANCES}
            self.about |= earlier | {"continued": there.get("continued", [])}
            gaps = sum(last - first + 1 for one in self.addresses for first, last in self._shelf.gaps(one, self.design.runs))
            self.done = self.total - gaps
            if there["complete"] and same and not gaps:
                self.about = there
                return
            self.about["continued"] = [*self.about["continued"], now]
        self._write_record()
        make_folder(self.folder / PARTS)

    def _look(self) -> Shelf:
        finished = [self.folder / RUNS] if (self.folder / RUNS).exists() else []
        return Shelf([*finished, *sorted((self.folder / PARTS).glob("*.arrow"))], set(self.addresses))

    def _write_record(self) -> None:
        with replacing(self.folder / RECORD) as file:
            file.write(json.dumps(self.about, indent=1).encode())

    def _assemble(self) -> None:
        runs = self.design.runs
        good = [not any(self._shelf.gaps(address, runs)) for address in self.addresses]
        lost = [point for point, whole in enumerate(good) if not whole and self.addresses[point] not in self.failures]
        if lost:
            raise StudyError(f"{self.folder}: the runs of point {lost[0]} are not there; the same command simulates them")
        tables = {}
        with replacing(self.folder / RUNS) as file:
            writer = RunsWriter(file, self._shelf.schemas, self.design.base, self.about["design_hash"])
            try:
                for point, whole in enumerate(good):
                    if whole:
                        for rows in self._shelf.rows(self.addresses[point], runs):
                            writer.add(point, rows)
                tables["runs"] = writer.close()
            except BaseException:
                writer.abandon()
                raise
        status = [None if whole else self.failures[address] for whole, address in zip(good, self.addresses, strict=True)]
        with replacing(self.folder / POINTS) as file:
            tables["points"] = write_points(file, self.design.points(), self.addresses, status)
        self.about["tables"] = tables
        self.about["failing_points"] = sum(one is not None for one in status)


def _gap(there: dict[str, Any], here: dict[str, Any]) -> str:
    """The first thing that determines the numbers and is not the same, in words; empty if all is."""
    gap = difference(there, here, DETERMINING)
    return "another model function, or another version of it, made it" if gap.startswith("another BookModel") else gap


@contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Turn what keeps a folder from being used into a message that says why."""
    try:
        yield
    except BusyError as busy:
        who = f"another process ({busy})" if str(busy) else "another process"
        raise InputError(f"{folder}: {who} is writing a sweep there; wait for it, or choose another --out") from None
    except OSError as error:
        if error.errno in FULL:
            raise StudyError(f"{folder}: cannot be written: {_reason(error)}; nothing was simulated") from None
        raise InputError(
            f"{folder}: the sweep cannot be written there: {_reason(error)}; choose another --out, a folder you may write"
        ) from None
