"""One rep's year: time, signings, pay by component month by month, and the statement of pay in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from sim.plots.frame import canvas, heading, text_width
from sim.plots.one_run import OneRun, caption, key, months_below, pad_axis, stack
from sim.plots.style import GREEN, GREY, INK, PALE, TICK, VERMILLION, Look, look
from sim.plots.units import Money, share_axis
from sim.trace import PayMonth, Trace
from sim.trace.record import check_seat, months_of_year
from sim.trace.statement import totals

_FIXED = Look(PALE, "-", "", "")
_BACK = Look(GREY, "-", "", "xxxx")
_ORDER = (0, 4, 3, 5, 1, 2)


def rep_year(trace: Trace, rep: int, year: int, ax: Axes | None = None) -> Axes:
    """A seat's year: how the time was spent and who was signed, what each month paid, and what that adds up to.

    Bars of pay are stacked: fixed pay, then each component as it reached the rep (after factors, deferral and
    vesting); clawback recovered lies below the line.  The marks are pay.  A seat may change hands: the month is marked.

    Parameters
    ----------
    trace : a run, followed at least to the end of that year (:func:`sim.follow`).
    rep : seat, from 0.
    year : of the run, from 1.
    ax : where to draw; a figure of its own if not given.

    Raises
    ------
    InputError
        When there is no such seat or year.
    """
    check_seat(trace.scenario, rep)
    first, last = months_of_year(trace.scenario.with_(months=len(trace.months)), year)
    pages = trace.of_seat(rep, first, last)
    rows = totals(trace, pages)
    with canvas(OneRun(trace), ax, height=5.4 + 0.17 * len(rows), note=f"Run {trace.run}; seats are numbered from 0.") as ax:
        table = 0.22 * (len(rows) + 1)
        time, pay, sums = stack(ax, (1.3, 2.1, table), gap=0.11)
        _time(time, pages)
        unit = _pay(pay, trace, pages)
        months_below(pay, first, last)
        pay.tick_params(labelbottom=True)
        pay.set_xlabel("Month", fontsize=TICK)
        pay.set_ylabel(unit.unit, fontsize=TICK)
        _statement(sums, rows, [_FIXED, *_looks(trace)], trace.scenario.currency)
        heading(ax, f"Seat {rep}, year {year}: a rep's year and its pay", beside=20.0, above=1.6 * TICK)
    return ax


def _looks(trace: Trace) -> list[Look]:
    """Of the components that pay; the colours of hunting and visits come last."""
    return [look(_ORDER[k % 6]) for k in range(len(_adding(trace)))]


def _fill(one: Look) -> dict[str, Any]:
    return {"facecolor": one.color, "edgecolor": "white", "hatch": one.hatch, "linewidth": 0.0}


def _adding(trace: Trace) -> list[int]:
    return [i for i, component in enumerate(trace.scenario.scheme.components) if component.combine == "add"]


def _time(box: Axes, pages: Sequence[PayMonth]) -> None:
    month = [page.month for page in pages]
    hunting, visits = np.array([page.hunting for page in pages]), np.array([page.nurturing for page in pages])
    box.bar(month, hunting, 0.8, color=VERMILLION)
    box.bar(month, visits, 0.8, bottom=hunting, facecolor=GREEN, edgecolor="white", hatch="////", linewidth=0.0)
    for page in pages:
        if page.signings:
            box.text(page.month, 1.03, f"{page.signings}", ha="center", va="bottom", fontsize=TICK)
        if not page.rep:
            box.text(page.month, 0.5, "empty", rotation=90, ha="center", va="center", fontsize=7, color=GREY)
    box.set_ylim(0, 1.2)
    share_axis(box.yaxis)
    box.set_yticks([0, 0.5, 1.0])
    caption(box, "Time, and customers signed (number)")
    handles = [
        Patch(facecolor=VERMILLION, label="hunting"),
        Patch(facecolor=GREEN, edgecolor="white", hatch="////", linewidth=0.0, label="visits"),
    ]
    key(box, handles, handlelength=1.6)


def _pay(box: Axes, trace: Trace, pages: Sequence[PayMonth]) -> Money:
    month = np.array([page.month for page in pages])
    fixed = np.array([page.salary + page.subsidy for page in pages]) / 100
    parts = [(fixed, _FIXED)]
    for i, one in zip(_adding(trace), _looks(trace), strict=True):
        paid = [sum(line.paid for line in page.lines if line.component == i) / 100 for page in pages]
        parts.append((np.array(paid), one))
    up, down = np.zeros(len(pages)), np.zeros(len(pages))
    for amounts, one in [*parts, (-np.array([page.recovered for page in pages]) / 100, _BACK)]:
        base = np.where(amounts >= 0, up, down)
        box.bar(month, amounts, 0.8, bottom=base, **_fill(one))
        up, down = up + amounts.clip(min=0), down + amounts.clip(max=0)
    filled = [page for page in pages if page.rep]
    box.plot(
        [page.month for page in filled],
        [page.pay / 100 for page in filled],
        linestyle="",
        marker="D",
        markersize=4.5,
        markerfacecolor="white",
        markeredgecolor=INK,
    )
    box.axhline(0, color=INK, linewidth=0.8)
    pad_axis(box, float(down.min()), float(up.max()))
    for page in pages:
        if page.left:
            box.axvline(page.month + 0.5, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
            box.text(
                page.month + 0.45, box.get_ylim()[1], f"rep {page.rep} leaves", fontsize=7, ha="right", va="top", rotation=90,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    unit = Money.fitting(trace.scenario.currency, up, down)
    unit.on(box.yaxis)
    caption(box, "Pay, by where it came from   ◇ pay")
    return unit


def _statement(box: Axes, rows: Sequence[tuple[str, int]], looks: Sequence[Look], currency: str) -> None:
    """The year's sums as a table, each line with the look of its bars."""
    box.set_axis_off()
    lines, others = len(rows), iter(looks[1:])
    wide = 0.62
    for place, (name, amount) in enumerate(rows):
        y, bold = 1 - (place + 0.5) / lines, "bold" if name == "PAY" else "normal"
        fill = _FIXED if name in ("salary", "start-up subsidy") else _BACK if name.startswith("less ") else None
        fill = fill or (next(others, None) if name != "PAY" else None)
        if fill:
            key = Rectangle((0.0, y - 0.3 / lines), 0.03, 0.6 / lines, **_fill(fill), transform=box.transAxes)
            box.add_artist(key)
        box.text(
            0.045,
            y,
            _short(name.capitalize() if name == "PAY" else name, 300),
            transform=box.transAxes,
            va="center",
            fontsize=TICK,
            fontweight=bold,
        )
        box.text(
            0.045 + wide + 0.2,
            y,
            f"{amount / 100:,.2f}".replace("-", "−"),
            transform=box.transAxes,
            va="center",
            ha="right",
            fontsize=TICK,
            fontweight=bold,
        )
        if name == "PAY":
            box.plot([0.045, 0.045 + wide + 0.2], [y + 0.5 / lines] * 2, color=GREY, linewidth=0.7, transform=box.transAxes)
    caption(box, f"Statement of pay, year's sums ({currency})")


def _short(text: str, points: float) -> str:
    if text_width(text) <= points:
        return text
    while text and text_width(text + "…") > points:
        text = text[:-1]
    return text + "…"
