"""Profit of the book, year by year: does the good start last?"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.plots.fan import fans
from sim.plots.frame import canvas, heading, message
from sim.plots.results import Array, Results, labels_of, months_of, of
from sim.plots.style import GREY
from sim.plots.units import Money, year_axis
from sim.tables import years


def profit_by_year(study: Results, ax: Axes | None = None) -> Axes:
    """Fan chart of the firm's profit per year: median run, middle 50% and 90% of runs.

    From ``profit_year_1 … profit_year_N`` of the runs table, money per year, not discounted.  With more
    than two scenarios only the middle 50% is shaded, with more than four nothing.  A last year that is not complete stands apart from
    the line, since the profit of some months does not compare with that of a year.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    full, rest = {}, {}
    for (name, label), months in zip(labels_of(study).items(), months_of(study), strict=True):
        x, profit = _profits(study, name, years(months))
        whole = months // 12
        full[label], rest[label] = (x[:whole], profit[:, :whole]), (x[whole:], profit[:, whole:])
    with canvas(study, ax) as ax:
        money = Money.fitting(study.currency, *(m for part in (full, rest) for _, m in part.values()))
        handles = fans(ax, full)
        fans(ax, rest)
        ax.axhline(0, color=GREY, linewidth=0.8, zorder=1.5)
        money.on(ax.yaxis)
        longest = max(months_of(study))
        year_axis(ax, np.arange(1.0, years(longest) + 1), longest)
        ax.set(xlabel="Year", ylabel=money.label("Profit of the year"))
        heading(ax, "Profit of the book, year by year", handles)
        if not len(study.runs[["run"]]):
            message(ax, "No run in this study")
    return ax


def _profits(study: Results, scenario: str, last: int) -> tuple[Array, Array]:
    """(years from 1, profit per run and year) of one scenario."""
    columns = [f"profit_year_{year}" for year in range(1, last + 1)]
    return np.arange(1.0, last + 1), of(study.runs, scenario, *columns)[columns].to_numpy(dtype=float)
