"""Sensitivity: indices with their intervals, factors in order; elementary effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.plots.frame import axes_width, canvas, heading, text_width
from sim.plots.style import BLUE, GREY, INK, SMALL, VERMILLION
from sim.plots.swept import height_of, quantity, rows, source

if TYPE_CHECKING:
    from sim.understand import GivenData, Morris, Sobol


def indices(result: Sobol | GivenData, ax: Axes | None = None) -> Axes:
    """Sobol' indices with intervals, the factor with the largest first: alone (dots), and with all interactions (squares).

    Of a random sample (:func:`sim.understand.given`) there are first-order indices only.

    Parameters
    ----------
    result : from :func:`sim.understand.sobol` or :func:`sim.understand.given`.
    ax : where to draw; a figure of its own if not given.
    """
    both = "total" in result.table
    table = result.table.sort_values("total" if both else "first", ascending=False)
    names = list(table["factor"])
    with canvas(source(result.sweep), ax, height=height_of(names), note=_noise(result)) as ax:
        rows(ax, names)
        kinds = [("first", "alone (first order)", -0.14 if both else 0.0, BLUE, "o")]
        kinds += [("total", "with interactions (total)", 0.14, VERMILLION, "s")] if both else []
        handles: list[Any] = []
        for name, label, shift, color, marker in kinds:
            x, y = table[name].to_numpy(float), np.arange(len(names)) + shift
            face = color if name == "first" else "white"
            look: dict[str, Any] = {
                "color": color,
                "marker": marker,
                "markersize": 5.0,
                "markerfacecolor": face,
                "markeredgecolor": color,
            }
            ax.hlines(y, table[f"{name}_low"], table[f"{name}_high"], color=color, linewidth=1.2)
            ax.plot(x, y, linestyle="none", zorder=4, **look)
            handles.append(Line2D([], [], linestyle="-", linewidth=1.2, label=label, **look))
        ax.axvline(0, color=INK, linewidth=0.8, zorder=1.5)
        lowest = min(float(table[f"{name}_low"].min()) for name, *_ in kinds)
        ax.set_xlim(min(-0.03, lowest - 0.02), None)
        ax.set_xlabel(f"Share of the variance of {quantity(result.sweep, result.outcome).label}, {result.level:.0%} intervals")
        heading(ax, "What the outcome depends on", handles, beside=max(map(text_width, names)))
    return ax


def _noise(result: Sobol | GivenData) -> str:
    noise = result.noise
    if noise.runs == 1:
        return "One run a point: Monte Carlo noise is not taken apart, and counts as interaction."
    return (
        f"Indices are of the mean over chance; chance makes {max(0.0, noise.share_of_run):.0%} of a single run's variance, "
        f"and {max(0.0, noise.share_of_means):.1%} of that of the means of {noise.runs}, which is taken out."
    )


def effects(result: Morris, ax: Axes | None = None) -> Axes:
    """Elementary effects: size (mu*) against how much it varies (sigma), with intervals.

    Far right: matters. High: depends on where the others stand.  Factors within the grey band cannot be told from
    noise.

    Parameters
    ----------
    result : from :func:`sim.understand.morris`.
    ax : where to draw; a figure of its own if not given.
    """
    table = result.table
    x, y = table["mu_star"].to_numpy(float), table["sigma"].to_numpy(float)
    with canvas(source(result.sweep), ax, height=3.9) as ax:
        said = quantity(result.sweep, result.outcome, x, y)
        for axis in (ax.xaxis, ax.yaxis):
            said.on(axis)
        ax.hlines(y, table["mu_star_low"], table["mu_star_high"], color=BLUE, linewidth=0.8, alpha=0.6)
        ax.vlines(x, table["sigma_low"], table["sigma_high"], color=BLUE, linewidth=0.8, alpha=0.6)
        ax.plot(x, y, "o", color=BLUE, markersize=5, markeredgecolor="white", zorder=4)
        end = 1.18 * max(float(table["mu_star_high"].max()), 1e-300)
        ax.set(xlim=(0, end), ylim=(0, max(1.12 * float(table["sigma_high"].max()), 0.25 * end)))
        handles: list[Any] = [Line2D([], [], color=BLUE, marker="o", label=f"{result.level:.0%} intervals", linewidth=0.8)]
        handles.append(ax.plot([0, end], [0, end], color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), label="sigma = mu*")[0])
        noise = 0.8 * float(table["noise"].max())
        if noise > 0.002 * end:
            handles.append(ax.axvspan(0, noise, color=GREY, alpha=0.2, linewidth=0, label="noise alone"))
        _label(ax, list(table["factor"]), x, y)
        ax.set_xlabel(f"mu*: mean size of the effect of a factor's range on {said.text}")
        ax.set_ylabel(f"sigma: its spread ({said.unit})" if said.unit else "sigma: its spread")
        heading(ax, "Elementary effects", handles)
    return ax


def _label(ax: Axes, names: list[str], x: np.ndarray, y: np.ndarray) -> None:
    """Names beside points, the largest first, where there is room; a point without any room has none."""
    right, top = ax.get_xlim()[1], ax.get_ylim()[1]
    width, height = axes_width(ax), 185.0  # points, about
    at = np.column_stack([x / right * width, y / top * height])
    taken = [(a - 3, b - 3, a + 3, b + 3) for a, b in at]  # left, bottom, right, top of points, then of names
    for k in np.argsort(-np.hypot(*at.T)):
        wide = text_width(names[k], SMALL)
        far = [(x_off, y_off) for y_off in (16, 26, 36, 46) for x_off in (8, -8 - wide)]
        for dx, dy in ((4, 4), (4, -11), (-4 - wide, 4), *far, (-4 - wide, -11)):
            left, low = at[k, 0] + dx, at[k, 1] + dy
            here = (left, low, left + wide, low + SMALL)
            if left > 0 and here[2] < width and low > 0 and not any(_meet(here, other) for other in taken):
                taken.append(here)
                leader = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkB": 3} if dy > 10 else None
                ax.annotate(names[k], (x[k], y[k]), (dx, dy), textcoords="offset points", fontsize=SMALL, color=INK, zorder=5,
                            arrowprops=leader)  # fmt: skip
                break


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
