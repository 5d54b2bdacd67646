"""Rows as Markdown tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from benchmarks.rows import Row
from sim.texts import markdown_table


def as_markdown(about: dict[str, str], rows: Sequence[Row]) -> str:
    """The machine, and a table per benchmark."""
    lines = ["# daarna: benchmarks", "", *(f"- {key}: {value}" for key, value in about.items())]
    for group, members in groupby(rows, key=lambda row: row.group):
        cells = (
            (row.what, shown(row.value), "" if row.least is None else shown(row.least), row.unit, row.clock, row.note)
            for row in members
        )
        lines += [
            "",
            f"## {group}",
            "",
            markdown_table(("what", "value", "least", "unit", "clock", "note"), cells, "lrrl").rstrip(),
        ]
    return "\n".join(lines) + "\n"


def as_json(about: dict[str, str], rows: Sequence[Row]) -> str:
    """The same for programs."""
    return json.dumps({"machine": about, "rows": [asdict(row) for row in rows]}, indent=1) + "\n"


def shown(value: float) -> str:
    """Four digits, or all before the point."""
    if value == 0.0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
