"""Estimates as plain text and as JSON."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.calibrate.estimates import Estimate
from sim.number_text import columns_of, left, right

HEADINGS = {
    "parameter": "", "unit": "unit", "estimate": "estimate", "se": "std. error", "wald_low": "95% from", "wald_high": "to",
    "profile_low": "95% from (profile)", "profile_high": "to", "count": "count",
}  # fmt: skip
MOST = 12  # rows of a check that are printed


def text(estimate: Estimate) -> str:
    """Model, data, parameters, fit and notes, a block each."""
    lines = [estimate.model, f"  {estimate.data}"]
    if estimate.maximum is not None:
        lines.append(f"  log-likelihood {estimate.maximum.log_likelihood:,.3f}, AIC {estimate.maximum.aic:,.1f}")
    lines += ["", *_aligned(estimate.table.rename(columns=HEADINGS))]
    for check in estimate.checks:
        lines += ["", f"  {check.title}: {check.result}", *_aligned(check.table.head(MOST))]
        if len(check.table) > MOST:
            lines.append(f"    … and {len(check.table) - MOST} rows more")
    lines += [f"  {note}" for note in estimate.notes and ("", *estimate.notes)]
    return "\n".join(line.rstrip() for line in lines)


def _aligned(table: pd.DataFrame) -> list[str]:
    """Columns side by side: words to the left, numbers to the right."""
    cells = [[str(name) for name in table.columns], *([_cell(value) for value in row] for row in table.itertuples(index=False))]
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]
    widths = [max(columns_of(row[k]) for row in cells) for k in range(len(numeric))]
    return [
        "    "
        + "  ".join(
            right(cell, width) if number else left(cell, width) for cell, width, number in zip(row, widths, numeric, strict=True)
        )
        for row in cells
    ]


def _cell(value: Any) -> str:
    """Five significant digits, and at least one decimal of what is not whole."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    if value == 0 or (value == round(value) and abs(value) >= 1):
        return f"{value:,.0f}"
    if abs(value) < 1e-4 or abs(value) >= 1e6:
        return f"{value:.3g}"
    return f"{value:,.{max(1, 4 - math.floor(math.log10(abs(value))) - 1)}f}"


def as_json(estimate: Estimate) -> dict[str, Any]:
    """The same as plain types; what is undefined or without bound is null."""
    top = estimate.maximum
    made = {
        "model": estimate.model,
        "data": estimate.data,
        "log_likelihood": None if top is None else top.log_likelihood,
        "aic": None if top is None else top.aic,
        "parameters": estimate.table.to_dict("records"),
        "fit": [
            {"title": one.title, "chi_square": one.chi_square, "degrees_of_freedom": one.freedom, "p": one.p_value,
             "table": one.table.to_dict("records")}
            for one in estimate.checks
        ],
        "tracking": [] if estimate.tracking is None else estimate.tracking.to_dict("records"),
        "notes": list(estimate.notes),
        "fragment": dict(estimate.fragment.values),
        "sources": dict(estimate.fragment.sources),
    }  # fmt: skip
    plain: dict[str, Any] = _plain(made)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
