"""What is printed, on whatever is there to read it: any encoding, any width.

Texts that others wrote are shown as they are, never as markup of rich or as orders to the terminal.
"""

from __future__ import annotations

import codecs
import json
import math
import os
import sys
from typing import TYPE_CHECKING, Any

from sim.number_text import finite, short
from sim.texts import lines

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 160  # columns, where there is no terminal
READABLE = 16  # columns that a text of several words needs
ERRORS = "daarna"  # name of what is done with signs that an encoding lacks
SUBSTITUTES = {
    "≥": ">=", "≤": "<=", "±": "+-", "×": "x", "−": "-", "–": "-", "—": "-", "…": "...", "·": "*", "→": "->", "←": "<-",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "€": "EUR", "•": "*", "≈": "~", "≠": "!=", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


def _substitute(error: UnicodeError) -> tuple[str, int]:
    """Plain signs for those that an encoding lacks, escapes for letters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(SUBSTITUTES.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in missing), error.end


codecs.register_error(ERRORS, _substitute)


def prepare() -> None:
    """Let standard output and error print every text, whatever their encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a stream of a test, or of a notebook, takes any text
            stream.reconfigure(errors=ERRORS)


def printable(text: object) -> str:
    """A text as standard output can print it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return str(text).encode(encoding, ERRORS).decode(encoding)


def say_json(answer: object) -> None:
    """Print an answer to be read by a script; what is undefined or infinite is null."""
    say(json.dumps(finite(answer), indent=1, allow_nan=False))


def cell(value: Any) -> str:
    """A value in a table: numbers with four digits, lists with commas, nothing of what is undefined."""
    if isinstance(value, float):
        return "" if math.isnan(value) else short(value, 4)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def say(text: object = "", err: bool = False) -> None:
    """Print a text on standard output, or error."""
    print(lines(text), file=sys.stderr if err else sys.stdout)


def make_console(piped: int = PIPED_WIDTH, stderr: bool = False) -> Console:
    """A console of rich, as wide as the terminal, or so wide where there is none."""
    from rich.console import Console

    class Plain(Console):
        """In which no text is markup, and no control character reaches the terminal."""

        def render_str(self, text: str, **keywords: Any) -> Any:
            return super().render_str(lines(text), **keywords | {"markup": False, "emoji": False})

    width = None if stderr or sys.stdout.isatty() or "COLUMNS" in os.environ else piped
    return Plain(width=width, stderr=stderr, highlight=False, markup=False, emoji=False)


def print_table(table: Table, console: Console) -> None:
    """A table, or a record for each of its rows where the table would not be readable: no number is ever cut."""
    for column in table.columns:  # substitutes may be wider than what they stand for: columns are aligned with them
        column.header, column._cells = printable(column.header), [printable(cell) for cell in column._cells]
    if least_width(table) <= console.width:
        console.print(table)
        return
    if table.title:
        console.print(str(table.title), soft_wrap=True)
    headings = [str(column.header) for column in table.columns]
    for cells in zip(*(map(str, column.cells) for column in table.columns), strict=True):
        console.print(cells[0], soft_wrap=True)
        for heading, cell in zip(headings[1:], cells[1:], strict=True):
            if cell:
                console.print(f"  {heading}: {cell}" if heading else f"  {cell}", soft_wrap=True)


def least_width(table: Table) -> int:
    """Columns without which a cell would be cut, or a text have a few letters a line."""
    from rich.cells import cell_len

    width = 1
    for column in table.columns:
        heading, cells = str(column.header), list(map(str, column.cells))
        lines = max((cell_len(line) for cell in cells for line in cell.splitlines()), default=0)
        words = max((cell_len(word) for text in (heading, *cells) for word in text.split()), default=0)
        whole = column.no_wrap or column.justify == "right"  # numbers
        width += 3 + max(words, lines if whole else min(lines, READABLE), cell_len(heading) if column.no_wrap else 0)
    return width
