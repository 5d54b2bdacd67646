"""Figures of a study: what it did to the profitability of the book, and how sure we are.

Every figure is a function ``name(study, ax=None) -> Axes``; a waterfall also takes the names of two scenarios, and the figures of
one run take what :func:`sim.follow` returns.  Without ``ax`` it makes a figure of its own
(``name(study).figure.savefig(...)``) with a footer that says where the numbers come from; with ``ax`` it
draws into yours and leaves the footer to you (`stamp`).  Several scenarios are compared on the same axes.

No figure touches pyplot or leaves a changed rcParam behind, so they work in threads and without a display.
"""

from __future__ import annotations

from sim.plots.draw import FIGURES, PAIRED, draw_study, figures_of
from sim.plots.drivers import drivers
from sim.plots.frame import stamp
from sim.plots.paired import paired_differences
from sim.plots.persistency import persistency
from sim.plots.profit_by_year import profit_by_year
from sim.plots.profit_distribution import profit_distribution
from sim.plots.promised_realised import promised_realised
from sim.plots.rep_year import rep_year
from sim.plots.results import Results
from sim.plots.style import Look, look, style
from sim.plots.time_use import time_use
from sim.plots.timeline import customer_timeline
from sim.plots.waterfall import waterfall
from sim.plots.whale import whale

__all__ = [
    "FIGURES",
    "PAIRED",
    "Look",
    "Results",
    "customer_timeline",
    "draw_study",
    "drivers",
    "figures_of",
    "look",
    "paired_differences",
    "persistency",
    "profit_by_year",
    "profit_distribution",
    "promised_realised",
    "rep_year",
    "stamp",
    "style",
    "time_use",
    "waterfall",
    "whale",
]
