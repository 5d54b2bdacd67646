"""The compiler: a Python process of its own, asked for what is not on disk; whoever asks loads the code from there.

So nothing that helps compiling touches the process in which the user works: not the memory that compiling takes, no
settings of numba's (all of the user's, ``NUMBA_…``, are left out of the compiler's environment), and Ctrl-C is heard at once.  And
the code is the same whether it was compiled just now, earlier, or when the package was built.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

from numba.core import serialize

from sim.errors import RuleError
from sim.sources import PACKAGE, model_hash

log = logging.getLogger("sim.compiled")

COMPILING = "Compiling the model (about 40 seconds); later starts take it from disk."
IDLE = 5.0  # seconds after which a compiler that is not asked any more ends, and gives its memory back
STARTED = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from sim.compiler_process import main; main(*sys.argv[2:])"


class Place(NamedTuple):
    """Where code lies, and for which processors: a level of :data:`sim.code_cache.LEVELS`, or, if empty, this very one."""

    folder: Path
    level: str = ""


_place: Place | None = None  # in the compiler: where the code goes
_running: Compiler | None = None
_announced = False
asked: list[tuple[Any, Any]] = []  # functions and signatures that were compiled elsewhere


def is_compiler() -> bool:
    """Whether this process is the compiler, or is to compile by itself."""
    return _place is not None


def place() -> Place | None:
    """In the compiler: where the code goes."""
    return _place


def become(where: Place) -> None:
    """Make this process the compiler."""
    global _place
    _place = where


class Compiler:
    """A compiler at work for one place."""

    def __init__(self, where: Place) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
        settings = {"NUMBA_OPT": "2"} | ({"NUMBA_CPU_NAME": where.level, "NUMBA_CPU_FEATURES": ""} if where.level else {})
        path = json.dumps([os.path.abspath(one) for one in sys.path])
        self.where, self._owner = where, os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTED, path, model_hash(), str(where.folder), where.level],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept | settings, cwd=PACKAGE,
        )  # fmt: skip
        self._timer = threading.Timer(IDLE, self.end)
        self._busy, self._ended = threading.Lock(), False

    def serves(self, where: Place) -> bool:
        """Whether it is there for this process and place."""
        return self.where == where and self._owner == os.getpid() and not self._ended and self._process.poll() is None

    def ask(self, function: Any, signature: Any) -> str:
        """Have a function compiled; returns why that failed, empty if it did not."""
        with self._busy:  # not while the timer has it end
            return "it had ended" if self._ended else self._ask(function, signature)

    def _ask(self, function: Any, signature: Any) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._timer.cancel()
        request = serialize.dumps((function.__module__, function.__qualname__, signature))
        try:
            self._process.stdin.write(len(request).to_bytes(8, "big") + request)
            self._process.stdin.flush()
            reply = self._process.stdout.readline().decode()
        except BaseException:  # Ctrl-C, above all
            self._process.kill()
            raise
        self._timer = threading.Timer(IDLE, self.end)
        self._timer.daemon = True
        self._timer.start()
        return "" if reply == "done\n" else reply.strip() or "it ended"

    def end(self) -> None:
        """Have it end."""
        with self._busy:
            self._timer.cancel()
            self._ended = True
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()


def compiled_elsewhere(function: Any, signature: Any, where: Place) -> bool:
    """Have a function compiled by a process of its own, into a place; False, said, if it has to be compiled here."""
    global _running
    announce()
    try:
        if _running is None or not _running.serves(where):
            _running = Compiler(where)
        why = _running.ask(function, signature)
    except OSError as error:
        why = error.strerror or str(error)
    asked.append((function, signature))
    if why.startswith(RuleError.__name__):  # so it would be here
        raise RuleError(why.removeprefix(f"{RuleError.__name__}: "))
    if why:
        log.info(f"{function.__module__}.{function.__qualname__}: is compiled in this process, since another could not: {why}")
    return not why


def announce() -> None:
    """Say once in the life of a process that it waits for the compiler: to the log, which is standard error unless the user decides otherwise."""
    global _announced
    if not _announced:
        log.warning(COMPILING)
    _announced = True
