"""A study on disk: finished runs are safe at once, a killed study goes on, nothing half written reads as whole.

While a study runs, its folder holds::

    study.json              what determines the numbers, "complete": false
    parts/0000-1-8.arrow    scenario 0, runs 1 to 8: one file per finished chunk, all tables one after the other,
                            then the SHA-256 of them, of the study's identity and of the chunk
    .lock                   held by the process that writes

A part is written beside its place, flushed to the disk and renamed, so it is there whole or not at all;
one file for all tables of a chunk makes that a single rename.  A part that does not agree with its digest is not
used: its runs are simulated again.  In the end the parts are streamed in
order into one Parquet file per table, ``study.json`` is replaced by the one that says "complete": true,
and the parts are removed.  Each step may be repeated: after a kill the same command does what is left.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from sim.engine import Tables
from sim.errors import StudyError
from sim.files.atomic import make_folder, read_sealed, remove_file, remove_folder, replacing, sync_folder, write_sealed
from sim.study.crate import write_crate
from sim.study.parquet import RECORD_KEY, TABLES, Marks, StoredTables, TableWriter, columns, read_stream, write_stream
from sim.study.provenance import CIRCUMSTANCES, RECORD, carried, difference, identity
from sim.study.work_folder import PARTS, WorkFolder, tell_damaged
from sim.version import __version__

KEYED = ["scenario", "run"]  # columns of every table of every version


class Chunk(NamedTuple):
    """Runs `first` to `last` of a scenario."""

    scenario: int
    first: int
    last: int

    @classmethod
    def named(cls, name: str) -> Chunk | None:
        """The chunk that a part's name says; None if it says none."""
        numbers = re.fullmatch(r"(\d{4,9})-(\d{1,9})-(\d{1,9})", name)
        return cls(*map(int, numbers.groups())) if numbers else None

    @property
    def numbers(self) -> range:
        """The run numbers."""
        return range(self.first, self.last + 1)


def tables_of(about: dict[str, Any]) -> tuple[str, ...]:
    """Names of the tables a study has."""
    names = TABLES if about["customers"] else TABLES[:-1]
    known = names if about["daarna"] == __version__ else about.get("tables") or names  # an older version may have had fewer
    return tuple(name for name in names if name in known)


class StudyFolder(WorkFolder):
    """A study being written into a folder; a context manager, within which nobody else writes there.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    about : dict
        What the study is: see :func:`sim.study.provenance.record`.
    """

    what, record = "study", RECORD

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        super().__init__(folder, about)
        self.done: dict[int, list[Chunk]] = {index: [] for index in range(len(about["names"]))}
        self._outcomes: dict[Chunk, pd.DataFrame] = {}  # of the chunks that were looked at
        self._counting = threading.Lock()

    @property
    def complete(self) -> bool:
        """Whether the study is finished."""
        return bool(self.about["complete"])

    def gaps(self) -> Iterator[Chunk]:
        """Runs that are not there yet, in order."""
        if self.complete:
            return
        for scenario, chunks in self.done.items():
            next_run = 1
            for chunk in sorted(chunks):
                if chunk.first > next_run:
                    yield Chunk(scenario, next_run, chunk.first - 1)
                next_run = chunk.last + 1
            if next_run <= self.about["runs"]:
                yield Chunk(scenario, next_run, self.about["runs"])

    def columns(self, outcomes: list[str]) -> dict[str, pd.DataFrame]:
        """Outcomes of the runs so far by scenario, run after run.

        Raises
        ------
        StudyError
            When a part cannot be read.
        """
        found = {}
        for scenario, chunks in self.done.items():
            mine = sorted(chunk for chunk in chunks if chunk.last <= self.about["runs"])
            for chunk in mine:
                if chunk not in self._outcomes:
                    self._outcomes[chunk] = self._read(chunk, TABLES[:1])[0].select(outcomes).to_pandas()
            found[self.about["names"][scenario]] = pd.concat([self._outcomes[chunk] for chunk in mine], ignore_index=True)
        return found

    def put(self, chunk: Chunk, tables: Tables) -> None:
        """Have a finished chunk of runs safe on disk; called by any thread.

        Raises
        ------
        StudyError
            When it cannot be written; says what is safe.
        """
        content = io.BytesIO()
        for name in tables_of(self.about):
            write_stream(getattr(tables, name), content)
        with self.keeping():
            write_sealed(self._path(chunk), content.getvalue(), self._belongs(chunk))
        with self._counting:
            self.done[chunk.scenario].append(chunk)

    def finish(self) -> StoredTables:
        """Make the study's files from the parts, unless that is done.

        Raises
        ------
        StudyError
            When they cannot be written, or a part cannot be read; says what is safe.
        """
        with self.keeping():
            if not self.complete:
                self.about["tables"] = self._assemble()
                self.about["complete"] = True
                try:
                    self._write_record()
                except OSError:
                    self.about["complete"] = False
                    raise
            remove_folder(self.folder / PARTS)
            write_crate(self.folder, self.about)
        return stored_tables(self.folder, self.about)

    def runs_done(self) -> int:
        """Number of runs on disk, over all scenarios."""
        total: int = self.about["runs"] * len(self.about["names"])
        return total if self.complete else sum(len(chunk.numbers) for chunks in self.done.values() for chunk in chunks)

    def safe(self) -> str:
        """What is safe on disk, and how to go on, in words."""
        total = self.about["runs"] * len(self.about["names"])
        if self.complete:
            return f"the study is whole in {self.folder}"
        of_all = "" if self.about.get("precision") else f" of {total}"
        return f"{self.runs_done()}{of_all} runs are safe in {self.folder}; the same command goes on from there"

    def _take_up(self) -> None:
        new = not (self.folder / RECORD).exists()
        there = None if new else self._recorded()
        if there is None:
            if new:
                self._check_free((*(f"{table}.parquet" for table in TABLES), "design.json", PARTS))
            self._write_record()
        else:
            self._refuse(difference(there, self.about))
            if there["complete"]:
                check_tables(self.folder, there)
                self.about = there
            else:
                now = {key: self.about[key] for key in CIRCUMSTANCES}
                then = {key: there[key] for key in CIRCUMSTANCES}
                self.about |= {**then, "continued": [*there.get("continued", []), now]}
                self._write_record()
        if self.complete:
            return
        make_folder(self.folder / PARTS)
        for path, chunk in self._parts():
            if chunk is None:
                tell_damaged(path)
                remove_file(path)
            else:
                self.done[chunk.scenario].append(chunk)

    def _parts(self) -> Iterator[tuple[Path, Chunk | None]]:
        """The parts that are there, each with the chunk of this study that it holds; None of one that is damaged, or of another."""
        for path in self.folder.glob(f"{PARTS}/*.arrow"):
            chunk = Chunk.named(path.stem)
            whole = chunk is not None and chunk.scenario in self.done and read_sealed(path, self._belongs(chunk)) is not None
            yield path, chunk if whole else None

    def _has_parts(self) -> bool:
        return any(chunk for _, chunk in self._parts())

    def _assemble(self) -> dict[str, Any]:
        """Stream the parts into the final files; number of rows and fingerprint of each table."""
        names, scenarios = self.about["names"], self.about["scenarios"]
        longest = max(scenario["months"] for scenario in scenarios)
        mark = {RECORD_KEY: json.dumps(carried(self.about))}
        with ExitStack() as files:
            writers = {}
            for table in tables_of(self.about):
                file = files.enter_context(replacing(self.folder / f"{table}.parquet"))
                writers[table] = TableWriter(file, table, longest, scenarios[0]["currency"], mark)
                files.callback(writers[table].abandon)  # no effect on a closed one
            for scenario, chunks in self.done.items():
                for chunk in sorted(chunks):
                    self._stream(chunk, names[scenario], writers)
            for writer in writers.values():
                writer.close()
        sync_folder(self.folder)
        return {table: {"rows": writer.rows, "sha256": writer.fingerprint()} for table, writer in writers.items()}

    def _stream(self, chunk: Chunk, name: str, writers: dict[str, TableWriter]) -> None:
        for writer, table in zip(writers.values(), self._read(chunk, tuple(writers)), strict=True):
            writer.add(name, table)

    def _path(self, chunk: Chunk) -> Path:
        return self.folder / PARTS / f"{chunk.scenario:04d}-{chunk.first}-{chunk.last}.arrow"

    def _read(self, chunk: Chunk, names: tuple[str, ...]) -> list[pa.Table]:
        """The first tables of a part; they stand there in the order of TABLES."""
        path = self._path(chunk)
        content = read_sealed(path, self._belongs(chunk))
        if content is None:
            raise StudyError(f"{path}: was damaged; the same command simulates its runs again")
        part = io.BytesIO(content)
        try:
            return [read_stream(part) for _ in names]
        except pa.ArrowException as error:
            raise StudyError(f"{path}: cannot be read ({error}); remove it, and the same command simulates it again") from None

    def _belongs(self, chunk: Chunk) -> str:
        """What a part is the part of."""
        return f"{identity(self.about)} {chunk.scenario} {chunk.first} {chunk.last}"


def stored_tables(folder: Path, about: dict[str, Any], checked: bool = True) -> StoredTables:
    """The tables of a finished study by its folder and record, read when they are asked for; see :func:`sim.study.results.stored`."""
    names = tables_of(about)
    longest = max(scenario["months"] for scenario in about["scenarios"])
    needed = (lambda name: [one.name for one in columns(name, longest)]) if about["daarna"] == __version__ else lambda _: KEYED
    marks = Marks(folder / RECORD, about if checked else {})
    return StoredTables(folder, names, marks, about["names"], {name: needed(name) for name in names})


def check_tables(folder: Path, about: dict[str, Any]) -> None:
    """Read a finished study's tables, in pieces, to know that they are those of its record.

    Raises
    ------
    InputError, StudyError
        When one was changed or cannot be read.
    """
    marks = Marks(folder / RECORD, about)
    for name in tables_of(about):
        marks.check(name)
