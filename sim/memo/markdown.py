"""A memo as Markdown; figures are files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.memo.blocks import Block, Memo, Paragraph, Picture, Points, Table

SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(memo: Memo, figures: str, token: str) -> str:
    """The memo as text; `figures` is the folder of the pictures, relative to the file."""
    lines = [f"# {_plain(memo.title)}", f"*{_plain(memo.subtitle)}*", *(f"> {_plain(text)}" for text in _quoted(memo.summary))]
    for section in memo.sections:
        lines.append(f"## {_plain(section.heading)}")
        for block in section.blocks:
            lines += _block(block, figures)
    return "\n\n".join([*lines, f"<!-- {token} -->"]) + "\n"


def _quoted(sentences: tuple[str, ...]) -> list[str]:
    return [" ".join(sentences)]


def _block(block: Block, figures: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _plain(block.text)
    elif isinstance(block, Points):
        yield "\n".join(f"- {_plain(item)}" for item in block.items)
    elif isinstance(block, Picture):
        yield f"![{_plain(block.caption)}]({figures}/{block.name}.png)"
        yield f"*{_plain(block.caption)}*"
    else:
        yield _table(block)


def _table(table: Table) -> str:
    rule = ["---"] * table.left + ["---:"] * (len(table.columns) - table.left)
    rows = ["| " + " | ".join(map(_plain, row)) + " |" for row in (table.columns, *table.rows)]
    return "\n".join([f"*{_plain(table.caption)}*", "", rows[0], "| " + " | ".join(rule) + " |", *rows[1:]])


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
