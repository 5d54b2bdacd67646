"""Estimates from independent runs, each with its standard error and a confidence interval.

Every estimator leaves out the runs in which an outcome is undefined (NaN) and counts them.  The standard error is
that of the influence values psi (n of them, one per run): s.e. = sd(psi) / sqrt(n), so that two scenarios simulated
with the same random numbers are compared with one formula, :func:`difference`: sd(psi_other - psi_base) / sqrt(n).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, betainc, betaincinv, ndtri, stdtrit

from sim.analysis.skew import reach, runs_for, studentised

CONFIDENCE = 0.95
NEGLIGIBLE = 1e-12  # of the weight of all order statistics


@dataclass(frozen=True)
class Estimate:
    """An estimate of a quantity of interest.

    Attributes
    ----------
    value, standard_error : float
        In the unit of the quantity; NaN where there are too few runs.
    low, high : float
        Bounds of the confidence interval; infinite where the runs do not bound the quantity, NaN without runs.
    n, undefined : int
        Runs that count, and runs left out because the outcome is undefined in them.
    """

    value: float
    standard_error: float
    low: float
    high: float
    n: int
    undefined: int = 0

    @property
    def half_width(self) -> float:
        """Half the length of the interval; NaN or infinite where it is not bounded."""
        return (self.high - self.low) / 2.0


@dataclass(frozen=True)
class Point:
    """A value, its influence values psi (shape [n]) and the degrees of freedom of their spread."""

    value: float
    influence: np.ndarray
    freedom: float
    averages: bool = False  # whether the value is a mean of the influence values, or nearly so: then their skewness counts

    @property
    def standard_error(self) -> float:
        """The spread of the influence values over the root of their number; NaN below two runs."""
        n = self.influence.size
        return spread(self.influence) / float(np.sqrt(n)) if n > 1 else np.nan


Estimator = Callable[..., Point]  # of one array of runs, or of several of equal length


def mean(values: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Mean with Student's interval: x̄ ± t(n - 1) sd / sqrt(n), or bootstrap-t where the runs are skewed and few."""
    return _estimate(mean_point, confidence, values)


def sd(values: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Standard deviation s (divisor n - 1).

    The standard error is sqrt(m4 - s⁴) / (2 s sqrt(n)), with m4 the fourth central moment; the interval is
    symmetric in log s: s exp(± t s.e. / s).
    """
    found = _estimate(sd_point, confidence, values)
    if not found.value > 0.0:
        return found
    factor = np.exp((found.high - found.value) / found.value)
    return _with_bounds(found, found.value / factor, found.value * factor)


def share(happened: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Share p of the runs in which something happened (1, 0 or NaN), an estimate of its probability.

    The standard error is sqrt(p (1 - p) / n); the interval is Wilson's (1927), which bounds p
    even when it happened in no run or in all.
    """
    x, undefined = _defined(happened)
    n = x[0].size
    if not n:
        return _nothing(undefined)
    p, z2 = float(np.mean(x[0])), _normal(confidence) ** 2
    centre, half = (p + z2 / (2 * n)) / (1 + z2 / n), np.sqrt(z2 * p * (1 - p) / n + (z2 / (2 * n)) ** 2) / (1 + z2 / n)
    low, high = (0.0 if p == 0.0 else centre - half), (1.0 if p == 1.0 else centre + half)
    return Estimate(p, float(np.sqrt(p * (1 - p) / n)), float(low), float(high), n, undefined)


def quantile(values: np.ndarray, level: float, confidence: float = CONFIDENCE) -> Estimate:
    """Quantile, interpolated linearly between order statistics.

    The standard error is that of Maritz & Jarrett (1978), see :func:`order_error`; no density is estimated.  The
    interval is made of the order statistics x(l), x(u) that the binomial distribution chooses: it covers with at
    least the confidence asked, whatever the distribution, and is infinite on a side where there are too few runs.
    """
    x, undefined = _defined(values)
    ordered = np.sort(x[0])
    n = ordered.size
    if not n:
        return _nothing(undefined)
    tail = (1.0 - confidence) / 2.0
    lower, upper = binomial_quantile(tail, n, level), binomial_quantile(1.0 - tail, n, level) + 1
    return Estimate(
        float(np.quantile(ordered, level)),
        order_error(ordered, level),
        float(ordered[lower - 1]) if lower >= 1 else -np.inf,
        float(ordered[upper - 1]) if upper <= n else np.inf,
        n,
        undefined,
    )


def binomial_quantile(probability: float, n: int, p: float) -> int:
    """The least k with P(X <= k) >= probability, X binomial with n trials (``scipy.stats``, which has it, takes long to import)."""
    return int(np.searchsorted(bdtr(np.arange(n + 1), n, p), probability))


def shortfall(values: np.ndarray, level: float, confidence: float = CONFIDENCE) -> Estimate:
    """Expected shortfall: the mean of the lowest `level` of the runs (Acerbi & Tasche 2002), in the outcome's unit.

    ES = 1/a [1/n sum of the floor(n a) lowest + (a - floor(n a)/n) times the next].  With q the quantile at a,
    psi = q + min(x - q, 0) / a; the interval is Student's with as many degrees of freedom as runs in the tail, less one.
    """
    return _estimate(lambda x: shortfall_point(x, level), confidence, values)


def ratio(above: np.ndarray, below: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Ratio of two means, pooled over the runs: R = sum of a / sum of b.

    Delta method: psi = (a - R b) / mean of b (Cochran 1977, section 2.11).  Runs in which either is undefined are left out.
    """
    return _estimate(ratio_point, confidence, above, below)


def difference(
    estimator: Estimator, ours: tuple[np.ndarray, ...], base: tuple[np.ndarray, ...], confidence: float = CONFIDENCE
) -> Estimate:
    """An estimator's value in a scenario less that in a base, paired run by run.

    Parameters
    ----------
    estimator : callable
        A function that ends in ``_point``, its level fixed.
    ours, base : tuple of arrays
        What the estimator takes, from the scenario and from the base; element i of all arrays is from the same run.
        Runs in which any is undefined are left out.
    """
    x, undefined = _defined(*ours, *base)
    if not x[0].size:
        return _nothing(undefined)
    mine, other = estimator(*x[: len(ours)]), estimator(*x[len(ours) :])
    gap = Point(mine.value - other.value, mine.influence - other.influence, min(mine.freedom, other.freedom), mine.averages)
    return _student(gap, confidence, undefined)


def spread(x: np.ndarray) -> float:
    """Standard deviation; exactly zero if all values are the same, which rounding of their mean would hide."""
    return float(np.std(x, ddof=1)) if np.ptp(x) > 0.0 else 0.0


def mean_point(x: np.ndarray) -> Point:
    """Mean; psi = x."""
    return Point(float(np.mean(x)), x, x.size - 1, averages=True)


def sd_point(x: np.ndarray) -> Point:
    """Standard deviation; psi = ((x - mean)² - s²) / 2 s."""
    if x.size < 2:
        return Point(np.nan, x, 0)
    s = spread(x)
    away = (x - np.mean(x)) ** 2 - s**2
    return Point(s, away / (2.0 * s) if s > 0.0 else np.zeros_like(x), x.size - 1)


def quantile_point(x: np.ndarray, level: float) -> Point:
    """Quantile; psi is the sign of x - q, weighted by the level, on the scale that gives Maritz & Jarrett's error."""
    q, n = float(np.quantile(x, level)), x.size
    scale = order_error(np.sort(x), level) * np.sqrt(n / (level * (1.0 - level)))
    return Point(q, (level - (x <= q)) * scale, n - 1)


def shortfall_point(x: np.ndarray, level: float) -> Point:
    """Expected shortfall; psi = q + min(x - q, 0) / level."""
    ordered, mass = np.sort(x), x.size * level
    whole = int(mass + 1e-9)  # 0.05 of 20 runs is one run, whatever the rounding of 0.05
    part = max(mass - whole, 0.0)
    rest = part * ordered[whole] if part > 1e-9 else 0.0
    q = float(ordered[min(whole, x.size - 1)])
    tail = max(int(np.ceil(mass - 1e-9)) - 1, 1)
    return Point(float((ordered[:whole].sum() + rest) / mass), q + np.minimum(x - q, 0.0) / level, tail)


def ratio_point(a: np.ndarray, b: np.ndarray) -> Point:
    """Ratio of means; psi = (a - R b) / mean of b.  NaN if that mean is zero."""
    below = float(np.mean(b))
    if below == 0.0:
        return Point(np.nan, np.full(a.size, np.nan), a.size - 1)
    value = float(np.mean(a)) / below
    return Point(value, (a - value * b) / below, a.size - 1, averages=True)


def order_error(ordered: np.ndarray, level: float) -> float:
    """Standard error of a sample quantile (Maritz & Jarrett 1978): sd of the order statistic under the sample itself.

    With U the rank's beta distribution, B(level (n + 1), (1 - level)(n + 1)), x(i) has weight
    w(i) = U(i/n) - U((i - 1)/n), and s.e.² = sum w x² - (sum w x)².
    """
    n = ordered.size
    if n < 2:
        return np.nan
    a, b = level * (n + 1), (1.0 - level) * (n + 1)
    first = int(np.floor(betaincinv(a, b, NEGLIGIBLE) * n))
    last = min(int(np.ceil(betaincinv(a, b, 1.0 - NEGLIGIBLE) * n)), n)
    weights = np.diff(betainc(a, b, np.arange(first, last + 1) / n))
    x = ordered[first:last] - ordered[(first + last) // 2]  # exactly zero where nothing varies
    centre = weights @ x / weights.sum()
    return float(np.sqrt(weights @ (x - centre) ** 2))


def _estimate(estimator: Estimator, confidence: float, *values: np.ndarray) -> Estimate:
    x, undefined = _defined(*values)
    return _student(estimator(*x), confidence, undefined) if x[0].size else _nothing(undefined)


def _student(point: Point, confidence: float, undefined: int) -> Estimate:
    """Student's interval; of skewed influence values that are too few for it, bootstrap-t (:mod:`sim.analysis.skew`)."""
    error, n = point.standard_error, point.influence.size
    if point.averages and error > 0.0 and n < runs_for(point.influence[:, None])[0]:
        below, above = reach(error * studentised(point.influence[:, None])[:, 0], confidence)
        return Estimate(point.value, error, point.value - below, point.value + above, n, undefined)
    half = error * float(stdtrit(point.freedom, 0.5 + confidence / 2.0)) if n > 1 else np.inf
    return Estimate(point.value, error, point.value - half, point.value + half, n, undefined)


def _with_bounds(found: Estimate, low: float, high: float) -> Estimate:
    return Estimate(found.value, found.standard_error, float(low), float(high), found.n, found.undefined)


def _defined(*values: np.ndarray) -> tuple[list[np.ndarray], int]:
    """The runs in which all values are defined, and the number of the others."""
    arrays = [np.asarray(one, float) for one in values]
    keep = ~np.any([np.isnan(one) for one in arrays], axis=0)
    return [one[keep] for one in arrays], int(keep.size - keep.sum())


def _nothing(undefined: int) -> Estimate:
    return Estimate(np.nan, np.nan, np.nan, np.nan, 0, undefined)


def _normal(confidence: float) -> float:
    return float(ndtri(0.5 + confidence / 2.0))
