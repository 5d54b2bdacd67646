"""How reps spend their time: on new customers, on those they have, on neither."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.plots.fan import line
from sim.plots.frame import axes_width, canvas, heights, message
from sim.plots.panels import columns_of, frame_panels, panel_height, panels
from sim.plots.results import Results, by_run, labels_of, months_of, of, runs_of
from sim.plots.spread import WIDE, pooled, quantiles
from sim.plots.style import GREEN, GREY, VERMILLION, Look
from sim.plots.units import month_axis, share_axis

BARS = 12  # months at which the spread of a share is shown
_LOOKS = {
    "hunting": Look(VERMILLION, "-", "s", ""),
    "nurturing": Look(GREEN, (0, (5, 1.6)), "^", ""),
    "neither": Look(GREY, (0, (1.2, 1.4)), "o", ""),
}


def time_use(study: Results, ax: Axes | None = None) -> Axes:
    """Shares of the reps' working time per month: hunting, nurturing, and neither = 1 − hunting − nurturing.

    Seats count also while they are vacant.  Lines are means over runs, upright bars hold 90% of runs.  Several
    scenarios have a panel each, on one scale.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    names = list(labels_of(study).values())
    with canvas(study, ax, height=panel_height(names)) as ax:
        boxes = panels(ax, names)
        ticks = max(2, int(axes_width(ax) / columns_of(names) / 24))  # each takes 24 points
        for box, name in zip(boxes, study.names, strict=True):
            _draw(
                box, max(3, BARS // columns_of(names)), of(study.months, name, "run", "month", "hunting_share", "nurturing_share")
            )
            month_axis(box, max(months_of(study)), ticks)
            share_axis(box.yaxis)
        top = max(float(heights(box).max(initial=0.0)) for box in boxes) or 1.0
        boxes[0].set_ylim(-0.02, min(1.0, top) + 0.02)  # a line at 0 or 100% is seen whole
        frame_panels(ax, boxes, "Month", "Share of working time (%)", "How reps spend their time", _handles(study))
    return ax


def _draw(ax: Axes, bars: int, months: pd.DataFrame) -> None:
    if not len(months):
        message(ax, "No month in this study")
        return
    x, hunting = by_run(months, "month", "hunting_share")
    _, nurturing = by_run(months, "month", "nurturing_share")
    for k, (look, shares) in enumerate(zip(_LOOKS.values(), (hunting, nurturing, 1 - hunting - nurturing), strict=True)):
        places = x + 0.1 * (k - 1) if x.size == 1 else x  # side by side where there is one month only
        if shares.shape[0] > 1:
            low, high = quantiles(shares, WIDE)
            every = max(1, x.size // bars)
            at = slice((every * (2 * k + 1)) // 6, None, every)  # a third of the way apart, so that no bar hides another
            ax.vlines(places[at], low[at], high[at], color=look.color, linewidth=1.1, linestyle=look.dash, zorder=2.5)
        line(ax, places, pooled(shares, np.ones_like(shares)), look, linewidth=1.3, markersize=4.0)


def _handles(study: Results) -> list[Any]:
    lines: list[Any] = [Line2D([], [], **look.line(label=name)) for name, look in _LOOKS.items()]
    bar = Line2D([], [], color=GREY, marker="|", markersize=9, linestyle="", label="90% of runs")
    return [*lines, bar] if max(runs_of(study)) > 1 else lines
