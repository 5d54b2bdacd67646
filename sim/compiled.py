"""How the rules are compiled: once, by numba, without fastmath, cached on disk by content.

Every numeric function of the project is decorated with :func:`rule`.  The same compiled function
is called by the Mesa agents (from Python) and by the compiled ensemble (inlined by LLVM), which is
why the two engines agree to the last bit: IEEE arithmetic in the written order, no fused or
reassociated operations, and no libm (see :mod:`sim.numeric`).

A researcher who edits a rule must never get yesterday's kernel, so the cache folder is named after
a hash of the sources of the model (:mod:`sim.code_cache` keeps the code in it).
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, cached_property, wraps
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any, TypeVar, cast

from sim.errors import InputError

# level 3 gives the same speed here and takes a sixth longer to compile; read when numba is first imported
os.environ.setdefault("NUMBA_OPT", "2")

if "numba" not in sys.modules and Path(".numba_config.yaml").exists():
    raise InputError(
        f"{Path.cwd() / '.numba_config.yaml'}: would change how the model is compiled; remove it, or start in another folder"
    )

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary, JITCPUCodegen
from numba.core.compiler_lock import global_compiler_lock
from numba.core.event import Listener, install_listener
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic

from sim.code_cache import CodeCache

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILING = "Compiling the model (about 40 seconds); later starts take it from disk."
log = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parent
SETTINGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}  # division as IEEE says
MODEL = (  # the sources on which compiled code depends
    "accounts.py", "book", "compiled.py", "draws.py", "engine", "numeric.py", "rules", "scenario", "scheme", "state.py", "tables.py",
)  # fmt: skip
SHOWING = (
    "cite",
    "cli",
    "memo",
    "plots",
    "proofs",
    "recipes",
)  # the sources that only show numbers; on all others results depend


@cache
def source_hash() -> str:
    """First 16 hex digits of the SHA-256 over the sources on which results depend, path by path.

    A study or a sweep made by others is not continued, and a worker that has others does not take part.
    """
    return _hash_of(path for path in PACKAGE.rglob("*.py") if _room(path) not in SHOWING)


def model_hash() -> str:
    """The same over the sources of the model alone, on which compiled code depends."""
    return _hash_of(path for path in PACKAGE.rglob("*.py") if _room(path) in MODEL)


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _room(path: Path) -> str:
    """The folder right within the package that a source stands in, or its own name."""
    return path.relative_to(PACKAGE).parts[0]


@cache
def cache_folder() -> Path:
    """Where compiled code is kept: ``$DAARNA_CACHE``, else the user's cache folder; never a place relative to the current folder."""
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


class Rule(CPUDispatcher):  # type: ignore[misc]
    """A function that compiled functions call: made without what Python needs to call it.

    That would take half as long again to compile.  Called from Python, it is compiled once more, with it.
    """

    def compile(self, signature: Any) -> Any:
        """Compile it for the functions that call it."""
        with global_compiler_lock, _compiling(), _optimised_by_callers():
            return super().compile(signature)

    def __call__(self, *arguments: Any) -> Any:
        """Call it from Python."""
        with _compiling():
            return self.public(*arguments)

    @cached_property
    def public(self) -> Any:
        """The same function, to be called from Python."""
        with _compiling():
            return numba.njit(self.py_func, **SETTINGS)


# numba's steps from a module and all it calls to code that can be called (internals of numba)
LEFT_OUT: tuple[tuple[type, str], ...] = (
    (CPUCodeLibrary, "_optimize_final_module"),
    (JITCPUCodegen, "_add_module"),
    (JITCodeLibrary, "_finalize_specific"),
    (JITCPUCodegen, "set_env"),
)


@contextmanager
def _optimised_by_callers() -> Iterator[None]:
    """Leave out what numba would do with a function's module and all it calls, last of all: the kernel that calls it does it once.

    Optimised at every level of calls anew, it would take a sixth longer to compile.  Made machine code, it would also be
    the code that the kernel's calls of a :func:`shared` function find, in the process that compiles them: in LLVM's engine
    the first definition of a name counts, and this one has not been optimised.
    """
    whole = [(owner, name, getattr(owner, name)) for owner, name in LEFT_OUT]
    try:
        for owner, name in LEFT_OUT:
            setattr(owner, name, lambda *arguments: None)
        yield
    finally:
        for owner, name, step in whole:
            setattr(owner, name, step)


@contextmanager
def _compiling() -> Iterator[None]:
    """Let numba compile whatever its settings say (``NUMBA_DISABLE_JIT``): the interpreter would give other bits."""
    before, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, False
    try:
        yield
    finally:
        numba.config.DISABLE_JIT = before


def rule(function: Function) -> Function:
    """Compile a plain numeric function with numba, to be written out wherever a compiled function calls it."""
    return _inner(function, forceinline=True)


def shared(function: Function) -> Function:
    """Like :func:`rule`, but called and not written out: for what is long and called from many places."""
    return _inner(function)


def _inner(function: Function, **options: bool) -> Any:
    bare = {"nopython": True, "boundscheck": None, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return Rule(function, targetoptions=SETTINGS | bare | options)


def kernel(function: Function) -> Function:
    """Like :func:`rule`, called from Python, its machine code kept on disk: for the few functions users wait for."""
    with _compiling():
        made: Any = numba.njit(function, **SETTINGS)
    if _can_be_kept(cache_folder()):
        made._cache = CodeCache(function, cache_folder())
    made.compile = _announced(_uncollected(made.compile))
    return cast(Function, made)


@cache
def _can_be_kept(folder: Path) -> bool:
    """Whether code can be kept in the folder, by this user alone."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        TemporaryFile(dir=folder).close()
        why = _of_others(folder)
    except OSError as error:
        why = str(error.strerror)
    if why:
        log.warning(f"{folder}: compiled code cannot be kept there: {why}; DAARNA_CACHE names another folder")
    return not why


class _Announcer(Listener):  # type: ignore[misc]
    """Hears that numba compiles a kernel, not having found it on disk."""

    def on_start(self, event: Any) -> None:
        """Say so."""
        _announce()

    def on_end(self, event: Any) -> None:
        """Nothing."""


@cache
def _announce() -> None:
    if numba.config.DISABLE_JIT:
        log.warning("NUMBA_DISABLE_JIT is set, but the rules are compiled all the same; debug one by calling its .py_func")
    log.warning(COMPILING if _can_be_kept(cache_folder()) else "Compiling the model (about 40 seconds).")


def _announced(compile_: Function) -> Function:
    """Compile, and say so once in the life of a process: to the log, which is standard error unless the user decides otherwise."""

    @wraps(compile_)
    def compiled(*arguments: Any) -> Any:
        with _compiling(), install_listener("numba:compile", _Announcer()):
            return compile_(*arguments)

    return cast(Function, compiled)


def _uncollected(compile_: Function) -> Function:
    """Compile without looking for garbage: there are millions of objects then, and going through them takes a tenth of the time.

    Most of them stay, and are not gone through afterwards either.
    """

    @wraps(compile_)
    def compiled(*arguments: Any) -> Any:
        was = gc.isenabled()
        gc.disable()
        try:
            return compile_(*arguments)
        finally:
            gc.freeze()
            if was:
                gc.enable()

    return cast(Function, compiled)


@intrinsic
def bits_to_float(typing_context, bits):  # type: ignore[no-untyped-def]
    """The float64 whose IEEE-754 bit pattern is the given int64."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


@intrinsic
def float_to_bits(typing_context, number):  # type: ignore[no-untyped-def]
    """The IEEE-754 bit pattern of a float64, as int64."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@intrinsic
def is_set(typing_context, flag):  # type: ignore[no-untyped-def]
    """Whether the one int64 of an array is not 0 by now: read from memory at every call, since another thread may set it."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        found = builder.load_atomic(view.data, "monotonic", 8)
        return builder.icmp_signed("!=", found, ir.Constant(ir.IntType(64), 0))

    return types.boolean(flag), generate


@intrinsic
def borrowed(typing_context, owned):  # type: ignore[no-untyped-def]
    """The same array, or tuple of arrays, without a claim on its memory: handing it on costs no reference counting.

    The owner must be used after the last use of what was borrowed: numba may free what a function itself has made
    while only a borrowed view of it is left.  What a compiled function was given lives until it returns.
    """

    def unclaimed(context, builder, kind, array):  # type: ignore[no-untyped-def]
        view = context.make_array(kind)(context, builder, array)
        view.meminfo = view.meminfo.type(None)
        return view._getvalue()

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        kind = signature.return_type
        if isinstance(kind, types.Array):
            return unclaimed(context, builder, kind, arguments[0])
        arrays = zip(kind, cgutils.unpack_tuple(builder, arguments[0]), strict=True)
        return context.make_tuple(builder, kind, [unclaimed(context, builder, *each) for each in arrays])

    return owned(owned), generate


@intrinsic
def own_copy(typing_context, record):  # type: ignore[no-untyped-def]
    """A copy of a record, gone when the function returns: what is written to it need not reach memory, and overlaps nothing."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte, size = ir.IntType(8), signature.return_type.size
        made = cgutils.alloca_once(builder, ir.ArrayType(byte, size), name="copy")
        source, target = (builder.bitcast(place, byte.as_pointer()) for place in (arguments[0], made))
        cgutils.raw_memcpy(builder, target, source, ir.Constant(ir.IntType(64), size), 1)
        return made

    return record(record), generate


@intrinsic
def fetch_ahead(typing_context, records, i):  # type: ignore[no-untyped-def]
    """Ask the processor for the first four cache lines of a record of an array that will be needed soon; changes nothing."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, whole = ir.IntType(8), ir.IntType(32)
        start = builder.bitcast(builder.gep(view.data, [arguments[1]]), byte.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [byte.as_pointer(), whole, whole, whole])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte.as_pointer()], kind)
        for line in range(4):
            place = builder.gep(start, [ir.Constant(ir.IntType(64), 64 * line)])
            builder.call(fetch, [place, whole(1), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.void(records, types.int64), generate
