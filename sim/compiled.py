"""How the rules are compiled: once, by numba, without fastmath, kept on disk by content.

Every numeric function of the project is decorated with :func:`rule`.  The same compiled function
is called by the Mesa agents (from Python) and by the compiled ensemble (inlined by LLVM), which is
why the two engines agree to the last bit: IEEE arithmetic in the written order, no fused or
reassociated operations, and no libm (see :mod:`sim.numeric`).

:mod:`sim.code_cache` keeps what Python calls, :mod:`sim.compiler` is the process that compiles it, and :mod:`sim.llvm` has
what is said to LLVM directly.  With ``NUMBA_DISABLE_JIT=1`` nothing is compiled (:mod:`sim.uncompiled`): for a debugger.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from sim.errors import InputError, RuleError

if "numba" not in sys.modules and Path(".numba_config.yaml").exists():
    raise InputError(
        f"{Path.cwd() / '.numba_config.yaml'}: would change how the model is compiled; remove it, or start in another folder"
    )

import numba
from numba.core.compiler_lock import global_compiler_lock
from numba.core.errors import NumbaError
from numba.core.registry import CPUDispatcher

from sim.code_cache import CodeCache
from sim.llvm import for_callers

Function = TypeVar("Function", bound=Callable[..., Any])

UNCOMPILED: bool = bool(numba.config.DISABLE_JIT)
SETTINGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}  # division as IEEE says

if UNCOMPILED:
    from sim.uncompiled import (
        add_whole,
        bits_to_float,
        blank,
        borrowed,
        called,
        clear,
        fetch_ahead,
        float_to_bits,
        is_set,
        own_copy,
        own_part,
        read_columns,
        still_used,
        write_columns,
    )  # fmt: skip
else:
    from sim.llvm import (
        add_whole,
        bits_to_float,
        blank,
        borrowed,
        clear,
        fetch_ahead,
        float_to_bits,
        is_set,
        own_copy,
        own_part,
        read_columns,
        still_used,
        write_columns,
    )  # fmt: skip


class Compiled(CPUDispatcher):  # type: ignore[misc]
    """A function of the model; in the process that compiles, of a target of its own (:class:`sim.llvm.Target`)."""


class Kernel(Compiled):
    """A function that Python calls, its machine code kept on disk."""

    def __init__(self, function: Any) -> None:
        super().__init__(function, targetoptions=SETTINGS | {"nopython": True, "boundscheck": None})
        self._cache = CodeCache(function)

    def compile(self, signature: Any) -> Any:
        """Compile it, or find it on disk.

        Raises
        ------
        RuleError
            When numba cannot compile one of the rules that it calls: with the place, and the first reason of many.
        """
        try:
            return super().compile(signature)
        except NumbaError as error:
            raise RuleError(_brief(str(error))) from None


def _brief(text: str) -> str:
    """Where numba found what it cannot compile, and why: innermost first, as it says it."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith("Failed in ")]
    place = re.search(r'File "([^"<>]+)", line (\d+)', text)
    more = [line.removeprefix(">>> ") for line in told[1:2] if line.startswith(">>> ")]
    where = f"{place[1]}:{place[2]}: " if place else ""
    return f"{where}numba cannot compile this rule: {' '.join([told[0], *more])}"


class Rule(Compiled):
    """A function that compiled functions call: made without what Python needs to call it.

    That would take half as long again to compile.  Called from Python, it is a :class:`Kernel`.
    """

    def compile(self, signature: Any) -> Any:
        """Compile it for the functions that call it."""
        with global_compiler_lock, for_callers(self.targetctx):
            return super().compile(signature)

    def __call__(self, *arguments: Any) -> Any:
        """Call it from Python."""
        return self.public(*arguments)

    @cached_property
    def public(self) -> Kernel:
        """The same function, to be called from Python."""
        return Kernel(self.py_func)


def rule(function: Function) -> Function:
    """Compile a plain numeric function with numba, to be written out wherever a compiled function calls it."""
    return _inner(function, forceinline=True)


def shared(function: Function) -> Function:
    """Like :func:`rule`, but called and not written out: for what is long and called from many places."""
    return _inner(function)


def _inner(function: Function, **options: bool) -> Any:
    bare = {"nopython": True, "boundscheck": None, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return function if UNCOMPILED else Rule(function, targetoptions=SETTINGS | bare | options)


def kernel(function: Function) -> Function:
    """Like :func:`rule`, called from Python, its machine code kept on disk."""
    return cast(Function, called(function) if UNCOMPILED else Kernel(function))


__all__ = [
    "UNCOMPILED", "Compiled", "Kernel", "Rule", "add_whole", "bits_to_float", "blank", "borrowed", "clear", "fetch_ahead", "float_to_bits", "is_set", "kernel",
    "own_copy", "own_part", "read_columns", "rule", "shared", "still_used", "write_columns",
]  # fmt: skip
