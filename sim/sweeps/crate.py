"""A sweep folder as an RO-Crate: ``ro-crate-metadata.json`` says what is in it and what made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.study.crate import CRATE, Described, write

__all__ = ["CRATE", "title_of", "write_crate"]


def write_crate(folder: Path, about: dict[str, Any]) -> Path:
    """Describe what is in a sweep folder; call it when files were added.

    Parameters
    ----------
    folder : Path
        A finished sweep.
    about : dict
        Its record, the content of ``design.json``.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    factors = ", ".join(one["name"] for one in about["design"]["factors"])
    description = f"A sweep over {factors}: {about['points']:,} points ({about['design']['method']}), {about['runs']:,} runs each, seed {about['seed']}."
    return write(folder, Described(title_of(about), description, identifier(about), "design.json", about))


def title_of(about: dict[str, Any]) -> str:
    """Title of a sweep, or that of its base."""
    return str(about["design"]["title"] or (about["design"]["base"] or {}).get("title") or "a function of the user")


def identifier(about: dict[str, Any]) -> str:
    """Short identifier of a sweep's content: the first twelve hex digits of its content hash."""
    return f"daarna:{about['content_hash'][:12]}"
