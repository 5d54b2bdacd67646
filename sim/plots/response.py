"""Response: how an outcome goes with one factor, or with two, over everything else the sweep varies."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.errors import InputError
from sim.plots.frame import canvas, heading, tidy
from sim.plots.results import Array
from sim.plots.spread import mean_interval, quantiles
from sim.plots.style import BLUE, GREY, INK, SMALL
from sim.plots.swept import Quantity, axis_label, factor_words, quantity, source
from sim.plots.ticks import log_axis
from sim.understand.data import read

BINS = 10  # equally filled slices of a factor that takes many values
SIDE = 8  # slices of each of two


def response(sweep: Any, factor: str, outcome: str = "npv", ax: Axes | None = None) -> Axes:
    """Mean of an outcome along a factor with 95% intervals, and the range of 90% of the points.

    A factor with many values is cut into ten slices of equally many points; what the other factors do within a slice is in
    the band.  Intervals of a grid's or table's means over one point are over its runs.

    Parameters
    ----------
    sweep : Sweep or Paired.
    factor : along the horizontal axis.
    outcome : column of the runs table; ``difference`` of a pair.
    ax : where to draw; a figure of its own if not given.
    """
    data = read(sweep, outcome)
    _known(data.names, factor)
    groups, labels, log = _slices(sweep, data.points, factor, BINS)
    x = np.array([group.x for group in groups])
    means = data.values.mean(axis=0)
    alone = all(group.rows.size == 1 for group in groups)
    found = [mean_interval(data.values[:, group.rows[0]] if alone else means[group.rows]) for group in groups]
    middle, half = np.array([m.mean for m in found]), np.array([m.half_width for m in found])
    with canvas(source(sweep), ax) as ax:
        handles: list[Any] = []
        if not alone:
            low, high = np.array([quantiles(means[group.rows][:, None], (0.05, 0.95))[:, 0] for group in groups]).T
            ax.fill_between(x, low, high, color=BLUE, alpha=0.15, linewidth=0)
            handles = [Patch(color=BLUE, alpha=0.15, linewidth=0, label="90% of points")]
        said = quantity(sweep, outcome, middle, half)
        ax.errorbar(x, middle, yerr=half, color=BLUE, marker="o", markersize=4.5, linewidth=1.4, elinewidth=1.1, capsize=2.5)
        _zero(ax)
        said.on(ax.yaxis)
        if log:
            log_axis(ax.xaxis)
        if labels:
            ax.set_xticks(x, labels)
        over = "mean over runs" if alone else "mean over the other factors"
        handles = [Line2D([], [], color=BLUE, marker="o", label=f"{over}, 95% interval"), *handles]
        ax.set(xlabel=axis_label(sweep, factor), ylabel=said.text)
        heading(ax, f"{said.short} along {factor_words(sweep, factor)}", handles)
    return ax


def response_map(sweep: Any, x: str, y: str, outcome: str = "npv", ax: Axes | None = None) -> Axes:
    """Mean of an outcome over two factors as a heat map, with the number in every cell.

    A factor with many values is cut into eight slices of equally many points; cells without points stay white.

    Parameters
    ----------
    sweep : Sweep or Paired.
    x, y : the factors.
    outcome : column of the runs table; ``difference`` of a pair.
    ax : where to draw; a figure of its own if not given.
    """
    data = read(sweep, outcome)
    for name in (x, y):
        _known(data.names, name)
    across, x_labels, x_log = _slices(sweep, data.points, x, SIDE)
    up, y_labels, y_log = _slices(sweep, data.points, y, SIDE)
    means, cells = data.values.mean(axis=0), np.full((len(up), len(across)), np.nan)
    for row, column in np.ndindex(cells.shape):
        both = np.intersect1d(up[row].rows, across[column].rows)
        cells[row, column] = means[both].mean() if both.size else np.nan
    with canvas(source(sweep), ax, height=4.0) as ax:
        said = quantity(sweep, outcome, cells)
        place_x, place_y = _edges(across), _edges(up)
        mesh = ax.pcolormesh(place_x, place_y, cells, cmap="cividis", norm=_norm(cells), edgecolors="white", linewidth=0.4)
        _write(ax, cells, across, up, said, mesh)
        for log, axis in ((x_log, ax.xaxis), (y_log, ax.yaxis)):
            if log:
                log_axis(axis)
        if x_labels:
            ax.set_xticks([group.x for group in across], x_labels)
        if y_labels:
            ax.set_yticks([group.x for group in up], y_labels)
        bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02)
        bar.outline.set_visible(False)  # type: ignore[operator]
        tidy(bar.ax)
        bar.ax.grid(visible=False)
        said.on(bar.ax.yaxis)
        bar.set_label(textwrap.fill(said.text, 40))
        ax.grid(visible=False)
        ax.set(xlabel=axis_label(sweep, x), ylabel=axis_label(sweep, y))
        heading(ax, f"{said.short} over {factor_words(sweep, x)} and {factor_words(sweep, y)}")
    return ax


class _Slice:
    """Points alike in a factor: where they stand on its axis, and which they are."""

    def __init__(self, x: float, low: float, high: float, rows: np.ndarray) -> None:
        self.x, self.low, self.high, self.rows = x, low, high, rows


def _slices(sweep: Any, points: pd.DataFrame, name: str, bins: int) -> tuple[list[_Slice], list[str], bool]:
    """Slices of a factor, labels for its ticks if it has levels, and whether its axis is logarithmic."""
    (about,) = (one for one in sweep.about["design"]["factors"] if one["name"] == name)
    column = points[name]
    values = [level["label"] for level in about["levels"]] if "levels" in about else sorted(column.unique())
    if "levels" in about or len(values) <= 2 * bins:
        plain = "levels" not in about
        groups = [
            _Slice(float(value) if plain else k, np.nan, np.nan, np.flatnonzero(column.astype(str) == str(value)))
            for k, value in enumerate(values)
        ]
        return [one for one in groups if one.rows.size], [] if plain else [str(value) for value in values], bool(about.get("log"))
    x = column.to_numpy(float)
    edges = np.quantile(x, np.linspace(0, 1, bins + 1))
    at = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, bins - 1)
    groups = [
        _Slice(float(np.median(x[at == k])), edges[k], edges[k + 1], np.flatnonzero(at == k))
        for k in range(bins)
        if (at == k).any()
    ]
    return groups, [], bool(about.get("log"))


def _edges(groups: list[_Slice]) -> Array:
    """Edges of cells: those of the slices, or half way between values."""
    if not np.isnan(groups[0].low):
        return np.array([*(one.low for one in groups), groups[-1].high])
    x = np.array([one.x for one in groups])
    half = np.diff(x) / 2 if x.size > 1 else np.array([0.5])
    return np.concatenate([[x[0] - half[0]], x[:-1] + half if x.size > 1 else [], [x[-1] + half[-1]]])


def _norm(cells: Array) -> Normalize:
    return Normalize(float(np.nanmin(cells)), float(np.nanmax(cells)))


def _write(ax: Axes, cells: Array, across: list[_Slice], up: list[_Slice], said: Quantity, mesh: Any) -> None:
    """The number in every cell, so that the map can be read in grey; dark on light, light on dark."""
    if cells.size > 100:
        return
    size = np.nanmax(np.abs(cells)) / said.factor
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    for row, column in np.ndindex(cells.shape):
        value = cells[row, column]
        if np.isfinite(value):
            light = mesh.norm(value) > 0.55
            text = f"{round(float(value) / said.factor, decimals) + 0.0:,.{decimals}f}".replace("-", "−")
            ax.text(across[column].x, up[row].x, text, ha="center", va="center", fontsize=SMALL, color=INK if light else "white")


def _zero(ax: Axes) -> None:
    low, high = ax.get_ylim()
    if low < 0 < high:
        ax.axhline(0, color=GREY, linewidth=0.9, zorder=1.5)


def _known(names: list[str], name: str) -> None:
    if name not in names:
        raise InputError(f'factor: found "{name}", the sweep varies {", ".join(names)}')
