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

SPAN = 5  # years of custom that are compared
_WIDTH = 0.36  # of a bar, in years
_FILLS: dict[str, dict[str, Any]] = {
    "promised": {"facecolor": "white", "edgecolor": GREY, "hatch": "/////", "linewidth": 0.8},
    "realised": {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.8},
}


def promised_realised(study: Results, ax: Axes | None = None) -> Axes:
    """Profit per customer signed, promised at signing beside realised, per year of signing.

    Both are sums over the year of signing and the four that follow, as far as the run goes: the last signing
    years are lower for want of time.  Bars pool the runs (sum of profit / sum of signed);
    whiskers hold 90% of the runs that signed anybody in that year.  Several scenarios have a panel each, on
    one scale.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    names, months = list(labels_of(study).values()), max(months_of(study))
    last = years(months)
    data = [_per_customer(study, name) for name in study.names]
    with canvas(study, ax, height=panel_height(names)) as ax:
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
            year_axis(box, np.arange(1.0, last + 1), months, ticks=12 if len(boxes) == 1 else 6, margin=0.6)
            if not x.size:
                box.set_yticks([])
                message(box, "Nobody was signed")
        reach = min(SPAN, last)
        y_label = money.label(f"Profit per customer, up to {reach} year{'' if reach == 1 else 's'}")
        frame_panels(ax, boxes, "Year of signing", y_label, "Profit promised at signing, and realised", _handles(study))
    return ax


def _per_customer(study: Results, scenario: str) -> tuple[Array, dict[str, Array], dict[str, Array]]:
    """(signing years, height of the bars, ends of the whiskers as two rows), money per customer signed."""
    rows = of(study.cohorts, scenario, "run", "cohort", "year", "signed", "profit", "promised_profit")
    rows = rows[(rows["cohort"] > 0) & (rows["year"] - rows["cohort"] < SPAN) & (rows["signed"] > 0)]
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
