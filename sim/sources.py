"""Which sources numbers depend on, as hashes: known without importing any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
MODEL = (  # the sources on which compiled code depends
    "accounts.py", "book", "compiled.py", "compiler_process.py", "draws.py", "engine", "llvm.py", "numeric.py", "rules", "scenario",
    "scheme", "state.py", "tables.py",
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
    return hash_of(path for path in PACKAGE.rglob("*.py") if _room(path) not in SHOWING)


@cache
def model_hash() -> str:
    """The same over the sources of the model alone, on which compiled code depends, as they were when first asked for."""
    return hash_of(path for path in PACKAGE.rglob("*.py") if _room(path) in MODEL)


def hash_of(paths: Iterable[Path]) -> str:
    """First 16 hex digits of the SHA-256 over files of the package, path by path."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _room(path: Path) -> str:
    """The folder right within the package that a source stands in, or its own name."""
    return path.relative_to(PACKAGE).parts[0]
