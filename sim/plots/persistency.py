"""Persistency: how many of the customers signed in a year are still there in later ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from sim.plots.fan import band, fans, line
from sim.plots.frame import canvas, heading, heights, message
from sim.plots.results import Array, Results, by_run, labels_of, months_of, of
from sim.plots.spread import WIDE, pooled, quantiles
from sim.plots.style import GREY, SMALL, Look
from sim.plots.units import share_axis, year_axis

_LINES = 12  # more signing years than this are drawn every second, third … one
_NEAR = 0.02  # curves nowhere farther apart are said to coincide
_NOBODY = "No customer was signed, so there is no persistency to show"


def persistency(study: Results, ax: Axes | None = None) -> Axes:
    """Share of the customers signed in a year who are active at the end of that year and of later ones.

    One scenario: a line per signing year over the years of the run.  Several: all signing years together,
    by years since the end of the signing year; a last year that is not complete is left out, since its age
    would not be a whole number of years.  Lines pool the runs, sum of customers / sum of signed; bands
    are quantiles of that ratio across runs, taken over runs that signed anybody.

    Parameters
    ----------
    study : the study to draw.
    ax : where to draw; a figure of its own if not given.
    """
    with canvas(study, ax) as ax:
        share_axis(ax.yaxis)
        ax.set_ylabel("Still customers (% of signed)")
        if len(study.names) == 1:
            _by_cohort(study, ax)
        else:
            _by_age(study, ax)
        _zoom(ax)
    return ax


def _zoom(ax: Axes) -> None:
    """From a round share below what is drawn up to all."""
    lowest = float(heights(ax).min(initial=1.0))
    low = next((start for start in (0.9, 0.75, 0.5, 0.25) if start + 0.2 * (1 - start) <= lowest < 1), 0.0)
    ax.set_ylim(low, 1.0 + 0.06 * (1.0 - low))


def _counts(study: Results, scenario: str) -> pd.DataFrame:
    rows = of(study.cohorts, scenario, "run", "cohort", "year", "customers", "signed")
    return rows[(rows["cohort"] > 0) & (rows["year"] >= rows["cohort"]) & (rows["signed"] > 0)]


def _ratio(rows: pd.DataFrame, across: str) -> tuple[Array, Array, Array]:
    """(places, share pooled over runs, share per run and place)."""
    sums = rows.groupby(["run", across], as_index=False)[["customers", "signed"]].sum()
    x, customers = by_run(sums, across, "customers")
    _, signed = by_run(sums, across, "signed")
    return x, pooled(customers, signed), customers / signed


def _by_cohort(study: Results, ax: Axes) -> None:
    rows = _counts(study, study.names[0])
    cohorts = sorted(rows["cohort"].unique())
    cohorts = cohorts[:: -(-len(cohorts) // _LINES) or 1]
    for k, cohort in enumerate(cohorts):
        x, share, per_run = _ratio(rows[rows["cohort"] == cohort], "year")
        color = _shade(k, len(cohorts))
        if per_run.shape[0] > 1:
            low, high = quantiles(per_run, WIDE)
            band(ax, x, low, high, color, 0.13)
        line(ax, x, share, Look(color, "-", "o", ""), markersize=3.5, zorder=3)
        _number(ax, int(cohort), float(x[0]), float(share[0]), color)
    first = Look(_shade(0, 2), "-", "o", "")
    handles: list[Any] = [
        Line2D([], [], **first.line(markersize=3.5, label="signed in the numbered year")),
        Patch(color=first.color, alpha=0.13, linewidth=0, label="90% of runs"),
    ]
    varied = rows["run"].nunique() > 1
    year_axis(ax, np.sort(rows["year"].unique()).astype(float), max(months_of(study)))
    ax.set_xlabel("End of year")
    heading(ax, "Persistency by year of signing", handles[: 1 + varied] if cohorts else [])
    if not cohorts:
        ax.set_xticks([])
        message(ax, _NOBODY)


def _number(ax: Axes, cohort: int, x: float, y: float, color: str) -> None:
    halo = [withStroke(linewidth=2, foreground="white")]
    place: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "path_effects": halo}
    ax.annotate(str(cohort), (x, y), (0, 5), fontsize=SMALL, color=color, **place)


def _shade(k: int, n: int) -> str:
    """Colour of the k-th of n signing years, from dark to light (cividis: the same for all eyes)."""
    return to_hex(colormaps["cividis"](0.66 * k / max(1, n - 1)))


def _coincide(curves: list[Array]) -> str:
    """What is said where all curves lie on each other, as far as they all go."""
    ages = min((curve.size for curve in curves), default=0)
    if len(curves) < 2 or not ages:
        return ""
    apart = float(np.ptp(np.array([curve[:ages] for curve in curves]), axis=0).max())
    return f"the curves coincide: nowhere more than\n{100 * apart:.1f} percentage points apart" if apart <= _NEAR else ""


def _by_age(study: Results, ax: Axes) -> None:
    curves, centres, empty = {}, {}, []
    for (name, label), months in zip(labels_of(study).items(), months_of(study), strict=True):
        rows = _counts(study, name)
        if months > 12:
            rows = rows[rows["year"] <= months // 12]
        x, share, per_run = _ratio(rows.assign(age=rows["year"] - rows["cohort"]), "age")
        curves[label], centres[label] = (x, per_run), share
        empty += [] if x.size else [label]
    handles = fans(ax, curves, centres)
    for name in empty:
        handles[list(curves).index(name)].set_label(f"{name} (nobody signed)")
    ages = max((int(np.max(x)) for x, _ in curves.values() if x.size), default=0)
    ax.set_xticks(range(0, ages + 1, max(1, -(-ages // 12))))
    ax.set_xlim(-0.25, ages + 0.25)
    ax.axhline(1, color=GREY, linewidth=0.6, zorder=1.5)
    ax.set_xlabel("Years since the end of the year of signing")
    heading(ax, "Persistency by years since signing", handles)
    if text := _coincide(list(centres.values())):
        ax.text(0.98, 0.97, text, transform=ax.transAxes, ha="right", va="top", fontsize=SMALL, color=GREY)
    if len(empty) == len(curves):
        message(ax, _NOBODY)
