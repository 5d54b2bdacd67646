"""Several comparisons at once: intervals that hold together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from sim.analysis.outcomes import Array
from sim.analysis.paired import NONE, Extra, drawn, freedom, quantile
from sim.analysis.skew import runs_for

DRAWS = 20_000  # of the joint distribution: a level of 95% is met to within 0.3% (two standard errors)
KEY = 20_261_124  # of those draws; no run of a model uses them


def critical(d: Array, level: float, extras: Sequence[Extra] = ()) -> float:
    """Half-width, in standard errors, of intervals that hold together with probability `level`.

    The quantile of the largest abs(t_j), where t is multivariate t with n - 1 degrees of freedom and the correlation of
    the differences (Hothorn, Bretz & Westfall 2008).  With one comparison it is Student's quantile; never above what
    Bonferroni asks.  Where a column asks for more runs than there are (:mod:`sim.analysis.skew`) t is drawn from the runs
    themselves, whole runs with replacement (Westfall & Young 1993).

    Parameters
    ----------
    d : array [runs, comparisons]
        The paired differences; a column without spread needs no interval and is left out.  Where one is undefined (NaN)
        it is put at the column's mean, which makes the correlation smaller and the intervals, if anything, wider.
    level : float
        Such as 0.95.
    extras : sequence of Extra
        By column, an error besides; taken to be independent between columns, which makes the intervals, if anything, wider.
    """
    known = np.isfinite(d)
    n = int(known.sum(axis=0).min(initial=d.shape[0]))
    if n < 2:
        return np.nan
    d = np.where(known, d, np.nanmean(d, axis=0))
    varies = d.std(axis=0) > 0
    shared = [extra for extra, moves in zip(extras or [NONE] * d.shape[1], varies, strict=True) if moves]
    d = d[:, varies]
    m = d.shape[1]
    own = d.var(axis=0, ddof=1) / n
    total = np.sqrt(own + [extra.variance for extra in shared])
    degrees = min((freedom(float(v), n, extra) for v, extra in zip(own, shared, strict=True)), default=n - 1)
    if n < runs_for(d).max(initial=0.0):
        largest = np.abs(drawn(d, np.sqrt(own), shared) / total).max(axis=1)
        return max(quantile(level, degrees), float(np.quantile(largest, level, method="inverted_cdf")))
    if m <= 1:
        return quantile(level, degrees)
    correlation = np.atleast_2d(np.cov(d, rowvar=False)) / n / np.outer(total, total)
    np.fill_diagonal(correlation, 1.0)
    largest = np.abs(sampling(correlation, degrees)).max(axis=1)
    return float(np.clip(np.quantile(largest, level), quantile(level, degrees), quantile(1 - (1 - level) / m, degrees)))


def sampling(covariance: Array, degrees: float) -> Array:
    """Draws [DRAWS, k] of a multivariate t around zero with that scale matrix, the same ones every time."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    normal, chi2 = _standard(covariance.shape[0], degrees)
    drawn: Array = (normal @ root.T) / np.sqrt(chi2 / degrees)[:, None]
    return drawn


@lru_cache(maxsize=4)
def _standard(k: int, degrees: float) -> tuple[Array, Array]:
    rng = np.random.Generator(np.random.Philox(KEY))
    return rng.standard_normal((DRAWS, k)), rng.chisquare(degrees, DRAWS)
