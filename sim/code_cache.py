"""Machine code of what Python calls, on disk: found where it was made before, made where it was not.

It is looked for in the installation (``sim/built``, made when the package was built, :mod:`sim.build`), then in the
user's own folder.  What is in neither a process of its own compiles (:mod:`sim.compiler`), into the user's folder; where that
cannot be, numba compiles it here.  A file is named after all that its code depends on, so that a researcher who edits
a rule never gets yesterday's, and carries a digest, so that a damaged one is never loaded: numba's own cache knows a file by its
place and time, and what is wrong with one ends the program.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import sys
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import binding
from numba.core import serialize
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.runtime import rtsys

from sim import compiler
from sim.compiler import Place
from sim.errors import InputError
from sim.files.atomic import BusyError, patient_lock, read_sealed, write_sealed
from sim.sources import PACKAGE, model_hash

log = logging.getLogger(__name__)

INSTALLED = PACKAGE / "built"
PATIENCE = 600.0  # seconds: for another process to compile what this one needs
LEVELS = {  # of x86-64 (System V ABI), newest first, with what a processor must have
    "x86-64-v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
    "x86-64-v3": "avx avx2 bmi bmi2 f16c fma lzcnt movbe",
    "x86-64-v2": "cx16 popcnt sse3 sse4.1 sse4.2 ssse3",
}


def fitting() -> list[str]:
    """The levels of x86-64 that this processor has, newest first."""
    there = {name for name, has in binding.get_host_cpu_features().items() if has}
    needed: set[str] = set()
    found: list[str] = []
    for level, names in reversed(LEVELS.items()):
        needed |= set(names.split())
        if needed <= there:
            found.insert(0, level)
    return found


_only: Place | None = None


def use_only(place: Place) -> None:
    """Look for code in one place only, and keep it there."""
    global _only
    place.folder.mkdir(parents=True, exist_ok=True)
    _only = place


def places() -> tuple[Place, ...]:
    """Where code is looked for; it is kept in the last."""
    return (_only,) if _only else _usual_places()


@cache
def _usual_places() -> tuple[Place, ...]:
    """The installation, then the user's folder."""
    made = tuple(Place(INSTALLED, level) for level in fitting()) if INSTALLED.is_dir() else ()
    return *made, Place(_own_folder())


def cache_folder() -> Path:
    """The user's folder: in ``$DAARNA_CACHE``, else in the user's cache folder; never a place relative to the current folder."""
    told = {name: path for name in ("DAARNA_CACHE", "XDG_CACHE_HOME") if (path := Path(os.environ.get(name, ""))).is_absolute()}
    if "DAARNA_CACHE" in told:
        root = told["DAARNA_CACHE"]
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "daarna"
    else:
        root = (told.get("XDG_CACHE_HOME") or _home() / ".cache") / "daarna"
    return root / f"kernel-{model_hash()}"


def _home() -> Path:
    """The user's home; where the system knows none, a folder of the user's own among the temporary files."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(gettempdir()) / f"daarna-{os.getuid()}"


def _own_folder() -> Path:
    """The user's folder; one that lasts as long as the process where nothing can be kept there by this user alone."""
    folder = cache_folder()
    if not (why := cannot_be_kept(folder)):
        return folder
    log.warning(f"{folder}: compiled code cannot be kept there: {why}; DAARNA_CACHE names another folder")
    return Path(_for_this_process().name)


@cache
def _for_this_process() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="daarna-")


def cannot_be_kept(folder: Path) -> str:
    """Why code cannot be kept in a folder, by this user alone; empty if it can."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        TemporaryFile(dir=folder).close()
        return _of_others(folder)
    except OSError as error:
        return str(error.strerror)


def _of_others(folder: Path) -> str:
    """Why code in a folder may be somebody else's; empty if only this user, or the system's, can have put it there."""
    if not hasattr(os, "geteuid"):  # Windows: the user's profile is the user's
        return ""
    closed = not folder.stat().st_mode & 0o077
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # renamed by a process that compiles
            found = path.lstat()
            if path.is_symlink():
                return f"{path.name} is a link"
            if found.st_uid not in (os.geteuid(), 0):
                return f"{path.name} belongs to another user"
            if found.st_mode & 0o022 and not closed:
                return f"others may write {path.name}"
    return ""


class CodeCache(_Cache):  # type: ignore[misc]
    """What a dispatcher of numba asks for code before it compiles, and hands what it compiled to.

    Parameters
    ----------
    function : callable
        The Python function, found by its name in its module.
    """

    def __init__(self, function: Any) -> None:
        self._function = function
        self._name = f"{function.__module__}.{function.__qualname__}"
        # now, with the function being made: what is edited later is not what it was made of
        self._sources = model_hash(), _file_hash(function.__code__.co_filename)

    def _has_name(self) -> bool:
        """Whether the function is what stands in its module under its name: no other can be told from its like, or be asked for."""
        module = sys.modules.get(self._function.__module__)
        found = getattr(module, self._function.__qualname__, None)
        return getattr(found, "py_func", None) is self._function and self._function.__module__ != "__main__"

    @property
    def cache_path(self) -> str:
        """The user's folder."""
        return str(places()[-1].folder)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function for a signature, compiled now if need be; None if numba is to compile it here."""
        if compiler.is_compiler() or not self._has_name():
            return None
        rtsys.initialize(target)  # what loaded code calls; all the rest of a target is needed to compile only
        return self._found(signature, target) or self._made(signature, target)

    def _made(self, signature: Any, target: Any) -> Any:
        """The function, compiled now; by another process if that is just doing it."""
        place = places()[-1]
        with ExitStack() as alone:
            waited = False
            with suppress(OSError, BusyError, InputError):  # then it may be compiled twice, which harms nothing
                waited = alone.enter_context(patient_lock(place.folder, PATIENCE, f"{self._name}.lock"))
            if waited and (found := self._found(signature, target)):
                return found
            return self._found(signature, target) if compiler.compiled_elsewhere(self._function, signature, place) else None

    def _found(self, signature: Any, target: Any) -> Any:
        """The code in the first place that has it; what is damaged is as good as not there, and is said."""
        for place in places():
            path, identity = self._file(signature, place)
            try:
                content = read_sealed(path, identity)
                if content is not None:
                    return CompileResult._rebuild(target, *serialize.loads(content))
                if path.exists():
                    log.error(f"{path}: was damaged, or belongs to something else; it is compiled again")
            except Exception as error:  # of the disk, or of numba: whatever it is, compiling helps
                log.warning(f"{path}: cannot be read ({type(error).__name__}: {error}); it is compiled again")
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep what was compiled; where that cannot be done, say so."""
        if compiled.library.has_dynamic_globals or not self._has_name():
            return
        place = compiler.place() or places()[-1]
        path, identity = self._file(signature, place)
        try:
            write_sealed(path, serialize.dumps(compiled._reduce()), identity)
        except Exception as error:
            why = getattr(error, "strerror", None) or str(error)
            log.warning(f"{place.folder}: compiled code cannot be kept there: {why}; DAARNA_CACHE names another folder")

    def enable(self) -> None:
        """It always is."""

    def disable(self) -> None:
        """It never is."""

    def flush(self) -> None:
        """Nothing is held back."""

    def _file(self, signature: Any, place: Place) -> tuple[Path, str]:
        """File of a signature, and all that its code depends on."""
        identity = repr((self._name, signature, self._sources, _machine(place.level), VERSIONS))
        return place.folder / f"{self._name}-{hashlib.sha256(identity.encode()).hexdigest()[:32]}.code", identity


VERSIONS = (platform.python_implementation(), *sys.version_info[:2], numba.__version__, llvmlite.__version__, np.__version__)


@cache
def _file_hash(path: str) -> str:
    """Of a function's own source, which need not be among those of the model; empty if there is none."""
    with suppress(OSError):
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return ""


@cache
def _machine(level: str) -> tuple[str, ...]:
    """The kind of processor, and of files with code for it."""
    triple = binding.get_process_triple()
    if level:
        return triple, level
    return triple, binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
