"""Names beside points, where they hide neither points nor each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.plots.frame import axes_width, text_width
from sim.plots.results import Array
from sim.plots.style import GREY, INK, SMALL

_TALL = 0.775  # of a figure's height, about, that axes take
_AROUND = (0, 45, -45, 180, 135, -135, 90, -90, 22, -22, 158, -158)  # degrees: where a name is tried first
_FAR = (5.0, 13.0, 22.0, 32.0, 44.0, 58.0, 74.0, 92.0)  # points from the point; farther ones have a leader


class Rectangle(NamedTuple):
    """A place that is taken, in points."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Rectangle) -> bool:
        """Whether two have a part in common."""
        return self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top


class Mark(NamedTuple):
    """What stands at a point: its bars' ends, in units of data, and the radius of its mark, in points."""

    left: float
    right: float
    bottom: float
    top: float
    radius: float = 3.0


def marks(x: Array, y: Array, wide: Array | float = 0.0, tall: Array | float = 0.0) -> list[Mark]:
    """Points with bars of so many units to both sides."""
    each = np.broadcast_arrays(x, y, wide, tall)
    return [Mark(a - w, a + w, b - t, b + t) for a, b, w, t in zip(*each, strict=True)]


def beside(ax: Axes, names: Sequence[str], x: Array, y: Array, drawn: Sequence[Mark], size: float = SMALL) -> None:
    """Write a name beside each point, the one that lies farthest out first; call it when the axes have their limits.

    Parameters
    ----------
    names, x, y : what is written, and the points it belongs to.
    drawn : the marks that are not to be hidden, those of the points among them.
    size : of the letters.
    """
    scale, offset = _scale(ax)
    at = (np.column_stack([x, y]) - offset) * scale
    taken = [part for mark in drawn for part in _parts(mark, scale, offset)]
    end = Rectangle(0.0, 0.0, *((np.array([ax.get_xlim()[1], ax.get_ylim()[1]]) - offset) * scale))
    for k in np.argsort(-np.hypot(*(at - at.mean(axis=0)).T), kind="stable"):
        wide = text_width(names[k], size)
        tried = [(distance, dx, dy, _place(at[k], dx, dy, wide, size)) for distance, dx, dy in _tries(wide, size)]
        hidden = [sum(place.meets(one) for one in taken) + 100 * (not _within(place, end)) for *_, place in tried]
        distance, dx, dy, place = tried[int(np.argmin(hidden))]
        taken.append(place)
        leader = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3} if distance > _FAR[0] else None
        ax.annotate(names[k], (x[k], y[k]), (dx, dy), textcoords="offset points", fontsize=size, color=INK, zorder=6,
                    arrowprops=leader, path_effects=[withStroke(linewidth=1.6, foreground="white")])  # fmt: skip


def _parts(mark: Mark, scale: Array, offset: Array) -> list[Rectangle]:
    """What a mark takes, in points: the point itself, and a bar across and one up."""
    (left, bottom), (right, top) = (np.array(mark[:4]).reshape(2, 2).T - offset) * scale
    x, y, r = (left + right) / 2, (bottom + top) / 2, mark.radius
    return [
        Rectangle(x - r, y - r, x + r, y + r), Rectangle(left, y - 1, right, y + 1), Rectangle(x - 1, bottom, x + 1, top)
    ]  # fmt: skip


def _scale(ax: Axes) -> tuple[Array, Array]:
    """Points per unit of data, about, and the lower left corner."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    figure = ax.get_figure(root=True)
    assert figure is not None
    room = np.array([axes_width(ax), _TALL * figure.get_figheight() * 72 - 40])
    return room / np.array([right - left, top - bottom]), np.array([left, bottom])


def _tries(wide: float, size: float) -> Iterator[tuple[float, float, float]]:
    """Distance, and offset of a text's lower left corner from its point."""
    for distance in _FAR:
        for angle in np.deg2rad(_AROUND):
            x, y = distance * np.cos(angle), distance * np.sin(angle)
            yield distance, x - wide * (1 - np.cos(angle)) / 2, y - 0.8 * size * (1 - np.sin(angle)) / 2


def _place(point: Array, dx: float, dy: float, wide: float, size: float) -> Rectangle:
    return Rectangle(point[0] + dx - 1, point[1] + dy - 2, point[0] + dx + wide + 1, point[1] + dy + size + 2)


def _within(place: Rectangle, end: Rectangle) -> bool:
    return place.left >= 0 and place.bottom >= 0 and place.right <= end.right and place.top <= end.top
