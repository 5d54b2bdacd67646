"""Peak memory of studies on disk: does it grow with the number of runs?"""

from __future__ import annotations

from benchmarks.alone import alone
from benchmarks.effort import Effort
from benchmarks.rows import Row

GROUP = "Memory of a study on disk"


def measure(effort: Effort) -> list[Row]:
    """Peaks of a short study and a long one, each in a process of its own."""
    few, many = effort.study_runs
    peaks = {runs: alone("study", runs=runs, months=effort.months)["peak"] for runs in (few, many)}
    rows = [Row(GROUP, f"peak, {runs:,} runs", peak, "MiB", "memory", None, "the whole process") for runs, peak in peaks.items()]
    growth = peaks[many] - peaks[few]
    return [*rows, Row(GROUP, f"growth from {few:,} runs to {many:,}", growth, "MiB", "memory", None, f"months: {effort.months}")]
