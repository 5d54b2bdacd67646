"""The drivers of profitability: what the customers brought, what they and the firm cost, what was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import ALONE, canvas, heading, message
from sim.plots.results import Results, labels_of, months_of, of, runs_of
from sim.plots.spread import Mean, mean_interval
from sim.plots.style import BLUE, GREY, INK, PALE, TICK, VERMILLION, Look, look
from sim.plots.units import Money


class Driver(NamedTuple):
    """A driver of profit: a column of the runs table, and whether it adds or takes."""

    label: str
    column: str
    sign: int


#: The first four are what "profitability of the book" is made of; the others are what it takes to get it.
PARTS = (
    Driver("First purchases, margin", "margin_initial", 1),
    Driver("Repeat purchases, margin", "margin_repeat", 1),
    Driver("Payment, written off", "payment_loss", -1),
    Driver("Service and resolution", "service_cost", -1),
    Driver("Acquisition", "acquisition_cost", -1),
    Driver("Pay and hiring of reps", "pay_cost", -1),
    Driver("Desk and firm, fixed", "fixed_cost", -1),
)
_LABELS = (*(part.label for part in PARTS), "Profit, all months")
GAINS = Look(BLUE, "-", "", "")
LOSSES = Look(VERMILLION, "-", "", "////")
TOTAL = Look(GREY, "-", "", "")


def drivers(study: Results, ax: Axes | None = None) -> Axes:
    """Mean of every driver of profit over the whole run, not discounted, with 95% intervals of the means.

    One scenario: a waterfall from margins down to profit, with the numbers beside it.  Several: bars from
    zero, side by side.  Profit is the sum of the parts, run by run, so its interval counts how they
    move together.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    means = {label: _means(of(study.runs, name, *(part.column for part in PARTS))) for name, label in labels_of(study).items()}
    several, months = len(means) > 1, max(months_of(study))
    paired = several and any(row[0].half_width >= 0 for row in means.values())
    height = 3.4 + 0.45 * max(0, len(means) - 1)
    with canvas(study, ax, height=height, note=ALONE if paired else "") as ax:
        money = Money.fitting(study.currency, np.array([m.mean for row in means.values() for m in row]))
        handles = _compare(ax, means) if several else _waterfall(ax, next(iter(means.values()), []), money)
        ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
        ax.axhline(3.5, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
        ax.axhline(6.5, color=GREY, linewidth=0.8)
        ax.set_yticks(range(len(_LABELS)), _LABELS)
        ax.get_yticklabels()[-1].set_fontweight("bold")
        ax.set_ylim(len(_LABELS) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.grid(axis="x", color=PALE, linewidth=0.5)
        money.on(ax.xaxis)
        what = "Mean over runs" if max(runs_of(study)) > 1 else "The one run"
        ax.set_xlabel(money.label(f"{what}, {months} month{'' if months == 1 else 's'}"))
        heading(ax, "Drivers of the book's profitability", handles, beside=65.0)
        if not any(np.isfinite(m.mean) for row in means.values() for m in row):
            message(ax, "No run to take a mean of")
    return ax


def _means(runs: pd.DataFrame) -> list[Mean]:
    parts = np.column_stack([part.sign * runs[part.column].to_numpy(dtype=float) for part in PARTS])
    return [*(mean_interval(column) for column in parts.T), mean_interval(parts.sum(axis=1))]


def _waterfall(ax: Axes, means: list[Mean], money: Money) -> list[Any]:
    ends = np.cumsum([0.0, *(m.mean for m in means[:-1])])
    for row, mean in enumerate(means):
        start = float(ends[row]) if row < len(PARTS) else 0.0
        looks = TOTAL if row == len(PARTS) else GAINS if mean.mean >= 0 else LOSSES
        bar(ax, row, start, mean, 0.62, looks)
        if row < len(PARTS):
            ax.vlines(start + mean.mean, row, row + 1, color=GREY, linewidth=0.6, zorder=1.5)
        ax.text(1.02, row, money.text(mean), transform=ax.get_yaxis_transform(), va="center",
                fontsize=TICK, fontweight="bold" if row == len(PARTS) else "normal")  # fmt: skip
    known = any(np.isfinite(m.half_width) for m in means)
    return [
        patch(GAINS, "adds to profit"),
        patch(LOSSES, "takes from it"),
        *([Line2D([], [], color=INK, marker="|", label="95% interval")] if known else []),
    ]


def _compare(ax: Axes, means: Mapping[str, list[Mean]]) -> list[Any]:
    thick = 0.8 / len(means)
    for k, rows in enumerate(means.values()):
        for row, mean in enumerate(rows):
            bar(ax, row + (k - (len(means) - 1) / 2) * thick, 0.0, mean, 0.88 * thick, look(k))
    known = any(np.isfinite(m.half_width) for rows in means.values() for m in rows)
    interval = [Line2D([], [], color=INK, marker="|", label="95% interval")] if known else []
    return [*(patch(look(k), name) for k, name in enumerate(means)), *interval]


def bar(ax: Axes, y: float, start: float, mean: Mean, thick: float, look_: Look) -> None:
    """A mean as a bar from `start`, with its interval at the end."""
    if not np.isfinite(mean.mean):
        return
    ax.barh(y, mean.mean, thick, left=start, **_fill(look_))
    if mean.half_width > 0:
        ax.errorbar(start + mean.mean, y, xerr=mean.half_width, color=INK, elinewidth=1.0, capsize=2.0, zorder=4)


def patch(look_: Look, label: str) -> Patch:
    """A bar's look, for a legend."""
    return Patch(label=label, **_fill(look_))


def _fill(look_: Look) -> dict[str, Any]:
    return {"facecolor": look_.color, "edgecolor": "white", "hatch": look_.hatch, "linewidth": 0.0}
