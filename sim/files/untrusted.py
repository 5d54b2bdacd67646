"""Files that others wrote, opened in one way: plain files only, of a sane size, and JSON that means one thing."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq

MEGABYTE = 1 << 20
TEXT = 2 * MEGABYTE  # scenarios, designs, problems, hypotheses
RECORD = 64 * MEGABYTE  # records, pictures, memos
LOG = 1024 * MEGABYTE  # logs, and points of a design
TABLE = 1 << 40  # read in pieces: Parquet and Arrow
CELLS = 1 << 28  # of a Parquet row group
DEEPEST = 60  # levels of JSON

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotPlainError(OSError):
    """What was named is no plain file, or is too large."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(errno.EINVAL, why, str(path))


@contextmanager
def opened(path: Path, most: int) -> Iterator[BinaryIO]:
    """A file open for reading, if it is a plain one of at most so many bytes; a named pipe is not waited for.

    Raises
    ------
    OSError
        When it cannot be opened; :class:`NotPlainError` when it is another kind of file, or too large.
    """
    with open(path, "rb", opener=_at_once) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise NotPlainError(path, f"expected a plain file, got {_KINDS.get(stat.S_IFMT(found.st_mode), 'something else')}")
        if found.st_size > most:
            raise NotPlainError(path, f"expected at most {_size(most)}, got {_size(found.st_size)}")
        yield file


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def read_bytes(path: Path, most: int = RECORD) -> bytes:
    """The content of a file; raises as :func:`opened`."""
    with opened(path, most) as file:
        content = file.read(most + 1)
    if content is None:  # what gives nothing yet, and would have to be waited for
        raise NotPlainError(path, "expected a plain file, got one that cannot be read at once")
    if len(content) > most:  # some files of the system say that they are empty
        raise NotPlainError(path, f"expected at most {_size(most)}, got more")
    return content


def read_text(path: Path, most: int = TEXT) -> str:
    """The text of a file in UTF-8, with or without a mark at its beginning; raises as :func:`opened`, or UnicodeDecodeError."""
    return read_bytes(path, most).decode("utf-8-sig").replace("\r\n", "\n")


def read_json(path: Path, most: int = RECORD) -> Any:
    """What a file of JSON says; raises as :func:`opened` and :func:`from_json`."""
    return from_json(read_bytes(path, most))


def from_json(text: str | bytes) -> Any:
    """What JSON says, if it says it once and in characters.

    Raises
    ------
    ValueError
        When it is no JSON, is nested more than 60 deep, names a key twice, or has half a character (a lone surrogate).
    """
    try:
        found = json.loads(text, object_pairs_hook=_object)
        _check_depth(found)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(f"is nested more than {DEEPEST} deep") from None
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate)") from None
    return found


def parquet(path: Path) -> pq.ParquetFile:
    """A Parquet file, if its row groups are of a sane size; raises as :func:`opened`, or pyarrow's errors."""
    with opened(path, TABLE):
        found = pq.ParquetFile(path)
    told = found.metadata
    for group in (told.row_group(k) for k in range(told.num_row_groups)):
        cells = max(group.num_rows * told.num_columns, group.total_byte_size // 8)
        if cells > CELLS or group.num_rows < 0:
            raise NotPlainError(path, f"expected row groups of at most {CELLS:,} cells, got {cells:,}")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f'names the key "{twice[:60]}" twice')
    return found


def _check_depth(found: Any) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise RecursionError


def _size(many: int) -> str:
    return f"{many / MEGABYTE:,.0f} MB" if many >= MEGABYTE else f"{many:,} bytes"
