"""Tables of a study as files: columns with unit and meaning, written piece by piece.

Row groups and the fingerprint do not depend on how the rows arrive, so that a study interrupted
and continued is the same file as one that ran through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.files.untrusted import parquet
from sim.tables import COHORTS, CUSTOMERS, MONTHS, WHALE, Column, run_columns

TABLES = ("runs", "months", "cohorts", "whale", "customers")
KEYS = (
    Column("scenario", "name", "the scenario the row belongs to"),
    Column("run", "number", "number of the run, from 1; run k of every scenario has the same random numbers"),
)
GROUP = 1 << 16  # rows of a row group
RECORD_KEY = "daarna"  # of a file's metadata: what made it, as JSON


def columns(table: str, months: int) -> tuple[Column, ...]:
    """Columns of a table of a study whose longest runs last so many months."""
    fixed = {"months": MONTHS, "cohorts": COHORTS, "whale": WHALE, "customers": CUSTOMERS}
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
