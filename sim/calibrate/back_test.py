"""A forecast tried on the log's own last part: how far the law has been wrong before.

The law is fitted to the log up to a cut, and the cohort so far is forecast to the log's end, where it is known what came.  The
interval of a forecast holds chance and estimation; with the ratio of seen to expected, e = log(seen / mean), what is beyond
their spread s is the law's: tau² = max(e² - s², 0).  A later forecast is widened by the factor exp(z tau) either way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from sim.calibrate import bgnbd, tracking
from sim.calibrate.forecast import Forecast, forecast
from sim.calibrate.histories import DAYS, Histories
from sim.errors import InputError

SHARE = 1 / 3  # of the log, its last part


@dataclass(frozen=True)
class BackTest:
    """What was forecast of the log's last part, and what came.

    Attributes
    ----------
    forecast : from the part before it.
    seen : [T] repeat purchases of the same customers in each of its steps.
    level : of the intervals.
    """

    forecast: Forecast
    seen: np.ndarray
    level: float = 0.95

    @property
    def held(self) -> int:
        """Of the cumulated steps, how many lay in the forecast's interval."""
        table = self.forecast.table(self.level).iloc[self.forecast.fitted :]
        cumulated = self.seen.cumsum()
        return int(((table["cumulated_low"] <= cumulated) & (cumulated <= table["cumulated_high"])).sum())

    @property
    def holds(self) -> bool:
        """Whether the total came to lie in its interval."""
        _, low, high = self.forecast.total(self.level)
        return bool(low <= self.seen.sum() <= high)

    @property
    def factor(self) -> float:
        """By which a later interval is widened either way; 1 where chance and estimation account for what came."""
        totals = self.forecast.runs[:, self.forecast.fitted :].sum(axis=1)
        if self.holds or not totals.mean() > 0:
            return 1.0
        error = math.log(max(float(self.seen.sum()), 0.5) / float(totals.mean()))
        law = math.sqrt(max(error**2 - float(totals.std(ddof=1) / totals.mean()) ** 2, 0.0))
        return math.exp(float(special.ndtri(0.5 + self.level / 2)) * law)

    def __str__(self) -> str:
        """In a sentence."""
        mean, low, high = self.forecast.total(self.level)
        first, last, unit = self.forecast.fitted + 1, self.forecast.fitted + self.seen.size, self.forecast.unit
        verdict = (
            "the law holds so far"
            if self.holds
            else f"THE LAW FAILS: chance and estimation do not account for it, and the interval is widened by × {self.factor:.2f}"
        )
        return (
            f"back-test: fitted to {self.forecast.fitted} {unit}s, {unit}s {first} to {last} had {self.seen.sum():,.0f} repeat purchases where "
            f"{mean:,.0f} were forecast ({self.level:.0%} interval {low:,.0f} to {high:,.0f}); {self.held} of {self.seen.size} cumulated "
            f"{unit}s in their intervals: {verdict}"
        )


def before(h: Histories, step: int) -> Histories:
    """The histories as they stood after so many whole steps: customers who had come, and what they had bought."""
    came = h.entry < step
    who = np.repeat(np.arange(h.x.size), h.x.astype(int))
    kept = (h.times < step) & came[who]
    x = np.bincount(who[kept], minlength=h.x.size).astype(float)
    last = h.entry.copy()
    np.maximum.at(last, who[kept], h.times[kept])
    until = h.since + pd.Timedelta(days=math.floor(step * DAYS[h.unit] + 1e-9) - 1)
    age = (until - h.since).days / DAYS[h.unit] - h.entry
    return replace(
        h, x=x[came], recency=(last - h.entry)[came], age=np.maximum(age, 0.0)[came], entry=h.entry[came], first=h.first[came],
        mean=h.mean[came], paid=h.paid[came], times=h.times[kept], until=until,
    )  # fmt: skip


def back_test(
    h: Histories, runs: int = 200, seed: int = 1, share: float = SHARE, progress: Callable[[int, int], None] | None = None
) -> BackTest:
    """Fit BG/NBD to the log without its last part, forecast that part, and compare.

    Raises
    ------
    InputError
        Where too little is left to fit, or to compare with.
    """
    steps = tracking.whole_steps(h)
    cut = steps - max(1, round(share * steps))
    early = before(h, cut) if cut >= 2 else None
    if early is None or not early.x.any() or early.x.size < 2:
        raise InputError(f"back-test: a log of {steps} {h.units} is too short to leave out its last third")
    made = forecast(bgnbd.fit(early), early, steps - cut, runs, seed, progress=progress)
    who = np.repeat(np.arange(h.x.size), h.x.astype(int))
    later = h.times[(h.entry < cut)[who] & (h.times >= cut) & (h.times < steps)]
    seen = np.bincount(np.floor(later - cut + 1e-9).astype(int), minlength=steps - cut)[: steps - cut].astype(float)
    return BackTest(made, seen)
