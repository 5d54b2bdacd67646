"""Simulation-based calibration: simulated logs give back the parameters that made them, and as often as they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from sim.calibrate import bgnbd, nbd, sbg, spend
from sim.calibrate.likelihood import Maximum
from sim.calibrate.transitions import Transitions
from tests.calibrate.worlds import bg_nbd, contracts, mean_amounts, simulated_book

QUANTILE = stats.chi2.ppf(0.95, 1)


class Case(NamedTuple):
    """A law, the parameters of the simulated logs, and how to fit the log of a seed."""

    theta: tuple[float, ...]
    fit: Callable[[int], Maximum]
    quick: int


def nbd_fit(seed: int) -> Maximum:
    h = bg_nbd((0.6, 6.0, 1e-6, 1.0), 600, seed)
    return nbd.fit(h)


CASES = {
    "bg/nbd": Case((0.6, 6.0, 1.2, 3.0), lambda seed: bgnbd.fit(bg_nbd((0.6, 6.0, 1.2, 3.0), 2000, seed)), 5),
    "nbd": Case((0.6, 6.0), nbd_fit, 15),
    "gamma-gamma": Case(
        (6.25, 3.74, 15.44), lambda seed: spend.fit_gamma_gamma(*mean_amounts((6.25, 3.74, 15.44), 800, seed)), 6
    ),
    "gamma": Case((33.0, 0.9), lambda seed: spend.fit_gamma(np.random.default_rng(seed).gamma(0.9, 33 / 0.9, 400)), 20),
    "sbg": Case((0.7, 2.0), lambda seed: sbg.fit(*contracts((0.7, 2.0), 1500, seed)), 15),
}


def covered(case: Case, seeds: range) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """[seeds, k]: whether the Wald and the profile interval hold the parameter, and (estimate - truth) / standard error."""
    wald, profile, error = [], [], []
    truth = np.array(case.theta)
    for seed in seeds:
        top = case.fit(seed)
        ends = top.wald()
        wald.append((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
        profile.append([top.deviance(name, value) <= QUANTILE for name, value in zip(top.names, truth, strict=True)])
        error.append(np.log(top.theta / truth) / (top.standard_errors / top.theta))
    return np.array(wald), np.array(profile), np.array(error)


@pytest.mark.parametrize("name", CASES)
def test_simulated_logs_give_back_their_parameters(name: str) -> None:
    """The mean standardised error has standard error 1 / sqrt(n); intervals miss no more often than chance of 1 in 10,000 allows."""
    case = CASES[name]
    wald, profile, error = covered(case, range(case.quick))
    assert np.abs(error.mean(axis=0)).max() < 4 / np.sqrt(case.quick)
    fewest = stats.binom.ppf(1e-4, case.quick, 0.95)
    assert wald.sum(axis=0).min() >= fewest and profile.sum(axis=0).min() >= fewest


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_intervals_have_nominal_coverage(name: str) -> None:
    """600 logs: the standard error of a coverage of 95% is 0.9%; profile intervals cover 93% to 97%, Wald intervals 92% to 98%.

    Standardised errors have a spread of 1: standard errors are neither too small nor too large.
    """
    wald, profile, error = covered(CASES[name], range(1000, 1600))
    print(f"\n{name}: Wald {wald.mean(axis=0)}, profile {profile.mean(axis=0)}, spread of errors {error.std(axis=0)}")
    assert ((profile.mean(axis=0) >= 0.93) & (profile.mean(axis=0) <= 0.97)).all()
    assert ((wald.mean(axis=0) >= 0.92) & (wald.mean(axis=0) <= 0.98)).all()
    assert np.abs(error.std(axis=0) - 1).max() < 0.12


def test_payment_intervals_have_nominal_coverage() -> None:
    """2,000 logs of 80 invoices in one bucket: between 93.5% and 96.5% (three standard errors) for every cell."""
    p = np.array([0.6, 0.25, 0.15])
    counts = np.random.default_rng(1).multinomial(80, p, 2000).astype(float)
    one = np.zeros((1, 3))
    ends = np.array([Transitions(row[None], np.stack([one, one])).intervals()[0] for row in counts])
    inside = ((ends[..., 0] <= p) & (p <= ends[..., 1])).mean(axis=0)
    assert (np.abs(inside - 0.95) < 0.015).all(), inside


def test_the_simulated_book_keeps_a_log_of_the_parameters_it_was_given() -> None:
    """The Mesa model's own purchases, fitted: each parameter within the interval that holds it 999 times in 1,000."""
    theta = (0.9, 5.0, 1.2, 3.0)
    top = bgnbd.fit(simulated_book(theta, 600, 26, 5))
    for name, value in zip(top.names, theta, strict=True):
        assert top.deviance(name, value) < stats.chi2.ppf(0.999, 1), (name, value, top[name])


@pytest.mark.slow
def test_logs_of_the_simulated_book_have_nominal_coverage() -> None:
    """40 books: each parameter's interval misses no more often than chance of 1 in 1,000 allows."""
    theta = (0.9, 5.0, 1.2, 3.0)
    held = []
    for seed in range(40):
        top = bgnbd.fit(simulated_book(theta, 600, 26, seed))
        held.append([top.deviance(name, value) <= QUANTILE for name, value in zip(top.names, theta, strict=True)])
    share = np.mean(held, axis=0)
    print("\nbook: profile", share)
    assert (share >= stats.binom.ppf(1e-3, 40, 0.95) / 40).all()
