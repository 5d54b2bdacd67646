"""The tornado: what each parameter alone does, from its low to its high value."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import canvas, heading
from sim.plots.style import BLUE, INK, ORANGE, SMALL
from sim.plots.swept import factor_label, height_of, quantity, rows, rows_width, source
from sim.plots.ticks import Ticks
from sim.understand import Tornado

_LOOKS: dict[str, dict[str, Any]] = {"low": {"facecolor": ORANGE, "hatch": "////"}, "high": {"facecolor": BLUE, "hatch": ""}}


def tornado(result: Tornado, ax: Axes | None = None) -> Axes:
    """Effects of the parameters, one at a time, on an outcome; the largest swing on top, with intervals.

    The values at which a parameter is low and high stand at the bars' ends; the line is the base.

    Parameters
    ----------
    result : from :func:`sim.understand.tornado`.
    ax : where to draw; a figure of its own if not given.
    """
    table, names = result.table, list(result.table["factor"])
    ends = np.concatenate([table["effect_low"], table["effect_high"]])
    with canvas(source(result.sweep), ax, height=height_of(names)) as ax:
        said = quantity(result.sweep, result.outcome, ends, change="Change of ")
        rows(ax, [factor_label(result.sweep, name) for name in names])
        said.on(ax.xaxis)
        known, plain = False, Ticks(each=True)
        for side, shift in (("low", -0.19), ("high", 0.19)):
            effect, error = table[f"effect_{side}"].to_numpy(float), table[f"effect_{side}_error"].to_numpy(float)
            at = np.arange(len(names)) + shift
            ax.barh(at, effect, 0.36, edgecolor="white", linewidth=0.0, **_LOOKS[side])
            if np.nanmax(error, initial=0.0) > 0:
                known = True
                ax.errorbar(effect, at, xerr=error, fmt="none", color=INK, elinewidth=0.9, capsize=1.8, zorder=4)
            for y, x, e, value in zip(at, effect, np.nan_to_num(error), table[side], strict=True):
                right = x >= 0
                ax.annotate(plain(float(f"{value:.4g}")), (x + e if right else x - e, y), (3 if right else -3, 0), textcoords="offset points",
                            ha="left" if right else "right", va="center", fontsize=SMALL)  # fmt: skip
        room = 0.16 * float(np.ptp([*ends, 0.0]))
        ax.set_xlim(min(0.0, float(ends.min())) - room, max(0.0, float(ends.max())) + room)
        ax.axvline(0, color=INK, linewidth=0.9, zorder=2)
        ax.set_xlabel(f"{said.text}, from the base's {plain(float(f'{result.base / said.factor:.4g}'))}")
        handles: list[Any] = [
            Patch(edgecolor="white", linewidth=0.0, label=f"{side} value", **look) for side, look in _LOOKS.items()
        ]
        handles += [Line2D([], [], color=INK, marker="|", label=f"{result.level:.0%} interval")] if known else []
        heading(ax, "What each parameter does alone", handles, beside=rows_width(ax))
    return ax
