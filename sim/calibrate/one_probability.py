"""One probability of leaving for all customers: what a beta over customers comes to where a log shows no differences between them.

As a and b of the beta grow with the mean p = a / (a + b) held, the likelihood of BG/NBD and of the shifted beta-geometric rises
towards a limit, the likelihood of one p for everybody.  Where a log does not tell that limit from the best beta, a and b are not
identified, and p is what the log says.  The search is for the odds p / (1 - p), a positive number like all others here.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from sim.calibrate.histories import Histories
from sim.calibrate.likelihood import LEVEL, Array, LogLikelihood, Maximum, maximise

ODDS = "odds"
SUM = 1e6  # alpha + beta with which a scenario says it: a standard deviation between customers of at most 0.0005


def purchases_log_likelihood(x: Array, recency: Array, age: Array, weight: Array) -> LogLikelihood:
    """Log-likelihood of (r, alpha, odds) and its gradient: BG/NBD where everybody drops out with the same p, q = 1 - p.

    L = Gamma(r + x) alpha^r / Gamma(r)  q^x [ (alpha + T)^-(r + x) + 1{x > 0} p / q (alpha + t_x)^-(r + x) ]
    """
    again = x > 0

    def at(theta: Array) -> tuple[float, Array]:
        r, alpha, odds = theta
        log_age, log_recency = np.log(alpha + age), np.log(alpha + recency)
        alive = -(r + x) * log_age
        gone = np.where(again, np.log(odds) - (r + x) * log_recency, -np.inf)
        both = np.logaddexp(alive, gone)
        each = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - x * np.log1p(odds) + both
        w, v = np.exp(alive - both), np.exp(gone - both)
        slopes = (
            special.digamma(r + x) - special.digamma(r) + np.log(alpha) - w * log_age - v * log_recency,
            r / alpha - (r + x) * (w / (alpha + age) + v / (alpha + recency)),
            v / odds - x / (1.0 + odds),
        )
        return float(weight @ each), np.array([weight @ slope for slope in slopes])

    return at


def expected_purchases(t: Array, r: float, alpha: float, odds: float) -> Array:
    """E[X(t)] of BG/NBD where everybody drops out with p = odds / (1 + odds): [1 - (alpha / (alpha + p t))^r] / p."""
    p = odds / (1.0 + odds)
    return np.asarray((1.0 - (alpha / (alpha + p * t)) ** r) / p)


def fit_purchases(h: Histories) -> Maximum:
    """The maximum-likelihood estimates of (r, alpha, odds of dropout after a repeat purchase)."""
    rate = max(h.x.sum(), 1) / h.age.sum()
    starts = [(r, r / rate / 2, odds) for r, odds in ((0.5, 0.25), (1.5, 1.0), (0.2, 0.05))]
    return maximise(purchases_log_likelihood(*h.grouped()), ("r", "alpha", ODDS), ("", h.units, ""), starts, h.x.size)


def fit_renewals(lost: Array, kept: Array) -> Maximum:
    """The maximum-likelihood estimate of the odds of lapse at a renewal: log L = l log(odds) - n log(1 + odds).

    Parameters
    ----------
    lost, kept : [n], [n + 1] as :func:`sim.calibrate.sbg.log_likelihood` takes them; l are all lapses, n all renewals seen.
    """
    lapses = float(lost.sum())
    seen = float(lost @ np.arange(1, lost.size + 1) + kept @ np.arange(kept.size))

    def at(theta: Array) -> tuple[float, Array]:
        (odds,) = theta
        return float(lapses * np.log(odds) - seen * np.log1p(odds)), np.array([lapses / odds - seen / (1.0 + odds)])

    return maximise(at, (ODDS,), ("",), [(0.25,), (1.0,)], int(lost.sum() + kept.sum()))


def indistinguishable(best: Maximum, same: Maximum, names: tuple[str, str]) -> bool:
    """Whether the log leaves the two parameters of the beta open, and does not reject one probability for all.

    Open: an interval without bound (:attr:`Maximum.open`).  Rejected: 2 log LR above the chi-square quantile of one degree.
    """
    gain = 2.0 * (best.log_likelihood - same.log_likelihood)
    return bool(best.open) and set(best.open) <= set(names) and not same.open and gain < stats.chi2.ppf(LEVEL, 1)


def probability(same: Maximum) -> float:
    """p = odds / (1 + odds)."""
    return same[ODDS] / (1.0 + same[ODDS])


def as_beta(same: Maximum) -> tuple[float, float]:
    """The beta with which a scenario says it: (p, 1 - p) times :data:`SUM`."""
    p = probability(same)
    return p * SUM, (1.0 - p) * SUM


def probability_row(same: Maximum, name: str) -> dict[str, float | str]:
    """The row of p: se(p) = se(odds) / (1 + odds)^2, and the ends of the intervals of the odds as probabilities."""
    place = same.names.index(ODDS)
    (wald_low, wald_high), (low, high) = (ends[place] / (1.0 + ends[place]) for ends in (same.wald(), same.ends))
    error = float(same.standard_errors[place]) / (1.0 + same[ODDS]) ** 2
    return {"parameter": name, "unit": "", "estimate": probability(same), "se": error, "wald_low": wald_low, "wald_high": wald_high,
            "profile_low": low, "profile_high": high}  # fmt: skip
