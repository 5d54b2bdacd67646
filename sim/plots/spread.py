"""How sure we are: quantiles across runs, intervals of a mean, a density."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.plots.results import Array

LEVEL = 0.95  # of every interval of a mean
WIDE = (0.05, 0.95)  # quantiles between which 90% of runs lie
MIDDLE = (0.25, 0.75)


class Mean(NamedTuple):
    """Mean over runs and the half-width of its Monte Carlo interval (NaN for fewer than two runs)."""

    mean: float
    half_width: float


def mean_interval(values: Array) -> Mean:
    """Mean of independent runs with its 95% interval, mean ± t(n−1) · s/√n (Student 1908).

    Values that are not finite are left out.
    """
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Mean(np.nan, np.nan)
    if values.size == 1:
        return Mean(float(values[0]), np.nan)
    t = float(stdtrit(values.size - 1, 0.5 + LEVEL / 2))
    return Mean(float(values.mean()), t * float(values.std(ddof=1)) / values.size**0.5)


def quantiles(matrix: Array, probabilities: tuple[float, ...]) -> Array:
    """Quantiles over the rows, one row per probability; NaN where a column holds no number."""
    matrix = np.where(np.isfinite(matrix), matrix, np.nan)
    known = np.isfinite(matrix).any(axis=0)
    out = np.full((len(probabilities), matrix.shape[1]), np.nan)
    if known.any():
        out[:, known] = np.nanquantile(matrix[:, known], probabilities, axis=0)
    return out


def pooled(amounts: Array, weights: Array) -> Array:
    """Sum of amounts / sum of weights over the rows (runs); NaN where the weights sum to zero.

    With weights of one this is the mean over runs.  What is not finite is left out.
    """
    known = np.isfinite(amounts) & np.isfinite(weights)
    below = np.where(known, weights, 0.0).sum(axis=0)
    ratio: Array = np.divide(np.where(known, amounts, 0.0).sum(axis=0), below, out=np.full(below.shape, np.nan), where=below > 0)
    return ratio


def varies(values: Array) -> bool:
    """Whether there are runs that differ by more than rounding."""
    return values.size > 1 and float(np.ptp(values)) > 1e-9 * float(np.max(np.abs(values)))


def density(values: Array, points: int = 256) -> tuple[Array, Array]:
    """Gaussian kernel density (x, per unit of x) of values that vary.

    Bandwidth 0.9 · min(s, IQR/1.34) · n^(−1/5) (Silverman 1986, eq. 3.31); s alone where IQR is 0.
    """
    low, high = np.quantile(values, MIDDLE)
    s = float(values.std(ddof=1))
    h = 0.9 * (min(s, (high - low) / 1.34) if high > low else s) * values.size**-0.2
    x = np.linspace(np.min(values) - 3 * h, np.max(values) + 3 * h, points)
    y = np.array([np.exp(-0.5 * ((at - values) / h) ** 2).mean() for at in x]) / (h * np.sqrt(2 * np.pi))
    return x, y
