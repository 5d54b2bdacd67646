"""Texts that others wrote (titles, names, currencies, labels, notes), as each medium may show them: never as an order to it."""

from __future__ import annotations

import difflib
import html as _html
import json
import re
import unicodedata
from collections.abc import Hashable, Iterable
from itertools import islice
from typing import Any, TypeVar

One = TypeVar("One", bound=Hashable)
LONGEST_LINE, MOST_LINES = 1500, 60  # of a message
LONGEST_NAME = 300  # letters of a path in a message
LONGEST_SLIP, MOST_NAMES = 100, 2000  # letters of a name that is taken for a slip of another, and names among which it is sought
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$&])")
_BAR = re.compile(r"(?<!\\)\|")
_RULES = {"l": "---", "c": ":-:", "r": "---:"}
_TEX = {one: f"\\{one}" for one in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "−": "$-$",
    "\u200e": "",
}


def plain(text: object) -> str:
    """A text in one line: line breaks and tabs become spaces, control and invisible characters are shown as ``\\u001b``."""
    said = str(text)
    return said if said.isprintable() else " ".join(map(_escaped, said.splitlines())).replace("\t", " ")


def lines(text: object) -> str:
    """A text of several lines with control and invisible characters shown as ``\\u001b``; for a terminal."""
    said = str(text)
    return said if said.isprintable() else "\n".join(map(_escaped, said.split("\n")))


def message(text: object) -> str:
    """A message as :func:`lines`, short however long the input that it quotes."""
    all_lines = lines(text).split("\n")
    short = [
        one if len(one) <= LONGEST_LINE else f"{one[: LONGEST_LINE // 2]} … {one[-LONGEST_LINE // 2 :]}" for one in all_lines
    ]
    more = [f"… and {len(short) - MOST_LINES:,} more lines"] if len(short) > MOST_LINES else []
    return "\n".join(short[:MOST_LINES] + more)


def markdown(text: object) -> str:
    """A text in a line of Markdown, in which nothing is markup."""
    return _MARKDOWN.sub(r"\\\1", plain(text))


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]], align: str = "l") -> str:
    """A Markdown table.

    Parameters
    ----------
    head, rows : cells, which may hold markup; a bar in one is escaped.
    align : ``l``, ``c`` or ``r`` for every column; the last letter is that of all columns from there on.
    """
    names = list(head)
    rule = [_RULES[one] for one in align.ljust(len(names), align[-1])[: len(names)]]
    cells = [[_BAR.sub(r"\|", cell) for cell in row] for row in (names, *rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (cells[0], rule, *cells[1:]))


def html(text: object) -> str:
    """A text in HTML, in which nothing is markup."""
    return _html.escape(plain(text))


def tex(text: object) -> str:
    """A text in LaTeX or BibTeX, in which nothing is a command."""
    return "".join(_TEX.get(one, one) for one in plain(text))


def cell(text: object) -> str:
    """A text in a table that a spreadsheet may open: one that begins like a formula gets an apostrophe before it."""
    said = plain(text)
    return f"'{said}" if said[:1] in ("=", "+", "-", "@") and not _number(said) else said


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_LEFT = ("\t", "\u200e")  # the mark after a name from right to left changes nothing else


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(_shown(one) if unicodedata.category(one) in ("Cc", "Cf", "Cs") and one not in _LEFT else one for one in text)


def _shown(one: str) -> str:
    """As JSON escapes it, so that what is escaped in JSON is still JSON."""
    return json.dumps(one)[1:-1] if ord(one) > 0x7F else f"\\u{ord(one):04x}"


def brief(path: object) -> str:
    """A path or name as it is, or of one that is too long for a message its ends."""
    said = str(path)
    return said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 50]}…{said[-40:]}"


def repeated(names: Iterable[One]) -> One | None:
    """The first name that is there a second time."""
    seen: set[One] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def nearest(word: Any, allowed: Iterable[str]) -> str:
    """``; did you mean "…"?`` with the name nearest to what was written, or nothing."""
    names = [one for one in islice(allowed, MOST_NAMES) if len(one) <= LONGEST_SLIP]  # the search takes their square
    near = difflib.get_close_matches(str(word)[:LONGEST_SLIP], names, 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def columns_of(text: str) -> int:
    """Columns that a text takes on a terminal: two of each wide East Asian sign, none of an accent that stands over another."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def left(text: str, width: int) -> str:
    """A text at the left of so many columns."""
    return text + " " * (width - columns_of(text))


def right(text: str, width: int) -> str:
    """A text at the right of so many columns."""
    return " " * (width - columns_of(text)) + text
