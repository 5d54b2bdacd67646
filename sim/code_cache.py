"""Machine code of the kernels on disk: each file with its digest, so that a damaged one is never loaded, but compiled again.

numba's own cache keeps an index and data by pickle, and whatever is wrong with one ends the program: an error of
another package, or, of machine code that is cut short, a crash.  What cannot be kept is no error either: the code that
was compiled is there.
"""

from __future__ import annotations

import hashlib
import logging
import platform
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import serialize
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult

log = logging.getLogger(__name__)


class CodeCache(_Cache):  # type: ignore[misc]
    """What a dispatcher of numba asks for code that was compiled before.

    Parameters
    ----------
    function : callable
        The Python function.
    folder : Path
        Where its code is kept, a file for each signature; named after all sources that the code depends on.
    """

    def __init__(self, function: Any, folder: Path) -> None:
        self._folder, self._name = folder, f"{function.__module__}.{function.__qualname__}".replace("<", "").replace(">", "")
        self._code = function.__code__.co_code

    @property
    def cache_path(self) -> str:
        """The folder."""
        return str(self._folder)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function for a signature; None if it is not there, or is damaged, which is said."""
        from sim.files.atomic import read_sealed

        target.refresh()
        path, identity = self._place(signature, target.codegen())
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
        from sim.files.atomic import write_sealed

        if compiled.library.has_dynamic_globals:
            return
        path, identity = self._place(signature, compiled.codegen)
        try:
            write_sealed(path, serialize.dumps(compiled._reduce()), identity)
        except Exception as error:
            why = getattr(error, "strerror", None) or str(error)
            log.warning(f"{self._folder}: compiled code cannot be kept there: {why}; DAARNA_CACHE names another folder")

    def enable(self) -> None:
        """It always is."""

    def disable(self) -> None:
        """It never is."""

    def flush(self) -> None:
        """Nothing is held back."""

    def _place(self, signature: Any, codegen: Any) -> tuple[Path, str]:
        """File of a signature, and all that its code depends on beside the sources."""
        versions = (numba.__version__, llvmlite.__version__, np.__version__, platform.python_version())
        identity = repr((self._name, signature, codegen.magic_tuple(), versions, hashlib.sha256(self._code).hexdigest()))
        return self._folder / f"{self._name}-{hashlib.sha256(identity.encode()).hexdigest()[:32]}.code", identity
