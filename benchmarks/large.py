"""A million customers for ten years, one run on one core."""

from __future__ import annotations

from benchmarks.alone import alone
from benchmarks.effort import Effort
from benchmarks.rows import Row

GROUP = "A million customers, ten years"
AT_START = 100_000  # of each of ten reps


def measure(effort: Effort, at_start: int = AT_START) -> list[Row]:
    """Time and peak memory of one run, in a process of its own."""
    took = alone("book", at_start=at_start, months=effort.months)
    lived = took["customer_months"]
    note = f"10 reps with {at_start:,} customers each at the start, {effort.months} months, {lived:,.0f} customer-months"
    return [
        Row(GROUP, "wall time", took["wall"], "s", "wall", None, note),
        Row(GROUP, "CPU time", took["cpu"], "s", "CPU"),
        Row(GROUP, "per customer-month", took["cpu"] / lived * 1e9, "ns", "CPU"),
        Row(GROUP, "peak memory", took["peak"], "MiB", "memory", None, f"{took['before']:,.0f} MiB before it"),
    ]
