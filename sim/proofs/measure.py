"""From simulated tables to findings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sim import engine, library
from sim.proofs.entry import Effort, Finding
from sim.scenario.load import load
from sim.scenario.model import Scenario

TELLING = 40  # values whose skewness tells the distribution's
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


def skewness(values: np.ndarray) -> float:
    """Third moment about the mean over the cube of the standard deviation; 0 where all are alike, or too few to tell.

    Put straight by the skewness of 20 normal values, a score of 4.5 would be 8 times as frequent as it should, of 40 twice.
    """
    if values.size < TELLING:
        return 0.0
    away = values - values.mean()
    spread = float(np.sqrt((away**2).mean()))
    return float(((away / spread) ** 3).mean()) if spread else 0.0


def mean(quantity: str, expected: float | tuple[float, float], values: Any, note: str = "", tolerance: float = 0.0) -> Finding:
    """The mean of independent values, with the standard error sd / sqrt(n) they show."""
    values = np.asarray(values, float)
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    return Finding(quantity, expected, float(values.mean()), error, values.size, note, tolerance, skew=skewness(values))


def share(quantity: str, expected: float, count: float, n: int, note: str = "", tolerance: float = 0.0) -> Finding:
    """A share of n independent trials, with the standard error sqrt(p (1 - p) / n) that the expected share p implies."""
    error = math.sqrt(expected * (1 - expected) / n)
    return Finding(quantity, expected, float(count) / n, error, 0, note, tolerance)


def ratio(quantity: str, expected: float, above: Any, below: Any, note: str = "", tolerance: float = 0.0) -> Finding:
    """The ratio of the means of paired independent values, with the standard error of the delta method (Cochran 1977)."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    found = float(above.mean() / below.mean())
    rest = above - found * below
    error = float(rest.std(ddof=1)) / math.sqrt(above.size) / abs(float(below.mean()))
    return Finding(quantity, expected, found, error, above.size, note, tolerance, skew=skewness(rest))


def chi_square(quantity: str, seen: np.ndarray, expected: np.ndarray) -> Finding:
    """Pearson's X² as a normal score: the z that a standard normal exceeds with the probability that chi-square exceeds X².

    Large where the counts differ from the expected, far below zero where they agree better than chance allows.
    """
    statistic = float(((seen - expected) ** 2 / expected).sum())
    cells = seen.size
    score = (
        float(stats.norm.isf(stats.chi2.sf(statistic, cells - 1)))
        if statistic > cells
        else -float(stats.norm.isf(stats.chi2.cdf(statistic, cells - 1)))
    )
    note = f"X² = {statistic:.4g} in {cells} cells, as a normal score"
    return Finding(f"{quantity}: χ²", 0.0, min(score, 37.0), 1.0, 0, note)


def counts_against(quantity: str, counts: np.ndarray, mass: np.ndarray, least: float = 20.0) -> Finding:
    """χ² of independent counts 0, 1, 2 … against their probabilities; the tail is one cell of at least `least` expected."""
    mass = counts.size * mass
    tail = counts.size - mass.cumsum()
    top = int(np.flatnonzero(np.append(counts.size, tail) >= least)[-1])
    seen = np.bincount(counts.clip(max=top), minlength=top + 1)
    return chi_square(quantity, seen, np.append(mass[:top], counts.size - mass[:top].sum()))


def own_seed(effort: Effort, case: int) -> int:
    """A seed for the case-th setting of an entry, so that its error is independent of the other settings'."""
    return effort.seed + 1000 * (case + 1)


def setting(file: str) -> Scenario:
    """The scenario of a file of the library, named as in a checkout: ``scenarios/validation/renewals.toml``."""
    return load(library.folder().parent / file)
