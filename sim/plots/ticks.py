"""What stands beside an axis' ticks: the numbers themselves, to as many decimals as their places need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

MOST = 12  # decimals
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Ticks(Formatter):
    """Numbers that equal the ticks' places: thousands separated, a real minus, all with the decimals that the finest of them needs.

    Parameters
    ----------
    factor : places are divided by it, such as 1,000 where the label says thousands, or 0.01 for per cent.
    suffix : written behind every number, such as ``%``.
    signed : whether what is above zero has a plus.
    each : whether every number has its own decimals, as on a logarithmic axis.
    """

    def __init__(self, factor: float = 1.0, suffix: str = "", signed: bool = False, each: bool = False) -> None:
        self.factor, self.suffix, self.signed, self.each = factor, suffix, signed, each
        self.places: list[float] = []

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The number at a place."""
        places = [x] if self.each else [*self.places, x]
        return self.number(x / self.factor, decimals_of([place / self.factor for place in places]))

    def set_locs(self, locs: Any) -> None:
        """Take notice of all the ticks of an axis."""
        self.places = [float(place) for place in locs]

    def number(self, value: float, places: int) -> str:
        """A number with so many decimals; a power of ten where it would have too many digits."""
        if value and not 10.0**-MOST <= abs(value) < 1e15:
            mantissa, _, power = f"{value:.6g}".partition("e")
            text = f"{mantissa}×10{str(int(power)).translate(_RAISED)}" if power else mantissa
        else:
            text = f"{value:,.{places}f}"
            text = text.lstrip("-") if not text.strip("-0.,") else text
        plus = "+" if self.signed and value > 0 else ""
        return plus + text.replace("-", "−") + self.suffix


def decimals_of(values: Sequence[float]) -> int:
    """The fewest decimals that tell every one of these numbers exactly, to a millionth of the least step between them."""
    there = sorted({float(value) for value in values if math.isfinite(value)})
    gaps = [b - a for a, b in pairwise(there)] or [abs(value) for value in there if value]
    slack = 1e-6 * min((gap for gap in gaps if gap > 0), default=1.0)
    return next((d for d in range(MOST) if all(abs(round(value, d) - value) <= slack for value in there)), MOST)


def number_axis(axis: Axis, factor: float = 1.0, suffix: str = "", signed: bool = False) -> None:
    """Ticks at round numbers, in multiples of `factor`."""
    axis.set_major_locator(_Multiples(factor))
    axis.set_major_formatter(Ticks(factor, suffix, signed))


class _Multiples(MaxNLocator):
    """Round places after division by a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__(nbins=6, steps=[1, 2, 2.5, 5, 10])
        self.factor = factor

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Places between two ends."""
        return np.asarray(super().tick_values(vmin / self.factor, vmax / self.factor)) * self.factor


def log_axis(axis: Axis) -> None:
    """A logarithmic scale, with numbers at its ticks."""
    axis._set_axes_scale("log")  # type: ignore[attr-defined]
    axis.set_major_locator(_Decades())
    axis.set_major_formatter(Ticks(each=True))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


class _Decades(LogLocator):
    """Powers of ten; also twos and fives over few of them; round numbers within one."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Places between two ends."""
        decades = math.log10(max(vmax, vmin) / min(vmin, vmax)) if min(vmin, vmax) > 0 else math.inf
        if decades < 1:
            return MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(vmin, vmax)
        self.set_params(subs=(1.0, 2.0, 5.0) if decades < 3 else (1.0,))
        return super().tick_values(vmin, vmax)
