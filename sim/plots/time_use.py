"""How reps spend their time: on new customers, on those they have, on neither."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.fan import band, line
from sim.plots.frame import PANEL_TITLE, canvas, heading, message, panel_height, panels
from sim.plots.results import Array, Results, by_run, longest, of
from sim.plots.spread import WIDE, quantiles
from sim.plots.style import GREEN, GREY, VERMILLION, Look
from sim.plots.units import month_axis, share_axis


class _Activity(NamedTuple):
    name: str
    look: Look


_ACTIVITIES = (
    _Activity("hunting", Look(VERMILLION, "-", "s", "")),
    _Activity("nurturing", Look(GREEN, (0, (5, 1.6)), "^", "")),
    _Activity("neither", Look(GREY, (0, (1.2, 1.4)), "o", "")),
)


def time_use(study: Results, ax: Axes | None = None) -> Axes:
    """Shares of the reps' working time per month: hunting, nurturing, and neither = 1 − hunting − nurturing.

    Lines are means over runs, bands hold 90% of runs.  Several scenarios have a panel each, on one scale.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    names = list(study.names)
    with canvas(study, ax, height=panel_height(names)) as ax:
        boxes = panels(ax, names)
        for box, name in zip(boxes, names, strict=False):
            _draw(box, of(study.months, name))
            month_axis(box, longest(study), 10 if len(boxes) == 1 else 5)
            share_axis(box.yaxis)
            box.set_ylim(0, 1)
        pad = 18 if len(boxes) > 1 else 4.0
        ax.set_xlabel("Month", labelpad=pad)
        ax.set_ylabel("Share of working time (%)", labelpad=pad * 1.9 if pad > 4 else pad)
        heading(ax, "How reps spend their time", _handles(study), PANEL_TITLE if len(boxes) > 1 else 0.0)
    return ax


def _draw(ax: Axes, months: pd.DataFrame) -> None:
    if not len(months):
        message(ax, "No month in this study")
        return
    x, hunting = by_run(months, "month", "hunting_share")
    _, nurturing = by_run(months, "month", "nurturing_share")
    for activity, shares in zip(_ACTIVITIES, (hunting, nurturing, 1 - hunting - nurturing), strict=True):
        if shares.shape[0] > 1:
            low, high = quantiles(shares, WIDE)
            band(ax, x, low, high, activity.look.color, 0.15)
        line(ax, x, _mean(shares), activity.look, linewidth=1.3, markersize=4.0)


def _mean(matrix: Array) -> Array:
    known = np.isfinite(matrix)
    counts = known.sum(axis=0)
    sums = np.where(known, matrix, 0.0).sum(axis=0)
    means: Array = np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    return means


def _handles(study: Results) -> list[Any]:
    lines: list[Any] = [Line2D([], [], **a.look.line(label=a.name)) for a in _ACTIVITIES]
    if study.runs["run"].nunique() < 2:
        return lines
    return [*lines, Patch(color=GREY, alpha=0.2, linewidth=0, label="90% of runs")]
