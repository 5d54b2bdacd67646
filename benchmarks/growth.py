"""How the time grows with customers, months and runs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.clock import slope, timed
from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import SEED, customer_months, world
from sim import Scenario, engine

GROUP = "Growth of the time"


def cost(scenario: Scenario, runs: int, repeats: int) -> tuple[float, float]:
    """Customer-months in so many runs, and the least CPU seconds they take."""
    numbers = range(1, runs + 1)
    lived = customer_months(engine.simulate(scenario, SEED, numbers).months)
    return lived, timed(lambda: engine.simulate(scenario, SEED, numbers), repeats).least


def growth(what: str, sizes: Sequence[float], costs: Sequence[tuple[float, float]]) -> list[Row]:
    """The slope of log time on log size, and the same of the customer-months that the time is spent on."""
    lived, seconds = [one[0] for one in costs], [one[1] for one in costs]
    power = slope(sizes, seconds)
    work = slope(sizes, lived)
    note = f"{', '.join(f'{size:,.0f}' for size in sizes)}: slope {power:.3f}; customer-months grow with slope {work:.3f}"
    return [Row(GROUP, f"time when {what} double", 2.0**power, "x", "CPU", None, note)]


def measure(effort: Effort) -> list[Row]:
    """Log-log slopes over books of several sizes, three lengths of run and three numbers of runs."""
    runs, repeats, months = effort.growth_runs, effort.repeats, effort.months
    books = [cost(world(at_start, months), runs, repeats) for at_start in effort.books]
    lengths = [months // 2, months, 2 * months]
    long = [cost(world(60, length), runs, repeats) for length in lengths]
    numbers = [runs, 2 * runs, 4 * runs]
    many = [cost(world(60, months), number, repeats) for number in numbers]
    present = [lived / (runs * months) for lived, _ in books]
    return [*growth("customers (mean present)", present, books), *growth("months", lengths, long), *growth("runs", numbers, many)]
