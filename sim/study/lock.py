"""One writer per folder: a lock the system releases when its holder ends, however it ends.

The file names the holder's process for people to read; the lock itself is the system's, so that a process
killed without warning leaves no stale lock behind and a reused process number misleads nobody.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import StudyError
from sim.study.provenance import now

NAME = ".lock"
BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for writing.

    Raises
    ------
    StudyError
        When somebody else holds it; says who.
    OSError
        When the lock file cannot be made.
    """
    path = folder / NAME
    handle = _take(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"pid": os.getpid(), "host": platform.node(), "since": now()}).encode())
        yield
    finally:
        if sys.platform != "win32":  # while the lock is held; Windows keeps open files
            with suppress(OSError):
                path.unlink(missing_ok=True)
        os.close(handle)
        with suppress(OSError):
            if sys.platform == "win32":
                path.unlink(missing_ok=True)


def _take(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
            if _same(handle, path):
                return handle
        except OSError as error:
            holder = _holder(path)
            os.close(handle)
            if error.errno not in BUSY:
                raise
            raise StudyError(
                f"{path.parent}: {holder} is writing this study; wait until it has ended, "
                "or write to another folder with --out"
            ) from None
        os.close(handle)  # its holder ended and removed the file between our opening and locking it


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 2**20, os.SEEK_SET)  # beyond the text, which stays readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
        # a file system without locks: files are still whole, and two writers write the same numbers


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text())
        return f"process {held['pid']} on {held['host']} (since {held['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
