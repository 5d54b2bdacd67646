"""Each estimator against distributions whose value is known: no bias, the error it states is its spread, and it covers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import stats

from sim.analysis import estimators
from sim.analysis.estimators import Estimate

RNG = np.random.default_rng


class Case(NamedTuple):
    """What is drawn (given a generator and n), what is estimated from it, and its value in theory."""

    draw: Callable[[np.random.Generator, int], Any]
    estimate: Callable[[Any], Estimate]
    value: float


def _quantile_expected(distribution: Any, level: float, n: int) -> float:
    """Mean of the sample quantile: Q(p) + p (1 - p) Q''(p) / (2 (n + 2)) at p = ((n - 1) level + 1) / (n + 1) (David & Johnson 1954)."""
    p, h = ((n - 1) * level + 1) / (n + 1), 1e-4
    curvature = (distribution.ppf(p + h) - 2 * distribution.ppf(p) + distribution.ppf(p - h)) / h**2
    return float(distribution.ppf(p) + p * (1 - p) * curvature / (2 * (n + 2)))


N = 1000
LEVEL = 0.05
Z = stats.norm.ppf(LEVEL)
SIGMA = 0.5


def normal(r: np.random.Generator, n: int) -> np.ndarray:
    return r.normal(10.0, 3.0, n)


def lognormal(r: np.random.Generator, n: int) -> np.ndarray:
    return r.lognormal(0.0, SIGMA, n)


def exponential(r: np.random.Generator, n: int) -> np.ndarray:
    return r.exponential(2.0, n)


def uniform(r: np.random.Generator, n: int) -> np.ndarray:
    return r.uniform(0.0, 1.0, n)


def bernoulli(r: np.random.Generator, n: int) -> np.ndarray:
    return (r.random(n) < 0.1).astype(float)


def pairs(r: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    below = r.gamma(4.0, 1.0, n)
    return 0.3 * below + r.normal(0.0, 0.5, n), below


def _q(level: float) -> Callable[[np.ndarray], Estimate]:
    return lambda x: estimators.quantile(x, level)


def _es(x: np.ndarray) -> Estimate:
    return estimators.shortfall(x, LEVEL)


CASES = {
    "mean of normal": Case(normal, estimators.mean, 10.0),
    "mean of lognormal": Case(lognormal, estimators.mean, np.exp(SIGMA**2 / 2)),
    "mean of exponential": Case(exponential, estimators.mean, 2.0),
    "sd of normal": Case(normal, estimators.sd, 3.0),
    "sd of uniform": Case(uniform, estimators.sd, 12.0**-0.5),
    "share": Case(bernoulli, estimators.share, 0.1),
    "q05 of normal": Case(normal, _q(0.05), _quantile_expected(stats.norm(10, 3), 0.05, N)),
    "q50 of lognormal": Case(lognormal, _q(0.5), _quantile_expected(stats.lognorm(SIGMA), 0.5, N)),
    "q95 of exponential": Case(exponential, _q(0.95), _quantile_expected(stats.expon(scale=2), 0.95, N)),
    "q05 of uniform": Case(uniform, _q(0.05), ((N - 1) * 0.05 + 1) / (N + 1)),
    "shortfall of normal": Case(normal, _es, 10.0 - 3.0 * stats.norm.pdf(Z) / LEVEL),
    "shortfall of lognormal": Case(lognormal, _es, np.exp(SIGMA**2 / 2) * stats.norm.cdf(Z - SIGMA) / LEVEL),
    "shortfall of uniform": Case(uniform, _es, LEVEL / 2),
    "ratio": Case(pairs, lambda x: estimators.ratio(*x), 0.3),
}
TRUE_QUANTILES = {
    "q05 of normal": stats.norm(10, 3).ppf(0.05),
    "q50 of lognormal": 1.0,
    "q95 of exponential": stats.expon(scale=2).ppf(0.95),
    "q05 of uniform": 0.05,
}


def check(name: str, replications: int, covers: tuple[float, float]) -> None:
    """Bias within 4 Monte Carlo errors, stated error within 10% of the spread, coverage within bounds."""
    case, r = CASES[name], RNG(list(name.encode()))
    found = [case.estimate(case.draw(r, N)) for _ in range(replications)]
    values = np.array([one.value for one in found])
    spread = values.std(ddof=1)
    curvature = 2.0 / N * spread  # of higher order in 1/n than is derived above, for ratio, sd and shortfall
    assert abs(values.mean() - case.value) < 4.0 * spread / replications**0.5 + curvature + _bias(name, spread)
    assert np.sqrt(np.mean([one.standard_error**2 for one in found])) == pytest.approx(spread, rel=0.1)
    true = TRUE_QUANTILES.get(name, case.value)
    assert covers[0] <= np.mean([one.low <= true <= one.high for one in found]) <= covers[1]


def _bias(name: str, spread: float) -> float:
    """The shortfall of n runs is biased by at most (1 - level) / 2 n level of the tail's scale: a tenth of its spread here."""
    return 0.1 * spread if name.startswith("shortfall") else 0.0


@pytest.mark.parametrize("name", CASES)
def test_value_error_and_coverage(name: str) -> None:
    check(name, 1000, (0.93, 0.97))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_value_error_and_coverage_in_many_replications(name: str) -> None:
    check(name, 20_000, (0.94, 0.97))


@pytest.mark.parametrize("kind", ["mean", "sd", "quantile", "shortfall", "ratio"])
def test_a_paired_difference_is_as_precise_as_the_pairing_makes_it(kind: str) -> None:
    """Two correlated normal outcomes of which one is shifted by 1: the difference in location, none in spread."""
    functions: dict[str, tuple[Callable[..., estimators.Point], int, float]] = {
        "mean": (estimators.mean_point, 1, 1.0),
        "sd": (estimators.sd_point, 1, 0.0),
        "quantile": (lambda x: estimators.quantile_point(x, 0.1), 1, 1.0),
        "shortfall": (lambda x: estimators.shortfall_point(x, 0.1), 1, 1.0),
        "ratio": (estimators.ratio_point, 2, 0.25),
    }
    function, arrays, gap = functions[kind]
    r, found, alone = RNG(11), [], []
    for _ in range(1000):
        common = r.normal(0.0, 2.0, N)
        base, ours = common + r.normal(8.0, 0.7, N), common + r.normal(9.0, 0.7, N)
        below = (np.full(N, 4.0),) if arrays == 2 else ()
        found.append(estimators.difference(function, (ours, *below), (base, *below)))
        alone.append(function(base, *below).standard_error)
    values = np.array([one.value for one in found])
    assert abs(values.mean() - gap) < 4.0 * values.std(ddof=1) / 1000**0.5
    stated, spread = np.sqrt(np.mean([one.standard_error**2 for one in found])), values.std(ddof=1)
    if kind == "quantile":  # stated too large rather than too small: the two densities are estimated separately
        assert spread <= stated <= 1.15 * spread
    else:
        assert stated == pytest.approx(spread, rel=0.1)
    assert 0.93 <= np.mean([one.low <= gap <= one.high for one in found]) <= (0.98 if kind == "quantile" else 0.97)
    assert spread < 0.8 * np.mean(alone)  # unpaired it would be 1.4


def test_a_paired_difference_of_means_is_the_mean_of_the_differences() -> None:
    r = RNG(3)
    ours, base = r.normal(size=30), r.normal(size=30)
    ours[4], base[7] = np.nan, np.nan
    found, plain = estimators.difference(estimators.mean_point, (ours,), (base,)), estimators.mean(ours - base)
    assert (found.n, found.undefined) == (plain.n, plain.undefined) == (28, 2)
    assert [found.value, found.standard_error, found.low, found.high] == pytest.approx(
        [plain.value, plain.standard_error, plain.low, plain.high]
    )


@pytest.mark.parametrize(
    "estimate", [estimators.mean, estimators.sd, estimators.share, _q(0.5), lambda x: estimators.shortfall(x, 0.5)]
)
def test_undefined_runs_are_left_out_and_counted(estimate: Callable[[np.ndarray], Estimate]) -> None:
    some = np.array([1.0, np.nan, 0.0, 1.0, np.nan])
    found, without = estimate(some), estimate(some[[0, 2, 3]])
    assert (found.n, found.undefined) == (3, 2)
    assert (found.value, found.standard_error, found.low, found.high) == (
        without.value,
        without.standard_error,
        without.low,
        without.high,
    )
    none = estimate(np.full(4, np.nan))
    assert (none.n, none.undefined) == (0, 4)
    assert np.isnan([none.value, none.standard_error, none.low, none.high, none.half_width]).all()


def test_one_run_bounds_nothing() -> None:
    one = np.array([2.0])
    for found in (estimators.mean(one), estimators.quantile(one, 0.5), estimators.ratio(one, one)):
        assert np.isnan(found.standard_error)
        assert (found.low, found.high) == (-np.inf, np.inf)
    assert np.isnan(estimators.sd(one).value)


def test_worked_numbers() -> None:
    """Small samples by hand."""
    mean = estimators.mean(np.array([1.0, 2.0, 3.0, 6.0]))  # sd² = (4 + 1 + 0 + 9) / 3
    assert (mean.value, mean.standard_error) == pytest.approx((3.0, (14 / 3 / 4) ** 0.5))
    assert mean.half_width == pytest.approx(3.182446 * mean.standard_error, rel=1e-6)  # Student's t, 3 degrees of freedom
    wilson = estimators.share(np.repeat([1.0, 0.0], [81, 182]))  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (wilson.low, wilson.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    never = estimators.share(np.zeros(20))  # the same table: 0 to 0.1611
    assert (never.low, never.high) == pytest.approx((0.0, 0.1611), abs=5e-5)
    tail = estimators.shortfall(np.arange(1.0, 11.0), 0.25)  # (1 + 2 + 3 / 2) / 2.5
    assert tail.value == pytest.approx(1.8)
    assert estimators.shortfall(np.arange(1.0, 21.0), 0.05).value == 1.0
    pooled = estimators.ratio(np.array([1.0, 3.0]), np.array([2.0, 6.0]))
    assert (pooled.value, pooled.standard_error) == (0.5, 0.0)


def test_the_interval_of_a_quantile_is_made_of_the_order_statistics_of_the_binomial() -> None:
    """Of 100 runs x(40) to x(61) bound the median: P(40 <= B(100, 1/2) <= 60) = 0.9648."""
    found = estimators.quantile(np.arange(1.0, 101.0), 0.5)
    assert (found.low, found.high) == (40.0, 61.0)
    assert stats.binom.cdf(60, 100, 0.5) - stats.binom.cdf(39, 100, 0.5) >= 0.95
    few = estimators.quantile(np.arange(1.0, 51.0), 0.05)  # 0.95^50 = 0.077: maybe no run is below the quantile
    assert (few.low, few.half_width) == (-np.inf, np.inf)


def test_the_error_of_a_quantile_is_the_bootstraps() -> None:
    """Maritz & Jarrett's error of a median of odd n is the exact standard deviation of the bootstrapped median."""
    x = np.sort(RNG(5).exponential(size=21))
    medians = np.median(RNG(6).choice(x, (200_000, 21)), axis=1)
    assert estimators.order_error(x, 0.5) == pytest.approx(medians.std(), rel=0.01)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_estimates_have_the_scale_of_the_outcome(scale: float) -> None:
    x = RNG(8).normal(1.0, 1.0, 300)
    for estimate in (estimators.mean, estimators.sd, _q(0.1), _es):
        plain, scaled = estimate(x), estimate(scale * x)
        numbers = np.array([plain.value, plain.standard_error, plain.low, plain.high])
        assert [scaled.value, scaled.standard_error, scaled.low, scaled.high] == pytest.approx(scale * numbers, rel=1e-6)


def test_what_never_varies_has_no_error() -> None:
    for estimate in (estimators.mean, estimators.sd, _q(0.5), _es):
        found = estimate(np.full(100, 0.1))  # whose mean is rounded
        assert found.standard_error == 0.0
        assert found.half_width == 0.0


def test_the_binomial_quantile_is_scipys() -> None:
    for n in (1, 2, 20, 201, 10_000):
        for level in (0.01, 0.05, 0.5, 0.9, 0.999):
            for tail in (0.005, 0.025, 0.975, 0.995):
                assert estimators.binomial_quantile(tail, n, level) == stats.binom.ppf(tail, n, level)


def test_a_start_does_not_wait_for_scipy_stats() -> None:
    code = "import sys, sim.study, sim.engine.kernel; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
