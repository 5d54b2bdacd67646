"""Paired differences: what another scheme changes, outcome by outcome, relative to the base."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.differences import differences
from sim.plots.frame import canvas, heading, message
from sim.plots.results import Array, Results, labels_of
from sim.plots.spread import Mean
from sim.plots.style import GREY, INK, PALE, SMALL, TICK, look
from sim.plots.ticks import number_axis
from sim.plots.units import Money
from sim.tables import OUTCOMES, SHOWN

_GAP = 0.5  # of a row, between groups
_FARTHEST = 2.0  # relative differences beyond it are drawn at the edge, as arrows
_SPREAD = 0.7  # of a row, shared by the schemes: a mark is nearer to its own row's others than to the next row's


def paired_differences(study: Results, ax: Axes | None = None) -> Axes:
    """Mean paired difference to the first scenario relative to its mean, with 95% intervals (Fieller 1954).

    A row per outcome, a mark per other scheme; with several the intervals are still those of each alone.  A
    difference relative to a mean that may be zero is undefined: it has no mark.  With one other scheme the difference
    itself stands on the right, in the outcome's unit.  Formulae: :mod:`sim.analysis.paired`.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    there = set(study.runs)  # a study of an earlier version may lack one
    known = {column.name: column.short for column in OUTCOMES if column.short and column.name in there}
    groups = [[outcome for outcome in group if outcome in known] for group in SHOWN.values()]
    names = {outcome: known[outcome] for group in groups for outcome in group}
    runs = study.runs[["scenario", "run", *names]]
    table = differences(runs, list(study.names), study.currency, matched=getattr(study, "matched", None))
    titles = labels_of(study)
    base, *others = study.names
    places = _places(groups)
    height = 1.9 + 0.2 * len(names) * max(1.0, 0.5 * len(others))
    with canvas(study, ax, height, note=_note(table, names)) as ax:
        ax.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
        ax.set_yticks(list(places.values()), list(names.values()))
        ax.set_ylim(max(places.values()) + 0.6, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.grid(axis="x", color=PALE, linewidth=0.5)
        offsets = (np.arange(len(others)) - (len(others) - 1) / 2) * _SPREAD / max(1, len(others))
        handles = []
        for k, (name, offset) in enumerate(zip(others, offsets, strict=True), 1):
            rows = table[table["scenario"] == name].set_index("outcome").loc[list(names)]
            handles.append(_marks(ax, rows, np.array(list(places.values())) + offset, k, titles[name]))
        if len(others) == 1:
            _numbers(ax, table.set_index("outcome"), places)
        elif not others:
            message(ax, "Nothing to compare: one scenario")
        _axis(ax, table)
        ax.set_xlabel(f"Difference relative to {titles[base]} (%)")
        heading(ax, "Paired differences between schemes", handles, beside=80.0)
    return ax


def _places(groups: list[list[str]]) -> dict[str, float]:
    """Height of every outcome's row, with room between groups."""
    places, at = {}, 0.0
    for group in groups:
        for outcome in group:
            places[outcome], at = at, at + 1.0
        at += _GAP
    return places


def _note(table: pd.DataFrame, names: dict[str, str]) -> str:
    if not table["low"].notna().any():
        return ""
    each = "Means with 95% intervals, each for its outcome and scheme alone."
    without = table.loc[table["relative"].isna() & (table["n"] > 1), "outcome"].unique()
    left = [name for outcome, name in names.items() if outcome in without]
    return f"{each} Without a mark, since the base's mean is not surely above zero: {', '.join(left)}." if left else each


def _marks(ax: Axes, rows: pd.DataFrame, y: Array, k: int, name: str) -> Line2D:
    value, low, high = (rows[part].to_numpy(float) for part in ("relative", "relative_low", "relative_high"))
    inside = np.abs(value) <= _FARTHEST
    shown = look(k)
    seen: dict[str, Any] = {"color": look(k).color, "markeredgecolor": "white", "markeredgewidth": 0.6, "zorder": 4.0}
    ax.hlines(y[inside], np.clip(low, -3, 3)[inside], np.clip(high, -3, 3)[inside], color=shown.color, linewidth=1.4, zorder=3)
    ax.plot(value[inside], y[inside], linestyle="", marker=shown.marker, **seen)
    for side, marker in ((1, ">"), (-1, "<")):
        out = side * value > _FARTHEST
        if out.any():
            ax.plot(np.full(out.sum(), side * _FARTHEST), y[out], linestyle="", marker=marker, clip_on=False, **seen)
    return Line2D([], [], color=shown.color, marker=shown.marker, markeredgecolor="white", label=name)


def _numbers(ax: Axes, rows: pd.DataFrame, places: dict[str, float]) -> None:
    """The differences themselves, with the half-width of their interval, on the right."""
    for outcome, y in places.items():
        row: Any = rows.loc[outcome]
        text = _number(Mean(float(row["mean"]), float(row["high"] - row["low"]) / 2), str(row["unit"]))
        ax.text(
            1.02,
            y,
            text,
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=SMALL,
            color=GREY if text == "undefined" else INK,
        )


def _number(mean: Any, unit: str) -> str:
    """Shares in percentage points, money in readable multiples, all else as it is."""
    if unit in ("share", "per month"):
        mean, unit = type(mean)(100 * mean.mean, 100 * mean.half_width), "pp" if unit == "share" else "pp a month"
    if not np.isfinite(mean.mean):
        return "undefined"
    money = Money.fitting(unit, np.array([mean.mean])) if len(unit) == 3 else Money(unit, 1.0, "")
    return f"{'+' if mean.mean > 0 else ''}{money.text(mean)} {money.unit}"


def _axis(ax: Axes, table: pd.DataFrame) -> None:
    ends = np.concatenate([table[part].to_numpy(float) for part in ("relative", "relative_low", "relative_high")])
    ends = np.clip(ends[np.isfinite(ends)], -_FARTHEST, _FARTHEST)
    low, high = min(0.0, ends.min(initial=0.0)), max(0.0, ends.max(initial=0.0))
    room = 0.06 * (high - low) or 0.1
    ax.set_xlim(low - room, high + room)
    number_axis(ax.xaxis, 0.01, signed=True)
    ax.tick_params(axis="x", labelsize=TICK)
