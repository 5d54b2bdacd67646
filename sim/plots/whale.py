"""The whale curve: how few customers earn the profit, and how much the others eat of it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.plots.fan import fans
from sim.plots.frame import canvas, heading, message
from sim.plots.results import Array, Results, by_run, labels_of, of
from sim.plots.spread import WIDE, quantiles
from sim.plots.style import GREY, SMALL
from sim.plots.units import share_axis

_ROOM = 2.5  # times the median curve's top: bands of runs with next to no profit may leave the figure


def whale(study: Results, ax: Axes | None = None) -> Axes:
    """Cumulative share of profit earned by the most profitable share of customers, with bands across runs.

    A curve above 100% means that the customers after its top cost money.  Shares of a total that is not
    above zero mean nothing (NaN in the table): such runs are left out and counted in a note.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    curves, notes = {}, []
    for name, label in labels_of(study).items():
        x, matrix = by_run(of(study.whale, name, "run", "share", "profit_share"), "share", "profit_share")
        keep = np.isfinite(matrix).all(axis=1)
        curves[label] = (x if keep.any() else x[:0], matrix[keep])
        if not keep.all():
            lost = f"{keep.size - keep.sum():,} of {keep.size:,} runs left out"
            notes.append(f"{label}: {lost} (total profit on accounts not above zero).")
    with canvas(study, ax, note=" ".join(notes)) as ax:
        share_axis(ax.xaxis)
        share_axis(ax.yaxis)
        ax.set(xlabel="Customers signed, most profitable first (%)", ylabel="Cumulative share of profit (%)", xlim=(0, 1))
        title = "Concentration of profit: the whale curve"
        defined = [matrix for _, matrix in curves.values() if matrix.size]
        if not defined:
            heading(ax, title)
            message(ax, "Shares of profit are undefined: no run earned a profit on its customers' accounts")
            return ax
        handles = fans(ax, curves)
        for name, handle in zip(curves, handles, strict=False):
            if not curves[name][1].size:
                handle.set_label(f"{name} (undefined)")
        ax.axhline(1, color=GREY, linewidth=0.6, zorder=1.5)
        alike = ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1.5, label="all alike")
        _limits(ax, defined)
        if len(curves) == 1:
            _top(ax, *next(iter(curves.values())))
        heading(ax, title, [*handles, *alike])
    return ax


def _limits(ax: Axes, defined: list[Array]) -> None:
    tops = np.array([quantiles(matrix, (0.5, WIDE[1])).max(axis=1) for matrix in defined])
    median, wide = np.maximum(1.0, tops.max(axis=0))
    ax.set_ylim(0, 1.1 * min(wide, _ROOM * median))


def _top(ax: Axes, x: Array, matrix: Array) -> None:
    """Say where the median curve turns down: customers after that point cost money."""
    middle = quantiles(matrix, (0.5,))[0]
    at = int(np.argmax(middle))
    if at == x.size - 1 or middle[at] < 1.005:
        return
    earned = f"the best {x[at]:.0%} of customers earn {middle[at]:.0%} of the profit,"
    text = f"{earned}\nthe others cost money{' (median run)' if len(matrix) > 1 else ''}"
    ax.text(0.98, 0.04, text, transform=ax.transAxes, ha="right", va="bottom", fontsize=SMALL + 0.5, color=GREY)
