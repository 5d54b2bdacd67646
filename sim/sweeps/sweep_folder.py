"""A sweep on disk: finished runs are safe at once and found again by content.

While a sweep runs, its folder holds::

    design.json       what determines the numbers, "complete": false
    parts/….arrow     runs of some points, each written whole by the worker that simulated them
    .lock             held by the process that leads

A row is addressed by what determines it (:func:`sim.sweeps.point.addresses`), so a sweep goes on wherever it was
killed, and a changed design takes from the folder every point that it still has.  In the end the rows are streamed
in the order of the points into ``runs.parquet``, ``points.parquet`` says what became of each point, ``design.json``
is replaced by the one that says "complete": true, the parts are removed, and ``ro-crate-metadata.json`` says what is in
the folder.  Each step may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import InputError, StudyError
from sim.files.atomic import lock, make_folder, patient_lock, remove_folder, replacing
from sim.observables import columns_of, is_observable
from sim.study.parquet import file_fingerprint
from sim.study.provenance import CIRCUMSTANCES, difference
from sim.study.work_folder import PARTS, WorkFolder, tell_damaged
from sim.sweeps.design import Design
from sim.sweeps.job import Piece
from sim.sweeps.parts import MERGE, FoundRuns, RunsWriter, merge_parts, write_points
from sim.sweeps.point import addresses, content_hash
from sim.sweeps.record import carried, write_crate
from sim.sweeps.results import Sweep
from sim.tables import run_columns

RECORD = "design.json"
PART_LOCK = ".lock-"  # and the part's mark: held by the process that simulates the part
STANDING = "standing"  # of an unfinished sweep's record: fingerprints of runs tables that may lie there
PATIENCE = 60.0  # seconds that a part waits for the others to have looked at the folder
RUNS, POINTS = "runs.parquet", "points.parquet"
DETERMINING = ("schema_version", "base", "seed", "daarna", "source", "model")


def origin(about: dict[str, Any]) -> dict[str, Any]:
    """What all points of a sweep have in common, from its record: part of every point's address."""
    return {key: about[key] for key in DETERMINING} | ({"observables": observed(about)} if observed(about) else {})


def observed(about: dict[str, Any]) -> list[str]:
    """The observables that a sweep records."""
    return [name for name in about["design"]["outcomes"] if is_observable(name)]


class SweepFolder(WorkFolder):
    """A sweep being written into a folder; a context manager, within which nobody else leads there.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    design : Design
        What is simulated.
    about : dict
        The content of ``design.json``: see :func:`sim.sweeps.record.about`.
    part : (int, int), optional
        To simulate part k of n only, beside processes that simulate the others, and not to finish the sweep.
    """

    what, record = "sweep", RECORD

    def __init__(self, folder: Path, design: Design, about: dict[str, Any], part: tuple[int, int] | None = None) -> None:
        super().__init__(folder, about)
        self.design, self.part = design, part
        self.mark = "p" if part is None else f"p{part[0]}of{part[1]}"  # of the files it writes
        self._written = 0
        self._finished: list[Path] = []  # a whole table, of this sweep or the one it was before
        self.addresses = list(addresses(origin(about), design.factors, design.rows()))
        about["content_hash"] = content_hash(self.addresses, design.runs)
        self.failures: dict[bytes, str] = {}
        self.done = 0  # runs, of all points

    def _occupy(self) -> None:
        """Lock the folder for as long as it is written to; a part locks its own name, and the folder while it looks at it."""
        with ExitStack() as leading:
            leading.enter_context(patient_lock(self.folder, PATIENCE) if self.part else lock(self.folder))
            if self.part:
                self._open.enter_context(lock(self.folder, f"{PART_LOCK}{self.mark}"))
            else:
                self._check_parts()
                self._open.enter_context(leading.pop_all())
            self._take_up()

    def mine(self) -> list[bytes]:
        """Addresses of the points to be seen to: all, or every so-many-th."""
        return self.addresses if self.part is None else self.addresses[self.part[0] - 1 :: self.part[1]]

    @property
    def total(self) -> int:
        """Runs of these points."""
        return len(self.mine()) * self.design.runs

    def missing(self) -> Iterator[Piece]:
        """What is to be simulated, in order of the points; each content once."""
        seen: set[bytes] = set()
        first, step = (0, 1) if self.part is None else (self.part[0] - 1, self.part[1])
        for address, row in islice(zip(self.addresses, self.design.rows(), strict=True), first, None, step):
            if address not in seen:
                seen.add(address)
                for begin, end in self._shelf.gaps(address, self.design.runs):
                    yield Piece(address, row, begin, end)

    def tidy(self) -> None:
        """Keep the number of files down; to be called when a file was written."""
        self._written += 1
        if self._written % MERGE == 0:
            merge_parts(self.folder / PARTS, self.mark)

    def _check_parts(self) -> None:
        """Refuse to lead while a part is being simulated."""
        for path in self.folder.glob(f"{PART_LOCK}*"):
            with lock(self.folder, path.name):
                pass

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
            standing = self.about.pop(STANDING)
            self.about["complete"] = True
            try:
                self._write_record()
            except OSError:
                self.about |= {"complete": False, STANDING: standing}
                raise
            remove_folder(self.folder / PARTS)
            write_crate(self.folder, self.about)

    def safe(self) -> str:
        """What is safe on disk, and how to go on, in words."""
        if self.about["complete"]:
            return f"the sweep is whole in {self.folder}"
        safe = max(0, self.done - len(self.failures) * self.design.runs)
        return f"{safe:,} of {self.total:,} runs are safe in {self.folder}; the same command goes on from there"

    def _take_up(self) -> None:
        record = self.folder / RECORD
        self.about[STANDING] = []
        if not record.exists():
            self._check_free(("study.json", RUNS, POINTS, PARTS))
            self._shelf = FoundRuns([], set())
        elif (there := self._recorded()) is None:
            self._shelf = self._look()
            self.done = self.total - self._gaps()
        else:
            self._refuse(_gap(there, self.about))
            if there.get("complete"):  # what was changed would go into the tables made next, under a fingerprint of their own
                Sweep(self.folder, there).check()
                self.about[STANDING] = [there["tables"]["runs"]["sha256"]] if "tables" in there else []
                self._finished = [self.folder / RUNS]
            else:
                self.about[STANDING] = there.get(STANDING) or []
                self._finished = self._usable_table()
            self._shelf = self._look()
            if there.get("complete") and not self._shelf.spans:
                raise InputError(
                    f"{self.folder}: holds a finished sweep that has no point in common with this one; "
                    "choose another --out, or remove it first"
                )
            same = all(there.get(key) == json.loads(json.dumps(self.about[key])) for key in ("points", "runs", "design"))
            now = {key: self.about[key] for key in CIRCUMSTANCES}
            earlier = {key: there.get(key) for key in CIRCUMSTANCES}
            self.about |= earlier | {"continued": there.get("continued", [])}
            gaps = self._gaps()
            self.done = self.total - gaps
            if there.get("complete") and same and not gaps:
                self.about = there | {"content_hash": self.about["content_hash"]}
                remove_folder(self.folder / PARTS)  # a kill may have left them
                if self.about != there:  # an earlier version made the sweep
                    self._write_record()
                write_crate(self.folder, self.about)
                return
            self.about["continued"] = [*self.about["continued"], now]
        self._write_record()
        make_folder(self.folder / PARTS)

    def _gaps(self) -> int:
        """Number of runs of these points that are not there."""
        return sum(last - first + 1 for one in self.mine() for first, last in self._shelf.gaps(one, self.design.runs))

    def _has_parts(self) -> bool:
        return bool(self._look().spans)

    def _usable_table(self) -> list[Path]:
        """The table of a sweep that was finished once and then changed, if it is one whose fingerprint is recorded."""
        path = self.folder / RUNS
        try:
            if not path.is_file() or file_fingerprint(path) in self.about[STANDING]:
                return [path] if path.is_file() else []
        except (OSError, ValueError, pa.ArrowException):
            pass
        tell_damaged(path)
        return []

    def _look(self) -> FoundRuns:
        return FoundRuns([*self._finished, *sorted((self.folder / PARTS).glob("*.arrow"))], set(self.addresses))

    def _assemble(self) -> None:
        runs = self.design.runs
        good = [not any(self._shelf.gaps(address, runs)) for address in self.addresses]
        lost = [point for point, whole in enumerate(good) if not whole and self.addresses[point] not in self.failures]
        if lost:
            raise StudyError(f"{self.folder}: the runs of point {lost[0]} are not there; the same command simulates them")
        tables = {}
        with replacing(self.folder / RUNS) as file:
            longest = max((months for months, whole in zip(self.design.months(), good, strict=True) if whole), default=0)
            simulated = self.design.base is not None and self.about["model"] is None
            units = run_columns(longest) + columns_of(observed(self.about)) if simulated else ()
            currency = self.design.base.currency if self.design.base else ""
            writer = RunsWriter(file, self._shelf.schemas(), units, currency, carried(self.about))
            try:
                whole_ones = ((point, self.addresses[point]) for point, whole in enumerate(good) if whole)
                for points, rows in self._shelf.rows(whole_ones, runs):
                    writer.add(points, rows)
                tables["runs"] = writer.close()
                self.about[STANDING] = [*self.about[STANDING], tables["runs"]["sha256"]]
                self._write_record()
            except BaseException:
                writer.abandon()
                raise
        status = [None if whole else self.failures[address] for whole, address in zip(good, self.addresses, strict=True)]
        with replacing(self.folder / POINTS) as file:
            tables["points"] = write_points(file, self.design.points(), self.addresses, status, carried(self.about))
        self.about["tables"] = tables
        self.about["failing_points"] = sum(one is not None for one in status)


def _gap(there: dict[str, Any], here: dict[str, Any]) -> str:
    """The first thing that determines the numbers and is not the same, in words; empty if all is."""
    gap = difference(there, here, DETERMINING)
    return "another model function, or another version of it, made it" if gap.startswith("another BookModel") else gap
