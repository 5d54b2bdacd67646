"""Goodness of fit: observed beside expected, with Pearson's chi-square."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from sim.calibrate.likelihood import Array

SMALLEST = 5.0  # expected in a cell; cells with less are put together with their neighbour
CELLS = 10  # of equal probability, for amounts
MOST = 7  # purchases that have a cell of their own


@dataclass(frozen=True)
class Check:
    """A comparison of what was observed with what the fitted model expects.

    Attributes
    ----------
    title : what is compared.
    table : observed and expected by cell, the cells put together as the statistic takes them.
    chi_square, freedom : Pearson's statistic and its degrees of freedom; where none are left there is no test: NaN and 0.
    """

    title: str
    table: pd.DataFrame
    chi_square: float
    freedom: int

    def __post_init__(self) -> None:
        """With as many parameters as cells, whatever is observed fits."""
        if self.freedom < 1:
            object.__setattr__(self, "freedom", 0)
            object.__setattr__(self, "chi_square", float("nan"))

    @property
    def p_value(self) -> float:
        """Probability of a statistic as large if the model holds; NaN without degrees of freedom."""
        return float(stats.chi2.sf(self.chi_square, self.freedom)) if self.freedom > 0 else float("nan")

    @property
    def result(self) -> str:
        """The test in words, or that there is none."""
        if self.freedom < 1:
            return "too few observations for a test"
        p = f"{self.p_value:.3f}" if self.p_value >= 0.001 else f"{self.p_value:.1g}"
        return f"chi-square {self.chi_square:.2f}, {self.freedom} d.f., p = {p}"


def compare(title: str, cells: list[str], observed: Array, expected: Array, estimated: int) -> Check:
    """Pearson's chi-square over cells that add up to the sample; `estimated` parameters were fitted to it."""
    names, seen, meant = _pooled(cells, observed, expected)
    statistic, freedom = float(((seen - meant) ** 2 / meant).sum()), len(names) - 1 - estimated
    if freedom < 1:  # no test, for which cells would be put together
        names, seen, meant = cells, observed, expected
    return Check(title, pd.DataFrame({"cell": names, "observed": seen, "expected": meant}), statistic, freedom)


def _pooled(cells: list[str], observed: Array, expected: Array) -> tuple[list[str], Array, Array]:
    """Neighbouring cells put together until each expects enough; the last ones join the one before."""
    groups: list[list[int]] = [[]]
    for k in range(len(cells)):
        if groups[-1] and expected[groups[-1]].sum() >= SMALLEST:
            groups.append([])
        groups[-1].append(k)
    if len(groups) > 1 and expected[groups[-1]].sum() < SMALLEST:
        last = groups.pop()
        groups[-1] += last  # "groups[-2] += groups.pop()" would look up -2 before the pop and store after it
    names = [cells[g[0]] if len(g) == 1 else f"{cells[g[0]]} to {cells[g[-1]]}" for g in groups]
    return names, np.array([observed[g].sum() for g in groups]), np.array([expected[g].sum() for g in groups])


def frequencies(x: Array, probabilities: Array, estimated: int) -> Check:
    """Customers by number of repeat purchases.

    Parameters
    ----------
    x : [n] purchases.
    probabilities : [MOST, n] each customer's P(X = 0 ... MOST - 1) at their own age.
    """
    names = [str(k) for k in range(MOST)] + [f"{MOST} or more"]
    seen = np.bincount(np.minimum(x, MOST).astype(int), minlength=MOST + 1).astype(float)
    meant = np.append(probabilities.sum(axis=1), (1.0 - probabilities.sum(axis=0)).sum())
    return compare("customers by number of repeat purchases", names, seen, meant, estimated)


def uniformity(title: str, ranks: Array, estimated: int) -> Check:
    """Ranks of amounts in their fitted distributions, in cells of equal probability.

    The cells do not move with the estimates, so that the statistic lies between chi-squares with CELLS - 1 - estimated and
    CELLS - 1 degrees of freedom (Chernoff & Lehmann 1954); the smaller number is taken, which rejects sooner.
    """
    cells = max(2 + estimated, min(CELLS, int(ranks.size // SMALLEST)))
    edges = np.linspace(0.0, 1.0, cells + 1)
    seen = np.histogram(ranks, edges)[0].astype(float)
    names = [f"{100 * low:.0f}-{100 * high:.0f}%" for low, high in pairwise(edges)]
    return compare(title, names, seen, np.full(cells, ranks.size / cells), estimated)


def hazards(lost: Array, at_risk: Array, probability: Array, estimated: int) -> Check:
    """Customers lost at each renewal of those in force before it; every renewal is a binomial of its own.

    Chi-square is the sum of (O - n h)^2 / (n h (1 - h)) over renewals that expect enough on both sides.
    """
    meant = at_risk * probability
    enough = np.minimum(meant, at_risk - meant) >= SMALLEST
    terms = (lost - meant)[enough] ** 2 / (meant * (1.0 - probability))[enough]
    cells = [f"renewal {t}" for t in range(1, lost.size + 1)]
    table = pd.DataFrame({"cell": cells, "in force": at_risk, "observed": lost, "expected": meant})
    return Check("customers lost by renewal", table, float(terms.sum()), int(enough.sum()) - estimated)
