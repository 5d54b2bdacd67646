"""The front of a design problem: what one objective costs in the other, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D

from sim.design.answer import Answer, ReportedScheme
from sim.plots.beside import beside, marks
from sim.plots.frame import canvas, heading, message
from sim.plots.style import BLUE, INK, PALE, VERMILLION
from sim.plots.ticks import number_axis
from sim.plots.units import Money, share_axis

Z = 1.959963984540054  # of a 95% interval
AROUND = 0.3  # of the range of what is reported, kept free around it
FAINT = "#b9c6cf"
RING = 11.0  # points across, of the square around the recommended scheme


def pareto(answer: Answer, ax: Axes | None = None, objectives: tuple[int, int] = (0, 1)) -> Axes:
    """Two objectives of a design: the front on fresh runs with 95% intervals, the schemes tried, the base and the choice.

    Faint dots are the schemes of the search, as the search saw them (its random numbers are not those of the report):
    filled those that kept to the limits.  Filled circles are the front, hollow ones what fresh runs show to be dominated
    or not feasible; numbers are those of the schemes; the recommended one stands in a square.

    Parameters
    ----------
    answer : what :func:`sim.design.solve` gives.
    ax : where to draw; a figure of its own if not given.
    objectives : which two of the problem's objectives, along x and y.
    """
    seeds = f"Faint: as searched, seed {answer.seed}, as far as they are near; front: fresh runs, seed {answer.seed + 2}"
    with canvas(_Origin(answer), ax, 4.2, note=f"Bars: 95% interval of each mean alone; schemes are paired. {seeds}.") as ax:
        if len(answer.problem.objectives) < 2:
            message(ax, "One objective has an optimum and no front")
            return ax
        x, y = objectives
        for axis, k in ((ax.xaxis, x), (ax.yaxis, y)):
            _units(axis, answer, k)
        handles = [*_tried(ax, answer, x, y), *_front(ax, answer, x, y)]
        _frame(ax, answer, x, y)
        _name(ax, answer, x, y)
        heading(ax, "What one objective costs in the other", handles)
    return ax


def _frame(ax: Axes, answer: Answer, x: int, y: int) -> None:
    """Limits around the front and the base: the worst of what was tried would squeeze them."""
    shown = [*answer.schemes, *([answer.base] if answer.base is not None else [])]
    for k, limits in ((x, ax.set_xlim), (y, ax.set_ylim)):
        ends = [scheme.figures[k].value + side * Z * scheme.figures[k].error for scheme in shown for side in (-1.0, 1.0)]
        room = AROUND * (max(ends) - min(ends)) or 1.0
        limits(min(ends) - room, max(ends) + room)


def _tried(ax: Axes, answer: Answer, x: int, y: int) -> list[Any]:
    names = [objective.outcome for objective in answer.problem.objectives]
    points = answer.points
    keeps = points["feasible"].to_numpy(bool)
    shown = []
    for mask, marker, label in ((~keeps, "x", "tried, limits not kept"), (keeps, "o", "tried")):
        if mask.any():
            at = points.loc[mask, [names[x], names[y]]].to_numpy(float)
            look: dict[str, Any] = {
                "marker": marker,
                "color": PALE if marker == "x" else FAINT,
                "markersize": 2.6,
                "linestyle": "none",
            }
            ax.plot(at[:, 0], at[:, 1], zorder=1, markeredgewidth=0.7, **look)
            shown.append(Line2D([], [], label=label, **look))
    return shown[::-1]


def _front(ax: Axes, answer: Answer, x: int, y: int) -> list[Any]:
    kept = [scheme for scheme in answer.schemes if scheme.feasible and not scheme.dominated]
    line = sorted((one.figures[x].value, one.figures[y].value) for one in kept)
    if len(line) > 1:
        ax.plot(*zip(*line, strict=True), color=BLUE, linewidth=0.9, alpha=0.6, zorder=2)
    for scheme in answer.schemes:
        _point(ax, scheme, x, y, BLUE, "o", filled=scheme in kept)
    handles = [_handle("o", BLUE, BLUE, "front")]
    if len(kept) < len(answer.schemes):
        handles.append(_handle("o", BLUE, "white", "not on it in fresh runs"))
    if answer.base is not None:
        _point(ax, answer.base, x, y, VERMILLION, "D", filled=True)
        handles.append(_handle("D", VERMILLION, VERMILLION, "base"))
    chosen = answer.recommended.figures
    ring: dict[str, Any] = {
        "marker": "s",
        "markersize": RING,
        "color": INK,
        "fillstyle": "none",
        "linestyle": "none",
        "markeredgewidth": 1.1,
    }
    ax.plot(chosen[x].value, chosen[y].value, zorder=5, **ring)
    return [*handles, Line2D([], [], label=f"recommended ({answer.problem.criterion})", **{**ring, "markersize": 8})]


def _point(ax: Axes, scheme: ReportedScheme, x: int, y: int, color: str, marker: str, filled: bool) -> None:
    a, b = scheme.figures[x], scheme.figures[y]
    ax.errorbar(
        a.value, b.value, xerr=Z * a.error, yerr=Z * b.error, fmt=marker, color=color, markersize=5, elinewidth=0.8,
        markerfacecolor=color if filled else "white", markeredgewidth=0.8, zorder=3 if filled else 2.5,
    )  # fmt: skip


def _name(ax: Axes, answer: Answer, x: int, y: int) -> None:
    """The numbers of the schemes beside their points."""
    shown = [*answer.schemes, *([] if answer.base is None else [answer.base])]
    across, up = (np.array([scheme.figures[k].value for scheme in shown]) for k in (x, y))
    wide, tall = (Z * np.array([scheme.figures[k].error for scheme in shown]) for k in (x, y))
    drawn = marks(across, up, wide, tall)
    chosen = answer.chosen[answer.problem.criterion]
    drawn[chosen] = drawn[chosen]._replace(radius=RING / 2 + 1)
    many = len(answer.schemes)
    beside(ax, [scheme.name for scheme in answer.schemes], across[:many], up[:many], drawn)


def _handle(marker: str, color: str, face: str, label: str) -> Line2D:
    return Line2D([], [], marker=marker, color=color, markerfacecolor=face, linestyle="none", markersize=5, label=label)


def _units(axis: Axis, answer: Answer, k: int) -> None:
    """Label and ticks of an objective; money in readable multiples, shares as per cent."""
    objective = answer.problem.objectives[k]
    column, unit = answer.unit(k)
    better = "more" if objective.sense == "max" else "less"
    name = objective.outcome if column is None or objective.outcome != column.name else column.name.replace("_", " ")
    if unit.startswith("money"):
        values = np.array([scheme.figures[k].value for scheme in answer.schemes])
        money = Money.fitting(answer.currency, values)
        money.on(axis)
        axis.set_label_text(f"{money.label(name)}{unit.removeprefix('money').replace('/', ' per ')}, {better} is better")
        return
    if unit == "share":
        share_axis(axis)
    else:
        number_axis(axis)
    axis.set_label_text(f"{name}{f' ({unit})' if unit and unit != 'share' else ''}, {better} is better")


@dataclass(frozen=True)
class _Origin:
    """An answer as the footer of a figure reads a study."""

    answer: Answer

    @property
    def names(self) -> list[str]:
        return [self.answer.problem.file.stem]

    @property
    def runs(self) -> pd.DataFrame:
        return pd.DataFrame({"scenario": self.names * self.answer.problem.effort.report_runs})

    @property
    def seed(self) -> int:
        return self.answer.seed

    @property
    def currency(self) -> str:
        return self.answer.currency

    scenarios: tuple[Any, ...] = ()
    months = cohorts = whale = None
