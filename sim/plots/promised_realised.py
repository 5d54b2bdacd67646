"""What customers promised when they signed, against what they brought."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import PANEL_TITLE, canvas, heading, message, panel_height, panels
from sim.plots.results import Array, Results, by_run, longest, of
from sim.plots.spread import WIDE, quantiles
from sim.plots.style import BLUE, GREY, INK
from sim.plots.units import Money, year_axis

_WIDTH = 0.36  # of a bar, in years


def promised_realised(study: Results, ax: Axes | None = None) -> Axes:
    """Profit promised at signing beside profit realised, summed over the run, per year of signing.

    Bars are means over runs; whiskers hold 90% of runs.  Both count only the months that the run covers,
    so late signing years are lower for want of time.  Several scenarios have a panel each, on one scale.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    names = list(study.names)
    data = {name: _totals(study, name) for name in names}
    with canvas(study, ax, height=panel_height(names)) as ax:
        money = Money.fitting(study.currency, *(m for _, *pair in data.values() for m in pair))
        boxes = panels(ax, names)
        for box, (name, (years, promised, realised)) in zip(boxes, data.items(), strict=False):
            _bars(
                box,
                years - 0.5 * _WIDTH,
                promised,
                {"facecolor": "white", "edgecolor": GREY, "hatch": "/////"},
            )
            _bars(box, years + 0.5 * _WIDTH, realised, {"facecolor": BLUE, "edgecolor": BLUE})
            box.axhline(0, color=GREY, linewidth=0.8)
            money.on(box.yaxis)
            year_axis(box, _years(data), 0, ticks=12 if len(boxes) == 1 else 6, margin=0.6)
            if not of(study.cohorts, name)["signed"].sum():
                message(box, "Nobody was signed")
        pad = 18 if len(boxes) > 1 else 4.0
        ax.set_xlabel("Year of signing", labelpad=pad)
        ax.set_ylabel(money.label(f"Profit up to month {longest(study)}"), labelpad=pad * 1.6 if pad > 4 else pad)
        heading(ax, "Promised at signing, and realised", _handles(study), PANEL_TITLE if len(boxes) > 1 else 0.0)
    return ax


def _totals(study: Results, scenario: str) -> tuple[Array, Array, Array]:
    """(signing years, promised, realised): the last two per run and signing year."""
    columns = ["promised_profit", "profit"]
    sums = of(study.cohorts, scenario).groupby(["run", "cohort"], as_index=False)[columns].sum()
    years, promised = by_run(sums, "cohort", columns[0])
    return years, promised, by_run(sums, "cohort", columns[1])[1]


def _years(data: dict[str, tuple[Array, Array, Array]]) -> Array:
    return np.unique(np.concatenate([years for years, *_ in data.values()] or [np.empty(0)]))


def _bars(ax: Axes, x: Array, matrix: Array, fill: dict[str, Any]) -> None:
    if not x.size:
        return
    ax.bar(x, np.nanmean(matrix, axis=0), width=_WIDTH, linewidth=0.8, **fill)
    if matrix.shape[0] > 1:
        low, high = quantiles(matrix, WIDE)
        ax.vlines(x, low, high, color=INK, linewidth=1.0)


def _handles(study: Results) -> list[Any]:
    handles: list[Any] = [
        Patch(facecolor="white", edgecolor=GREY, hatch="/////", label="promised"),
        Patch(facecolor=BLUE, edgecolor=BLUE, label="realised"),
    ]
    if study.runs["run"].nunique() < 2:
        return handles
    for handle in handles:
        handle.set_label(f"{handle.get_label()}, mean")
    return [*handles, Line2D([], [], color=INK, linewidth=1.0, label="90% of runs")]
