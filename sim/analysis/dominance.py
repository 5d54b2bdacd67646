"""Stochastic dominance between two schemes' distributions of an outcome, tested on paired runs.

With D1(z) = F(z) and D2(z) = the integral of F up to z = E max(z - value, 0), scheme A dominates scheme B at order s
when Ds_A(z) <= Ds_B(z) for every z: at first order everyone who likes more of the outcome prefers A, at second order
everyone who is also risk-averse does (Hadar & Russell 1969).  First order implies second.  Where less of the outcome
is better, the tests are of its negative.

Two questions are asked of the pairs, since failing to refute is not establishing:

is dominance refuted?
    Null: A dominates B.  Statistic sqrt(n) · sup_z (Ds_A - Ds_B)(z); its distribution at the least favourable case,
    equal distributions, is that of the largest value of a Gaussian process, drawn with the covariance that the pairs
    show (Barrett & Donald 2003, simulation method; with pairs as in Linton, Maasoumi & Whang 2005).
is it established?
    Null: A does *not* dominate B between the 5% and 95% quantiles of both.  Rejected when t(z), the paired t-statistic
    of Ds_B - Ds_A, is beyond the normal quantile at *every* z there: the smallest is the statistic (Kaur, Prakasa Rao &
    Singh 1994; Davidson & Duclos 2013, who show why the tails have to be left out).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sim.analysis.outcomes import Array
from sim.analysis.paired import ROUNDING

POINTS = 50  # z at which distributions are compared
CENTRAL = (0.05, 0.95)  # quantiles between which dominance can be established
DRAWS = 2000  # of the process under the null
KEY = 20_031_010

ESTABLISHED = "other dominates", "base dominates"
CROSSING, OPEN, SAME = "neither dominates", "not established", "the same in every run"


def dominance(base: Array, other: Array, better: int, level: float = 0.95) -> pd.DataFrame:
    """Test first- and second-order dominance between two paired samples.

    Parameters
    ----------
    base, other : array [n]
        The outcome run by run; pairs with an undefined value are left out.
    better : {1, -1}
        Whether more or less of the outcome is better.
    level : float
        Verdicts are at significance 1 - level.

    Returns
    -------
    DataFrame
        Rows for order 1 and 2; ``verdict``: *other dominates* or *base dominates* where that is established, between the
        central quantiles, and not refuted anywhere, *neither dominates* where both are refuted, else *not established*;
        ``n``.  No p-values: with enough runs any difference is significant.
    """
    both = np.isfinite(base) & np.isfinite(other)
    x, y = better * base[both], better * other[both]
    scale = max(float(np.abs(np.concatenate([x, y])).max(initial=0.0)), np.finfo(float).tiny)
    if x.size < 2 or np.abs(y - x).max() <= ROUNDING * scale:
        verdict = OPEN if x.size < 2 else SAME
        return pd.DataFrame([{"order": order, "verdict": verdict, "n": x.size} for order in (1, 2)], columns=_COLUMNS)
    rows = []
    for order in (1, 2):
        refuted_other, refuted_base = refuted(x, y, order)
        found = {
            "refuted_other": refuted_other,
            "refuted_base": refuted_base,
            "established_other": established(x, y, order),
            "established_base": established(y, x, order),
        }
        rows.append({"order": order, "verdict": _verdict(found, 1 - level), "n": x.size})
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = ["order", "verdict", "n"]


def refuted(x: Array, y: Array, order: int) -> tuple[float, float]:
    """P-values against the nulls that y dominates x, and that x dominates y, at every z (more is better)."""
    z = _points(x, y)
    gap = _integrals(y, z, order) - _integrals(x, z, order)  # [n, points]
    found = np.sqrt(gap.shape[0]) * gap.mean(axis=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(gap, rowvar=False)))
    process = _normal(z.size) @ (vectors * np.sqrt(np.clip(values, 0.0, None))).T
    y_over_x = np.mean(np.maximum(process.max(axis=1), 0.0) >= found.max())
    x_over_y = np.mean(np.maximum(-process.min(axis=1), 0.0) >= -found.min())
    return float(y_over_x), float(x_over_y)


@lru_cache(maxsize=4)
def _normal(points: int) -> Array:
    return np.random.Generator(np.random.Philox(KEY)).standard_normal((DRAWS, points))


def established(x: Array, y: Array, order: int) -> float:
    """P-value against the null that y does not dominate x (more is better) between the central quantiles."""
    z = _points(x, y)
    low, high = np.quantile(np.concatenate([x, y]), CENTRAL)
    z = z[(z >= low) & (z <= high)]
    gap = _integrals(x, z, order) - _integrals(y, z, order)
    mean, error = gap.mean(axis=0), gap.std(axis=0, ddof=1) / np.sqrt(gap.shape[0])
    t = np.divide(mean, error, out=np.where(mean > 0, np.inf, -np.inf), where=error > 0)
    return float(ndtr(-t.min()))


def _points(x: Array, y: Array) -> Array:
    """Quantiles of both samples together, where their distributions can differ."""
    return np.unique(np.quantile(np.concatenate([x, y]), np.linspace(0, 1, POINTS + 1), method="inverted_cdf"))


def _integrals(values: Array, z: Array, order: int) -> Array:
    """What D_s(z) is the mean of, [n, points]: whether a value is at most z; how far it falls short of z."""
    return (values[:, None] <= z).astype(float) if order == 1 else np.maximum(z - values[:, None], 0.0)


def _verdict(p: dict[str, float], alpha: float) -> str:
    for who, verdict in zip(("other", "base"), ESTABLISHED, strict=True):
        if p[f"established_{who}"] < alpha <= p[f"refuted_{who}"]:
            return verdict
    return CROSSING if p["refuted_other"] < alpha and p["refuted_base"] < alpha else OPEN
