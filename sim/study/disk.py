"""What a file system owes a study: files that are there whole or not at all, and one writer at a time."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sim.errors import InputError, StudyError
from sim.scenario.base import shown

LOCK = ".lock"
FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}  # not the user's choice of place
HALF = ".part"  # suffix of a file that is being written; what a kill leaves of it, the next writer of the file replaces


def reason(error: OSError) -> str:
    """Why the system refused, in words."""
    return error.strerror or str(error)


@contextmanager
def writing(path: Path, safe: str = "") -> Iterator[None]:
    """Turn what keeps a file or folder from being written into one message; `safe` says what is whole all the same.

    Raises
    ------
    InputError
        When it is a place that cannot be written.
    StudyError
        When the disk is full or fails.
    """
    try:
        yield
    except OSError as error:
        kind = StudyError if error.errno in FULL else InputError
        raise kind(f"{path}: cannot be written: {reason(error)}" + (f"; {safe}" if safe else "")) from None


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its place only when whole: beside it, flushed to the disk, renamed."""
    half = path.with_name(f".{path.name}{HALF}")
    try:
        with half.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut (Windows sees to that itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, so that they survive a power cut."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is a file", str(folder))
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def place(given: object, name: str = "out") -> Path:
    """Where something is to be written, as an argument says it.

    An empty text is refused: it is what an unset variable of a shell leaves, and would mean the current folder.

    Raises
    ------
    InputError
        When it is no path, or an empty one.
    """
    if not isinstance(given, str | Path):
        raise InputError(f"{name}: found {shown(given)}, allowed is the path of a folder")
    if given == "":
        raise InputError(f"{name}: found an empty text, allowed is the path of a folder (the current one is .)")
    return Path(given)


def check_file(file: Path, made: bool = False) -> None:
    """Refuse, before the work that makes its content, a file that cannot be written; `made` if folders above it are made.

    Raises
    ------
    InputError
        When it is a folder, or the folder it is to stand in is none or may not be written.
    """
    folder = file.parent
    while made and not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with writing(file):
        wrong = (
            errno.EISDIR if file.is_dir()
            else errno.ENOENT if not folder.exists()
            else errno.ENOTDIR if not folder.is_dir()
            else 0 if os.access(folder, os.W_OK) or (file.exists() and os.access(file, os.W_OK))
            else errno.EACCES
        )  # fmt: skip
        if wrong:
            raise OSError(wrong, os.strerror(wrong))


class BusyError(Exception):
    """Another process holds the lock; the text is its number, if known."""


@contextmanager
def lock(folder: Path, name: str = LOCK) -> Iterator[None]:
    """Be the only one to hold a lock in a folder: by default, its only writer.  The operating system frees the lock when the process dies, however it dies.

    Raises
    ------
    BusyError
        When someone else holds it.
    """
    path = folder / name
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(handle)
        except (BlockingIOError, PermissionError):
            os.lseek(handle, 0, os.SEEK_SET)
            holder = os.read(handle, 32).decode(errors="replace").strip()
            os.close(handle)
            raise BusyError(holder) from None
        except OSError as error:
            warnings.warn(f"{folder}: this file system cannot lock ({error.strerror}); start one process only", stacklevel=2)
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                break
        os.close(handle)  # its last holder has just removed the file: take the lock on the new one
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file; a lock file without a holder locks nothing
            path.unlink()
        os.close(handle)


def _take(handle: int) -> None:
    """Lock an open file or raise BlockingIOError / PermissionError at once."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond the text, which stays readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
