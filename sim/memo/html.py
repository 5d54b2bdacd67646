"""A memo as one HTML file that needs nothing else: style and figures inside."""

from __future__ import annotations

import base64
from pathlib import Path

from sim.memo.blocks import Block, Memo, Paragraph, Picture, Points, Table
from sim.texts import html as escape

STYLE = """
:root { --ink: #222; --grey: #666; --line: #d4d4d4; }
body { font: 17px/1.55 Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif; color: var(--ink); max-width: 46rem;
  margin: 3rem auto; padding: 0 1.2rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .3rem; } h2 { font-size: 1.3rem; margin: 2.6rem 0 .7rem; }
.subtitle { color: var(--grey); margin: 0 0 1.6rem; }
.summary { border-left: 4px solid #0072B2; padding: .1rem 0 .1rem 1.1rem; } .summary p { margin: .5rem 0; }
li { margin: .3rem 0; } figure { margin: 1.8rem 0; } figure img { width: 100%; max-width: 38rem; height: auto; }
figcaption, caption { color: var(--grey); font-size: .87rem; text-align: left; padding: .3rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font: 13.5px/1.4 system-ui, sans-serif; margin: 1rem 0; }
caption { caption-side: top; } th { text-align: left; vertical-align: bottom; border-bottom: 1.5px solid var(--ink); }
th, td { padding: .25rem .8rem .25rem 0; vertical-align: top; } td { border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td.n, th.n { text-align: right; white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums; } th.n { white-space: normal; }
@media print { body { font-size: 10.5pt; margin: 0; max-width: none; } h2, caption, figcaption { break-after: avoid; }
  figure, tr { break-inside: avoid; } table { font-size: 8.5pt; } }
"""


def html(memo: Memo, figures: Path, token: str) -> str:
    """The memo as text; `figures` is the folder the pictures are taken from."""
    body = [f"<h1>{escape(memo.title)}</h1>", f'<p class="subtitle">{escape(memo.subtitle)}</p>']
    body.append('<div class="summary">' + "".join(f"<p>{escape(text)}</p>" for text in memo.summary) + "</div>")
    for section in memo.sections:
        body.append(f"<h2>{escape(section.heading)}</h2>")
        body += [_block(block, figures) for block in section.blocks]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(memo.title)}</title>'
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en"><head>',
            head,
            f"<style>{STYLE}</style></head><body>",
            *body,
            f"<!-- {token} --></body></html>",
            "",
        ]
    )


def _block(block: Block, figures: Path) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Picture):
        picture = base64.b64encode((figures / f"{block.name}.svg").read_bytes()).decode()
        image = f'<img alt="{escape(block.caption)}" src="data:image/svg+xml;base64,{picture}">'
        return f"<figure>{image}<figcaption>{escape(block.caption)}</figcaption></figure>"
    return _table(block)


def _table(table: Table) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        kinds = [""] * table.left + [' class="n"'] * (len(cells) - table.left)
        return "<tr>" + "".join(f"<{tag}{kind}>{escape(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True)) + "</tr>"

    body = "\n".join(row(cells, "td") for cells in table.rows)
    head = row(table.columns, "th") if any(table.columns) else ""
    return f'<div class="wide"><table><caption>{escape(table.caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table></div>'
