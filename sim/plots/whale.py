"""The whale curve: how few customers earn the profit, and how much the others eat of it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.plots.fan import fans
from sim.plots.frame import canvas, heading, line_height, message
from sim.plots.results import Array, Results, by_run, of
from sim.plots.spread import WIDE, quantiles
from sim.plots.style import GREY, SMALL
from sim.plots.units import share_axis

_ROOM = 2.5  # times the median curve's top: bands of runs with next to no profit may leave the figure


def whale(study: Results, ax: Axes | None = None) -> Axes:
    """Cumulative share of profit earned by the most profitable share of customers, with bands across runs.

    A curve above 100% means that the customers after its top cost money.  Shares of a total that is not
    above zero mean nothing: such runs are left out and counted in a note.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    curves, left_out = {}, {}
    for name in study.names:
        curves[name], left_out[name] = _defined(study, name)
    notes = [text for name, text in left_out.items() if text]
    with canvas(study, ax, height=line_height(study.names), note=" ".join(notes)) as ax:
        handles = fans(ax, curves)
        for name, handle in zip(curves, handles, strict=False):
            if not curves[name][1].size:
                handle.set_label(f"{name} (undefined)")
        handles.append(_references(ax))
        defined = [matrix for _, matrix in curves.values() if matrix.size]
        _limits(ax, defined)
        if len(curves) == 1 and defined:
            _top(ax, *next(iter(curves.values())))
        share_axis(ax.xaxis)
        share_axis(ax.yaxis)
        ax.set(xlabel="Customers signed, most profitable first (%)", ylabel="Cumulative share of profit (%)")
        heading(ax, "Who earns the profit: the whale curve", handles if defined else [])
        if not defined:
            message(ax, "Shares of profit are undefined: no run earned a profit on its customers' accounts")
    return ax


def _defined(study: Results, scenario: str) -> tuple[tuple[Array, Array], str]:
    """(shares, curves of the runs that have one), and a note on the runs that have none."""
    x, matrix = by_run(of(study.whale, scenario), "share", "profit_share")
    runs = of(study.runs, scenario)
    number = len(runs)
    earned = set(runs.loc[runs["realised_profit"] > 0, "run"])
    order = np.sort(of(study.whale, scenario)["run"].unique())  # that of the matrix's rows
    keep = np.isfinite(matrix).all(axis=1) & np.isin(order, list(earned))
    lost = number - int(keep.sum())
    note = f"{scenario}: {lost} of {number} runs left out (total profit on accounts not above zero)." if lost else ""
    return (x, matrix[keep]), note


def _references(ax: Axes) -> Line2D:
    """All profit, and the curve of customers who are all worth the same."""
    ax.axhline(1, color=GREY, linewidth=0.6, zorder=1.5)
    (alike,) = ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1.5)
    alike.set_label("all alike")
    return alike


def _limits(ax: Axes, defined: list[Array]) -> None:
    tops = [quantiles(matrix, (0.5, WIDE[1])).max(axis=1) for matrix in defined]
    median = max([1.0] + [float(top[0]) for top in tops])
    wide = max([1.0] + [float(top[1]) for top in tops])
    ax.set(xlim=(0, 1), ylim=(0, 1.1 * min(wide, _ROOM * median)))


def _top(ax: Axes, x: Array, matrix: Array) -> None:
    """Say where the median curve turns down: customers after that point cost money."""
    middle = quantiles(matrix, (0.5,))[0]
    at = int(np.argmax(middle))
    if at == x.size - 1 or middle[at] < 1.005:
        return
    earned = f"the best {x[at]:.0%} of customers earn {middle[at]:.0%} of the profit,"
    text = f"{earned}\nthe others cost money (median run)"
    ax.text(0.98, 0.04, text, transform=ax.transAxes, ha="right", va="bottom", fontsize=SMALL + 0.5, color=GREY)
