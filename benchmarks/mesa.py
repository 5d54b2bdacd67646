"""The compiled ensemble against the Mesa model, on the same run of the same scenario."""

from __future__ import annotations

from benchmarks.alone import alone
from benchmarks.clock import timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import engine

GROUP = "Against the Mesa model"
RUNS = range(1, 11)  # of the compiled engine, which is too fast to time one


def measure(effort: Effort) -> list[Row]:
    """Time per customer-month of both; compilation and the building of the Mesa model are not counted.

    Mesa makes run 1, in a process of its own; the ensemble makes runs 1 to 10 and their tables.
    """
    mesa = alone("mesa", months=effort.mesa_months, repeats=effort.repeats)
    scenario = world(60, effort.mesa_months)
    lived = customer_months(engine.simulate(scenario, SEED, RUNS).months)
    compiled = timed(lambda: engine.simulate(scenario, SEED, RUNS), effort.repeats)
    slow, fast = mesa["median"] / mesa["customer_months"] * 1e9, compiled.median / lived * 1e9
    least = mesa["least"] / mesa["customer_months"] * 1e9
    note = f"10 reps, {effort.mesa_months} months, {mesa['customer_months']:,} customer-months"
    same = f"{len(RUNS)} such runs and their tables"
    return [
        Row(GROUP, "Mesa model", slow, "ns", "CPU", least, note),
        Row(GROUP, "compiled ensemble", fast, "ns", "CPU", compiled.least / lived * 1e9, same),
        Row(GROUP, "Mesa / compiled", slow / fast, "x", "CPU", None, "ratio of the medians"),
    ]
