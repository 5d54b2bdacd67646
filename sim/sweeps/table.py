"""The finished tables of a sweep as Parquet files, streamed; their bytes depend on their content only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.parquet import GROUP, absorb, combined, fingerprint
from sim.sweeps.parts import ADDRESS
from sim.tables import Column

KEYS = {
    "point": ("number", "number of the point, from 0"),
    "run": ("number", "number of the run, from 1; run k of every point has the same random numbers"),
    "address": ("hash", "128 bits of the SHA-256 of all that determines the row's point"),
}


class RunsWriter:
    """``runs.parquet``, written from rows that need not fit in memory together.

    Parameters
    ----------
    file : file
        Open for writing.
    schemas : sequence of Schema
        Of all files that rows may come from; the table has all their columns.
    columns : sequence of Column
        The outcomes; without any, those of the schemas.
    currency : str
        Of all money.
    record : dict
        What made it, kept in the file (:func:`sim.sweeps.record.carried`).
    """

    def __init__(
        self, file: BinaryIO, schemas: Sequence[pa.Schema], columns: Sequence[Column], currency: str, record: dict[str, str]
    ) -> None:
        self._schema = _schema(schemas, columns, currency).with_metadata(record)
        self._parquet = pq.ParquetWriter(file, self._schema, use_dictionary=["address"])
        self._waiting: list[pa.Table] = []
        self._held = self.rows = 0
        self._digests = {name: hashlib.sha256() for name in self._schema.names}

    def add(self, points: np.ndarray, rows: pa.Table) -> None:
        """Append runs: the numbers of their points, and the rows."""
        arrays = []
        for field in self._schema:
            if field.name == "point":
                arrays.append(pa.array(points, pa.int64()))
            elif field.name in rows.column_names:
                arrays.append(rows[field.name].cast(field.type))
            else:
                arrays.append(pa.nulls(rows.num_rows, field.type))
        self._waiting.append(pa.Table.from_arrays(arrays, schema=self._schema))
        self._held += rows.num_rows
        if self._held >= GROUP:
            whole = pa.concat_tables(self._waiting)
            for start in range(0, self._held - GROUP + 1, GROUP):
                self._write(whole.slice(start, GROUP))
            self._waiting = [whole.slice(self._held - self._held % GROUP)]
            self._held %= GROUP

    def close(self) -> dict[str, Any]:
        """Write what is left and the file's end; number of rows and fingerprint."""
        if self._held:
            self._write(pa.concat_tables(self._waiting))
        self._parquet.close()
        return {"rows": self.rows, "sha256": combined(self._digests)}

    def abandon(self) -> None:
        """Write no more, not even the file's end."""
        self._parquet.is_open = False

    def _write(self, group: pa.Table) -> None:
        group = group.combine_chunks()
        self._parquet.write_table(group, row_group_size=GROUP)
        self.rows += group.num_rows
        for name, digest in self._digests.items():
            absorb(digest, group[name].to_pandas().to_numpy())


def _schema(schemas: Sequence[pa.Schema], columns: Sequence[Column], currency: str) -> pa.Schema:
    kinds = {field.name: field.type for schema in schemas for field in schema}
    told = KEYS | {one.name: (one.unit.replace("money", currency), one.meaning) for one in columns}
    outcomes = [one.name for one in columns] or [name for name in kinds if name not in KEYS]
    if not columns and len({frozenset(schema.names) - set(KEYS) for schema in schemas}) > 1:
        outcomes.sort()  # points of one's own function that have different outcomes
    types = {"point": pa.int64(), "run": pa.int64(), **{name: kinds.get(name, pa.float64()) for name in outcomes}}
    fields = [(name, kind, told.get(name)) for name, kind in (types | {"address": ADDRESS}).items()]
    return pa.schema([pa.field(name, kind, metadata=_metadata(one)) for name, kind, one in fields])


def _metadata(told: tuple[str, str] | None) -> dict[str, str] | None:
    return None if told is None else {"unit": told[0], "meaning": told[1]}


def write_points(
    file: BinaryIO, points: pd.DataFrame, addresses: Sequence[bytes], errors: Sequence[str | None], record: dict[str, str]
) -> dict[str, Any]:
    """Write ``points.parquet``: the points with status, error and address, and what made them; number of rows and fingerprint."""
    frame = points.assign(status=["ok" if one is None else "failed" for one in errors], error=[one or "" for one in errors])
    mixed: dict[str, Any] = {str(name): frame[name].map(str) for name in frame if frame[name].dtype == object}
    table = pa.Table.from_pandas(frame.assign(**mixed), preserve_index=False).replace_schema_metadata(record)
    pq.write_table(table.append_column("address", pa.array(addresses, ADDRESS)), file)
    return {"rows": len(frame), "sha256": fingerprint(frame.assign(**mixed))}
