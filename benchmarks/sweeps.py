"""What a sweep costs beside its simulation, and how long a stored one takes to be opened and summarised."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

import sim
from benchmarks.clock import timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import FILE, SEED
from sim.engine import new_stop
from sim.engine.kernel import simulate_runs, workspace
from sim.engine.results import new_output
from sim.scenario.record import build
from sim.state import SERVICE
from sim.sweeps import Design, Factor

GROUP = "Sweeps"
RUNS = 20
STORED_RUNS = 100
POINTS = 10_000  # of the sweep the overhead is told for
OUTCOMES = [f"outcome_{number}" for number in range(1, 41)]


def measure(effort: Effort) -> list[Row]:
    """Overhead over the bare kernel, and a million stored rows."""
    return [*_overhead(effort), *_stored(effort)]


def design(points: int, months: int) -> Design:
    """A Latin hypercube over the signature bonus."""
    factors = [
        Factor("success", "market.success", low=0.1, high=0.3),
        Factor("rate", "scheme.components[signing commission].rate", low=0.2, high=0.5),
        Factor("tie", "customers.lapse.tie", low=0.0, high=2.0),
    ]
    return Design(sim.load(FILE).with_(months=months), factors, points=points, runs=RUNS, seed=SEED)


def _overhead(effort: Effort) -> list[Row]:
    """CPU time of all that is not the kernel, which sleeps as long as it would have worked."""
    few, many = effort.sweep_points
    chosen = design(few, effort.months)
    numbers = np.arange(1, RUNS + 1)
    ready = [build(chosen.scenario(point)) for point in range(len(chosen))]

    def kernel() -> None:
        for one in ready:
            simulate_runs(one, SEED, numbers, False, new_output(effort.months, RUNS), *workspace(one, new_stop()))

    bare = timed(kernel, effort.repeats).median / few

    def sleep(setup: Any, seed: int, runs: np.ndarray, *_: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        time.sleep(bare * runs.size / RUNS)
        return np.empty(0), np.zeros(runs.size, np.int64), np.zeros(0, SERVICE)

    with patch("sim.engine.kernel.simulate_runs", sleep):
        sim.sweep(design(2, effort.months), workers=1)
        cost = [timed(lambda n=n: sim.sweep(design(n, effort.months), workers=1), 1).median for n in (few, many)]
    each = (cost[1] - cost[0]) / (many - few)
    whole = each + max(0.0, cost[0] - few * each) / POINTS
    note = f"the kernel sleeping; from {few} and {many} points of {RUNS} runs and {effort.months} months"
    return [
        Row(GROUP, "bare kernel, a point", 1e3 * bare, "ms", "CPU", None, f"{RUNS} runs of the signature bonus"),
        Row(GROUP, "all else, a point", 1e3 * each, "ms", "CPU", None, note),
        Row(GROUP, f"all else / kernel, {POINTS:,} points", 100 * whole / bare, "%", "CPU", None, "extrapolated"),
    ]


def model(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """Forty outcomes that depend on point and run and are spread over the unit interval."""
    values = np.modf(np.outer(runs, np.sqrt(np.arange(2.0, 2.0 + len(OUTCOMES)))) + point["x"])[0]
    return pd.DataFrame(values, columns=OUTCOMES).assign(run=list(runs))


def _stored(effort: Effort) -> list[Row]:
    """Opening a sweep of many rows, and summarising it."""
    points = effort.stored_points
    chosen = Design(factors=[Factor("x", low=0.0, high=1.0)], points=points, runs=STORED_RUNS)
    with tempfile.TemporaryDirectory() as folder:
        sim.sweep(chosen, Path(folder) / "s", model=model)
        rows = f"{points * STORED_RUNS:,} rows"
        five = timed(lambda: sim.open(Path(folder) / "s").summary(OUTCOMES[:5]), effort.repeats)
        all_of_them = timed(lambda: sim.open(Path(folder) / "s").summary(), effort.repeats)
    note = f"mean, standard error and three quantiles of each of {points:,} points"
    return [
        Row(GROUP, f"open and summarise {rows}, 5 outcomes", five.median, "s", "CPU", five.least, note),
        Row(GROUP, f"open and summarise {rows}, all 40 outcomes", all_of_them.median, "s", "CPU", all_of_them.least, note),
    ]
