"""Axes side by side, one per scenario, that compose like any other axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from sim.plots.frame import axes_width, heading, text_width, tidy
from sim.plots.style import HEIGHT, TICK


def columns_of(names: Sequence[str]) -> int:
    """Number of panels in a row."""
    return 2 if len(names) == 4 else min(3, len(names))


def panels(host: Axes, names: Sequence[str]) -> list[Axes]:
    """Axes inside `host`, one per name and with common scales; `host` itself if there is one name.

    `host` keeps title, legend and axis labels, so that a figure of panels composes like any other.
    """
    if len(names) < 2:
        return [host]
    host.spines[:].set_visible(False)
    host.set(xticks=[], yticks=[])
    columns = columns_of(names)
    rows = -(-len(names) // columns)
    gap_x = 0.04
    width = (1 - gap_x * (columns - 1)) / columns
    titles = [_fitted(name, width * axes_width(host)) for name in names]
    gap_y = (0.10 if rows < 3 else 0.08) + 0.05 * (max(map(_lines, titles)) - 1)
    height = (1 - gap_y * (rows - 1)) / rows
    made: list[Axes] = []
    for k, name in enumerate(titles):
        row, column = divmod(k, columns)
        box = (column * (width + gap_x), 1 - height - row * (height + gap_y), width, height)
        shared: dict[str, Any] = {"sharex": made[0], "sharey": made[0]} if made else {}
        panel = host.inset_axes(box, **shared)
        tidy(panel)
        last = k + columns >= len(names)
        panel.tick_params(labelleft=column == 0, labelbottom=last)
        panel.set_title(name, loc="left", fontsize=TICK, fontweight="normal", pad=3)
        made.append(panel)
    return made


def _fitted(name: str, room: float) -> str:
    """A name that fits above a panel of so many points, in two lines at most; the footer has it in full."""
    words, first = name.split(" "), len(name.split(" "))
    while first > 1 and text_width(" ".join(words[:first])) > room:
        first -= 1
    lines = [" ".join(words[:first]), " ".join(words[first:])]
    return "\n".join(_shortened(one, room) for one in lines if one)


def _lines(title: str) -> int:
    return title.count("\n") + 1


def _shortened(name: str, room: float) -> str:
    """As much of a name as fits into so many points."""
    if text_width(name) <= room:
        return name
    letters = next((n for n in range(len(name) - 1, 8, -1) if text_width(name[:n] + "…") <= room), 8)
    return name[:letters] + "…"


def frame_panels(host: Axes, boxes: Sequence[Axes], x_label: str, y_label: str, title: str, handles: Sequence[Any]) -> None:
    """Title, legend and axis labels of `panels`, clear of the panels' own titles and tick labels."""
    many = len(boxes) > 1
    lines = max(_lines(box.get_title(loc="left")) for box in boxes)
    ticks = max((text_width(t.get_text()) for t in boxes[0].yaxis.get_ticklabels()), default=0.0)
    host.set_xlabel(x_label, labelpad=2.4 * TICK if many else 4.0)
    host.set_ylabel(y_label, labelpad=ticks + 10 if many else 4.0)
    heading(host, title, handles, above=1.2 * TICK * lines + 3 if many else 0.0)


def panel_height(names: Sequence[str]) -> float:
    """Height in inches of a figure with a panel per name."""
    return HEIGHT + 1.7 * (-(-len(names) // columns_of(names)) - 1)
