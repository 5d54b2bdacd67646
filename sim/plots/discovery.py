"""Scenario discovery: the box in which a condition holds, and what it was traded against."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.plots.frame import canvas, heading, message
from sim.plots.style import BLUE, GREY, INK, ORANGE, VERMILLION
from sim.plots.swept import axis_label, source
from sim.plots.units import share_axis
from sim.understand import Box, Discovery

_HALF = 0.42  # of a level's place, left and right of its tick: its points and no other's lie within


def box(result: Discovery, ax: Axes | None = None, number: int = 0) -> Axes:
    """Points at which the condition holds and does not, over the two parameters the box restricts most, and the box.

    Points that lie outside the box in its other parameters are drawn faint; so within the rectangle the full ones are the
    points in the box.  A ring marks points at which the sign of a difference is not established.

    Parameters
    ----------
    result : from :func:`sim.understand.prim`.
    ax : where to draw; a figure of its own if not given.
    number : which of the boxes, from 0.
    """
    found = result.boxes[number] if number < len(result.boxes) else None
    words = _wrapped_words(found) if found else ""
    with canvas(source(result.sweep), ax, height=4.0, note=words) as ax:
        title = f"Where {result.condition}"
        if found is None:
            where = "no less than asked for" if result.needs_no_limit else "scattered"
            message(ax, f"No box was found: the condition holds at {result.share:.0%} of the points, {where}")
            heading(ax, title)
            return ax
        one, other = _pair(result, found)
        x, y = _axis(ax.xaxis, result, one), _axis(ax.yaxis, result, other)
        inside = _elsewhere(result, found, (one, other))
        case = result.points["case"].to_numpy(bool)
        for kind, color, marker in ((~case, ORANGE, "x"), (case, BLUE, "o")):
            for part, alpha in ((inside, 1.0), (~inside, 0.25)):
                ax.plot(x[kind & part], y[kind & part], marker, color=color, markersize=4.0, alpha=alpha, linestyle="none")
        unsure = ~result.points["established"].to_numpy(bool) if "established" in result.points else np.zeros(case.size, bool)
        ax.plot(x[unsure], y[unsure], "o", markersize=8, markerfacecolor="none", markeredgecolor=GREY, linestyle="none")
        for rectangle in _rectangles(ax, result, found, one, other):
            ax.add_patch(rectangle)
        ax.set(xlabel=axis_label(result.sweep, one), ylabel=axis_label(result.sweep, other))
        heading(ax, title, _handles(len(found.limits), bool(unsure.any())))
    return ax


def _wrapped_words(found: Box) -> str:
    return f"Box: {found}."


def _pair(result: Discovery, found: Box) -> tuple[str, str]:
    """The two most restricted factors; a second one is any other if the box has one limit only."""
    chosen = [*found.limits["factor"], *(name for name in result.factors if name not in set(found.limits["factor"]))]
    return (chosen[0], chosen[1]) if len(chosen) > 1 else (chosen[0], chosen[0])


def _axis(axis: Any, result: Discovery, name: str) -> np.ndarray:
    """Where the points lie on an axis; levels at whole numbers, a little apart so that they can be seen."""
    column = result.points[name]
    if column.dtype.kind in "if":
        return column.to_numpy(float)
    levels = _levels(result, name)
    axis.set_ticks(range(len(levels)), levels)
    apart = np.random.default_rng(0).uniform(-0.3, 0.3, len(column))
    return column.astype(str).map({level: k for k, level in enumerate(levels)}).to_numpy(float) + apart


def _elsewhere(result: Discovery, found: Box, shown: tuple[str, str]) -> np.ndarray:
    """Which points lie within the box's limits in the factors that are not shown."""
    inside = np.ones(len(result.points), bool)
    for name, levels in zip(found.limits["factor"], found.limits["levels"], strict=True):
        if name not in shown:
            column = result.points[name]
            within = column.astype(str).isin(levels) if isinstance(levels, list) else column.between(*found.between(name))
            inside &= within.to_numpy()
    return inside


def _levels(result: Discovery, name: str) -> list[str]:
    """The levels of a factor in the order in which they stand on an axis."""
    return sorted(result.points[name].astype(str).unique())


def _rectangles(ax: Axes, result: Discovery, found: Box, one: str, other: str) -> list[Rectangle]:
    """The box on two axes, to the axes' ends where it has no limit; of a factor with levels, those in the box, side by side or apart."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ax.set(xlim=(left, right), ylim=(bottom, top))
    frame: dict[str, Any] = {"fill": False, "edgecolor": INK, "linewidth": 1.8, "zorder": 5}
    return [
        Rectangle((x, y), width, height, **frame)
        for x, width in _spans(result, found, one, left, right)
        for y, height in _spans(result, found, other, bottom, top)
    ]


def _spans(result: Discovery, found: Box, name: str, low: float, high: float) -> list[tuple[float, float]]:
    """Where the box lies on an axis: start and width of each piece."""
    mine = found.limits[found.limits["factor"] == name]
    inside = mine["levels"].iloc[0] if len(mine) else None
    if not isinstance(inside, list):
        start, end = found.between(name)
        return [(max(low, start), min(high, end) - max(low, start))]
    places = [k for k, level in enumerate(_levels(result, name)) if level in set(map(str, inside))]
    runs = [list(run) for _, run in groupby(places, key=lambda k: k - places.index(k))]
    return [(run[0] - _HALF, run[-1] - run[0] + 2 * _HALF) for run in runs]


def _handles(restricted: int, unsure: bool) -> list[Line2D]:
    def mark(color: str, marker: str, label: str, **more: Any) -> Line2D:
        return Line2D([], [], color=color, marker=marker, linestyle="none", label=label, **more)

    handles = [mark(BLUE, "o", "holds"), mark(ORANGE, "x", "does not")]
    if restricted > 2:
        handles.append(mark(GREY, "o", "faint: outside in other parameters", alpha=0.35))
    if unsure:
        handles.append(mark(GREY, "o", "sign not established", markersize=8, markerfacecolor="none"))
    return [*handles, Line2D([], [], color=INK, linewidth=1.8, label="box")]


def tradeoff(result: Discovery, ax: Axes | None = None, number: int = 0) -> Axes:
    """Coverage against density of all boxes on the way from the whole space to the smallest; the chosen one marked.

    Parameters
    ----------
    result : from :func:`sim.understand.prim`.
    ax : where to draw; a figure of its own if not given.
    number : which of the boxes, from 0.
    """
    found = result.boxes[number] if number < len(result.boxes) else None
    with canvas(source(result.sweep), ax) as ax:
        title = f"Coverage and density: {result.condition}"
        if found is None:
            message(ax, "No box was found")
            heading(ax, title)
            return ax
        way = found.trajectory
        for count in sorted(way["restricted"].unique()):
            part = way[way["restricted"] == count]
            ax.plot(part["coverage"], part["density"], "o", color=GREY, markersize=3.0, alpha=0.5)
            last = part.iloc[-1]
            ax.annotate(f"{count}", (last["coverage"], last["density"]), (4, 3), textcoords="offset points", fontsize=7)
        ax.plot(found.coverage, found.density, "s", color=VERMILLION, markersize=7, zorder=4)
        ax.set(xlabel="Coverage: share of all cases that are in the box (%)", ylabel="Density: share of cases in the box (%)")
        ax.set(xlim=(0, 1.04), ylim=(0, 1.04))
        share_axis(ax.xaxis)
        share_axis(ax.yaxis)
        handles = [Line2D([], [], color=VERMILLION, marker="s", linestyle="none", label="chosen")]
        handles.append(
            Line2D(
                [],
                [],
                color=GREY,
                marker="o",
                markersize=3,
                linestyle="none",
                label="other boxes; number of parameters restricted",
            )
        )
        heading(ax, title, handles)
    return ax
