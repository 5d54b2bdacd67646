"""A memo as PDF, set by Typst: its wheel brings compiler and fonts; other letters are set in the fonts of the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.memo.blocks import Block, Memo, Paragraph, Picture, Points, Table
from sim.plots import fonts
from sim.texts import plain

STYLE = """
#set document(title: {title}, author: "daarna", keywords: {token}, date: none)
#set page(paper: "a4", margin: (x: 2.4cm, top: 2.3cm, bottom: 2.4cm), numbering: "1 / 1", number-align: right)
#set text(font: {fonts}, size: 10.5pt, lang: "en")
#set par(justify: true, leading: 0.62em, spacing: 0.95em)
#set list(spacing: 0.7em, marker: [•])
#show heading.where(level: 1): it => text(size: 20pt, weight: "bold", hyphenate: false, it.body)
#show heading.where(level: 2): it => block(above: 1.7em, below: 0.8em, text(size: 13pt, weight: "bold", it.body))
#show figure.caption: it => block(sticky: true, width: 100%, align(left, text(size: 9pt, fill: luma(35%), it.body)))
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true)
#set figure(gap: 0.7em)
#show table.cell: set text(size: 8pt)
#show table.cell: set par(justify: false)
#set table(stroke: (x, y) => (bottom: if y == 0 {{ 0.8pt }} else {{ 0.3pt + luma(80%) }}), inset: (x: 4pt, y: 3.2pt))
"""


def pdf(memo: Memo, figures: Path, token: str) -> bytes:
    """The memo as PDF; the same memo gives the same bytes.

    Parameters
    ----------
    memo : Memo
        What is set.
    figures : Path
        Folder of the pictures.
    token : str
        Provenance, kept among the keywords.
    """
    import typst

    source: Any = typ(memo, figures.resolve(), token).encode()  # its type is more than its annotation says
    made: bytes = typst.compile(source, root="/", ignore_system_fonts=True, font_paths=fonts.folders())
    return made


def typ(memo: Memo, figures: Path, token: str) -> str:
    """The source for Typst."""
    body = _body(memo, figures)
    fonts.want(body)
    families = ", ".join(map(_text, ("Libertinus Serif", *fonts.families())))
    return STYLE.format(title=_text(memo.title), token=_text(token), fonts=f"({families})") + "\n\n" + body


def _body(memo: Memo, figures: Path) -> str:
    lines = [
        f"= #{_text(memo.title)}",
        f"#text(fill: luma(35%), {_text(memo.subtitle)})",
    ]
    inside = "\n\n".join(f"#{_text(sentence)}" for sentence in memo.summary)
    lines.append(f'#block(stroke: (left: 2.5pt + rgb("#0072B2")), inset: (left: 10pt, y: 3pt))[\n{inside}\n]')
    for section in memo.sections:
        lines += [f"== #{_text(section.heading)}", *(_block(block, figures) for block in section.blocks)]
    return "\n\n".join(lines)


def _text(text: str) -> str:
    """A string of Typst, in which nothing is markup."""
    return json.dumps(plain(text), ensure_ascii=False)


def _block(block: Block, figures: Path) -> str:
    if isinstance(block, Paragraph):
        return f"#{_text(block.text)}"
    if isinstance(block, Points):
        return "\n".join(f"- #{_text(item)}" for item in block.items)
    if isinstance(block, Picture):
        image = f"image({_text(str(figures / (block.name + '.svg')))}, width: 74%, alt: {_text(block.caption)})"
        return f"#figure({image}, caption: {_text(block.caption)}, placement: none)"
    return _table(block)


def _table(table: Table) -> str:
    count = len(table.columns)
    words = (
        ["1.4fr", *["auto"] * (table.left - 1)]
        if count > table.left
        else ["auto"] * (count - 2) + ["3fr", "2fr"]
        if count > 2
        else ["auto", "1fr"]
    )
    columns = words + ["auto"] * (count - table.left)
    align = ["left"] * table.left + ["right"] * (count - table.left)
    head = f"table.header({', '.join(f'[*#{_text(cell)}*]' for cell in table.columns)})," if any(table.columns) else ""
    body = ",\n  ".join(", ".join(f"[#{_text(cell)}]" for cell in row) for row in table.rows)
    inside = f"columns: ({', '.join(columns)},), align: ({', '.join(align)},),\n  {head}\n  {body}"
    return f"#figure(table({inside}), caption: {_text(table.caption)}, kind: table)"
