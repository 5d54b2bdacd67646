"""Nanoseconds per customer-month on one core, for books of several sizes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from benchmarks.clock import timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import engine

GROUP = "One core: time per customer-month"


def parts(customers: Sequence[float], times: Sequence[float]) -> tuple[float, float]:
    """A rep's month takes a + b * customers: (a, b) by least squares of relative errors."""
    b, a = np.polyfit(customers, times, 1, w=1.0 / np.array(times))
    return float(a), float(b)


def measure(effort: Effort) -> list[Row]:
    """CPU and wall time of whole runs, their tables included, over the customer-months in them; and what it is made of."""
    rows, present, taken = [], [], []
    for at_start in effort.books:
        scenario = world(at_start, effort.months)
        pilot = customer_months(engine.simulate(scenario, SEED, range(1, 2)).months)
        runs = range(1, 2 + effort.customer_months // pilot)
        lived = customer_months(engine.simulate(scenario, SEED, runs).months)
        timing = timed(lambda: engine.simulate(scenario, SEED, runs), effort.repeats)  # noqa: B023
        what = f"{at_start:,} customers a rep at the start"
        mean = lived / (len(runs) * effort.months * scenario.reps.count)
        note = f"mean {mean:,.0f} a rep; {lived:,} customer-months, {len(runs)} runs, {effort.repeats} repeats"
        each = timing.median / lived * 1e9
        rows.append(Row(GROUP, what, each, "ns", "CPU", timing.least / lived * 1e9, note))
        wall = statistics.median(timing.wall) / lived * 1e9
        rows.append(Row(GROUP, what, wall, "ns", "wall", min(timing.wall) / lived * 1e9, "the same repeats"))
        present.append(mean)
        taken.append(each * mean)
    rep, customer = parts(present, taken)
    fit = f"line through the books above ({', '.join(f'{mean:,.0f}' for mean in present)} a rep): rep-months and customer-months"
    rows.append(Row(GROUP, "a rep's month, whatever the book", rep, "ns", "CPU", None, fit))
    rows.append(Row(GROUP, "a customer-month more", customer, "ns", "CPU", None, fit))
    return rows
