"""What customers promised when they signed, against what they brought."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import canvas, message
from sim.plots.panels import frame_panels, panel_height, panels
from sim.plots.results import Array, Results, by_run, labels_of, months_of, of, runs_of
from sim.plots.spread import WIDE, pooled, quantiles
from sim.plots.style import BLUE, GREY, INK
from sim.plots.units import Money, year_axis
from sim.tables import years

SPAN = 5  # years of custom that are compared, where runs are long enough for half of the cohorts to have them
_WIDTH = 0.36  # of a bar, in years
_FILLS: dict[str, dict[str, Any]] = {
    "promised": {"facecolor": "white", "edgecolor": GREY, "hatch": "/////", "linewidth": 0.8},
    "realised": {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.8},
}


def promised_realised(study: Results, ax: Axes | None = None) -> Axes:
    """Profit per customer signed, promised at signing beside realised, per year of signing.

    Both are sums over the year of signing and the years that follow, the same number for all: five, or fewer where the run
    is short.  Who was signed too late to be seen for so long is left out, and that is said.  Bars pool the runs (sum of profit / sum of signed);
    whiskers hold 90% of the runs that signed anybody in that year.  Several scenarios have a panel each, on
    one scale.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    names, months = list(labels_of(study).values()), max(months_of(study))
    last = max(1, months // 12)  # what is left of a year is no year of custom
    reach = min(SPAN, -(-last // 2))
    data = [_per_customer(study, name, reach, last) for name in study.names]
    with canvas(study, ax, height=panel_height(names), note=_note(reach, last, years(months))) as ax:
        money = Money.fitting(study.currency, *(low_high for item in data for low_high in item[1].values()))
        boxes = panels(ax, names)
        for box, (x, bars, whiskers) in zip(boxes, data, strict=True):
            for side, fill in zip((-0.5, 0.5), _FILLS, strict=True):
                place = x + side * _WIDTH
                box.bar(place, bars[fill], width=_WIDTH, **_FILLS[fill])
                box.vlines(place, *whiskers[fill], color=INK, linewidth=1.0)
            if x.size:
                box.axhline(0, color=GREY, linewidth=0.8)
            money.on(box.yaxis)
            shown = np.arange(1.0, last - reach + 2)
            year_axis(box, shown, 12 * last, ticks=12 if len(boxes) == 1 else 6, margin=0.6)
            if not x.size:
                box.set_yticks([])
                message(box, "Nobody was signed")
        y_label = money.label(f"Profit per customer, {_span(reach)}")
        frame_panels(ax, boxes, "Year of signing", y_label, "Profit promised at signing, and realised", _handles(study))
    return ax


def _span(reach: int) -> str:
    return "year of signing" if reach == 1 else f"first {reach} years"


def _note(reach: int, last: int, started: int) -> str:
    """Who is left out."""
    late = last - reach + 2
    if late > started:
        return ""
    which = f"year {late} is" if late == started else f"years {late} to {started} is"
    return f"Who was signed in {which} not seen for as long, and left out."


def _per_customer(study: Results, scenario: str, reach: int, last: int) -> tuple[Array, dict[str, Array], dict[str, Array]]:
    """(signing years, height of the bars, ends of the whiskers as two rows), money per customer signed."""
    rows = of(study.cohorts, scenario, "run", "cohort", "year", "signed", "profit", "promised_profit")
    rows = rows[(rows["cohort"] > 0) & (rows["cohort"] <= last - reach + 1) & (rows["signed"] > 0)]
    rows = rows[rows["year"] - rows["cohort"] < reach]
    sums = rows.groupby(["run", "cohort"], as_index=False).agg(
        signed=("signed", "max"), promised=("promised_profit", "sum"), realised=("profit", "sum")
    )
    x, signed = by_run(sums, "cohort", "signed")
    totals = {which: by_run(sums, "cohort", which)[1] for which in _FILLS}
    bars = {which: pooled(total, signed) for which, total in totals.items()}
    nothing = np.full((2, x.size), np.nan)
    whiskers = {which: quantiles(total / signed, WIDE) if len(total) > 1 else nothing for which, total in totals.items()}
    return x, bars, whiskers


def _handles(study: Results) -> list[Any]:
    handles: list[Any] = [Patch(label=which, **fill) for which, fill in _FILLS.items()]
    return [*handles, Line2D([], [], color=INK, linewidth=1.0, label="90% of runs")] if max(runs_of(study)) > 1 else handles
