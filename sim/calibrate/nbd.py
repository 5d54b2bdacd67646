"""NBD: repeat purchases of customers who stay (Ehrenberg 1959, Applied Statistics 8(1)); the contractual setting.

A customer buys at a Poisson rate lambda ~ Gamma(r, alpha) as long as observed.  It is BG/NBD without dropout, and its
likelihood is written for the times of purchase, not their number, so that the two can be compared.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from sim.calibrate.histories import Histories
from sim.calibrate.likelihood import Array, LogLikelihood, Maximum, maximise

NAMES = ("r", "alpha")


def log_likelihood(x: Array, age: Array, weight: Array) -> LogLikelihood:
    """Log-likelihood of (r, alpha) and its gradient: L = Gamma(r + x) / Gamma(r) alpha^r (alpha + T)^-(r + x)."""

    def at(theta: Array) -> tuple[float, Array]:
        r, alpha = theta
        each = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age)
        slopes = (
            special.digamma(r + x) - special.digamma(r) + np.log(alpha) - np.log(alpha + age),
            r / alpha - (r + x) / (alpha + age),
        )
        return float(weight @ each), np.array([weight @ slope for slope in slopes])

    return at


def fit(histories: Histories) -> Maximum:
    """The maximum-likelihood estimates of (r, alpha); alpha in the unit of the histories."""
    x, _, age, weight = histories.grouped()
    rate = max(histories.x.sum(), 1) / histories.age.sum()
    starts = [(r, r / rate) for r in (0.3, 1.0, 5.0)]
    return maximise(log_likelihood(x, age, weight), NAMES, ("", histories.units), starts, histories.x.size)


def expected_purchases(t: Array, r: float, alpha: float) -> Array:
    """E[X(t)] = r t / alpha."""
    return np.asarray(r * np.asarray(t, float) / alpha, float)


def counts(t: Array, most: int, r: float, alpha: float) -> Array:
    """P(X(t) = x) for x = 0 ... `most`, as [x, t]: negative binomial."""
    return np.asarray(stats.nbinom.pmf(np.arange(most + 1)[:, None], r, alpha / (alpha + t)), float)
