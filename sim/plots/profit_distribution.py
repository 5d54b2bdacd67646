"""Distribution of the discounted profit over runs, with the mean and how well it is known."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.plots.frame import ALONE, canvas, heading, message
from sim.plots.results import Array, Results, labels_of, of
from sim.plots.spread import density, mean_interval, varies
from sim.plots.style import BLUE, GREY, HEIGHT, INK, PALE, TICK, look
from sim.plots.units import Money

_BINS = 60  # more would show noise, also with very many runs


def profit_distribution(study: Results, ax: Axes | None = None) -> Axes:
    """Distribution of ``npv`` across runs, and its mean with the 95% Monte Carlo interval.

    One scenario: histogram.  Several: a row each, with the kernel density (Silverman's bandwidth) above the
    mean; every density is drawn to the same height.  A vertical line marks zero where it is near enough
    not to squeeze the data.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    known = labels_of(study)
    samples = {label: _finite(of(study.runs, name, "npv")["npv"].to_numpy(dtype=float)) for name, label in known.items()}
    several = len(samples) > 1
    spread = any(values.size > 1 for values in samples.values())
    height = max(HEIGHT, 1.3 + 0.62 * len(samples))
    with canvas(study, ax, height, note=ALONE if several and spread else "") as ax:
        money = Money.fitting(study.currency, *samples.values())
        handles = _rows(ax, samples, money) if several else _histogram(ax, next(iter(samples.values())), money)
        _show_zero(ax, samples)
        money.on(ax.xaxis)
        ax.set_xlabel(money.label("Discounted profit of the book"))
        heading(ax, "Distribution of the book's discounted profit", handles, beside=60.0 if several else 0.0)
    return ax


def _finite(values: Array) -> Array:
    return values[np.isfinite(values)]


def _histogram(ax: Axes, values: Array, money: Money) -> list[Any]:
    mean = mean_interval(values)
    handles: list[Any] = []
    top = 1.0
    if varies(values):
        edges = np.histogram_bin_edges(values, "auto")
        edges = edges if edges.size <= _BINS else np.linspace(np.min(values), np.max(values), _BINS)
        counts, _, _ = ax.hist(values, list(edges), color=BLUE, alpha=0.4, edgecolor="white", linewidth=0.5)
        top = float(np.max(counts))
        handles.append(Patch(facecolor=BLUE, alpha=0.4, label="runs"))
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.set_ylabel("Number of runs")
    else:
        ax.set_yticks([])
        message(ax, "No distribution to show: one run, or runs that do not differ")
    ax.set_ylim(0, 1.16 * top)
    ax.errorbar(mean.mean, 1.08 * top, xerr=_error(mean.half_width), **_MEAN)
    what = "mean" if values.size > 1 else "the one run:"
    interval = " (95% interval)" if mean.half_width > 0 else ""
    handles.append(Line2D([], [], color=INK, marker="o", label=f"{what} {money.text(mean)} {money.unit}{interval}"))
    return handles


def _rows(ax: Axes, samples: Mapping[str, Array], money: Money) -> list[Any]:
    shaped = False
    for row, values in enumerate(samples.values()):
        mean, look_ = mean_interval(values), look(row)
        ax.axhline(row, color=PALE, linewidth=0.8, zorder=1)
        if varies(values):
            x, height = density(values)
            ax.fill_between(x, row, row - 0.68 * height / np.max(height), facecolor=look_.color, alpha=0.45, linewidth=0)
            shaped = True
        ax.errorbar(mean.mean, row + 0.12, xerr=_error(mean.half_width), **_MEAN)
        ax.text(1.02, row, money.text(mean), transform=ax.get_yaxis_transform(), va="center", fontsize=TICK)
    ax.set_yticks(range(len(samples)), [textwrap.fill(name, 24, max_lines=2, placeholder="…") for name in samples])
    ax.set_ylim(len(samples) - 0.65, -0.8)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x", color=PALE, linewidth=0.5)
    error = any(values.size > 1 for values in samples.values())
    label = f"mean{' with its 95% interval' if error else ''}, in numbers on the right"
    shape = [Patch(facecolor=GREY, alpha=0.45, label="runs (density)")] if shaped else []
    return [*shape, Line2D([], [], color=INK, marker="o", label=label if error else "the one run")]


_MEAN: dict[str, Any] = {
    "color": INK, "marker": "o", "markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.6,
    "capsize": 3.0, "capthick": 1.1, "elinewidth": 1.2, "zorder": 4,
}  # fmt: skip


def _error(half_width: float) -> float | None:
    return half_width if np.isfinite(half_width) else None


def _show_zero(ax: Axes, samples: Mapping[str, Array]) -> None:
    """Mark zero if it lies within a data range of the data."""
    low, high = ax.get_xlim()
    span = high - low
    if not any(np.ptp(values) > 0 for values in samples.values() if values.size):
        span = abs(low) + abs(high)  # nothing varies, so zero is the only scale there is
        low, high = low - 0.04 * span, high + 0.04 * span
    if low - span <= 0 <= high + span:
        ax.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
        low, high = min(low, -0.04 * span), max(high, 0.04 * span)
    ax.set_xlim(low, high)
