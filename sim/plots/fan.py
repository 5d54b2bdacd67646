"""Lines with bands across runs: the form that most figures take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea
from matplotlib.patches import Patch

from sim.plots.results import Array
from sim.plots.spread import MIDDLE, WIDE, quantiles
from sim.plots.style import GREY, Look, look

#: Bands, as (quantiles, opacity), by the number of scenarios: the more there are, the less shade each has.
_SPREADS: dict[int, list[tuple[tuple[float, float], float]]] = {
    0: [],
    1: [(WIDE, 0.15), (MIDDLE, 0.25)],
    2: [(WIDE, 0.12), (MIDDLE, 0.20)],
    3: [(MIDDLE, 0.13)],
    4: [(MIDDLE, 0.13)],
    5: [],
}
FEW = 4  # more curves than this have no bands, marks at places of their own, and a mark each beside the axes
_MARKED = 15  # a longer line carries markers at some points only


def band(ax: Axes, x: Array, low: Array, high: Array, color: str, alpha: float) -> None:
    """Area between two lines; where there is one point only, a bar."""
    if x.size == 1:
        ax.vlines(x, low, high, color=color, alpha=min(1.0, 2 * alpha), linewidth=7)
    else:
        ax.fill_between(x, low, high, color=color, alpha=alpha, linewidth=0)


def line(ax: Axes, x: Array, y: Array, look_: Look, place: tuple[int, int] = (0, 1), **more: Any) -> None:
    """A line in its look, with markers sparse enough to tell lines apart and not hide them.

    `place` is the line's number among so many, if they are too many to be marked at the same points.
    """
    k, many = place
    if many > FEW:
        apart = max(1, min(many, x.size // 3))
        every: Any = (k % apart, apart)
    else:
        every = None if x.size <= _MARKED else (x.size // 16, max(1, x.size // 8))
    ax.plot(x, y, **look_.line(markevery=every, **more))


def fans(ax: Axes, curves: Mapping[str, tuple[Array, Array]], centres: Mapping[str, Array] | None = None) -> list[Any]:
    """Fan charts of several scenarios on one pair of axes; returns the legend's handles.

    Parameters
    ----------
    curves : per scenario (x, matrix with a row per run).
    centres : per scenario the line to draw; the median across runs if not given.
    """
    many = len(curves)
    spreads = _SPREADS[min(many, FEW + 1)]
    ends: dict[int, tuple[float, float]] = {}
    varied = any(matrix.shape[0] > 1 for _, matrix in curves.values())
    for k, (name, (x, matrix)) in enumerate(curves.items()):
        if not x.size:
            continue
        if x.size == 1:  # points of several scenarios side by side
            x = x + 0.08 * (k - (many - 1) / 2)
        for bounds, alpha in spreads if matrix.shape[0] > 1 else ():
            low, high = quantiles(matrix, bounds)
            band(ax, x, low, high, look(k).color, alpha)
        middle = centres[name] if centres is not None else quantiles(matrix, (0.5,))[0]
        line(ax, x, middle, look(k), (k, many), label=name, zorder=3 + 0.01 * (many - k))
        if x.size > 1:
            ends[k] = float(x[-1]), float(middle[-1])
    if many > FEW and len({height for _, height in ends.values()}) > 1:  # all at one height, as of a whale curve: nothing to tell
        _marks_beside(ax, ends)
    centre = "pooled over runs" if centres is not None else "median run"
    return _handles(list(curves), spreads if varied else [], centre)


def _marks_beside(ax: Axes, ends: Mapping[int, tuple[float, float]]) -> None:
    """A mark for each curve right of the axes, from the highest end to the lowest, with a thin line to it."""
    order = sorted(ends, key=lambda k: ends[k][1])
    for slot, k in zip(np.linspace(0.08, 0.92, len(order)), order, strict=True):
        area = DrawingArea(8, 8)
        area.add_artist(Line2D([4], [4], **look(k).line()))
        thin = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 4, "shrinkB": 2}
        place: dict[str, Any] = {"xybox": (1.07, slot), "boxcoords": "axes fraction", "box_alignment": (0.5, 0.5)}
        ax.add_artist(AnnotationBbox(area, ends[k], **place, frameon=False, pad=0.0, arrowprops=thin, annotation_clip=False))


def _handles(names: list[str], spreads: list[tuple[tuple[float, float], float]], centre: str) -> list[Any]:
    color = look(0).color if len(names) == 1 else GREY
    lines = [Line2D([], [], **look(k).line(label=name)) for k, name in enumerate(names)]
    if len(names) == 1:
        lines[0].set_label(centre if spreads else "the one run")
    elif spreads:
        lines.append(Line2D([], [], color=color, linewidth=1.0, label=centre))
    words = {WIDE: "90% of runs", MIDDLE: "middle 50%"}
    # a middle band lies on the wide one, so it looks as dark as both
    shades = np.cumsum([alpha for _, alpha in spreads])
    return lines + [
        Patch(color=color, alpha=float(shade), linewidth=0, label=words[bounds])
        for (bounds, _), shade in zip(spreads, shades, strict=True)
    ]
