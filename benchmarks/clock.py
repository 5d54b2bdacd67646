"""Repeated timing with two clocks."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds of each repeat: ``cpu`` of this process, all threads; ``wall`` as they passed."""

    cpu: list[float]
    wall: list[float]

    @property
    def median(self) -> float:
        """Median CPU seconds."""
        return statistics.median(self.cpu)

    @property
    def least(self) -> float:
        """Least CPU seconds: what the work costs when nothing else disturbs caches and clock rate."""
        return min(self.cpu)


def timed(work: Callable[[], object], repeats: int) -> Timing:
    """Time `work`; whatever has to be compiled or read was compiled and read before."""
    cpu, wall = [], []
    for _ in range(repeats):
        before, passed = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - passed)
    return Timing(cpu, wall)


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Least-squares slope of log(cost) on log(size): 1 is proportional, 2 is quadratic."""
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope
