"""Amounts: gamma-gamma for repeat purchases, gamma for the first one.

Gamma-gamma: a customer's amounts are Gamma(p, nu), nu ~ Gamma(q, v) between customers, independent of how often they buy
(Fader & Hardie 2013, "The gamma-gamma model of monetary value").
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from sim.calibrate.likelihood import Array, LogLikelihood, Maximum, maximise


def gamma_gamma_likelihood(x: Array, mean: Array) -> LogLikelihood:
    """Log-likelihood of (p, q, v) and its gradient, from x > 0 purchases of mean amount m > 0 per customer.

    L = Gamma(p x + q) / (Gamma(p x) Gamma(q)) v^q m^(p x - 1) x^(p x) / (v + m x)^(p x + q)
    """
    log_mean, log_x, total = np.log(mean), np.log(x), mean * x

    def at(theta: Array) -> tuple[float, Array]:
        p, q, v = theta
        px, log_total = p * x, np.log(v + total)
        each = (
            special.gammaln(px + q) - special.gammaln(px) - special.gammaln(q)
            + q * np.log(v) + (px - 1.0) * log_mean + px * log_x - (px + q) * log_total
        )  # fmt: skip
        slopes = (
            x * (special.digamma(px + q) - special.digamma(px) + log_mean + log_x - log_total),
            special.digamma(px + q) - special.digamma(q) + np.log(v) - log_total,
            q / v - (px + q) / (v + total),
        )
        return float(each.sum()), np.array([slope.sum() for slope in slopes])

    return at


def fit_gamma_gamma(x: Array, mean: Array, money: str = "money") -> Maximum:
    """The maximum-likelihood estimates of (p, q, v); v in money."""
    usual = float(mean.mean())
    starts = [(p, q, usual * max(q - 1.0, 0.5) / p) for p, q in ((5.0, 3.0), (1.0, 5.0), (2.0, 20.0))]
    return maximise(gamma_gamma_likelihood(x, mean), ("p", "q", "v"), ("", "", money), starts, x.size)


def gamma_gamma_ranks(x: Array, mean: Array, p: float, q: float, v: float) -> Array:
    """Where each customer's mean amount stands in its distribution: uniform if the model holds.

    Given x, m x / (v + m x) ~ Beta(p x, q).
    """
    return np.asarray(stats.beta.cdf(mean * x / (v + mean * x), p * x, q), float)


def gamma_likelihood(amount: Array) -> LogLikelihood:
    """Log-likelihood of (mean, shape) of gamma-distributed amounts and its gradient."""
    size, total, logs = amount.size, amount.sum(), np.log(amount).sum()

    def at(theta: Array) -> tuple[float, Array]:
        mean, k = theta
        height = size * (k * np.log(k / mean) - special.gammaln(k)) + (k - 1.0) * logs - k * total / mean
        slope_k = size * (np.log(k / mean) + 1.0 - special.digamma(k)) + logs - total / mean
        return float(height), np.array([k * (total / mean - size) / mean, slope_k])

    return at


def fit_gamma(amount: Array, money: str = "money") -> Maximum:
    """The maximum-likelihood estimates of (mean, shape)."""
    starts = [(float(amount.mean()), shape) for shape in (1.0, 5.0)]
    return maximise(gamma_likelihood(amount), ("mean", "shape"), (money, ""), starts, amount.size)


def gamma_ranks(amount: Array, mean: float, shape: float) -> Array:
    """Where each amount stands in its distribution."""
    return np.asarray(stats.gamma.cdf(amount, shape, scale=mean / shape), float)
