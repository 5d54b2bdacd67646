"""From simulated tables to findings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sim import engine
from sim.scenario.model import Scenario
from sim.validate.entry import Effort, Finding

SURE = 1e6  # precision at which a beta distribution is a point


def months(scenario: Scenario, seed: int, runs: int) -> pd.DataFrame:
    """The months table of runs 1 … `runs`."""
    return engine.simulate(scenario, seed, range(1, runs + 1)).months


def runs_table(scenario: Scenario, seed: int, runs: int) -> pd.DataFrame:
    """The runs table of runs 1 … `runs`."""
    return engine.simulate(scenario, seed, range(1, runs + 1)).runs


def customers(scenario: Scenario, seed: int, runs: int) -> pd.DataFrame:
    """Every customer's account in runs 1 … `runs`."""
    found = engine.simulate(scenario, seed, range(1, runs + 1), customers=True).customers
    assert found is not None
    return found


def by_run(table: pd.DataFrame, column: str) -> np.ndarray:
    """A column of the months table as an array [runs, months]."""
    return table.pivot(index="run", columns="month", values=column).to_numpy()


def certain(probability: float) -> dict[str, float]:
    """The part of ``customers.lapse`` with which everybody lapses at each renewal with the same probability."""
    return {"alpha": probability * SURE, "beta": (1 - probability) * SURE}


def mean(quantity: str, expected: float | tuple[float, float], values: Any, note: str = "", tolerance: float = 0.0) -> Finding:
    """The mean of independent values, with the standard error sd / sqrt(n) they show."""
    values = np.asarray(values, float)
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    return Finding(quantity, expected, float(values.mean()), error, values.size, note, tolerance)


def share(quantity: str, expected: float, count: float, n: int, note: str = "", tolerance: float = 0.0) -> Finding:
    """A share of n independent trials, with the standard error sqrt(p (1 - p) / n) that the expected share p implies."""
    error = math.sqrt(expected * (1 - expected) / n)
    return Finding(quantity, expected, float(count) / n, error, 0, note, tolerance)


def own_seed(effort: Effort, case: int) -> int:
    """A seed of the case's own, so that the errors of two findings are independent."""
    return effort.seed + 1000 * (case + 1)
