"""A practice in two programmes: the published stock-and-flow model, the way from it, and the model's runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots.frame import Sourced, stamp, tidy
from sim.plots.style import BLUE, GREEN, GREY, INK, LABEL, TICK, VERMILLION, style
from sim.proofs.houghton import Trajectory

_NOTE = "Money in months of expenses. Band: middle 90% of runs; line: their mean. Savings of who left: as they were."
_PANELS = {
    "clients": "Clients",
    "leads": "Leads",
    "income": "Income so far",
    "savings": "Savings",
    "employed": "Still there, share",
}
_LOOKS: tuple[tuple[str, Any], ...] = ((INK, "-"), (GREEN, (0, (5, 1.6))), (VERMILLION, (0, (1.2, 1.4))))


def practice(lines: Mapping[str, Trajectory], model: Trajectory, source: str) -> Figure:
    """Clients, leads, income, savings and survival over the months.

    Parameters
    ----------
    lines : up to three trajectories by name, arrays [months].
    model : the simulated runs, arrays [runs, months].
    source : what the footer says of them.
    """
    with style():
        figure = Figure(figsize=(7.2, 5.0), layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
        FigureCanvasAgg(figure)
        axes = figure.subplots(2, 3).ravel()
        for ax, (name, title) in zip(axes, _PANELS.items(), strict=False):
            tidy(ax)
            _panel(ax, name, lines, model)
            ax.set_title(title, fontsize=LABEL, loc="left", fontweight="normal")
        for ax in axes[2:5]:
            ax.set_xlabel("month")
        axes[5].axis("off")
        handles: list[Any] = [
            Line2D([], [], color=c, linestyle=d, label=name) for name, (c, d) in zip(lines, _LOOKS, strict=False)
        ]
        runs = f"daarna, {len(model.clients):,} runs"
        handles += [Line2D([], [], color=BLUE, label=runs), Patch(facecolor=BLUE, alpha=0.2, label="middle 90% of runs")]
        axes[5].legend(handles=handles, loc="center left", fontsize=TICK, borderpad=0)
        figure.suptitle("An adviser's practice, published and simulated", x=0.01, ha="left", fontweight="bold", fontsize=10)
        stamp(figure, Sourced(source), _NOTE)
    return figure


def _panel(ax: Axes, name: str, lines: Mapping[str, Trajectory], model: Trajectory) -> None:
    values = getattr(model, name)
    month = np.arange(1, values.shape[1] + 1)
    if name == "income":
        values = values.cumsum(axis=1)
    if name != "employed":
        ax.fill_between(month, *np.quantile(values, (0.05, 0.95), axis=0), color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(month, values.mean(axis=0), color=BLUE, zorder=3)
    for path, (color, dash) in zip(lines.values(), _LOOKS, strict=False):
        one = getattr(path, name)
        ax.plot(month, one.cumsum() if name == "income" else one, color=color, linestyle=dash, linewidth=1.2)
    ax.set_xlim(0, month[-1])
    if name == "employed":
        ax.set_ylim(0, 1.05)
    if name == "savings":
        ax.axhline(0, color=GREY, linewidth=0.7)
