"""Likelihoods and their maxima: published fits, an outside implementation, gradients, limits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special

from sim.calibrate import bgnbd, checks, nbd, sbg, spend
from sim.calibrate.histories import Histories, histories
from sim.calibrate.likelihood import LogLikelihood, Maximum
from tests.calibrate.worlds import CDNOW, bg_nbd, contracts, mean_amounts

HIGH_END = [
    1000,
    869,
    743,
    653,
    593,
    551,
    517,
    491,
]  # survivors of 1,000, Fader & Hardie 2007, recalled; their fit below confirms them
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@cache
def cdnow(unit: Any = "week") -> Histories:
    return histories(pd.read_csv(CDNOW, parse_dates=["date"], dtype={"customer": str}), unit)


@cache
def cdnow_fit() -> Maximum:
    return bgnbd.fit(cdnow())


def survivors(table: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return -np.diff(np.array(table, float)), np.append(np.zeros(len(table) - 1), table[-1])


def test_cdnow_has_the_published_bg_nbd_fit_to_three_digits() -> None:
    """Fader, Hardie & Lee 2005, table 2: r .243, alpha 4.414, a .793, b 2.426, log-likelihood -9582.4."""
    top = cdnow_fit()
    np.testing.assert_allclose(top.theta, [0.243, 4.414, 0.793, 2.426], atol=5e-4)
    assert top.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert np.abs(top.function(top.theta)[1] * top.theta).max() < 1e-4
    assert top.identified and (top.standard_errors > 0).all()


def test_cdnow_has_the_published_goodness_of_fit() -> None:
    """Fader, Hardie & Lee 2005, figure 1: chi-square 4.82 on 3 degrees of freedom, p = .19 (recalled)."""
    h, top = cdnow(), cdnow_fit()
    check = checks.frequencies(h.x, bgnbd.counts(h.age, 6, *top.theta), 4)
    assert (round(check.chi_square, 2), check.freedom) == (4.82, 3)
    assert check.p_value == pytest.approx(0.19, abs=0.005)
    assert check.table["observed"].sum() == 2357 and check.table["expected"].sum() == pytest.approx(2357)


def test_cdnow_has_the_published_gamma_gamma_and_nbd_fits() -> None:
    """p 6.25, q 3.74, v 15.44 (lifetimes test-suite); r .385, alpha 12.072, -9763.7 (Fader, Hardie & Lee 2005, recalled)."""
    h = cdnow()
    again = h.paid > 0
    assert again.sum() == 946
    np.testing.assert_allclose(spend.fit_gamma_gamma(h.paid[again], h.mean[again]).theta, [6.25, 3.74, 15.44], atol=5e-3)
    without = nbd.fit(h)
    np.testing.assert_allclose(without.theta, [0.385, 12.072], atol=5e-4)
    assert without.log_likelihood == pytest.approx(-9763.7, abs=0.05)


@pytest.mark.parametrize(("table", "published"), [(HIGH_END, [0.668, 3.806]), (REGULAR, [0.704, 1.182])])
def test_published_survival_has_the_published_sbg_fit(table: list[int], published: list[float]) -> None:
    top = sbg.fit(*survivors(table))
    np.testing.assert_allclose(top.theta, published, atol=5e-4)
    assert top.size == 1000


def test_sbg_projects_the_published_years_that_were_not_fitted_to() -> None:
    """High End after 8 to 12 years: 46.8, 44.5, 42.7, 40.9, 39.4% (recalled); within two percentage points."""
    top = sbg.fit(*survivors(HIGH_END))
    np.testing.assert_allclose(sbg.survival(np.arange(8.0, 13.0), *top.theta), [0.468, 0.445, 0.427, 0.409, 0.394], atol=0.02)


def test_agrees_with_lifetimes() -> None:
    lifetimes = pytest.importorskip("lifetimes")
    h, top = cdnow(), cdnow_fit()
    other = lifetimes.BetaGeoFitter()
    other.fit(h.x, h.recency, h.age)
    np.testing.assert_allclose(top.theta, other.params_[list(bgnbd.NAMES)], rtol=2e-3)
    assert (
        top.log_likelihood
        >= -other._negative_log_likelihood(np.log(other.params_), h.x, h.recency, h.age, np.ones(h.x.size), 0.0) * h.x.size - 1e-3
    )
    theta = tuple(other.params_[list(bgnbd.NAMES)])
    ages = np.array([1.0, 10.0, 39.0, 200.0])
    np.testing.assert_allclose(
        bgnbd.expected_purchases(ages, *theta), other.expected_number_of_purchases_up_to_time(ages), rtol=1e-9
    )
    np.testing.assert_allclose(
        bgnbd.alive(h.x, h.recency, h.age, *theta), other.conditional_probability_alive(h.x, h.recency, h.age), rtol=1e-9
    )
    amounts = lifetimes.GammaGammaFitter()
    again = h.paid > 0
    amounts.fit(h.paid[again], h.mean[again])
    found = spend.fit_gamma_gamma(h.paid[again], h.mean[again]).theta
    np.testing.assert_allclose(found, amounts.params_[["p", "q", "v"]], rtol=2e-3)


def likelihoods() -> dict[str, tuple[LogLikelihood, list[float]]]:
    h = bg_nbd((0.6, 6.0, 1.2, 3.0), 60, 1)
    ones = np.ones(60)
    return {
        "bg/nbd": (bgnbd.log_likelihood(h.x, h.recency, h.age, ones), [0.7, 5.0, 0.9, 2.0]),
        "nbd": (nbd.log_likelihood(h.x, h.age, ones), [0.7, 5.0]),
        "gamma-gamma": (spend.gamma_gamma_likelihood(*mean_amounts((6.25, 3.74, 15.44), 60, 1)), [5.0, 3.0, 20.0]),
        "gamma": (spend.gamma_likelihood(np.array([3.0, 1.0, 4.0, 1.5])), [2.0, 1.7]),
        "sbg": (sbg.log_likelihood(*contracts((0.7, 2.0), 60, 1)), [0.9, 1.5]),
    }


@pytest.mark.parametrize("name", likelihoods())
def test_gradients_are_those_of_the_likelihood(name: str) -> None:
    function, theta = likelihoods()[name]
    point = np.array(theta)
    steps = np.eye(point.size) * 1e-5
    slopes = [(function(point + step)[0] - function(point - step)[0]) / 2e-5 for step in steps]
    np.testing.assert_allclose(function(point)[1], slopes, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("theta", [(0.243, 4.414, 0.793, 2.426), (1.5, 10.0, 2.0, 3.0), (0.5, 5.0, 1.0, 2.0)])
def test_probabilities_of_counts_add_up_to_one_and_to_the_mean(theta: tuple[float, ...]) -> None:
    t = np.array([0.0, 1.0, 39.0, 80.0])
    p = bgnbd.counts(t, 600, *theta)
    np.testing.assert_allclose(p.sum(axis=0), 1.0, atol=1e-9)
    np.testing.assert_allclose(np.arange(601) @ p, bgnbd.expected_purchases(t, *theta), rtol=1e-6)


def test_the_likelihood_of_frequencies_follows_from_that_of_histories() -> None:
    """P(X(T) = 1) is the integral over the time of the only purchase of the density of (x = 1, t_x)."""
    theta = np.array([0.6, 6.0, 1.2, 3.0])
    times = (np.arange(4000) + 0.5) / 4000 * 30.0
    one = np.ones(4000)
    density = [np.exp(bgnbd.log_likelihood(one[:1], times[k : k + 1], 30.0 * one[:1], one[:1])(theta)[0]) for k in range(4000)]
    assert np.sum(density) * 30.0 / 4000 == pytest.approx(bgnbd.counts(np.array([30.0]), 1, *theta)[1, 0], rel=1e-5)


def test_nbd_is_bg_nbd_without_dropout() -> None:
    h = cdnow()
    x, recency, age, weight = h.grouped()
    both = bgnbd.log_likelihood(x, recency, age, weight)(np.array([0.385, 12.07, 1e-14, 1.0]))[0]
    assert both == pytest.approx(nbd.log_likelihood(x, age, weight)(np.array([0.385, 12.07]))[0], abs=1e-3)


def test_the_unit_of_time_scales_alpha_and_nothing_else() -> None:
    """A month is 52 / 12 weeks; standard errors in proportion."""
    weeks, months = cdnow_fit(), bgnbd.fit(cdnow("month"))
    ratio = [1.0, 12 / 52, 1.0, 1.0]
    np.testing.assert_allclose(months.theta, weeks.theta * ratio, rtol=1e-5)
    np.testing.assert_allclose(months.standard_errors, weeks.standard_errors * ratio, rtol=1e-3)


def test_standard_errors_are_those_of_the_information() -> None:
    """Gamma with mean m and shape k: m / sqrt(n k) and 1 / sqrt(n (psi'(k) - 1 / k)), the two being independent."""
    amounts = np.random.default_rng(1).gamma(0.9, 30.0, 500)
    top = spend.fit_gamma(amounts)
    expected = [
        top["mean"] / np.sqrt(500 * top["shape"]),
        1 / np.sqrt(500 * (special.polygamma(1, top["shape"]) - 1 / top["shape"])),
    ]
    np.testing.assert_allclose(top.standard_errors, expected, rtol=1e-5)
    reach = np.exp(1.959964 * np.array(expected) / top.theta)
    np.testing.assert_allclose(top.wald(), np.stack([top.theta / reach, top.theta * reach], axis=1), rtol=1e-5)


def test_draws_spread_as_the_standard_errors_say() -> None:
    top = cdnow_fit()
    drawn = np.log(top.draw(4000, 1))
    np.testing.assert_allclose(drawn.mean(axis=0), np.log(top.theta), atol=4 * (top.standard_errors / top.theta).max() / 63)
    np.testing.assert_allclose(np.cov(drawn.T), top.log_covariance, atol=0.1 * top.log_covariance.max())


def test_profile_ends_lie_where_the_deviance_is_the_quantile() -> None:
    top = sbg.fit(*survivors(HIGH_END))
    for name, ends in zip(top.names, top.profile(), strict=True):
        assert ends[0] < top[name] < ends[1]
        assert [top.deviance(name, end) for end in ends] == pytest.approx([3.8415, 3.8415], abs=1e-3)


def test_what_the_log_does_not_identify_has_no_standard_error() -> None:
    """Half of all contracts lost at every renewal: no heterogeneity, and so alpha and beta grow without bound."""
    lost = np.array([512.0, 256.0, 128.0, 64.0])
    top = sbg.fit(lost, np.array([0, 0, 0, 0, 64.0]))
    assert not top.identified and np.isnan(top.standard_errors).all()
    assert top["alpha"] / (top["alpha"] + top["beta"]) == pytest.approx(0.5, abs=1e-3)
    assert np.isinf(top.profile()[:, 1]).all()


def test_a_thin_tail_joins_the_cell_before_it() -> None:
    """Expected 50, 30, 20, 1: three cells, the last "2 to 3" with 21; two cells too thin for one, and a log of 8 customers alike."""
    cells, observed = ["0", "1", "2", "3"], np.array([52.0, 28.0, 18.0, 3.0])
    check = checks.compare("cells", cells, observed, np.array([50.0, 30.0, 20.0, 1.0]), 0)
    assert list(check.table["cell"]) == ["0", "1", "2 to 3"] and check.freedom == 2
    assert check.chi_square == pytest.approx(4 / 50 + 4 / 30 + 0)
    two = checks.compare("cells", ["0", "1"], np.array([8.0, 1.0]), np.array([8.0, 1.0]), 0)
    assert list(two.table["cell"]) == ["0", "1"] and two.result == "too few observations for a test"


def test_without_a_degree_of_freedom_there_is_no_test() -> None:
    """Three cells and two parameters: whatever is observed fits; one parameter fewer, and there is one."""
    cells, observed, expected = ["0", "1", "2"], np.array([40.0, 40.0, 20.0]), np.array([50.0, 30.0, 20.0])
    tested = checks.compare("cells", cells, observed, expected, 1)
    assert tested.freedom == 1 and tested.result.startswith("chi-square 5.33, 1 d.f., p = 0.0")
    for check in (
        checks.compare("cells", cells, observed, expected, 2),
        checks.frequencies(np.full(8, 5.0), np.full((checks.MOST, 8), 1 / 8), 4),
        checks.uniformity("amounts", np.array([0.5]), 4),
        checks.hazards(np.array([8.0, 9.0]), np.array([20.0, 20.0]), np.array([0.4, 0.4]), 2),
    ):
        assert check.result == "too few observations for a test" and check.freedom == 0
        assert np.isnan(check.p_value) and np.isnan(check.chi_square)
        assert not any(" to " in cell for cell in check.table["cell"])  # put together for a test that is none
