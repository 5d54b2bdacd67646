"""BG/NBD: repeat purchases and silent dropout without a contract (Fader, Hardie & Lee 2005, Marketing Science 24(2)).

While alive a customer buys at a Poisson rate lambda ~ Gamma(r, alpha); after every repeat purchase the customer drops
out with probability p ~ Beta(a, b).  This is what `customers.setting = "non_contractual"` simulates when neither
satisfaction nor tie act on dropout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sim.calibrate.histories import Histories
from sim.calibrate.likelihood import Array, LogLikelihood, Maximum, maximise

NAMES = ("r", "alpha", "a", "b")


def log_likelihood(x: Array, recency: Array, age: Array, weight: Array) -> LogLikelihood:
    """Log-likelihood of (r, alpha, a, b) and its gradient.

    L = Gamma(r + x) alpha^r / Gamma(r)  B(a, b + x) / B(a, b)
        [ (alpha + T)^-(r + x) + 1{x > 0} a / (b + x - 1) (alpha + t_x)^-(r + x) ]   (their equation 6)

    Parameters
    ----------
    x : [n] repeat purchases.
    recency, age : [n] t_x and T: time of the last purchase and of observation, both since the first purchase.
    weight : [n] customers with that history.
    """
    again = x > 0
    before = np.where(again, x - 1.0, 0.0)

    def at(theta: Array) -> tuple[float, Array]:
        r, alpha, a, b = theta
        log_age, log_recency = np.log(alpha + age), np.log(alpha + recency)
        alive = -(r + x) * log_age
        gone = np.where(again, np.log(a) - np.log(b + before) - (r + x) * log_recency, -np.inf)
        both = np.logaddexp(alive, gone)
        each = (
            special.gammaln(r + x)
            - special.gammaln(r)
            + r * np.log(alpha)
            + special.betaln(a, b + x)
            - special.betaln(a, b)
            + both
        )
        w, v = np.exp(alive - both), np.exp(gone - both)
        common = special.digamma(a + b) - special.digamma(a + b + x)
        slopes = (
            special.digamma(r + x) - special.digamma(r) + np.log(alpha) - w * log_age - v * log_recency,
            r / alpha - (r + x) * (w / (alpha + age) + v / (alpha + recency)),
            common + v / a,
            common + special.digamma(b + x) - special.digamma(b) - v / (b + before),
        )
        return float(weight @ each), np.array([weight @ slope for slope in slopes])

    return at


def fit(histories: Histories) -> Maximum:
    """The maximum-likelihood estimates of (r, alpha, a, b); alpha in the unit of the histories."""
    x, recency, age, weight = histories.grouped()
    rate = max(histories.x.sum(), 1) / histories.age.sum()
    starts = [(r, r / rate / 2, a, b) for r, a, b in ((0.5, 0.5, 2.0), (1.5, 1.0, 1.0), (0.2, 1.0, 10.0))]
    units = ("", histories.units, "", "")
    return maximise(log_likelihood(x, recency, age, weight), NAMES, units, starts, histories.x.size)


def expected_purchases(t: ArrayLike, r: float, alpha: float, a: float, b: float) -> Array:
    """E[X(t)], mean number of repeat purchases up to age t >= 0 (their equation 9).

    (a + b - 1) / (a - 1) [1 - (alpha / (alpha + t))^r 2F1(r, b; a + b - 1; t / (alpha + t))]; at a = 1 the limit.
    """
    t = np.asarray(t, float)
    if abs(a - 1.0) < 1e-6:  # the formula is 0 / 0 there; the function is smooth, so take the middle of both sides
        return (expected_purchases(t, r, alpha, 1 - 1e-4, b) + expected_purchases(t, r, alpha, 1 + 1e-4, b)) / 2
    hyper = special.hyp2f1(r, b, a + b - 1.0, t / (alpha + t))
    return np.asarray((a + b - 1.0) / (a - 1.0) * (1.0 - (alpha / (alpha + t)) ** r * hyper), float)


def counts(t: Array, most: int, r: float, alpha: float, a: float, b: float) -> Array:
    """P(X(t) = x) for x = 0 ... `most`, as [x, t] (their equation 8)."""
    x = np.arange(most + 1)[:, None]
    out, kept = t / (alpha + t), alpha / (alpha + t)
    nbd = np.exp(special.gammaln(r + x) - special.gammaln(r) - special.gammaln(x + 1)) * kept**r * out**x
    below = np.vstack([np.zeros_like(out), np.cumsum(nbd, axis=0)[:-1]])  # fewer than x purchases, were nobody to leave
    stays = np.exp(special.betaln(a, b + x) - special.betaln(a, b))
    leaves = np.exp(special.betaln(a + 1.0, b + np.maximum(x, 1) - 1.0) - special.betaln(a, b))
    return np.asarray(stays * nbd + np.where(x > 0, leaves * (1.0 - below), 0.0), float)


def alive(x: Array, recency: Array, age: Array, r: float, alpha: float, a: float, b: float) -> Array:
    """P(still a customer | x, t_x, T) = 1 / (1 + 1{x > 0} a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x))."""
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1.0) * ((alpha + age) / (alpha + recency)) ** (r + x), 0.0)
    return np.asarray(1.0 / (1.0 + odds), float)
