"""What stands around the data: figure, title, legend, and the footer that says whence it came."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation

from sim.plots.fonts import families, want
from sim.plots.results import Results, labels_of, runs_of
from sim.plots.style import GREY, HEIGHT, LABEL, PALE, SMALL, TICK, TITLE, WIDTH, style
from sim.plots.ticks import Ticks
from sim.version import __version__

_ROW = 1.36  # height of a legend's row with the space below it, in font sizes
_OWN = "daarna"  # id of the figures made here, which grow with their legends
_DEFAULT_SHARE = 0.775  # of its cell, that axes take before the layout
_MARGIN = 58.0  # points the layout leaves beside them, for tick and axis labels


@dataclass(frozen=True)
class Sourced:
    """Results that are no study: ``what · how many · seed``, for the footer; and the names its figures print."""

    origin: str
    names: str = ""


@contextmanager
def canvas(study: Results | Sourced, ax: Axes | None, height: float = HEIGHT, note: str = "") -> Iterator[Axes]:
    """Axes to draw on in the house style: the caller's, or those of a new figure with a footer."""
    want(f"{origin(study)} {note} {study.names} {getattr(study, 'scenarios', '')}")
    with style():
        if ax is not None:
            tidy(ax)
            yield ax
            return
        engine = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06)
        figure = Figure(figsize=(WIDTH, height), layout=engine)
        figure.set_gid(_OWN)
        FigureCanvasAgg(figure)
        own = figure.add_subplot()
        tidy(own)
        yield own
        stamp(figure, study, note)


#: Note of figures that put means of several scenarios side by side.
ALONE = "Intervals are of each mean alone; runs are paired, so compare scenarios by paired differences."


def tidy(ax: Axes) -> None:
    """No box around the data, a faint grid for reading off amounts."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color=PALE, linewidth=0.5)
    ax.tick_params(labelsize=TICK, length=3, width=0.7, color=GREY, labelfontfamily=families())
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(Ticks())


def heights(ax: Axes) -> np.ndarray:
    """Every height at which a line or an area has a point, in data units."""
    drawn = [np.asarray(line.get_ydata(), float) for line in ax.lines]
    drawn += [np.asarray(path.vertices, float)[:, 1] for area in ax.collections for path in area.get_paths()]
    every: np.ndarray = np.concatenate([np.zeros(0), *drawn])
    return np.extract(np.isfinite(every), every)


def version() -> str:
    """``daarna`` with its version."""
    return f"daarna {__version__}"


def origin(study: Results | Sourced) -> str:
    """Scenarios, number of runs, seed and program of a study, in one line; or what a result says of itself."""
    if isinstance(study, Sourced):
        return f"{study.origin} · {version()}"
    few, many = min(runs_of(study)), max(runs_of(study))
    runs = f"{few:,}" if few == many else f"{few:,} to {many:,}"
    each = " each" if len(study.names) > 1 else ""
    names = ", ".join(labels_of(study).values())
    return f"{names} · {runs} run{'' if many == 1 else 's'}{each} · seed {study.seed} · {version()}"


def stamp(figure: Figure, study: Results | Sourced, note: str = "") -> None:
    """Write below a figure where its numbers come from: scenarios, runs, seed, version of daarna."""
    room = figure.get_figwidth() * 72 * 0.95
    names, *facts = origin(study).rsplit(" · ", 3)
    whence = " · ".join([names, *(fact.replace(" ", "\u00a0") for fact in facts)])  # no fact is broken over lines
    text = "\n".join(_wrapped(text, room, SMALL) for text in (note, whence) if text)
    figure.supxlabel(text, x=0.01, ha="left", fontsize=SMALL, color=GREY, linespacing=1.3)


def heading(ax: Axes, title: str, handles: Sequence[Any] = (), above: float = 0.0, beside: float = 0.0) -> None:
    """Title, and between title and data the legend, where it can hide nothing; wraps axis labels to fit.

    Call it when everything else is drawn.

    Parameters
    ----------
    above : points to keep free between data and legend, for the titles of panels.
    beside : points that the layout will take from the axes' width, for long tick labels.
    """
    width = axes_width(ax) - beside
    pad = 5.0 + above
    if handles:
        names = [str(handle.get_label()) for handle in handles]
        columns = _columns(names, width)
        labels = names if columns > 1 else [_wrapped(name, width - 4.2 * TICK, TICK) for name in names]
        labels = [f" {label}" if label.startswith("_") else label for label in labels]  # else Legend leaves it out
        rows = max(sum(label.count("\n") + 1 for label in column) for column in np.array_split(labels, columns))
        figure = ax.get_figure(root=True)
        if figure is not None and figure.get_gid() == _OWN:
            figure.set_figheight(figure.get_figheight() + (rows - 1) * _ROW * TICK / 72)
        ax.legend(
            handles, labels, ncols=columns,
            loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.0, borderpad=0.25,
            bbox_transform=ax.transAxes + ScaledTranslation(0, above / 72, ax.figure.dpi_scale_trans),
            handlelength=2.4, handletextpad=0.6, columnspacing=1.2, labelspacing=0.35, fontsize=TICK,
        )  # fmt: skip
        pad += 0.5 * TICK + rows * _ROW * TICK
    ax.set_title(_wrapped(title, width, 1.12 * TITLE), loc="left", pad=pad, fontsize=TITLE)
    ax.set_xlabel(_wrapped(ax.get_xlabel(), width, LABEL), fontsize=LABEL)
    ax.set_ylabel(_wrapped(ax.get_ylabel(), _height(ax) - pad, LABEL), fontsize=LABEL)


def _wrapped(text: str, room: float, size: float) -> str:
    """A text in lines that fit, in points."""
    letters = max(14, int(len(text) * room / max(text_width(text, size), 1.0)))
    lines = textwrap.wrap(text.replace("\n", " "), letters)
    while letters > 14 and any(text_width(line, size) > room for line in lines):  # a line of wide letters
        letters -= 1
        lines = textwrap.wrap(text.replace("\n", " "), letters)
    return "\n".join(lines)


def axes_width(ax: Axes) -> float:
    """How wide axes will be, in points; a guess where a layout engine has not placed them yet."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    placed = float(ax.get_position().width * figure.get_figwidth() * 72)
    return placed if figure.get_layout_engine() is None else placed / _DEFAULT_SHARE - _MARGIN


def _height(ax: Axes) -> float:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return float(ax.get_position().height * figure.get_figheight() * 72)


def text_width(text: str, size: float = TICK) -> float:
    """Width of a text in points."""
    return float(text_to_path.get_text_width_height_descent(text, FontProperties(size=size), ismath=False)[0])


def _columns(labels: Sequence[str], width: float) -> int:
    """The most legend columns of which the widest arrangement still fits, in points."""
    for columns in range(len(labels), 1, -1):
        each = [max(map(text_width, column)) for column in np.array_split(labels, columns)]  # as Legend does
        if sum(each) + 4.2 * TICK * columns <= width:
            return columns
    return 1


def message(ax: Axes, text: str) -> None:
    """Say in words why there is nothing to draw."""
    box = {"facecolor": "white", "edgecolor": "none"}
    where: dict[str, Any] = {"transform": ax.transAxes, "ha": "center", "va": "center", "zorder": 5}
    ax.text(0.5, 0.5, textwrap.fill(text, 44), fontsize=TICK, color=GREY, bbox=box, **where)
