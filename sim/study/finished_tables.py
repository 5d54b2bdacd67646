"""Tables of a finished study or sweep: read when they are asked for, and refused when they are not those of its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.errors import InputError, StudyError
from sim.files.atomic import FULL
from sim.files.untrusted import parquet
from sim.study.parquet import file_fingerprint, fingerprint
from sim.texts import plain

TEXTS = ("scenario", "status")  # columns that are no numbers
ADVICE = "put back the file as it was, or make it again in another folder by the command in"


class Marks:
    """The fingerprints that a record has of its tables (:func:`sim.study.parquet.fingerprint`), to hold the files against.

    Parameters
    ----------
    record : Path
        ``study.json`` or ``design.json``; the tables lie beside it.
    about : dict
        Its content.  What it has no fingerprint of, as one from before there were any, is not checked.

    Raises
    ------
    InputError
        When what it says of its tables cannot be read.
    """

    def __init__(self, record: Path, about: dict[str, Any]) -> None:
        self._record = record
        try:
            kept = {name: one.get("sha256") for name, one in (about.get("tables") or {}).items()}
        except AttributeError:
            raise InputError(f"{record}: cannot be read: its tables are not told as rows and SHA-256 by name") from None
        self._kept = {name: mark for name, mark in kept.items() if mark is not None}

    def check(self, name: str, frame: pd.DataFrame | None = None) -> None:
        """Refuse a table whose values are others than those recorded.

        Parameters
        ----------
        name : str
            Which table.
        frame : DataFrame, optional
            All columns that the fingerprint is of, if they have been read; else the file is read, in pieces.

        Raises
        ------
        InputError
            When its fingerprint is another, or the file is missing or is none that can be read.
        StudyError
            When the disk fails.
        """
        if name not in self._kept:
            return
        path = self._record.with_name(f"{name}.parquet")
        with self.reading(name):
            found = file_fingerprint(path) if frame is None else fingerprint(frame)
        if found != self._kept[name]:
            raise InputError(
                f"{path}: was changed: the SHA-256 of its values is {found[:12]}…, and {self._record.name} has "
                f"{self._kept[name][:12]}…; {ADVICE} {self._record.name}"
            )

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Turn what keeps a table from being read into one message; raises as :meth:`check`."""
        try:
            yield
        except (OSError, ValueError, pa.ArrowException) as error:  # ValueError: a text that is none any more
            kind = StudyError if isinstance(error, OSError) and error.errno in FULL else InputError
            place = self._record.with_name(f"{name}.parquet")
            why = getattr(error, "strerror", None) or error
            raise kind(f"{place}: cannot be read: {why}; {ADVICE} {self._record.name}") from None


class StoredTables(Mapping[str, pd.DataFrame]):
    """Tables of a study on disk, each read, and checked, when it is first asked for.

    Parameters
    ----------
    folder : Path
        Of the study.
    names : tuple of str
        Its tables.
    marks : Marks
        What they are held against.
    scenarios : sequence of str
        Those that the record names: a table is of no others.
    columns : mapping
        Columns that each table has.
    """

    def __init__(
        self, folder: Path, names: tuple[str, ...], marks: Marks, scenarios: Sequence[str], columns: Mapping[str, Sequence[str]]
    ) -> None:
        self._folder, self._names, self._marks, self._scenarios, self._columns = folder, names, marks, scenarios, columns
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table, read on first use; InputError or StudyError if it cannot be, InputError if it was changed."""
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            with self._marks.reading(name):
                frame = parquet(self._folder / f"{name}.parquet").read().to_pandas()
            self._marks.check(name, frame)
            self._check(name, frame)
            self._read[name] = frame
        return self._read[name]

    def _check(self, name: str, frame: pd.DataFrame) -> None:
        """Refuse a table that the record does not go with; whoever makes a record makes its fingerprints too."""
        path = self._folder / f"{name}.parquet"
        missing = [one for one in self._columns[name] if one not in frame]
        if missing:
            raise InputError(f"{path}: expected a column {missing[0]}, got none")
        for one in frame:
            if one not in TEXTS and not pd.api.types.is_numeric_dtype(frame[one]):
                raise InputError(f"{path}: {plain(one)}: expected numbers, got {frame[one].dtype}")
        found = list(dict.fromkeys(map(str, frame["scenario"])))
        if not set(found) <= set(self._scenarios) or (name == "runs" and len(found) < len(self._scenarios)):
            raise InputError(f"{path}: expected the scenarios {', '.join(self._scenarios)}, got {', '.join(found) or 'none'}")

    def __iter__(self) -> Iterator[str]:
        """Names of the tables."""
        return iter(self._names)

    def __len__(self) -> int:
        """Number of tables."""
        return len(self._names)
