"""One customer's life with the firm: what happened, how it felt, what came in and what went out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import canvas, heading
from sim.plots.one_run import OneRun, caption, key, months_below, pad_axis, stack
from sim.plots.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, TICK, VERMILLION, Look
from sim.plots.units import Money
from sim.trace import Trace

ROWS = ("Visit by the rep", "Purchase", "Contact with the desk", "Moment of truth", "In arrears")
_FEELINGS = {
    "satisfaction": Look(BLUE, "-", "o", ""),
    "expectation": Look(GREY, (0, (1.2, 1.4)), "", ""),
    "tie": Look(GREEN, (0, (5, 1.6)), "", ""),
}
COSTS = ("cost_of_goods", "acquisition", "service", "resolution")


def customer_timeline(trace: Trace, customer: int, ax: Axes | None = None) -> Axes:
    """A customer's account page: events, feelings and money, month by month.

    On top what happened: visits, purchases, contacts with the desk (hollow: not solved), moments of truth and
    arrears (darker: an older bucket).  Below satisfaction, expectation and the tie to the rep.  At the bottom cash
    collected above the line; cost of goods, perks, service and solutions below it, and what was written off; the
    line is the account so far: invoiced less all costs and write-offs, before commission.

    Parameters
    ----------
    trace : a followed run (:func:`sim.follow`) in which this customer was followed.
    customer : number, as in the column ``customer`` of the customers table.
    ax : where to draw; a figure of its own if not given.

    Raises
    ------
    InputError
        When the customer was not followed.
    """
    pages = trace.customer(customer)
    first, last = int(pages["month"].min()), int(pages["month"].max())
    with canvas(OneRun(trace), ax, height=6.3, note=f"Run {trace.run}. Account before commission.") as ax:
        events, feelings, money = stack(ax, (2.0, 1.5, 2.1))
        _events(events, pages)
        _feelings(feelings, pages)
        unit = _money(money, pages, trace.scenario.currency)
        _departures(feelings, trace, pages)
        months_below(money, first, last)
        ax.set_xlabel("Month", labelpad=2.4 * TICK)
        money.set_ylabel(unit.unit, fontsize=TICK)
        heading(ax, f"{_who(pages)}: {_end(trace, pages)}", beside=95.0, above=1.6 * TICK)
    return ax


def _who(pages: pd.DataFrame) -> str:
    first = pages.iloc[0]
    signed = int(first["month"] - first["age"] + 1)
    return f"Customer {int(first['customer'])}, seat {int(first['rep'])}, signed in month {signed}"


def _end(trace: Trace, pages: pd.DataFrame) -> str:
    gone = pages[pages["left"]]
    if gone.empty:
        return f"still there in month {int(pages['month'].iloc[-1])}"
    how = {"lapsed": "left", "written off": "written off"}[str(gone["status"].iloc[0])]
    return f"{how} in month {int(gone['month'].iloc[0])}"


def _events(box: Axes, pages: pd.DataFrame) -> None:
    month = pages["month"].to_numpy()
    mark: dict[str, Any] = {"s": 26, "linewidths": 1.0, "zorder": 3}
    box.scatter(month[pages["visits"] > 0], np.zeros((pages["visits"] > 0).sum()), marker="^", color=GREEN, **mark)
    bought = (pages["initial"] + pages["repeat"] + pages["cross"]) > 0
    box.scatter(month[bought], np.ones(bought.sum()), marker="s", color=BLUE, **mark)
    called, unsolved = pages["contacts"] > 0, pages["unsolved"] > 0
    box.scatter(month[called & ~unsolved], np.full((called & ~unsolved).sum(), 2.0), marker="o", color=ORANGE, **mark)
    box.scatter(month[unsolved], np.full(unsolved.sum(), 2.0), marker="o", facecolor="white", edgecolor=ORANGE, **mark)
    for kind, marker, color in (("solution", "P", GREEN), ("strict", "X", VERMILLION)):
        case = pages["case"] == kind
        box.scatter(month[case], np.full(case.sum(), 3.0), marker=marker, color=color, **{**mark, "s": 34, "linewidths": 0})
    late = pages["bucket"] > 0
    for at, bucket in zip(month[late], pages["bucket"][late], strict=True):
        box.barh(4.0, 1.0, 0.5, left=at - 0.5, color=VERMILLION, alpha=min(1.0, 0.25 + 0.25 * (bucket - 1)), linewidth=0)
    lost = month[(pages["write_off"] > 0).to_numpy()]
    box.scatter(lost, np.full(lost.size, 4.0), marker="s", color=INK, **mark)
    box.set_yticks(range(len(ROWS)), ROWS)
    box.set_ylim(len(ROWS) - 0.5, -0.6)
    box.tick_params(axis="y", length=0)
    caption(box, "○ not solved   ✚ solution   ✖ strictness" + ("   ■ written off" if lost.size else ""))


def _departures(box: Axes, trace: Trace, pages: pd.DataFrame) -> None:
    """Months at whose end the customer's rep left."""
    first, last = int(pages["month"].min()), int(pages["month"].max())
    for page in trace.of_seat(int(pages["rep"].iloc[0]), first, last - 1):
        if page.left:
            box.axvline(page.month + 0.5, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
            box.text(page.month + 0.4, -0.97, "rep leaves", fontsize=7, ha="right", va="bottom", rotation=90,
                     bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip


def _feelings(box: Axes, pages: pd.DataFrame) -> None:
    there = pages[pages["status"] == "active"]
    box.axhline(0, color=GREY, linewidth=0.8)
    for name, look in _FEELINGS.items():
        box.plot(there["month"], there[name], **{**look.line(label=name), "markersize": 2.6, "linewidth": 1.3})
    box.set_ylim(-1.05, 1.05)
    box.set_yticks([-1, 0, 1], ["−1", "0", "1"])
    caption(box, "How it felt")
    handles = [Line2D([], [], **{**look.line(label=name), "markersize": 3.5}) for name, look in _FEELINGS.items()]
    key(box, handles, columnspacing=1.0)


def _money(box: Axes, pages: pd.DataFrame, currency: str) -> Money:
    month, costs = pages["month"], pages[list(COSTS)].sum(axis=1)
    account = (pages["revenue"] - costs - pages["write_off"]).cumsum()
    fills = (
        Patch(facecolor=BLUE, label="collected"),
        Patch(facecolor=PALE, edgecolor=GREY, hatch="////", linewidth=0.0, label="costs"),
        Patch(facecolor=VERMILLION, label="written off"),
    )
    box.bar(month, pages["collected"], 0.8, color=BLUE)
    box.bar(month, -costs, 0.8, facecolor=PALE, edgecolor=GREY, hatch="////", linewidth=0.0)
    box.bar(month, -pages["write_off"], 0.8, bottom=-costs, color=VERMILLION)
    box.plot(month, account, color=PURPLE, drawstyle="steps-mid", linewidth=1.6)
    box.axhline(0, color=INK, linewidth=0.8)
    high, low = (
        float(np.maximum(pages["collected"], account).max()),
        float(np.minimum(-costs - pages["write_off"], account).min()),
    )
    pad_axis(box, low, high)
    unit = Money.fitting(currency, account.to_numpy(), pages["collected"].to_numpy(), costs.to_numpy())
    unit.on(box.yaxis)
    caption(box, "Money")
    shown = [*fills[: 3 if pages["write_off"].any() else 2], Line2D([], [], color=PURPLE, linewidth=1.6, label="account so far")]
    key(box, shown, columnspacing=1.0, handlelength=1.6)
    return unit
