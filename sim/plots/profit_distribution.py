"""Distribution of the discounted profit over runs, with the mean and how well it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.plots.frame import canvas, heading, message
from sim.plots.results import Array, Results, of
from sim.plots.spread import Mean, density, mean_interval
from sim.plots.style import GREY, HEIGHT, INK, Look, look
from sim.plots.units import Money

_BINS = 60  # more would show noise, also with very many runs
_PAIRED = "Each interval is that of a mean alone; differences on common random numbers are known better (compare)."


def profit_distribution(study: Results, ax: Axes | None = None) -> Axes:
    """Density of ``npv`` across runs, and its mean with the 95% Monte Carlo interval on top.

    One scenario: histogram.  Several: kernel densities (Silverman's bandwidth) on common axes.  A vertical
    line marks zero where it is near enough not to squeeze the data.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    samples = {name: _finite(of(study.runs, name)["npv"].to_numpy(dtype=float)) for name in study.names}
    several = len(samples) > 1
    paired = several and any(values.size > 1 for values in samples.values())
    height = HEIGHT + 0.25 * max(0, len(samples) - 2)
    with canvas(study, ax, height, note=_PAIRED if paired else "") as ax:
        money = Money.fitting(study.currency, *samples.values())
        tops = [_shape(ax, values, look(k), several) for k, values in enumerate(samples.values())]
        top = max(tops, default=0.0) or 1.0
        handles: list[Any] = []
        if any(tops) and not several:
            handles.append(Patch(facecolor=look(0).color, alpha=0.35, label="runs"))
        for k, (name, values) in enumerate(samples.items()):
            mean = mean_interval(values)
            _mark(ax, mean, top * (1.08 + 0.085 * k), look(k))
            handles.append(_handle(name if several else "", mean, money, look(k)))
        if paired:
            unit = f"mean with its 95% interval ({money.unit})"
            handles.append(Line2D([], [], color=GREY, linewidth=1.0, marker="|", label=unit))
        _limits(ax, samples, top * (1.08 + 0.085 * max(1, len(samples))))
        money.on(ax.xaxis)
        _density_ticks(ax, money, max(tops, default=0.0))
        ax.set_xlabel(money.label("Discounted profit of the book"))
        ax.set_ylabel(f"Density of runs (per {money.unit})")
        heading(ax, "What the book is worth, over all runs", handles)
        if not any(tops):
            message(ax, "No distribution to show: one run, or runs that do not differ")
    return ax


def _finite(values: Array) -> Array:
    return values[np.isfinite(values)]


def _shape(ax: Axes, values: Array, look_: Look, several: bool) -> float:
    """Draw one distribution; its highest point, 0 if the values do not vary."""
    curve = density(values)
    if curve is None:
        return 0.0
    if several:
        ax.fill_between(*curve, color=look_.color, alpha=0.12, linewidth=0)
        ax.plot(*curve, color=look_.color, linestyle=look_.dash)
        return float(np.max(curve[1]))
    edges = np.histogram_bin_edges(values, "auto")
    edges = edges if edges.size <= _BINS else np.linspace(np.min(values), np.max(values), _BINS)
    bars: dict[str, Any] = {"color": look_.color, "alpha": 0.35, "edgecolor": "white", "linewidth": 0.5}
    heights, _, _ = ax.hist(values, list(edges), density=True, **bars)
    ax.plot(*curve, color=look_.color)
    return float(max(np.max(heights), np.max(curve[1])))


def _mark(ax: Axes, mean: Mean, y: float, look_: Look) -> None:
    """The mean and its interval, on a row of its own above the densities."""
    if np.isfinite(mean.mean):
        error = mean.half_width if np.isfinite(mean.half_width) else None
        ax.errorbar(mean.mean, y, xerr=error, capsize=3.5, capthick=1.2, elinewidth=1.4, **look_.line())


def _handle(name: str, mean: Mean, money: Money, look_: Look) -> Any:
    known = np.isfinite(mean.half_width)
    number = money.text(mean.mean, mean.half_width) if np.isfinite(mean.mean) else "undefined"
    number += f" ± {money.text(mean.half_width, mean.half_width)}" if known else ""
    what = "mean" if known else "the one run"
    text = f"{name}: {what} {number}" if name else f"{what} {number} {money.unit}{' (95% interval)' if known else ''}"
    return Line2D([], [], **look_.line(label=text))


def _limits(ax: Axes, samples: dict[str, Array], top: float) -> None:
    """Show zero if it lies within a data range of the data."""
    ax.set_ylim(0, top)
    ax.set_autoscalex_on(True)
    low, high = ax.get_xlim()
    span = high - low
    if max((np.ptp(values) for values in samples.values() if values.size), default=0.0) == 0.0:
        span = abs(low) + abs(high)  # nothing varies, so zero is the only scale there is
        low, high = low - 0.04 * span, high + 0.04 * span
    if low - span <= 0 <= high + span:
        ax.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
        ax.annotate("0", (0, 1), (3, -2), ("data", "axes fraction"), "offset points", va="top", color=GREY)
        ax.set_xlim(min(low, -0.04 * span), max(high, 0.04 * span))
    else:
        ax.set_xlim(low, high)


def _density_ticks(ax: Axes, money: Money, top: float) -> None:
    """Density per multiple of the currency, as x is written; no ticks beside the means, which have none."""
    if not top:
        ax.set_yticks([])
        return
    ticks = [t for t in MaxNLocator(4).tick_values(0, top) if 0 <= t <= top]
    ax.set_yticks(ticks, [f"{t * money.factor:,.4g}" for t in ticks])
