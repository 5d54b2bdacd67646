"""Shifted beta-geometric: lapse at renewals under a contract (Fader & Hardie 2007, Journal of Interactive Marketing 21(1)).

At every renewal a customer leaves with a probability of their own, theta ~ Beta(alpha, beta).  This is what
`customers.setting = "contractual"` simulates when neither satisfaction nor tie act on lapse and nobody leaves in mid-term.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from sim.calibrate.likelihood import Array, LogLikelihood, Maximum, maximise

NAMES = ("alpha", "beta")


def log_likelihood(lost: Array, kept: Array) -> LogLikelihood:
    """Log-likelihood of (alpha, beta) and its gradient.

    P(T = t) = B(alpha + 1, beta + t - 1) / B(alpha, beta),  S(t) = B(alpha, beta + t) / B(alpha, beta)

    Parameters
    ----------
    lost : [n] customers who left at renewal t = 1 ... n.
    kept : [n + 1] customers last seen in force after t = 0 ... n renewals.
    """
    t, s = np.arange(1, lost.size + 1), np.arange(kept.size)
    size = lost.sum() + kept.sum()

    def at(theta: Array) -> tuple[float, Array]:
        a, b = theta
        height = lost @ special.betaln(a + 1.0, b + t - 1.0) + kept @ special.betaln(a, b + s) - size * special.betaln(a, b)
        psi = special.digamma
        whole = lost @ psi(a + b + t) + kept @ psi(a + b + s) - size * psi(a + b)
        slope_a = lost.sum() * psi(a + 1.0) + kept.sum() * psi(a) - size * psi(a) - whole
        slope_b = lost @ psi(b + t - 1.0) + kept @ psi(b + s) - size * psi(b) - whole
        return float(height), np.array([slope_a, slope_b])

    return at


def fit(lost: Array, kept: Array) -> Maximum:
    """The maximum-likelihood estimates of (alpha, beta)."""
    lost, kept = np.asarray(lost, float), np.asarray(kept, float)
    starts = [(0.5, 2.0), (1.0, 1.0), (5.0, 50.0)]
    return maximise(log_likelihood(lost, kept), NAMES, ("", ""), starts, int(lost.sum() + kept.sum()))


def retention(t: Array, alpha: float, beta: float) -> Array:
    """r_t = (beta + t - 1) / (alpha + beta + t - 1): of those in force before renewal t, the share who renew."""
    return np.asarray((beta + t - 1.0) / (alpha + beta + t - 1.0), float)


def survival(t: Array, alpha: float, beta: float) -> Array:
    """S(t), share in force after t renewals."""
    return np.asarray(np.exp(special.betaln(alpha, beta + t) - special.betaln(alpha, beta)), float)
