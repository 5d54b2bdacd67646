"""The program's version: ``pyproject.toml`` is its one home."""

from __future__ import annotations

import tomllib
from pathlib import Path


def _version() -> str:
    """In a checkout what ``pyproject.toml`` says, since the metadata of an editable install stays behind it; else the metadata."""
    try:
        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        if project["name"] == "daarna":
            return str(project["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("daarna")
    except PackageNotFoundError:  # the package was copied by hand
        return "unknown"


__version__ = _version()
