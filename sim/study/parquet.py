"""Tables to and from Parquet, a row group at a time, so that memory stays flat however long the table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.whole import whole_file

ROW_GROUP = 50_000  # rows; the same cuts whatever pieces the rows come in


def write(path: Path, pieces: Iterable[pa.Table]) -> dict[str, Any]:
    """Write pieces of one schema as one file; the same rows give the same bytes.

    Returns
    -------
    dict
        Rows, bytes and SHA-256 of the file.

    Raises
    ------
    OSError
        When it cannot be written; nothing is left of it then.
    ValueError
        When there is no piece to take the schema from.
    """
    rows = 0
    with whole_file(path) as file:
        counted = _Counted(file)
        groups = regrouped(pieces)
        first = next(groups, None)
        if first is None:
            raise ValueError(f"{path.name}: no rows and no columns to write")
        with pq.ParquetWriter(pa.PythonFile(counted, mode="w"), first.schema, compression="zstd") as writer:
            group: pa.Table | None = first
            while group is not None:
                writer.write_table(group, row_group_size=ROW_GROUP)
                rows += group.num_rows
                group = next(groups, None)
    return {"rows": rows, "bytes": counted.bytes, "sha256": counted.digest.hexdigest()}


def regrouped(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of :data:`ROW_GROUP` rows, the last one shorter (or the only one, empty)."""
    held: list[pa.Table] = []
    count, given = 0, False
    for piece in pieces:
        held.append(piece)
        count += piece.num_rows
        while count >= ROW_GROUP:
            table = pa.concat_tables(held)
            yield table.slice(0, ROW_GROUP).combine_chunks()
            held, count, given = [table.slice(ROW_GROUP)], count - ROW_GROUP, True
    if held and (count or not given):
        yield pa.concat_tables(held).combine_chunks()


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A whole table, or some of its columns."""
    return pq.ParquetFile(path).read(columns=columns)


def pieces(path: Path) -> Iterator[pa.Table]:
    """A table row group by row group."""
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        yield file.read_row_group(group)
    if not file.num_row_groups:
        yield file.schema_arrow.empty_table()


class _Counted:
    """A file that hashes what is written through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.bytes = 0
        self.closed = False

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self.digest.update(view)
        self.bytes += view.nbytes
        self.file.write(view)
        return view.nbytes

    def tell(self) -> int:
        return self.bytes

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        """Leave the file open: who opened it flushes it to the disk and closes it."""
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
