"""Two schemes on common random numbers, one outcome: what the pairs of runs say of the difference.

Run k of both schemes meets the same prospects, contacts and moods, so the difference within a pair is free of what
both share (common random numbers: Glasserman & Yao 1992).  Symbols, for n pairs in which both values are defined:
b, o the values under base and other, d = o - b, means with a bar, s^2 variances with n - 1 below, t the Student
quantile with n - 1 degrees of freedom.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.outcomes import Array

ROUNDING = 1e-12  # of the values; what pairs differ by below it comes from adding up


def paired(base: Array, other: Array, level: float) -> dict[str, float]:
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
        found |= _interval(d.mean(), s / np.sqrt(n), n, level)
        found |= _relative(b, d, level)
        found |= _saved(b, o, s)
    return {name: float(value) for name, value in found.items()}


def spread(d: Array, scale: float) -> float:
    """Standard deviation of differences between values as large as `scale`; 0 where it is rounding only."""
    s = float(d.std(ddof=1))
    return s if s > ROUNDING * scale else 0.0


def student(level: float, n: int) -> float:
    """Quantile of a two-sided interval: P(abs(t) <= it) = level with n - 1 degrees of freedom (Student 1908)."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.5 + level / 2))


def wilson(share: float, n: int, level: float) -> tuple[float, float]:
    """Interval of a probability of which `share` was seen in n independent runs (Wilson 1927)."""
    from scipy.special import ndtri

    z2 = float(ndtri(0.5 + level / 2)) ** 2 / n
    middle = (share + z2 / 2) / (1 + z2)
    half = float(np.sqrt(z2 * (share * (1 - share) + z2 / 4))) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def _interval(mean: float, error: float, n: int, level: float) -> dict[str, float]:
    """Mean ± t · standard error, and the two-sided p-value of no difference."""
    from scipy.special import stdtr

    half = student(level, n) * error
    p = 2 * stdtr(n - 1, -abs(mean) / error) if error > 0 else float(mean == 0)
    return {"standard_error": error, "low": mean - half, "high": mean + half, "p_value": p}


def _relative(b: Array, d: Array, level: float) -> dict[str, float]:
    """Mean difference / abs(mean of base) with the interval of Fieller (1954); NaN where the base may be zero.

    The ratios r that the pairs do not reject, (d̄ - r b̄)^2 <= t^2 · var(d - r b) / n, form an interval between the
    roots of a quadratic as long as b̄ differs from zero at this level.
    """
    n, t2 = b.size, student(level, b.size) ** 2
    v_b, v_d, v_bd = (float(v) / n for v in (b.var(ddof=1), d.var(ddof=1), np.cov(b, d)[0, 1]))
    mean_b, mean_d = float(b.mean()), float(d.mean())
    first, middle, last = mean_b**2 - t2 * v_b, mean_b * mean_d - t2 * v_bd, mean_d**2 - t2 * v_d
    if first <= 0:
        return {}
    root = np.sqrt(max(0.0, middle**2 - first * last))
    sign = np.sign(mean_b)
    low, high = sorted((sign * (middle - root) / first, sign * (middle + root) / first))
    return {"relative": mean_d / abs(mean_b), "relative_low": low, "relative_high": high}


def _saved(b: Array, o: Array, s: float) -> dict[str, float]:
    """What pairing saves: independent runs would need (s_b^2 + s_o^2) / s_d^2 times as many for the same error."""
    apart = float(b.var(ddof=1) + o.var(ddof=1))
    s_b, s_o = spread(b, float(np.abs(b).max())), spread(o, float(np.abs(o).max()))
    if s_b == 0 and s_o == 0:
        return {}
    ratio = apart / s**2 if s > 0 else np.inf
    together = {"correlation": np.corrcoef(b, o)[0, 1]} if s_b > 0 and s_o > 0 else {}
    return together | {"variance_ratio": ratio, "runs_saved": b.size * (ratio - 1)}
