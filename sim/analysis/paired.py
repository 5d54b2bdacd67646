"""Two schemes on common random numbers, one outcome: what the pairs of runs say of the difference.

Run k of both schemes meets the same prospects, contacts and moods, so the difference within a pair is free of what
both share (common random numbers: Glasserman & Yao 1992).  Symbols, for n pairs in which both values are defined:
b, o the values under base and other, d = o - b, means with a bar, s^2 variances with n - 1 below, t the Student
quantile with n - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

from sim.analysis.outcomes import Array
from sim.analysis.skew import KEY, reach, runs_for, studentised

ROUNDING = 1e-12  # of the values; what pairs differ by below it comes from adding up


class Extra(NamedTuple):
    """An error that all pairs share, such as that of the factor at which pay is equal."""

    variance: float  # of the mean difference
    freedom: float  # degrees of freedom that it was estimated with


NONE = Extra(0.0, np.inf)


def paired(base: Array, other: Array, level: float, extra: Extra = NONE) -> dict[str, float]:
    """Difference of two paired samples: see :func:`sim.analysis.differences.differences` for what each number is."""
    both = np.isfinite(base) & np.isfinite(other)
    b, o = base[both], other[both]
    n = b.size
    if n == 0:
        return {"n": 0}
    d = o - b
    found = {
        "n": n,
        "base_mean": b.mean(),
        "other_mean": o.mean(),
        "mean": d.mean(),
        "above": (d > 0).mean(),
        "tied": (d == 0).mean(),
    }
    found |= dict(zip(("q05", "q50", "q95"), np.quantile(d, (0.05, 0.5, 0.95)), strict=True))
    if n > 1:
        s = spread(d, max(np.abs(b).max(), np.abs(o).max()))
        found |= interval(d, s, level, extra)
        found |= _relative(b, d, level, extra)
        found |= _saved(b, o, s)
    return {name: float(value) for name, value in found.items()}


def spread(d: Array, scale: float) -> float:
    """Standard deviation of differences between values as large as `scale`; 0 where it is rounding only."""
    s = float(d.std(ddof=1))
    return s if s > ROUNDING * scale else 0.0


def student(level: float, n: int) -> float:
    """:func:`quantile` with the n - 1 degrees of freedom of n runs."""
    return quantile(level, n - 1)


def wilson(share: float, n: int, level: float) -> tuple[float, float]:
    """Interval of a probability of which `share` was seen in n independent runs (Wilson 1927)."""
    z2 = float(ndtri(0.5 + level / 2)) ** 2 / n
    middle = (share + z2 / 2) / (1 + z2)
    half = float(np.sqrt(z2 * (share * (1 - share) + z2 / 4))) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def interval(d: Array, s: float, level: float, extra: Extra = NONE) -> dict[str, float]:
    """Standard error and interval of the mean of d, whose spread is s; ``skewed`` is the runs Student's t asks for, where fewer are there."""
    n = d.size
    mean, error = float(d.mean()), float(np.hypot(s / np.sqrt(n), np.sqrt(extra.variance)))
    found = {"standard_error": error, "skewed": np.nan}
    asked = float(runs_for(d[:, None])[0]) if s > 0 else 0.0
    if n >= asked:
        half = quantile(level, freedom(s**2 / n, n, extra)) * error if error > 0 else 0.0
        return found | {"low": mean - half, "high": mean + half}
    below, above = reach(drawn(d[:, None], np.array([s / np.sqrt(n)]), [extra])[:, 0], level)
    return found | {"low": mean - below, "high": mean + above, "skewed": asked}


def drawn(d: Array, errors: Array, extras: Sequence[Extra]) -> Array:
    """Draws of the errors of the means of skewed columns [n, k], the error that all runs share included."""
    made: Array = studentised(d) * errors
    shared = np.array([np.sqrt(extra.variance) for extra in extras])
    if shared.any():
        degrees = min(extra.freedom for extra in extras if extra.variance)
        rng = np.random.Generator(np.random.Philox(KEY + 1))
        made = made + shared * rng.standard_t(degrees, made.shape)
    return made


def freedom(variance: float, n: int, extra: Extra = NONE) -> float:
    """Degrees of freedom of a sum of two variances (Welch 1938; Satterthwaite 1946); n - 1 of the pairs' own."""
    if not extra.variance:
        return n - 1
    both = variance + extra.variance
    return float(both**2 / (variance**2 / (n - 1) + extra.variance**2 / extra.freedom))


def quantile(level: float, degrees: float) -> float:
    """Quantile of a two-sided interval: P(abs(t) <= it) = level (Student 1908)."""
    return float(stdtrit(degrees, 0.5 + level / 2))


def _relative(b: Array, d: Array, level: float, extra: Extra) -> dict[str, float]:
    """Mean difference / mean of base with the interval of Fieller (1954); NaN where the base may be zero or below.

    The ratios r that the pairs do not reject, (d̄ - r b̄)^2 <= t^2 · var(d - r b) / n, form an interval between the
    roots of a quadratic as long as b̄ differs from zero at this level.
    """
    n, v = b.size, float(d.var(ddof=1)) / b.size
    t2 = quantile(level, freedom(v, n, extra)) ** 2
    v_b, v_d, v_bd = float(b.var(ddof=1)) / n, v + extra.variance, float(np.cov(b, d)[0, 1]) / n
    mean_b, mean_d = float(b.mean()), float(d.mean())
    first, middle, last = mean_b**2 - t2 * v_b, mean_b * mean_d - t2 * v_bd, mean_d**2 - t2 * v_d
    if first <= 0 or mean_b < 0:
        return {}
    root = np.sqrt(max(0.0, middle**2 - first * last))
    return {"relative": mean_d / mean_b, "relative_low": (middle - root) / first, "relative_high": (middle + root) / first}


def _saved(b: Array, o: Array, s: float) -> dict[str, float]:
    """What pairing saves: independent runs would need (s_b^2 + s_o^2) / s_d^2 times as many for the same error."""
    apart = float(b.var(ddof=1) + o.var(ddof=1))
    s_b, s_o = spread(b, float(np.abs(b).max())), spread(o, float(np.abs(o).max()))
    if s_b == 0 and s_o == 0:
        return {}
    ratio = apart / s**2 if s > 0 else np.inf
    together = {"correlation": np.corrcoef(b, o)[0, 1]} if s_b > 0 and s_o > 0 else {}
    return together | {"variance_ratio": ratio, "runs_saved": b.size * (ratio - 1)}
