"""Units on axes: money in readable multiples, shares as per cent, years and months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, MultipleLocator, PercentFormatter

from sim.plots.results import Array

_MULTIPLES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


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
        for factor, word in _MULTIPLES:
            if largest >= 2 * factor:
                return cls(currency, factor, word)
        return cls(currency, 1.0, "")

    @property
    def unit(self) -> str:
        """Such as ``EUR million``."""
        return f"{self.currency} {self.word}".strip()

    def label(self, quantity: str) -> str:
        """Label of an axis: the quantity with its unit."""
        return f"{quantity} ({self.unit})"

    def text(self, amount: float, step: float | None = None) -> str:
        """An amount in this multiple, without unit; decimals such that `step` still shows."""
        size = abs(step if step is not None and np.isfinite(step) and step else amount) / self.factor
        decimals = 0 if size >= 100 else min(4, max(0, 1 - int(np.floor(np.log10(size))))) if size else 0
        shown = f"{amount / self.factor:,.{decimals}f}"
        return (shown.lstrip("-") if float(shown.replace(",", "")) == 0 else shown).replace("-", "−")

    def on(self, axis: Axis) -> None:
        """Write the axis' ticks in this multiple."""
        axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v / self.factor:,.10g}".replace("-", "−")))


def share_axis(axis: Axis) -> None:
    """Shares as per cent."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def month_axis(ax: Axes, months: int, ticks: int = 10) -> None:
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
