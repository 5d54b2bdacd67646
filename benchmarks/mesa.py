"""The compiled ensemble against the Mesa model, as it is and with steps overridden, on the same run of the same scenario."""

from __future__ import annotations

from benchmarks.alone import alone
from benchmarks.clock import timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import engine

GROUP = "Against the Mesa model"
RUNS = range(1, 11)  # of the compiled engine, which is too fast to time one
MODELS = "Mesa model", "a rep's own plan", "every step overridden"  # of benchmarks.own


def measure(effort: Effort) -> list[Row]:
    """Time per customer-month of both; compilation and the building of the Mesa model are not counted.

    Mesa makes run 1, in a process of its own; the ensemble makes runs 1 to 10 and their tables.
    """
    scenario = world(60, effort.mesa_months)
    lived = customer_months(engine.simulate(scenario, SEED, RUNS).months)
    compiled = timed(lambda: engine.simulate(scenario, SEED, RUNS), effort.repeats)
    fast = compiled.median / lived * 1e9
    same = f"{len(RUNS)} such runs and their tables"
    rows = [Row(GROUP, "compiled ensemble", fast, "ns", "CPU", compiled.least / lived * 1e9, same)]
    mesa = alone("mesa", months=effort.mesa_months, repeats=effort.repeats)
    for name in MODELS:
        slow, least = (mesa[f"{name} {time}"] / mesa[f"{name} customer-months"] * 1e9 for time in ("median", "least"))
        note = f"10 reps, {effort.mesa_months} months, {mesa[f'{name} customer-months']:,} customer-months"
        rows += [
            Row(GROUP, name, slow, "ns", "CPU", least, note),
            Row(GROUP, f"{name} / compiled", slow / fast, "x", "CPU", None, "ratio of the medians"),
        ]
    return rows
