"""The ensemble against a loop that makes the same random draws and does nothing else."""

from __future__ import annotations

import numba
import numpy as np

from benchmarks.clock import timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import draws, engine

GROUP = "Against the draws alone"
BLOCK, ROW = draws.BLOCK, draws.ROW


@numba.njit(nogil=True)
def draw(seed: int, lived: np.ndarray, seats: int) -> float:
    """Five Philox uniforms for each customer-month, as the engine draws them: month by month, seat by seat, in blocks.

    `lived` [runs, months] says how many customers lived each month; they are spread evenly over the seats.  Whose they
    are costs no time, so every block has the same keys.
    """
    keys, u, seen = np.arange(2 * ROW, dtype=np.uint32), np.zeros(5 * ROW), 0.0
    for run in range(lived.shape[0]):
        for month in range(lived.shape[1]):
            for seat in range(seats):
                left = (lived[run, month] + seat) // seats
                while left > 0:
                    draws.fill_month(seed, run + 1, month + 1, min(left, BLOCK), keys, u)
                    seen += u[0]
                    left -= BLOCK
    return seen


def measure(effort: Effort) -> list[Row]:
    """Time per customer-month of both, and their ratio, for each size of book."""
    rows = []
    for at_start in effort.books:
        scenario = world(at_start, effort.months)
        pilot = customer_months(engine.simulate(scenario, SEED, range(1, 2)).months)
        runs = range(1, 2 + effort.customer_months // pilot)
        months = engine.simulate(scenario, SEED, runs).months
        counts = (months["customers"] + months["lapses"]).to_numpy().reshape(len(runs), effort.months)
        lived = customer_months(months)
        draw(SEED, counts[:1], scenario.reps.count)  # compiles
        drawn = timed(lambda: draw(SEED, counts, scenario.reps.count), effort.repeats)  # noqa: B023
        whole = timed(lambda: engine.simulate(scenario, SEED, runs), effort.repeats)  # noqa: B023
        what = f"{at_start:,} customers a rep at the start"
        note = f"five uniforms per customer-month, {lived:,} of them"
        rows.append(Row(GROUP, f"draws, {what}", drawn.median / lived * 1e9, "ns", "CPU", drawn.least / lived * 1e9, note))
        rows.append(Row(GROUP, f"model / draws, {what}", whole.median / drawn.median, "x", "CPU", None, "ratio of the medians"))
    return rows
