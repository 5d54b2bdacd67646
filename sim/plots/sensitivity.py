"""Sensitivity: indices with their intervals, factors in order; elementary effects."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.plots.beside import Mark, beside
from sim.plots.frame import canvas, heading
from sim.plots.style import BLUE, GREY, INK, VERMILLION
from sim.plots.swept import factor_label, height_of, quantity, rows, rows_width, source
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
        rows(ax, [factor_label(result.sweep, name) for name in names])
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
        heading(ax, "What the outcome depends on", handles, beside=rows_width(ax))
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
        ends = (table[f"{name}_{end}"].to_numpy(float) for name in ("mu_star", "sigma") for end in ("low", "high"))
        beside(ax, [factor_label(result.sweep, name) for name in table["factor"]], x, y, list(map(Mark, *ends)))
        ax.set_xlabel(f"mu*: mean size of the effect of a factor's range on {said.text}")
        ax.set_ylabel(f"sigma: its spread ({said.unit})" if said.unit else "sigma: its spread")
        heading(ax, "Elementary effects", handles)
    return ax
