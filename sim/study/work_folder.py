"""A folder that is being written: by one process only, refused in words, and said what is safe in it when something goes wrong."""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from sim.errors import InputError, StudyError
from sim.files.atomic import FULL, BusyError, lock, make_folder, reason, refuse_links, write_file
from sim.study.provenance import digest
from sim.study.record_schema import MARK, check_mark, read
from sim.texts import nearest

log = logging.getLogger(__name__)
PARTS = "parts"  # where finished pieces wait for the rest


class WorkFolder(ABC):
    """What a study and a sweep on disk have in common: a context manager, within which nobody else writes there.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.
    about : dict
        The content of its record.
    """

    what: ClassVar[str]  # "study" or "sweep"
    record: ClassVar[str]  # name of the file that says what it is

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.about = folder, about
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Lock the folder, see what is there, and say what will be.

        Raises
        ------
        InputError
            When the folder cannot be written, holds something else, or is being written by another process.
        StudyError
            When the disk is full.
        """
        try:
            with refusing(self.folder, self.what):
                refuse_links(self.folder)
                make_folder(self.folder)
                self._occupy()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Free the folder; an error on its way out is told what is safe."""
        self._open.close()
        if error is not None and not isinstance(error, InputError | StudyError):
            error.add_note(self.safe())

    @abstractmethod
    def safe(self) -> str:
        """What is safe on disk, and how to go on, in words."""

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Turn an error of the file system into one that says what is safe."""
        try:
            yield
        except OSError as error:
            raise StudyError(f"{self.folder}: cannot be written: {reason(error)}; {self.safe()}") from None

    def _occupy(self) -> None:
        """Lock the folder; see what is there."""
        self._open.enter_context(lock(self.folder))
        self._take_up()

    @abstractmethod
    def _take_up(self) -> None:
        """See what is in the folder, and whether it can go on; raise InputError if it cannot."""

    def _check_free(self, names: Iterable[str]) -> None:
        for name in names:
            if (self.folder / name).exists():
                raise InputError(f"{self.folder}: holds {name} and no {self.record}; choose another --out, or remove it first")

    def _refuse(self, gap: str) -> None:
        if gap:
            raise InputError(f"{self.folder}: holds another {self.what} ({gap}); choose another --out, or remove it first")

    def _write_record(self) -> None:
        about = json.loads(json.dumps(self.about))
        write_file(self.folder / self.record, json.dumps(about | {MARK: digest(about)}, indent=1))

    def _recorded(self) -> dict[str, Any] | None:
        """What the record there says; None if it is damaged, and finished parts show that it was this one's, which is said."""
        path = self.folder / self.record
        try:
            return read_record(path)
        except InputError:
            if not self._has_parts():
                raise
        log.error(f"{path}: was damaged; it is written again")
        return None

    def _has_parts(self) -> bool:
        """Whether there are whole parts of this very study or sweep."""
        return False


def tell_damaged(path: Path) -> None:
    """Say that what a file held is made again."""
    log.error(f"{path}: was damaged, or belongs to something else; what it held is simulated again")


@contextmanager
def refusing(folder: Path, what: str) -> Iterator[None]:
    """Turn what keeps a folder from being used into a message that says why."""
    try:
        yield
    except BusyError as busy:
        who = f"another process ({busy})" if str(busy) else "another process"
        raise InputError(f"{folder}: {who} is writing a {what} there; wait for it, or choose another --out") from None
    except OSError as error:
        if error.errno in FULL:
            raise StudyError(f"{folder}: cannot be written: {reason(error)}; nothing was simulated") from None
        raise InputError(
            f"{folder}: the {what} cannot be written there: {reason(error)}; choose another --out, a folder you may write"
        ) from None


def read_record(path: Path) -> dict[str, Any]:
    """The record of a study or sweep; InputError if the file is none."""
    try:
        return check_mark(path, read(path, marked=True))
    except InputError as error:
        raise InputError(f"{error}; choose another --out, or remove it first") from None


RECORDS = {"study.json": "study", "design.json": "sweep"}


def whole_record(folder: Path, record: str, tables: Callable[[dict[str, Any]], Iterable[str]]) -> dict[str, Any]:
    """The record of a finished study or sweep, whose tables are all there.

    Raises
    ------
    InputError
        When the folder holds none, holds the other kind, or what it holds is not finished or not whole.
    """
    what = RECORDS[record]
    if folder.is_file():
        raise InputError(f"{folder}: is a file; name the folder of a {what}")
    if not folder.is_dir():
        there = sorted(path.parent.name for path in folder.parent.glob(f"*/{record}"))
        raise InputError(f"{folder}: there is no such folder{nearest(folder.name, there)}; name the folder of a {what}")
    if not (folder / record).exists():
        other = [kind for name, kind in RECORDS.items() if (folder / name).exists()]
        raise InputError(f"{folder}: holds no whole {what}" + (f", but a {other[0]}" if other else f": {record} is not there"))
    about = read(folder / record, marked=True)
    if what == "sweep" and "recipe" in about:
        raise InputError(f"{folder}: holds no whole sweep, but the answer to a design problem")
    if not about.get("complete"):
        raise InputError(f"{folder}: holds no whole {what}: it is not finished; the same command goes on: {about['command']}")
    gone = [name for name in tables(about) if not (folder / f"{name}.parquet").exists()]
    if gone:
        raise InputError(f"{folder}: holds no whole {what}: {gone[0]}.parquet is missing")
    return check_mark(folder / record, about)
