"""Units on axes: money in readable multiples, shares as per cent, years and months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, MultipleLocator

from sim.number_text import decimals, fixed
from sim.plots.results import Array
from sim.plots.spread import Mean
from sim.plots.ticks import number_axis

_MULTIPLES = (
    (2e12, 1e12, "trillion"),
    (2e9, 1e9, "billion"),
    (2e6, 1e6, "million"),
    (1e4, 1e3, "thousand"),
)  # from, factor, word


@dataclass(frozen=True)
class Money:
    """A currency in a multiple that keeps axis labels short.

    Data stay in whole currency; only the labels are divided, so that you can add lines of your own.
    """

    currency: str
    factor: float
    word: str

    @classmethod
    def fitting(cls, currency: str, *amounts: Array) -> Money:
        """The multiple in which the largest of the amounts reads well."""
        sizes = [np.abs(a[np.isfinite(a)]).max() for a in map(np.asarray, amounts) if np.isfinite(a).any()]
        largest = max(sizes, default=0.0)
        for start, factor, word in _MULTIPLES:
            if largest >= start:
                return cls(currency, factor, word)
        return cls(currency, 1.0, "")

    @property
    def unit(self) -> str:
        """Such as ``EUR million``."""
        return f"{self.currency} {self.word}".strip()

    def label(self, quantity: str) -> str:
        """Label of an axis: the quantity with its unit."""
        return f"{quantity} ({self.unit})"

    def text(self, mean: Mean) -> str:
        """A mean and its error in this multiple, without unit: two digits of the error, or three of a mean without one."""
        if not np.isfinite(mean.mean):
            return "undefined"
        known = mean.half_width > 0
        size = (mean.half_width if known else abs(mean.mean)) / self.factor
        places = min(6, max(0, decimals(size, 2 if known else 3))) if size else 0
        error = f" ± {fixed(mean.half_width / self.factor, places)}" if known else ""
        return fixed(mean.mean / self.factor, places).replace("-", "−") + error

    def on(self, axis: Axis) -> None:
        """Write the axis' ticks in this multiple."""
        number_axis(axis, self.factor)


def share_axis(axis: Axis) -> None:
    """Shares as per cent."""
    number_axis(axis, 0.01, "%")


def month_axis(ax: Axes, months: int, ticks: int) -> None:
    """Months along x, with ticks at whole years where there are enough of them."""
    step = 12 * -(-months // (12 * ticks)) if months > 24 else max(1, -(-months // ticks))
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.set_xlim(0.5 if months < 3 else 1, months + 0.5 if months < 3 else months)


def year_axis(ax: Axes, years: Array, months: int, ticks: int = 12, margin: float = 0.3) -> None:
    """Years along x; a last year that the runs did not complete says how many months it has."""
    if not years.size:
        return
    step = max(1, -(-int(years.size) // ticks))
    shown = [float(y) for y in years[::-step][::-1]]  # the last year always has its tick
    rest = months % 12
    ended = f"{months // 12 + 1}\n({rest} month{'s' if rest > 1 else ''})"
    names = [ended if rest and y > months // 12 else f"{y:.0f}" for y in shown]
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.set_xticks(shown, names)
    ax.set_xlim(float(np.min(years)) - margin, float(np.max(years)) + margin)
