"""Profit of the book, year by year: does the good start last?"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.plots.fan import fans
from sim.plots.frame import canvas, heading, line_height, message
from sim.plots.results import Results, longest, of, profit_by_year_matrix
from sim.plots.style import GREY
from sim.plots.units import Money, year_axis


def profit_by_year(study: Results, ax: Axes | None = None) -> Axes:
    """Fan chart of the firm's profit per year: median run, middle 50% and 90% of runs.

    From ``profit_year_1 … profit_year_N`` of the runs table, money per year, not discounted.  With more
    than two scenarios only the middle 50% is shaded.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    curves = {name: profit_by_year_matrix(of(study.runs, name)) for name in study.names}
    with canvas(study, ax, height=line_height(study.names)) as ax:
        money = Money.fitting(study.currency, *(matrix for _, matrix in curves.values()))
        handles = fans(ax, curves)
        ax.axhline(0, color=GREY, linewidth=0.8, zorder=1.5)
        money.on(ax.yaxis)
        years = np.unique(np.concatenate([x for x, _ in curves.values()] or [np.empty(0)]))
        year_axis(ax, years, longest(study))
        ax.set(xlabel="Year", ylabel=money.label("Profit per year"))
        heading(ax, "Profit of the book, year by year", handles)
        if not years.size:
            message(ax, "No profit by year in this study")
    return ax
