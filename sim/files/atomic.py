"""How everything is written: files that are there whole or not at all, no link followed, one writer at a time.

This is the only module that opens files to write (``tests/study/test_writing.py`` holds all others to it).  A file is
written under a random name beside its place, created exclusively, flushed to the disk and renamed; a link that stands
in its place is replaced, never followed, and a folder that is a link is refused.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sim.errors import InputError, StudyError
from sim.scenario.base import shown

LOCK = ".lock"
FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}  # not the user's choice of place
HALF = ".daarna-{}.part"  # name of a file that is being written, with a random number
HALVES = re.compile(r"\.daarna-[0-9a-f]{32}\.part")
LARGEST = 1 << 32  # bytes of a sealed file
HOLDER = re.compile(rb"\d*\s*")  # what a lock file holds: the number of a process
SUBFOLDERS = ("parts", "figures", "memo", "tables", "schemes", "evaluations")  # that are made in a folder of results
NO_LINK: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


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
    """A file to write that takes its place only when whole: beside it, flushed to the disk, renamed.

    What killed writers have left in the folder is removed: files of this pattern that nobody holds locked.

    Raises
    ------
    InputError
        When its folder is a link, or in its place stands what is neither a file nor a link.
    """
    folder = path.parent
    refuse_link(folder)
    _refuse_kind(path)
    _clear(folder)
    half, handle = _exclusive(folder)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
            if os.name != "nt":  # while it is locked, so that nobody takes it for a leftover
                os.replace(half, path)
        if os.name == "nt":  # which renames no open file
            os.replace(half, path)
        sync_folder(folder)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _refuse_kind(path: Path) -> None:
    """Refuse to replace what is neither a file nor a link."""
    if os.path.lexists(path) and not (path.is_symlink() or path.is_file()):
        raise InputError(f"{path}: expected a file, got {_kind(os.lstat(path).st_mode)}")


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file at once, text as UTF-8; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


def write_new(path: Path, content: bytes) -> Path:
    """Write a file where none is.

    Raises
    ------
    FileExistsError
        When there is one, or a link.
    """
    refuse_link(path.parent)
    with path.open("xb") as file:
        file.write(content)
    return path


SEAL = 32  # bytes of the SHA-256 that a sealed file ends in


def write_sealed(path: Path, content: bytes, identity: str) -> Path:
    """Write a file that ends in the SHA-256 of its content and of what it belongs to, for :func:`read_sealed`."""
    with replacing(path) as file:
        file.write(content)
        file.write(_digest(content, identity))
    return path


def read_sealed(path: Path, identity: str) -> memoryview | None:
    """The content of a sealed file; None if there is none, or it is damaged, or belongs to something else, or is no plain file.

    The digest is part of the file: damage to it is damage to the file.

    Raises
    ------
    OSError
        When the disk fails.
    """
    try:
        handle = os.open(path, os.O_RDONLY | NO_LINK)
    except FileNotFoundError:
        return None
    except OSError:
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        raise
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        content = memoryview(file.read() if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST else b"")
    whole = len(content) >= SEAL and content[-SEAL:] == _digest(content[:-SEAL], identity)
    return content[:-SEAL] if whole else None


def _digest(content: bytes | memoryview, identity: str) -> bytes:
    digest = hashlib.sha256(content)
    digest.update(b"\0" + identity.encode())
    return digest.digest()


def remove_file(path: Path) -> None:
    """Remove a file, or the link that stands in its place, if it is there."""
    path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder with what is in it as far as that is possible; a link is not followed, there or inside."""
    shutil.rmtree(folder, ignore_errors=True)


def refuse_link(folder: Path) -> None:
    """Refuse to write into a folder that is a link: whoever made it would choose where.

    Raises
    ------
    InputError
        When it is one.
    """
    if folder.is_symlink():
        raise InputError(
            f"{folder}: expected a folder, got a link to {os.readlink(folder)}; name the folder itself, or remove the link"
        )


def refuse_links(folder: Path) -> None:
    """Refuse a folder of results that is a link, or in which a folder is one that results are written to."""
    for one in (folder, *(folder / name for name in SUBFOLDERS)):
        refuse_link(one)


def followed(given: Path) -> Path:
    """A folder of results that the user names to be opened: where it leads, if it is a link."""
    return given.resolve() if given.is_symlink() else given


def _exclusive(folder: Path) -> tuple[Path, int]:
    """A new file under a random name, open and locked."""
    while True:
        half = folder / HALF.format(secrets.token_hex(16))
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, 0o666)
        try:
            _take(handle)
            ours = os.path.samestat(os.fstat(handle), os.lstat(half))
        except (BlockingIOError, PermissionError, FileNotFoundError):
            ours = False  # someone is clearing it away, or has, before it was locked
        except OSError:
            ours = True  # a file system that cannot lock, so that nobody clears anything away
        if ours:
            return half, handle
        os.close(handle)


def _clear(folder: Path) -> None:
    """Remove what killed writers have left: plain files with a name of ours that nobody holds locked."""
    for name in os.listdir(folder):
        if not HALVES.fullmatch(name):
            continue
        with suppress(OSError):
            handle = os.open(folder / name, os.O_WRONLY | NO_LINK)
            try:
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    _take(handle)
                    os.unlink(folder / name)
            finally:
                os.close(handle)


def _kind(mode: int) -> str:
    """What stands in the place of a plain file, in words."""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFREG: "a file"}
    return kinds.get(stat.S_IFMT(mode), "a device")


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
    """Make a folder with those above it, so that they survive a power cut.

    Raises
    ------
    InputError
        When it is a link.
    """
    refuse_link(folder)
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


def check_file(file: Path, made: bool = False) -> Path:
    """Refuse, before the work that makes its content, a file that cannot be written; `made` if folders above it are made.

    Returns
    -------
    The file, in the folder that the user means if that is a link.

    Raises
    ------
    InputError
        When it is a folder or a device, or the folder it is to stand in is none or may not be written.
    """
    named = followed(file.parent) / file.name
    _refuse_kind(named)
    folder = named.parent
    while made and not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with writing(file):
        wrong = (
            errno.ENOENT if not folder.exists()
            else errno.ENOTDIR if not folder.is_dir()
            else 0 if os.access(folder, os.W_OK)
            else errno.EACCES
        )  # fmt: skip
        if wrong:
            raise OSError(wrong, os.strerror(wrong))
    return named


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
        handle = _open_lock(path)
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
            if os.path.samestat(os.fstat(handle), os.lstat(path)):
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


@contextmanager
def patient_lock(folder: Path, patience: float, name: str = LOCK) -> Iterator[bool]:
    """The same lock, waited for so many seconds at the most; whether that was needed.

    Raises
    ------
    BusyError
        When someone else holds it all the time.
    """
    began, waited = time.monotonic(), False
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(lock(folder, name))
                break
            except BusyError:
                if time.monotonic() - began > patience:
                    raise
            waited = True
            time.sleep(0.05)
        yield waited


def _open_lock(path: Path) -> int:
    """Open a lock file, made if it is not there; InputError if what is there is another thing, which stays as it is."""
    found = ""
    if path.is_symlink():  # Windows cannot refuse it on opening
        found = "a link"
    else:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o644)
        except OSError as error:
            if not os.path.lexists(path) or stat.S_ISREG(mode := os.lstat(path).st_mode):
                raise error
            found = _kind(mode)
        else:
            here = os.fstat(handle)
            found = (
                _kind(here.st_mode) if not stat.S_ISREG(here.st_mode)
                else "a file with another name elsewhere" if here.st_nlink > 1
                else "" if HOLDER.fullmatch(os.read(handle, 64))
                else "another text"
            )  # fmt: skip
            if found:
                os.close(handle)
    if found:
        raise InputError(f"{path}: expected a lock, a plain file with the number of a process, got {found}; remove it first")
    return handle


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
