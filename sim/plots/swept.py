"""What figures of sweeps have in common: the footer, units of outcomes, and the paint for yes and no."""

from __future__ import annotations

import re
import textwrap
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from sim.plots.frame import Sourced, text_width
from sim.plots.results import Array
from sim.plots.style import PALE
from sim.plots.ticks import number_axis
from sim.plots.units import Money
from sim.scenario.describe import declared
from sim.sweeps.record import title_of
from sim.tables import OUTCOMES

ROW = 38  # letters of a row's name in a line


def source(sweep: Any) -> Sourced:
    """Title, points, runs and seed of a sweep, for the footer."""
    about = sweep.about
    title = title_of(about)
    points, runs = about["points"], about["runs"]
    origin = f"{title} · {points:,} points, {runs:,} run{'' if runs == 1 else 's'} each · seed {about['seed']}"
    return Sourced(origin, names=str(about["design"]["factors"]))


class Quantity(NamedTuple):
    """How an outcome is called on an axis, and in which multiple of its unit."""

    label: str
    unit: str
    money: Money | None
    short: str  # for titles

    def on(self, axis: Axis) -> None:
        """Write the axis' ticks in this unit."""
        if self.money:
            self.money.on(axis)

    @property
    def text(self) -> str:
        """Label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def factor(self) -> float:
        """Values are divided by it where they are written."""
        return self.money.factor if self.money else 1.0


def quantity(sweep: Any, outcome: str, *amounts: Array, change: str = "") -> Quantity:
    """An outcome of a sweep, or the difference of paired ones, in a multiple that keeps `amounts` short."""
    name = getattr(sweep, "outcome", outcome)  # of a pair, the outcome whose difference it is
    label = f"{name}, {sweep.other} less {sweep.base}" if name != outcome else outcome
    short = f"Difference of {name}" if name != outcome else outcome
    units = {column.name: column.unit for column in OUTCOMES}
    unit = "money" if name.startswith("profit_year_") else units.get(name, "")
    base = sweep.about["base"]
    if base is None or (name not in units and not unit):
        return Quantity(f"{change}{label}", "", None, short)
    if unit != "money":
        return Quantity(f"{change}{label}", unit.replace("money", base["currency"]), None, short)
    money = Money.fitting(base["currency"], *map(np.asarray, amounts))
    return Quantity(f"{change}{label}", money.unit, money, short)


def rows(ax: Axes, names: list[str]) -> None:
    """Names down the vertical axis, the first on top, and a grid for reading off amounts."""
    ax.set_yticks(range(len(names)), [textwrap.fill(name, ROW) for name in names])
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x", color=PALE, linewidth=0.5)
    number_axis(ax.xaxis)


def rows_width(ax: Axes) -> float:
    """How wide the names of rows are, in points."""
    return max((text_width(line) for label in ax.get_yticklabels() for line in label.get_text().splitlines()), default=0.0)


def factor_words(sweep: Any, name: str) -> str:
    """A factor in words: as it was named, or by the parameter it varies."""
    path = _path(sweep, name)
    if path != name:
        return name
    named = re.sub(r"^scheme\.components\[([^\]]*)\]\.", r"\1, ", path).removeprefix("scheme.")
    return named.replace(".", ", ").replace("_", " ")


def factor_label(sweep: Any, name: str) -> str:
    """A factor in words with its unit, as the parameter is declared."""
    unit = _unit(sweep, name)
    return f"{factor_words(sweep, name)} ({unit})" if unit else factor_words(sweep, name)


def axis_label(sweep: Any, name: str) -> str:
    """A factor in words with its unit and, where it goes by its parameter, what that is."""
    path = _path(sweep, name)
    known = declared(path) if path == name else None
    return f"{factor_label(sweep, name)}: {known.meaning}" if known else factor_label(sweep, name)


def _factor(sweep: Any, name: str) -> dict[str, Any]:
    return next((dict(one) for one in sweep.about["design"]["factors"] if one["name"] == name), {})


def _path(sweep: Any, name: str) -> str:
    """The parameter that a factor varies, the first of several; nothing where it is none."""
    factor = _factor(sweep, name)
    return str(next(iter(factor.get("paths") or [factor.get("path", "")]), ""))


def _unit(sweep: Any, name: str) -> str:
    if _factor(sweep, name).get("scale"):
        return "times the base's"
    known, base = declared(_path(sweep, name)), sweep.about["base"]
    if known is None or known.unit in ("name", "text", "code", ""):
        return ""
    return known.unit.replace("money", base["currency"] if base else "money")


def height_of(names: list[str]) -> float:
    """Height of a figure with so many rows, in inches."""
    return 1.5 + 0.27 * max(4, len(names))
