"""A forecast of repeat purchases beside what the log says, and beside what came later."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.calibrate.forecast import Forecast
from sim.plots.frame import canvas, heading
from sim.plots.results import Array, Results
from sim.plots.style import BLUE, GREY, INK, SMALL, VERMILLION

_NOTE = "Interval over runs, each with parameters of its own, drawn from the distribution of the estimates."


def forecast(
    made: Forecast, name: str = "log", actual: Array | None = None, cumulated: bool = False, ax: Axes | None = None
) -> Axes:
    """Repeat purchases of a cohort by step: observed, simulated, and what came after the log's end where it is known.

    Parameters
    ----------
    made : the forecast.
    name : of the log, for the footer.
    actual : purchases by step after the log's end, in the order of time.
    cumulated : show all purchases up to a step, from the log's first day.
    """
    runs, observed = made.runs, made.observed[: made.fitted]
    later = np.zeros(0) if actual is None else np.asarray(actual, float)
    if cumulated:
        runs, later = runs.cumsum(axis=1), observed.sum() + later.cumsum()
        observed = observed.cumsum()
    step = np.arange(1, runs.shape[1] + 1)
    source = SimpleNamespace(names=[name], seed=made.seed, runs=pd.DataFrame({"scenario": [name] * len(runs)}))
    with canvas(cast(Results, source), ax, note=_NOTE) as own:
        low, high = np.quantile(runs, (0.025, 0.975), axis=0)
        own.fill_between(step, low, high, color=BLUE, alpha=0.2, linewidth=0)
        own.plot(step, runs.mean(axis=0), color=BLUE)
        own.plot(step[: made.fitted], observed, "o", color=INK, markersize=3)
        if later.size:
            own.plot(
                step[made.fitted : made.fitted + later.size],
                later,
                "D",
                color=VERMILLION,
                markersize=3.2,
                markerfacecolor="white",
            )
        own.axvline(made.fitted + 0.5, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        own.set_xlim(0, runs.shape[1] + 1)
        own.set_ylim(0, 1.08 * max(high.max(), observed.max(initial=0.0), later.max(initial=0.0)))
        own.text(made.fitted + 1.2, 1.0, "forecast", transform=own.get_xaxis_transform(), color=GREY, fontsize=SMALL, va="top")
        own.set_xlabel(f"{made.unit} since the first day of the log")
        own.set_ylabel(f"repeat purchases of {made.customers:,} customers" + ("" if cumulated else f" in the {made.unit}"))
        handles = [
            Line2D([], [], color=INK, marker="o", linestyle="none", markersize=3.5, label="log"),
            *([Line2D([], [], color=VERMILLION, marker="D", markerfacecolor="white", linestyle="none", markersize=3.5, label="not fitted to")]
              if later.size else []),
            Line2D([], [], color=BLUE, label="simulated, mean"),
            Patch(color=BLUE, alpha=0.2, linewidth=0, label="95% interval"),
        ]  # fmt: skip
        heading(own, "Repeat purchases" + (" so far" if cumulated else f" by {made.unit}"), handles)
    return own
