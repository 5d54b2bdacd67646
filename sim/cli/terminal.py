"""What is printed: texts that others wrote are shown as they are, never as markup of rich or as orders to the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from sim.texts import lines

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 160  # columns where there is no terminal


def say(text: object = "", err: bool = False) -> None:
    """Print a text on standard output, or error."""
    import typer

    typer.echo(lines(text), err=err)


def make_console(piped: int = PIPED_WIDTH, stderr: bool = False) -> Console:
    """A console of rich, as wide as the terminal, or so wide where there is none."""
    from rich.console import Console

    class Plain(Console):
        """In which no text is markup, and no control character reaches the terminal."""

        def render_str(self, text: str, **keywords: Any) -> Any:
            return super().render_str(lines(text), **keywords | {"markup": False, "emoji": False})

    width = None if stderr or sys.stdout.isatty() or "COLUMNS" in os.environ else piped
    return Plain(width=width, stderr=stderr, highlight=False, markup=False, emoji=False)
