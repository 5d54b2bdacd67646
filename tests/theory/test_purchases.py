"""A3: gamma-Poisson counts, dropout after a purchase, gamma-gamma amounts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from tests.theory.worlds import STAY, by_run, close, customers, months, world

CONSTANT = {"p": 1e4, "q": 1e4, "v": 9999.0 / 100}  # amounts of 100 each, within 1.4%


@pytest.mark.parametrize(("r", "alpha", "t"), [(1.4, 10.0, 24), (0.243, 4.414, 39), (3.0, 30.0, 12)])
def test_counts_are_negative_binomial(r: float, alpha: float, t: int) -> None:
    """NBD: the whole distribution (chi-square), hence mean r t / alpha and variance r t / alpha + r (t / alpha)^2."""
    scenario = world(months=t, customers={"purchase": {"enabled": True, "shape": r, "alpha": alpha}, "lapse": STAY})
    counts = customers(scenario, 3, 3)["purchases"].to_numpy().astype(int)
    close(counts, r * t / alpha)
    law = stats.nbinom(r, alpha / (alpha + t))
    assert law.var() == pytest.approx(r * t / alpha + r * (t / alpha) ** 2)
    top = int(law.ppf(1 - 20 / counts.size))
    seen = np.bincount(counts.clip(max=top), minlength=top + 1)
    expected = counts.size * np.append(law.pmf(np.arange(top)), law.sf(top - 1))
    assert stats.chisquare(seen, expected).pvalue > 1e-4


def expected_purchases(r: float, alpha: float, a: float, b: float, t: np.ndarray) -> np.ndarray:
    """E[X(t)] of BG/NBD: (a + b - 1) / (a - 1) [1 - (alpha / (alpha + t))^r 2F1(r, b; a + b - 1; t / (alpha + t))]."""
    hyper = special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyper)


@pytest.mark.parametrize(("r", "alpha", "a", "b"), [(0.243, 4.414, 0.793, 2.426), (1.2, 8.0, 1.7, 3.0)])
def test_bg_nbd_purchases_over_time(r: float, alpha: float, a: float, b: float) -> None:
    """At 4, 13, 26, 39 and 52 weeks; the first fit is CDNOW's as published."""
    scenario = world(
        months=52,
        customers={"setting": "non_contractual", "renewal": 0.0, "initial": 0.0, "spend": CONSTANT, "lapse": {"alpha": a, "beta": b},
                   "purchase": {"enabled": True, "shape": r, "alpha": alpha}},
    )  # fmt: skip
    bought = by_run(months(scenario, 4, 24), "repeat_revenue").cumsum(axis=1) / 4000 / (1e4 * CONSTANT["v"] / 9999)
    weeks = np.array([4, 13, 26, 39, 52])
    for t, expected in zip(weeks, expected_purchases(r, alpha, a, b, weeks), strict=True):
        close(bought[:, t - 1], expected)


def test_who_never_buys_again_never_drops_out() -> None:
    """Dropout follows a purchase: nobody is lost where nobody buys."""
    silent = world(customers={"setting": "non_contractual", "lapse": {"alpha": 50.0, "beta": 50.0}})
    assert months(silent, 5, 2)["lapses"].sum() == 0


@pytest.mark.parametrize(("p", "q", "v", "printed"), [(6.25, 3.74, 15.44, 35.22), (4.0, 12.0, 60.0, 21.818)])
def test_gamma_gamma_amounts(p: float, q: float, v: float, printed: float) -> None:
    """Mean p v / (q - 1); between customers with x purchases the variance of the mean amount is as the mixture says."""
    scenario = world(
        customers={"initial": 0.0, "renewal": 0.0, "purchase": {"enabled": True, "shape": 1e4, "alpha": 1e4},
                   "spend": {"p": p, "q": q, "v": v}, "lapse": STAY},
    )  # fmt: skip
    assert p * v / (q - 1) == pytest.approx(printed, abs=5e-3)
    each = customers(scenario, 5, 3).query("purchases > 0")
    mean = each["revenue"] / each["purchases"]
    close(mean, p * v / (q - 1))
    if q > 8:  # the fourth moment exists
        # given nu the mean of x amounts has mean p / nu and variance p / (x nu^2); 1 / nu has moments v/(q-1), v^2/((q-1)(q-2))
        second = v * v / ((q - 1) * (q - 2))
        expected = p * second * (1 / each["purchases"]).mean() + p * p * (second - (v / (q - 1)) ** 2)
        close((mean - p * v / (q - 1)) ** 2, expected)
