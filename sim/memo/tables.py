"""The tables of a memo by themselves, in LaTeX."""

from __future__ import annotations

from sim.memo.blocks import Table
from sim.texts import tex


def as_latex(table: Table) -> str:
    """The table as a LaTeX ``table`` for the package booktabs."""
    layout = "l" * table.left + "r" * (len(table.columns) - table.left)
    head, *body = [" & ".join(map(tex, row)) + r" \\" for row in (table.columns, *table.rows)]
    lines = [
        r"\begin{table}", r"\centering\small", rf"\caption{{{tex(table.caption)}}}", rf"\label{{tab:{table.name}}}",
        rf"\begin{{tabular}}{{{layout}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}", r"\end{table}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
