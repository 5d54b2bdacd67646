"""What figures of one run, followed, have in common: where they come from, and panels one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from sim.plots.frame import tidy
from sim.plots.style import GREY, TICK
from sim.trace import Trace


@dataclass(frozen=True)
class OneRun:
    """A followed run as the frame of a figure reads it (:class:`sim.plots.results.Results`)."""

    trace: Trace

    @property
    def runs(self) -> pd.DataFrame:
        """The one run."""
        return pd.DataFrame({"scenario": self.names, "run": [self.trace.run]})

    @property
    def months(self) -> pd.DataFrame:
        """The months table, as far as the run was followed."""
        return self.trace.months.assign(scenario=self.names[0], run=self.trace.run)

    @property
    def cohorts(self) -> pd.DataFrame:
        """Not kept."""
        return pd.DataFrame()

    @property
    def whale(self) -> pd.DataFrame:
        """Not kept."""
        return pd.DataFrame()

    @property
    def names(self) -> list[str]:
        """The scenario's name."""
        return [self.trace.scenario.name]

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """The scenario in full."""
        return [self.trace.scenario.canonical()]

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.trace.scenario.currency

    @property
    def seed(self) -> int:
        """Key of all random numbers."""
        return self.trace.seed


def stack(host: Axes, heights: Sequence[float], gap: float = 0.07) -> list[Axes]:
    """Panels inside `host`, one above the other on a common x axis, the first on top; heights in proportion."""
    host.spines[:].set_visible(False)
    host.set(xticks=[], yticks=[])
    free = 1.0 - gap * (len(heights) - 1)
    top = 1.0
    made: list[Axes] = []
    for share in (height / sum(heights) * free for height in heights):
        shared: dict[str, Any] = {"sharex": made[0]} if made else {}
        panel = host.inset_axes((0.0, top - share, 1.0, share), **shared)
        tidy(panel)
        made.append(panel)
        top -= share + gap
    for panel in made[:-1]:
        panel.tick_params(labelbottom=False)
    return made


def caption(panel: Axes, text: str) -> None:
    """What a panel shows, above it on the left."""
    panel.set_title(text, loc="left", fontsize=TICK, fontweight="normal", color=GREY, pad=3)


def key(panel: Axes, handles: Sequence[Any], **more: Any) -> None:
    """The legend of a panel, above it on the right, in one row."""
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 0.99), "borderaxespad": 0.0, "borderpad": 0.2}
    panel.legend(handles=list(handles), ncols=len(handles), fontsize=7, **place, **more)


def months_below(panel: Axes, first: int, last: int) -> None:
    """Months of the run along x, whole ones, with room for bars."""
    span = last - first + 1
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240) if span / step <= 13)
    panel.xaxis.set_major_locator(MultipleLocator(step))
    panel.set_xlim(first - 0.7, last + 0.7)


def pad_axis(panel: Axes, low: float, high: float) -> None:
    """Money along y, from `low` to `high`, zero included, with a little room at both ends."""
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 1.0
    panel.set_ylim(low - room if low else 0.0, high + room)
