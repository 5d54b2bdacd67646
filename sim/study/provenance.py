"""Where numbers come from: versions, machine, command, date, and a hash of the simulating code."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
LIBRARIES = ("numpy", "numba", "mesa", "pandas", "pyarrow", "scipy", "pydantic")

#: What numbers depend on: the files and folders of the package that simulate.
SIMULATING = (
    *("accounts.py", "compiled.py", "draws.py", "numeric.py", "state.py", "tables.py"),
    *("book", "engine", "rules", "scenario", "scheme"),
)


@cache
def code_hash() -> str:
    """First 16 hex digits of the SHA-256 over the sources that simulate, path by path."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for part in SIMULATING:
        place = package / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if path.exists():
                digest.update(path.relative_to(package).as_posix().encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def provenance() -> dict[str, Any]:
    """Versions, machine, command line and date, as they stand in ``study.json``."""
    return {
        "versions": {
            "daarna": _daarna(),
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        },
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "processors": os.cpu_count(),
        },
        "command": _command(),
        "date": now(),
    }


def now() -> str:
    """The date and time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _command() -> str:
    words = sys.argv or [""]
    return shlex.join([Path(words[0]).name, *words[1:]])


def _daarna() -> str:
    from sim import __version__

    return __version__


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
