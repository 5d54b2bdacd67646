"""Which of many schemes is best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.joint import critical, sampling
from sim.analysis.outcomes import Array
from sim.analysis.paired import NONE, Extra

TIE = 1e-9  # of the largest value: closer than that is equal


def ranking(values: Array, names: Sequence[str], better: int, level: float = 0.95, extras: Sequence[Extra] = ()) -> pd.DataFrame:
    """Schemes by the mean of an outcome, best first.

    Parameters
    ----------
    values : array [schemes, runs]
        The outcome; runs of one number share their random numbers.  Runs undefined for a scheme are left out.
    names : sequence of str
        Of the schemes.
    better : {1, -1}
        Whether more or less of the outcome is better.
    level : float
        Of the intervals.
    extras : sequence of Extra
        By scheme: the error that matching its pay adds to its mean, if it was matched.

    Returns
    -------
    DataFrame
        ``scenario``, ``mean``, ``standard_error``;
        ``p_best``: probability that its expected outcome is the best of all, given these runs: the share of draws from
        the multivariate t with the means, their paired covariance and n - 1 degrees of freedom in which it is (the
        posterior under a flat prior: Chick & Inoue 2001);
        ``share_best``: share of runs in which it is the best, ties shared;
        ``gap``, ``gap_low``, ``gap_high``: mean less the best of the others' means, with intervals that hold together
        for all schemes, from joint intervals of all pairs (multiple comparisons with the best: Hsu 1984, with common
        random numbers Nelson & Matejcik 1995); below zero throughout: not the best;
        ``may_be_best``: whether that interval leaves it open.  ``n``: runs.
    """
    x = values[:, np.isfinite(values).all(axis=0)]
    k, n = x.shape
    table = pd.DataFrame({"scenario": list(names), "mean": np.nan, "standard_error": np.nan}).assign(n=n)
    if n < 2:
        return table.assign(mean=x.mean(axis=1) if n else np.nan, **dict.fromkeys(_MORE, np.nan))[_ORDER]
    y = better * x
    shared = list(extras) or [NONE] * k
    means, covariance = y.mean(axis=1), np.atleast_2d(np.cov(y)) / n + np.diag([one.variance for one in shared])
    table["mean"] = x.mean(axis=1)
    table["standard_error"] = np.sqrt(np.diag(covariance))
    table["p_best"] = _best(means + sampling(covariance, n - 1), y)
    table["share_best"] = _best(y.T, y)
    width = _half_widths(y, level, shared)
    gaps = np.array([_gap(i, means, width) for i in range(k)])
    gaps = gaps if better > 0 else -gaps[:, [0, 2, 1]]
    table["gap"], table["gap_low"], table["gap_high"] = gaps.T
    table["may_be_best"] = (table["gap_high"] >= 0) if better > 0 else (table["gap_low"] <= 0)
    return table.iloc[np.argsort(-means, kind="stable")].reset_index(drop=True)[_ORDER]


_MORE = ["p_best", "share_best", "gap", "gap_low", "gap_high", "may_be_best"]
_ORDER = ["scenario", "mean", "standard_error", *_MORE, "n"]


def _best(rows: Array, values: Array) -> Array:
    """Share of rows in which each column is the largest; equal ones share it."""
    top = rows >= rows.max(axis=1, keepdims=True) - TIE * np.abs(values).max()
    share: Array = (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


def _half_widths(y: Array, level: float, shared: Sequence[Extra]) -> Array:
    """Of the joint intervals of all differences, [schemes, schemes]."""
    k, n = y.shape
    first, second = np.triu_indices(k, 1)
    d = (y[first] - y[second]).T
    width = np.zeros((k, k))
    extras = [
        Extra(shared[i].variance + shared[j].variance, min(shared[i].freedom, shared[j].freedom))
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
    ]
    width[first, second] = critical(d, level, extras) * np.sqrt(d.var(axis=0, ddof=1) / n + [one.variance for one in extras])
    both: Array = width + width.T
    return both


def _gap(i: int, means: Array, width: Array) -> tuple[float, float, float]:
    """Mean of scheme i less the best of the others: found, lowest and highest that the joint intervals allow."""
    others = np.arange(means.size) != i
    gap = means[i] - means[others]
    return float(gap.min()), float((gap - width[i, others]).min()), float((gap + width[i, others]).min())
