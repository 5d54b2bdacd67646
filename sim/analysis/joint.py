"""Several comparisons at once: adjusted p-values, and intervals that hold together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.analysis.outcomes import Array
from sim.analysis.paired import student

DRAWS = 20_000  # of the joint distribution: a level of 95% is met to within 0.3% (two standard errors)
KEY = 20_261_124  # of those draws; no run of a model uses them


def holm(p: Array) -> Array:
    """P-values adjusted so that the chance of one false rejection or more is at most their level (Holm 1979).

    The k-th smallest of m is multiplied by m - k + 1, and none may be smaller than one before it.  NaN stay NaN and
    do not count.  Holds whatever the dependence between the comparisons.
    """
    adjusted = np.full(p.shape, np.nan)
    order = [int(i) for i in np.argsort(p) if not np.isnan(p[i])]
    worst = 0.0
    for k, i in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - k) * float(p[i])))
        adjusted[i] = worst
    return adjusted


def critical(d: Array, level: float) -> float:
    """Half-width, in standard errors, of intervals that hold together with probability `level`.

    The quantile of the largest abs(t_j), where t is multivariate t with n - 1 degrees of freedom and the correlation of
    the differences (Hothorn, Bretz & Westfall 2008).  With one comparison it is Student's quantile; never above what
    Bonferroni asks.

    Parameters
    ----------
    d : array [runs, comparisons]
        The paired differences; a column without spread needs no interval and is left out.  Where one is undefined (NaN)
        it is put at the column's mean, which makes the correlation smaller and the intervals, if anything, wider.
    level : float
        Such as 0.95.
    """
    known = np.isfinite(d)
    n = int(known.sum(axis=0).min(initial=d.shape[0]))
    if n < 2:
        return np.nan
    d = np.where(known, d, np.nanmean(d, axis=0))
    d = d[:, d.std(axis=0) > 0]
    m = d.shape[1]
    if m <= 1:
        return student(level, n)
    largest = np.abs(sampling(np.atleast_2d(np.corrcoef(d, rowvar=False)), n - 1)).max(axis=1)
    return float(np.clip(np.quantile(largest, level), student(level, n), student(1 - (1 - level) / m, n)))


def sampling(covariance: Array, degrees: int) -> Array:
    """Draws [DRAWS, k] of a multivariate t around zero with that scale matrix, the same ones every time."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    normal, chi2 = _standard(covariance.shape[0], degrees)
    drawn: Array = (normal @ root.T) / np.sqrt(chi2 / degrees)[:, None]
    return drawn


@lru_cache(maxsize=4)
def _standard(k: int, degrees: int) -> tuple[Array, Array]:
    rng = np.random.Generator(np.random.Philox(KEY))
    return rng.standard_normal((DRAWS, k)), rng.chisquare(degrees, DRAWS)
