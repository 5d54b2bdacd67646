"""Peak memory of studies on disk: does it grow with the number of runs?"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.alone import alone
from benchmarks.effort import Effort
from benchmarks.rows import Row

GROUP = "Memory of a study on disk"


def measure(effort: Effort) -> list[Row]:
    """Peaks of studies of several lengths, each in a process of its own, and what each length adds to the one before."""
    peaks = {runs: alone("study", runs=runs, months=effort.months)["peak"] for runs in effort.study_runs}
    note = f"the whole process, one worker, {effort.months} months"
    rows = [Row(GROUP, f"peak, {runs:,} runs", peak, "MiB", "memory", None, note) for runs, peak in peaks.items()]
    for few, many in pairwise(effort.study_runs):
        rows.append(Row(GROUP, f"growth from {few:,} runs to {many:,}", peaks[many] - peaks[few], "MiB", "memory"))
    return rows
