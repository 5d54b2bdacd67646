"""Two threads against one."""

from __future__ import annotations

import os
import statistics

import sim
from benchmarks.clock import Timing, timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, world

GROUP = "Two threads against one"


def measure(effort: Effort) -> list[Row]:
    """Wall time with one worker over wall time with two, in pairs of alternating order."""
    scenario = world(60, effort.months)

    def study(workers: int) -> Timing:
        return timed(lambda: sim.run(scenario, runs=effort.thread_runs, seed=SEED, workers=workers), 1)

    study(2)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    ratios, extra, busy = [], [], []
    for pair in range(effort.pairs):
        taken = {workers: study(workers) for workers in ((1, 2) if pair % 2 == 0 else (2, 1))}
        ratios.append(taken[1].wall[0] / taken[2].wall[0])
        extra.append(taken[2].least / taken[1].least)
        busy.append(taken[2].least / taken[2].wall[0])
    note = f"{effort.pairs} pairs of {effort.thread_runs} runs, {min(ratios):.2f} to {max(ratios):.2f}; load before {load:.2f}"
    return [
        Row(GROUP, "wall time, one / two", statistics.median(ratios), "x", "wall", None, note),
        Row(GROUP, "CPU time, two / one", statistics.median(extra), "x", "CPU", None, "1 where threads cost nothing"),
        Row(
            GROUP,
            "cores in use with two",
            statistics.median(busy),
            "cores",
            "wall",
            None,
            "CPU over wall time; others' work lowers it",
        ),
    ]
