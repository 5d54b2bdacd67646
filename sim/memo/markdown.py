"""A memo as Markdown; figures are files beside it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.memo.blocks import Block, Memo, Paragraph, Picture, Points, Table
from sim.texts import markdown as _text
from sim.texts import markdown_table


def markdown(memo: Memo, figures: str, token: str) -> str:
    """The memo as text; `figures` is the folder of the pictures, relative to the file."""
    lines = [f"# {_text(memo.title)}", f"*{_text(memo.subtitle)}*", *(f"> {_text(text)}" for text in _quoted(memo.summary))]
    for section in memo.sections:
        lines.append(f"## {_text(section.heading)}")
        for block in section.blocks:
            lines += _block(block, figures)
    return "\n\n".join([*lines, f"<!-- {token} -->"]) + "\n"


def _quoted(sentences: tuple[str, ...]) -> list[str]:
    return [" ".join(sentences)]


def _block(block: Block, figures: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _text(block.text)
    elif isinstance(block, Points):
        yield "\n".join(f"- {_text(item)}" for item in block.items)
    elif isinstance(block, Picture):
        yield f"![{_text(block.caption)}]({figures}/{block.name}.png)"
        yield f"*{_text(block.caption)}*"
    else:
        yield _table(block)


def _table(table: Table) -> str:
    head, *rows = (map(_text, row) for row in (table.columns, *table.rows))
    return f"*{_text(table.caption)}*\n\n{markdown_table(head, rows, 'l' * table.left + 'r').rstrip()}"
