"""At equal pay: the interval holds the difference at exactly equal pay, the noise of the factor included.

Studies are resampled: a pool of runs at several factors is made once, a study draws its matching runs and its compared runs
from it, solves for the factor on the first and compares on the second, as :func:`sim.study.equal_pay.equal_pay` does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim import engine
from sim.analysis.differences import Matched
from sim.analysis.paired import NONE, paired
from sim.scenario.model import Scenario
from sim.study.equal_pay import SPAN, rescaled

LEVEL = 0.95
Draw = Callable[[np.random.Generator, int], Callable[[float], tuple[np.ndarray, np.ndarray]]]


def study(draw: Draw, rng: np.random.Generator, n: int, matching: int, allow: bool = True) -> tuple[float, float]:
    """Interval of the difference in the outcome; `draw` gives (pay gap, outcome gap) of so many runs at any factor."""
    runs = draw(rng, matching)

    def gap(factor: float) -> float:
        return float(runs(factor)[0].mean())

    low, high = 0.05, 8.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if gap(middle) < 0 else (low, middle)
    factor = (low + high) / 2
    (down, up), pay = (runs(factor * (1 - SPAN)), runs(factor * (1 + SPAN))), runs(factor)[0]
    slope = float((up[1] - down[1]).mean() / (up[0] - down[0]).mean())
    match = Matched({"npv": slope}, float(pay.var(ddof=1) / matching + pay.mean() ** 2), matching)
    d = draw(rng, n)(factor)[1]
    found = paired(np.zeros(n), d, LEVEL, match.extra("npv") if allow else NONE)
    return found["low"], found["high"]


def coverage(draw: Draw, truth: float, n: int, matching: int, studies: int, seed: int = 1, allow: bool = True) -> float:
    rng = np.random.default_rng(seed)
    bounds = np.array([study(draw, rng, n, matching, allow) for _ in range(studies)])
    return float(((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])).mean())


def linear(rng: np.random.Generator, n: int) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Pay 20 f - 30 and an outcome of 100 - 8 pay, at equal pay (f = 1.5) 100; the noise of both grows with f."""
    e, u = rng.standard_normal((2, n))
    return lambda f: (20 * f - 30 + 6 * f * e, 100 - 8 * (20 * f - 30) + 40 * u + 10 * f * e)


def bent(rng: np.random.Generator, n: int) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Pay falls off as f grows (4 sqrt(f) - 6, root 2.25); the outcome is bent in f, and its noise has a long tail."""
    e, u = rng.standard_normal(n), rng.exponential(size=n) - 1
    return lambda f: (4 * np.sqrt(f) - 6 + 0.8 * e, 50 - 3 * f - 0.5 * f**2 + 2 * u + 0.4 * e)


TRUTHS = {linear: 100.0, bent: 50 - 3 * 2.25 - 0.5 * 2.25**2}


@pytest.mark.parametrize("draw", [linear, bent])
def test_intervals_hold_the_difference_at_exactly_equal_pay(draw: Draw) -> None:
    """400 studies: 95% within three standard errors, 1.1% each; without the factor's noise far less."""
    for n, matching in ((30, 200), (200, 200)):
        assert abs(coverage(draw, TRUTHS[draw], n, matching, 400) - LEVEL) < 3 * np.sqrt(0.95 * 0.05 / 400)
    assert coverage(draw, TRUTHS[draw], 200, 200, 400, allow=False) < 0.9


BASE = Scenario(title="Base", months=12, reps={"count": 2}, customers={"at_start": 20}, scheme={"components": [{"rate": 0.2}]})
OTHER = BASE.with_(title="Renewals", scheme={"components": [{"rate": 0.05}, {"measure": "repeat_revenue", "rate": 0.02}]})
POOL = 20_000


class Pool:
    """Outcomes of the model at a grid of factors, the same runs at each, linear between; runs are drawn from it."""

    def __init__(self, outcome: str, pool: int = POOL) -> None:
        self.factors = np.geomspace(0.4, 12.0, 18)
        tables = [engine.simulate(rescaled(OTHER, float(f)), 11, range(1, pool + 1)).runs for f in self.factors]
        base = engine.simulate(BASE, 11, range(1, pool + 1)).runs
        self.pay = np.stack([(t["rep_pay_mean"] - base["rep_pay_mean"]).to_numpy(float) for t in tables])
        self.outcome = np.stack([(t[outcome] - base[outcome]).to_numpy(float) for t in tables])
        factor = float(np.interp(0.0, self.pay.mean(axis=1), self.factors))
        self.truth = float(np.interp(factor, self.factors, self.outcome.mean(axis=1)))

    def __call__(self, rng: np.random.Generator, n: int) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
        pick = rng.integers(0, self.pay.shape[1], n)

        def at(factor: float) -> tuple[np.ndarray, np.ndarray]:
            k = int(np.clip(np.searchsorted(self.factors, factor) - 1, 0, self.factors.size - 2))
            w = (factor - self.factors[k]) / (self.factors[k + 1] - self.factors[k])
            return tuple((1 - w) * x[k, pick] + w * x[k + 1, pick] for x in (self.pay, self.outcome))  # type: ignore[return-value]

        return at


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["npv", "signings", "realised_profit", "hunting_share"])
def test_intervals_of_the_model_hold_the_difference_at_exactly_equal_pay(outcome: str) -> None:
    pool = Pool(outcome)
    for n, matching in ((30, 200), (100, 200), (400, 400)):
        share, without = (coverage(pool, pool.truth, n, matching, 2000, allow=allow) for allow in (True, False))
        print(
            f"| {outcome} at equal pay | 2,000 | {n} (matched on {matching}) | {share:.1%}; without the factor's noise {without:.1%} |"
        )
        assert 0.93 <= share <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("draw", [linear, bent])
def test_made_up_outcomes_at_equal_pay_in_many_studies(draw: Draw) -> None:
    for n, matching in ((30, 200), (100, 200), (1000, 1000)):
        share = coverage(draw, TRUTHS[draw], n, matching, 2000)
        print(f"| made up, {draw.__name__} | 2,000 | {n} (matched on {matching}) | {share:.1%} |")
        assert 0.93 <= share <= 0.97
