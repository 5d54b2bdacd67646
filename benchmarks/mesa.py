"""The compiled ensemble against the Mesa model, on the same run of the same scenario."""

from __future__ import annotations

import pandas as pd

from benchmarks.clock import Timing, timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import Scenario, engine
from sim.book import BookModel

GROUP = "Against the Mesa model"
RUNS = range(1, 11)  # of the compiled engine, which is too fast to time one


def run_mesa(scenario: Scenario, repeats: int) -> tuple[Timing, int]:
    """Times of run 1, each in a model newly built, and the customer-months in it."""
    timings, lived = [], 0
    for _ in range(repeats):
        model = BookModel(scenario, rng=SEED, run=1)
        timings.append(timed(model.run_all, 1))
        lived = customer_months(pd.DataFrame(model.output.months))
    return Timing([one.cpu[0] for one in timings], [one.wall[0] for one in timings]), lived


def measure(effort: Effort) -> list[Row]:
    """Time per customer-month of both; compilation and the building of the Mesa model are not counted.

    Mesa makes run 1, the ensemble runs 1 to 10 and their tables.
    """
    scenario = world(60, effort.mesa_months)
    BookModel(world(60, min(24, effort.mesa_months)), rng=SEED).run_all()  # compiles the rules one by one
    engine.simulate(scenario, SEED, range(1, 2))
    mesa, lived_mesa = run_mesa(scenario, min(3, effort.repeats))
    compiled = timed(lambda: engine.simulate(scenario, SEED, RUNS), max(3, effort.repeats))
    lived = customer_months(engine.simulate(scenario, SEED, RUNS).months)
    slow, fast = mesa.median / lived_mesa * 1e9, compiled.median / lived * 1e9
    note = f"10 reps, {effort.mesa_months} months, {lived_mesa:,} customer-months"
    same = f"{len(RUNS)} such runs and their tables"
    return [
        Row(GROUP, "Mesa model", slow, "ns", "CPU", mesa.least / lived_mesa * 1e9, note),
        Row(GROUP, "compiled ensemble", fast, "ns", "CPU", compiled.least / lived * 1e9, same),
        Row(GROUP, "Mesa / compiled", slow / fast, "x", "CPU", None, "ratio of the medians"),
    ]
