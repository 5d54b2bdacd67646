"""Finished chunks on disk, until the study is complete: one file per chunk, whole or not there.

A file is a line with the SHA-256 of the rest, a line of JSON saying where each table begins, and the
tables as Arrow IPC streams.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.study.plan import Chunk
from sim.study.whole import sweep_parts, whole_file

NAME = ".chunks"
MAGIC = b"daarna chunk 1 "
_FILE = re.compile(r"(\d+)-(\d+)-(\d+)\.chunk")


class Pieces:
    """The finished chunks in a study's folder."""

    def __init__(self, study: Path) -> None:
        self.folder = study / NAME

    def make(self) -> None:
        """Make the folder, and clear it of half-written files."""
        self.folder.mkdir(exist_ok=True)
        sweep_parts(self.folder)

    def path(self, chunk: Chunk) -> Path:
        """Where a chunk is kept."""
        return self.folder / f"{chunk.scenario:05d}-{chunk.first:010d}-{chunk.stop:010d}.chunk"

    def put(self, chunk: Chunk, tables: dict[str, pa.Table]) -> None:
        """Write a chunk to the disk, for good.

        Raises
        ------
        OSError
            When it cannot be written; nothing is left of it then.
        """
        streams = {table: _stream(tables[table]) for table in tables}
        rest = json.dumps({table: len(stream) for table, stream in streams.items()}).encode() + b"\n"
        rest += b"".join(streams.values())
        with whole_file(self.path(chunk)) as file:
            file.write(MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)

    def names(self) -> list[Chunk]:
        """Chunks there are files of, in order."""
        found = [_FILE.fullmatch(path.name) for path in self.folder.glob("*.chunk")]
        return sorted(Chunk(*map(int, match.groups())) for match in found if match)

    def sound(self, chunk: Chunk) -> bool:
        """Whether the chunk is on disk and every byte of it as it was written."""
        try:
            data = self.path(chunk).read_bytes()
        except FileNotFoundError:
            return False
        head, _, rest = data.partition(b"\n")
        return head == MAGIC + hashlib.sha256(rest).hexdigest().encode()

    def tables(self, chunks: Sequence[Chunk], table: str) -> Iterator[pa.Table]:
        """One table of the chunks, chunk by chunk."""
        for chunk in chunks:
            yield self.get(chunk, table)

    def get(self, chunk: Chunk, table: str) -> pa.Table:
        """One table of a chunk."""
        with open(self.path(chunk), "rb") as file:
            file.readline()
            lengths: dict[str, int] = json.loads(file.readline())
            for name, length in lengths.items():
                if name == table:
                    return pa.ipc.open_stream(file.read(length)).read_all()
                file.seek(length, io.SEEK_CUR)
        raise KeyError(table)

    def remove(self) -> None:
        """Remove all chunks: the study is complete without them."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _stream(table: pa.Table) -> bytes:
    sink: Any = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
