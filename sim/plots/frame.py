"""What stands around the data: figure, title, legend, panels, and the footer that says whence it came."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.plots.results import Results
from sim.plots.style import GREY, HEIGHT, PALE, SMALL, TICK, TITLE, WIDTH, style

_CHARACTER = 0.56  # mean width of a letter, in font sizes


@contextmanager
def canvas(study: Results, ax: Axes | None, height: float = HEIGHT, note: str = "") -> Iterator[Axes]:
    """Axes to draw on in the house style: the caller's, or those of a new figure with a footer."""
    with style():
        if ax is not None:
            tidy(ax)
            yield ax
            return
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)  # type: ignore[union-attr]
        own = figure.add_subplot()
        tidy(own)
        yield own
        stamp(figure, study, note)


def tidy(ax: Axes) -> None:
    """No box around the data, a faint grid for reading off amounts."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color=PALE, linewidth=0.5)
    ax.tick_params(labelsize=TICK, length=3, width=0.7, color=GREY)


@cache
def version() -> str:
    """``daarna`` with its version, where the package is installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return f"daarna {installed('daarna')}"
    except PackageNotFoundError:
        return "daarna (source tree, not installed)"


def origin(study: Results) -> str:
    """Scenarios, number of runs, seed and program of a study, in one line."""
    counts = study.runs.groupby("scenario", observed=True, sort=False).size()
    few, many = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    runs = f"{few:,}" if few == many else f"{few:,} to {many:,}"
    each = " each" if len(study.scenarios) > 1 else ""
    names = ", ".join(study.scenarios)
    return f"{names} · {runs} run{'' if many == 1 else 's'}{each} · seed {study.seed} · {version()}"


def stamp(figure: Figure, study: Results, note: str = "") -> None:
    """Write below a figure where its numbers come from: scenarios, runs, seed, version of daarna."""
    letters = int(figure.get_figwidth() * 72 * 0.97 / (SMALL * _CHARACTER))
    lines = [line for text in (note, origin(study)) if text for line in textwrap.wrap(text, letters)]
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=SMALL, color=GREY, linespacing=1.3)


def heading(ax: Axes, title: str, handles: Sequence[Any] = (), above: float = 0.0) -> None:
    """Title, and between title and data the legend, where it can hide nothing.

    Parameters
    ----------
    above : points to keep free between data and legend, for the titles of panels.
    """
    width = ax.get_position().width * ax.figure.get_figwidth() * 72  # type: ignore[union-attr]
    pad = 5.0 + above
    if handles:
        labels = [str(handle.get_label()) for handle in handles]
        columns = _columns(labels, width)
        rows = -(-len(handles) // columns)
        ax.legend(
            handles, [f" {label}" if label.startswith("_") else label for label in labels], ncols=columns,
            loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=above / TICK, borderpad=0.25,
            handlelength=2.6, handletextpad=0.6, columnspacing=1.6, labelspacing=0.35,
        )  # fmt: skip
        pad += 0.5 * TICK + rows * 1.2 * TICK + (rows - 1) * 0.35 * TICK
    letters = max(20, int(width / (TITLE * 0.64)))
    ax.set_title("\n".join(textwrap.wrap(title, letters)), loc="left", pad=pad, fontsize=TITLE)


def _columns(labels: Sequence[str], width: float) -> int:
    """The most legend columns of which the widest arrangement still fits, in points."""
    for columns in range(len(labels), 1, -1):
        rows = -(-len(labels) // columns)
        each = [max(map(len, labels[k : k + rows])) for k in range(0, len(labels), rows)]
        if sum(_CHARACTER * TICK * n + 4.8 * TICK for n in each) <= width:
            return columns
    return 1


def message(ax: Axes, text: str) -> None:
    """Say in words why there is nothing to draw."""
    ax.text(0.5, 0.5, textwrap.fill(text, 44), transform=ax.transAxes, ha="center", va="center", color=GREY)


def panels(host: Axes, names: Sequence[str]) -> list[Axes]:
    """Axes inside `host`, one per name and with common scales; `host` itself if there is one name.

    `host` keeps title, legend and axis labels, so that a figure of panels composes like any other.
    """
    if len(names) < 2:
        return [host]
    host.spines[:].set_visible(False)
    host.set(xticks=[], yticks=[])
    columns = min(len(names), 3 if len(names) != 4 else 2)
    rows = -(-len(names) // columns)
    gap_x, gap_y = 0.04, 0.13 if rows < 3 else 0.09
    width, height = (1 - gap_x * (columns - 1)) / columns, (1 - gap_y * (rows - 1)) / rows
    made: list[Axes] = []
    for k, name in enumerate(names):
        row, column = divmod(k, columns)
        box = (column * (width + gap_x), 1 - height - row * (height + gap_y), width, height)
        shared = {"sharex": made[0], "sharey": made[0]} if made else {}
        panel = host.inset_axes(box, **shared)
        tidy(panel)
        last = k + columns >= len(names)
        panel.tick_params(labelleft=column == 0, labelbottom=last)
        panel.set_title(_shortened(name, host, width), loc="left", fontsize=TICK, fontweight="normal", pad=3)
        made.append(panel)
    return made


def _shortened(name: str, host: Axes, width: float) -> str:
    """A name that fits above a panel; the footer has it in full."""
    points = width * host.get_position().width * host.figure.get_figwidth() * 72  # type: ignore[union-attr]
    letters = max(8, int(points / (_CHARACTER * TICK)))
    return name if len(name) <= letters else name[: letters - 1] + "…"


PANEL_TITLE = 1.2 * TICK + 3  # points a panel's title takes above it


def panel_height(names: Sequence[str]) -> float:
    """Height in inches of a figure with a panel per name."""
    columns = 3 if len(names) != 4 else 2
    return HEIGHT + 1.7 * (max(1, -(-len(names) // columns)) - 1)
