"""One look for all figures: fonts, palette, line styles, and the context in which they hold.

Colours are those of Okabe & Ito (2008, *Color universal design*), distinguishable with the common
colour-vision deficiencies; every scenario also has its own dash, marker and hatch for print in grey.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from matplotlib.style import context

from sim.plots.fonts import families

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"
INK, GREY, PALE = "#222222", "#6b6b6b", "#d9d9d9"

WIDTH, HEIGHT = 5.2, 3.4  # inches: between one column and the width of a page, legible in both
TITLE, LABEL, TICK, SMALL = 10.0, 8.5, 8.0, 7.0  # points: none below 7, whatever the figure's size

RC: dict[str, Any] = {
    "font.size": TICK,
    "axes.titlesize": TITLE,
    "axes.titleweight": "bold",
    "axes.labelsize": LABEL,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.labelsize": TICK,
    "ytick.labelsize": TICK,
    "legend.fontsize": TICK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,  # a scenario may be called "$5 a signing"
    "svg.hashsalt": "daarna",  # element ids, and so whole files, the same every time
    "svg.fonttype": "path",
    "figure.facecolor": "white",
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "savefig.facecolor": "white",
}

# rcParams are global to the process: whoever draws in two threads at once has to take turns.
_TURN = threading.RLock()


class Look(NamedTuple):
    """How a scenario or a quantity is told from others, in colour and in grey."""

    color: str
    dash: Any
    marker: str
    hatch: str

    def line(self, **more: Any) -> dict[str, Any]:
        """Keywords that draw a line in this look, for `Axes.plot` and for legends."""
        size = _SIZES.get(self.marker, 4.5)
        mark = {"marker": self.marker, "markersize": size, "markeredgecolor": "white", "markeredgewidth": 0.6}
        return {"color": self.color, "linestyle": self.dash, **mark, **more}


_COLORS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
_DASHES = (
    "-",
    (0, (5, 1.6)),
    (0, (1.2, 1.4)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (9, 2)),
    (0, (3, 1.2, 1, 1.2, 1, 1.2)),
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h", "*")  # eleven: with six colours, 66 looks before one returns
_SIZES = {"^": 5.5, "v": 5.5, "<": 5.5, ">": 5.5, "P": 6.5, "X": 6.5, "h": 5.5, "*": 7.5}  # as large to the eye as a dot
_HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++++", "oooo")


def look(k: int) -> Look:
    """Look of the k-th scenario of a study, from 0."""
    return Look(_COLORS[k % 6], _DASHES[k % 6], _MARKERS[k % len(_MARKERS)], _HATCHES[k % 8])


@contextmanager
def style() -> Iterator[None]:
    """The house style inside a ``with`` block; the caller's rcParams come back after it.

    Use it around your own matplotlib code to make a figure that matches.
    """
    # from the defaults on: a matplotlibrc in the current folder would change the figures, or have TeX read what it likes
    with _TURN, context(["default", cast(Any, {**RC, "font.family": families()})]):
        yield
