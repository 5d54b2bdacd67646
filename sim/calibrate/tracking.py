"""Repeat purchases by week (or month) of the calendar: in the log, and as a fitted law expects them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.calibrate.histories import DAYS, Histories
from sim.calibrate.likelihood import Array


def whole_steps(h: Histories) -> int:
    """Weeks (or months) of the log that are over, its last day being one of observation."""
    return int(np.floor(((h.until - h.since).days + 1) / DAYS[h.unit] + 1e-9))


def observed(h: Histories) -> Array:
    """[T] repeat purchases in each whole step of the log."""
    steps = whole_steps(h)
    return np.bincount(np.floor(h.times + 1e-9).astype(int), minlength=steps)[:steps].astype(float)


def expected(h: Histories, curve: Callable[[Array], Array], steps: int) -> Array:
    """[steps] the sum over customers of E[X(t - entry)] - E[X(t - 1 - entry)], for a law's `curve` E[X(t)]."""
    entry, customers = np.unique(h.entry, return_counts=True)
    ages = np.maximum(np.arange(steps + 1)[:, None] - entry[None, :], 0.0)
    return np.asarray(np.diff(curve(ages) @ customers), float)


def track(h: Histories, curve: Callable[[Array], Array]) -> pd.DataFrame:
    """A row per whole step of the log: observed, expected, and both cumulated."""
    seen = observed(h)
    meant = expected(h, curve, seen.size)
    return pd.DataFrame(
        {"step": np.arange(1, seen.size + 1), "observed": seen, "expected": meant,
         "cumulated_observed": seen.cumsum(), "cumulated_expected": meant.cumsum()}
    )  # fmt: skip
