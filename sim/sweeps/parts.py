"""Finished runs on disk, found again by content: a row knows the address of the point it belongs to; the finished tables.

A part is an Arrow file that a worker wrote in one piece, followed by its SHA-256; the finished table is a Parquet file.
Both have the columns ``address`` and ``run``, so either can give rows to a sweep that goes on or has changed.  A part
that does not agree with its digest is removed, and what it held is simulated again.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StudyError
from sim.files.atomic import read_sealed, remove_file, write_sealed
from sim.files.untrusted import parquet
from sim.study.parquet import GROUP, absorb, combined, fingerprint
from sim.study.work_folder import tell_damaged
from sim.tables import Column

ADDRESS = pa.binary(16)
PART = "sweep"  # what a part belongs to: its rows say the rest, by address
IN_MEMORY = 1 << 18  # rows read from files and kept while a table is assembled
TOGETHER = 1024  # points whose rows are taken at once
MERGE = 256  # parts that are merged into one when there are twice as many
KEYS = {
    "point": ("number", "number of the point, from 0"),
    "run": ("number", "number of the run, from 1; run k of every point has the same random numbers"),
    "address": ("hash", "128 bits of the SHA-256 of all that determines the row's point"),
}


class Span(NamedTuple):
    """Consecutive runs of a point within a block of a file."""

    first: int
    last: int
    file: int
    block: int
    offset: int


def write_part(folder: Path, mark: str, pieces: Sequence[tuple[bytes, dict[str, np.ndarray]]]) -> None:
    """Write the runs of several points, each column by column, as one file, there whole or not at all."""
    rows = [len(columns["run"]) for _, columns in pieces]
    addresses = np.repeat(np.array([np.void(address) for address, _ in pieces]), rows)
    arrays = {"address": pa.FixedSizeBinaryArray.from_buffers(ADDRESS, len(addresses), [None, pa.py_buffer(addresses.tobytes())])}
    for name in {name: None for _, columns in pieces for name in columns}:  # in order of appearance
        values = [columns.get(name, np.full(number, np.nan)) for (_, columns), number in zip(pieces, rows, strict=True)]
        arrays[name] = pa.array(np.concatenate(values), from_pandas=True)  # NaN is what is not there
    _write(folder, mark, [pa.table(arrays)])


def _write(folder: Path, mark: str, tables: Sequence[pa.Table]) -> None:
    content = io.BytesIO()
    with pa.ipc.new_file(content, tables[0].schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
        for table in tables:
            out.write_table(table.combine_chunks())
    # a name of its own, should two workers do the same piece
    write_sealed(folder / f"{mark}-{uuid.uuid4().hex}.arrow", content.getvalue(), PART)


def read_part(path: Path) -> memoryview | None:
    """The Arrow file in a part; None if it is damaged, which is said, and the part removed."""
    content = read_sealed(path, PART)
    if content is None and path.exists():
        tell_damaged(path)
        remove_file(path)
    return content


def merge_parts(folder: Path, mark: str) -> None:
    """Keep the number of parts with a mark down: the smallest become one file for each schema, a block of it per file."""
    files = list(folder.glob(f"{mark}-*.arrow"))
    if len(files) < 2 * MERGE:
        return
    kinds: dict[tuple[str, ...], list[tuple[Path, pa.Table]]] = {}
    for path in sorted(files, key=lambda path: path.stat().st_size)[:MERGE]:
        with _readable(path):
            content = read_part(path)
        if content is None:
            continue
        table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
        kinds.setdefault(tuple(map(str, table.schema)), []).append((path, table))
    for alike in kinds.values():
        if len(alike) > 1:
            _write(folder, mark, [table for _, table in alike])
            for path, _ in alike:
                remove_file(path)


class FoundRuns:
    """The runs found in parts and in a finished table, for some addresses.

    Parameters
    ----------
    files : sequence of Path
        Where to look.
    wanted : set of bytes
        Addresses that matter.
    """

    def __init__(self, files: Sequence[Path], wanted: set[bytes]) -> None:
        self.files: list[Path] = []
        self.spans: dict[bytes, list[Span]] = {}
        self._schemas: list[pa.Schema] = []
        self._open: tuple[Path, Any] | None = None
        self._kept: OrderedDict[tuple[int, int], pa.Table] = OrderedDict()
        for path in files:
            with _readable(path):
                found = _keys(path)
            if found is not None:
                self._schemas.append(found[0])
                for block, keys in enumerate(found[1]):
                    self._note(len(self.files), block, keys, wanted)
                self.files.append(path)

    def _note(self, file: int, block: int, keys: pa.Table, wanted: set[bytes]) -> None:
        if not keys.num_rows:
            return
        addresses = keys["address"].combine_chunks()
        runs = keys["run"].to_numpy()
        words = np.frombuffer(addresses.buffers()[1], np.uint64).reshape(-1, 2)[
            addresses.offset : addresses.offset + len(addresses)
        ]
        starts = np.flatnonzero(np.r_[True, (words[1:] != words[:-1]).any(axis=1) | (runs[1:] != runs[:-1] + 1)])
        ends = np.r_[starts[1:], len(runs)]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            address = words[start].tobytes()
            if address in wanted:
                self.spans.setdefault(address, []).append(Span(int(runs[start]), int(runs[end - 1]), file, block, start))

    def schemas(self) -> list[pa.Schema]:
        """Of the files with rows that matter."""
        return [self._schemas[number] for number in sorted({span.file for spans in self.spans.values() for span in spans})]

    def gaps(self, address: bytes, runs: int) -> Iterator[tuple[int, int]]:
        """Ranges of runs, of 1 to `runs`, that are not there."""
        following = 1
        for span in sorted(self.spans.get(address, ())):
            if following > runs:
                return
            if span.first > following:
                yield following, min(span.first - 1, runs)
            following = max(following, span.last + 1)
        if following <= runs:
            yield following, runs

    def rows(self, addresses: Iterable[tuple[int, bytes]], runs: int) -> Iterator[tuple[np.ndarray, pa.Table]]:
        """Runs 1 to `runs` of points, in the order asked for: numbers of the points, row by row, and the rows.

        What lies together in a file comes together.
        """
        points: list[int] = []
        lengths: list[int] = []
        at: tuple[int, int, int] | None = None  # file, block and first row of what lies together
        for point, address in addresses:
            for span, length in self._covering(address, runs):
                if at is None or (at[0], at[1], at[2] + sum(lengths)) != span or len(points) == TOGETHER:
                    if at is not None:
                        yield np.repeat(points, lengths), self._block(*at[:2]).slice(at[2], sum(lengths))
                    at, points, lengths = span, [], []
                points.append(point)
                lengths.append(length)
        if at is not None:
            yield np.repeat(points, lengths), self._block(*at[:2]).slice(at[2], sum(lengths))

    def _covering(self, address: bytes, runs: int) -> Iterator[tuple[tuple[int, int, int], int]]:
        """Where runs 1 to `runs` of a point lie: file, block and row, and how many from there."""
        following = 1
        for span in sorted(self.spans[address]):
            first, last = max(span.first, following), min(span.last, runs)
            if first <= last:
                yield (span.file, span.block, span.offset + first - span.first), last - first + 1
                following = last + 1

    def _block(self, file: int, block: int) -> pa.Table:
        if (file, block) not in self._kept:
            path = self.files[file]
            with _readable(path):
                if path.suffix == ".parquet":
                    table = parquet(path).read_row_group(block)
                else:
                    table = pa.Table.from_batches([self._part(path).get_batch(block)])
            while self._kept and sum(one.num_rows for one in self._kept.values()) + table.num_rows > IN_MEMORY:
                self._kept.popitem(last=False)
            self._kept[file, block] = table
        self._kept.move_to_end((file, block))
        return self._kept[file, block]

    def _part(self, path: Path) -> Any:
        """A part, read and checked once as long as no other is asked for."""
        if self._open is None or self._open[0] != path:
            content = read_part(path)
            if content is None:
                raise StudyError(f"{path}: was damaged; the same command simulates what it held again")
            self._open = path, pa.ipc.open_file(pa.py_buffer(content))
        return self._open[1]


def _keys(path: Path) -> tuple[pa.Schema, list[pa.Table]] | None:
    """Schema of a file, and the address and run of its rows, block by block; None of a damaged part."""
    if path.suffix == ".parquet":
        file = parquet(path)
        return file.schema_arrow, [file.read_row_group(k, ["address", "run"]) for k in range(file.num_row_groups)]
    content = read_part(path)
    if content is None:
        return None
    schema = pa.ipc.open_file(pa.py_buffer(content)).schema
    fields = [schema.get_field_index("address"), schema.get_field_index("run")]
    part = pa.ipc.open_file(pa.py_buffer(content), options=pa.ipc.IpcReadOptions(included_fields=fields))
    return schema, [pa.Table.from_batches([part.get_batch(k)]) for k in range(part.num_record_batches)]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a broken file into a message that says what to do."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise StudyError(f"{path}: cannot be read ({error}); remove it, and the same command simulates it again") from None


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
