"""Tables of a study as files: columns with unit and meaning, written piece by piece; read when they are asked for.

Row groups and the fingerprint do not depend on how the rows arrive, so that a study interrupted
and continued is the same file as one that ran through.  A table that is not the one of its record is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import InputError, StudyError
from sim.files.atomic import FULL
from sim.files.untrusted import parquet
from sim.tables import COHORTS, CUSTOMERS, MONTHS, REPS, WHALE, Column, run_columns
from sim.texts import plain

TABLES = ("runs", "months", "cohorts", "whale", "reps", "customers")
KEYS = (
    Column("scenario", "name", "the scenario the row belongs to"),
    Column("run", "number", "number of the run, from 1; run k of every scenario has the same random numbers"),
)
GROUP = 1 << 16  # rows of a row group
RECORD_KEY = "daarna"  # of a file's metadata: what made it, as JSON
TEXTS = ("scenario", "status")  # columns that are no numbers
ADVICE = "put back the file as it was, or make it again in another folder by the command in"


def columns(table: str, months: int) -> tuple[Column, ...]:
    """Columns of a table of a study whose longest runs last so many months."""
    fixed = {"months": MONTHS, "cohorts": COHORTS, "whale": WHALE, "reps": REPS, "customers": CUSTOMERS}
    return KEYS + (run_columns(months) if table == "runs" else fixed[table])


def write_stream(frame: pd.DataFrame, file: BinaryIO) -> None:
    """Append a frame to a file as an Arrow stream."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    with pa.ipc.new_stream(file, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table)


def read_stream(file: BinaryIO) -> pa.Table:
    """The next Arrow stream of a file."""
    with pa.ipc.open_stream(file) as stream:
        return stream.read_all()


class TableWriter:
    """A Parquet file written from tables that need not fit in memory together."""

    def __init__(self, file: BinaryIO, table: str, months: int, currency: str, about: Mapping[str, str]) -> None:
        self._file, self._about = file, dict(about)
        self._columns = [column._replace(unit=column.unit.replace("money", currency)) for column in columns(table, months)]
        self._waiting: list[pa.Table] = []
        self._parquet: pq.ParquetWriter | None = None
        self._digests = {column.name: hashlib.sha256() for column in self._columns}
        self.rows = 0

    def add(self, scenario: str, table: pa.Table) -> None:
        """Append rows of one scenario."""
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self._file, self._schema(table))
        self._waiting.append(self._complete(scenario, table))
        self.rows += table.num_rows
        waiting = sum(one.num_rows for one in self._waiting)
        if waiting >= GROUP:
            whole = pa.concat_tables(self._waiting)
            for start in range(0, waiting - GROUP + 1, GROUP):
                self._write(whole.slice(start, GROUP))
            self._waiting = [whole.slice(waiting - waiting % GROUP)]

    def close(self) -> None:
        """Write what is left and the file's end."""
        assert self._parquet is not None, "a table without a schema"
        rest = pa.concat_tables(self._waiting)
        if rest.num_rows:
            self._write(rest)
        self._parquet.close()

    def abandon(self) -> None:
        """Write no more, not even the file's end: something went wrong."""
        if self._parquet is not None:
            self._parquet.is_open = False

    def fingerprint(self) -> str:
        """SHA-256 of all values, column by column; the same on every machine and with every version of Parquet."""
        return combined(self._digests)

    def _schema(self, table: pa.Table) -> pa.Schema:
        kinds = dict(zip(table.schema.names, table.schema.types, strict=True)) | {"scenario": pa.string()}
        fields = [
            pa.field(column.name, kinds.get(column.name, pa.float64()), metadata={"unit": column.unit, "meaning": column.meaning})
            for column in self._columns
        ]
        return pa.schema(fields, metadata=self._about)

    def _complete(self, scenario: str, table: pa.Table) -> pa.Table:
        """The rows in the file's columns; years that the scenario does not reach are empty."""
        assert self._parquet is not None
        schema, rows = self._parquet.schema, table.num_rows
        arrays = []
        for field in schema:
            if field.name == "scenario":
                arrays.append(pa.repeat(pa.scalar(scenario), rows))
            elif field.name in table.column_names:
                arrays.append(table[field.name].cast(field.type))
            else:
                arrays.append(pa.nulls(rows, field.type))
        return pa.Table.from_arrays(arrays, schema=schema)

    def _write(self, group: pa.Table) -> None:
        assert self._parquet is not None
        group = group.combine_chunks()
        self._parquet.write_table(group, row_group_size=GROUP)
        for name, digest in self._digests.items():
            absorb(digest, group[name].to_pandas().to_numpy())


def fingerprint(frame: pd.DataFrame) -> str:
    """SHA-256 of all values of a table, column by column: as :meth:`TableWriter.fingerprint` of the file it came from."""
    digests = {name: hashlib.sha256() for name in frame}
    for name, digest in digests.items():
        absorb(digest, frame[name].to_numpy())
    return combined(digests)


def file_fingerprint(path: Path) -> str:
    """:func:`fingerprint` of a table on disk, read in pieces."""
    file = parquet(path)
    digests = {name: hashlib.sha256() for name in file.schema_arrow.names}
    for group in range(file.num_row_groups):
        for name, column in zip(digests, file.read_row_group(group).itercolumns(), strict=True):
            absorb(digests[name], column.to_pandas().to_numpy())
    return combined(digests)


def absorb(digest: Any, values: np.ndarray) -> None:
    """Take the values of a column into a digest, whatever machine they are on; NaN is NaN."""
    if values.dtype.kind in "if":
        values = np.where(np.isnan(values), np.nan, values) if values.dtype.kind == "f" else values
        digest.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
    else:
        digest.update("".join(f"{value}\0" for value in values).encode())


def combined(digests: Mapping[Any, Any]) -> str:
    """One fingerprint of the names and digests of all columns."""
    whole = hashlib.sha256()
    for name, digest in digests.items():
        whole.update(f"{name}\0".encode() + digest.digest())
    return whole.hexdigest()


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
