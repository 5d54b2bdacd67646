"""A1, A2: what a customer is worth, with constant and with heterogeneous retention."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from sim import engine
from tests.theory.worlds import by_run, certain, close, months, world

FITS = [(0.668, 3.806, 5.9226), (0.704, 1.182, 3.6951)]  # Fader & Hardie (2007): High End, Regular; sum at d = 0.1
RANDOM = [tuple(pair) for pair in np.random.default_rng(7).uniform((0.4, 0.5), (4.0, 8.0), (4, 2)).round(3).tolist()]


def survival(alpha: float, beta: float, t: np.ndarray | int) -> np.ndarray:
    """S(t) = B(alpha, beta + t) / B(alpha, beta)."""
    return np.exp(special.betaln(alpha, beta + np.asarray(t)) - special.betaln(alpha, beta))


def values(r_or_lapse: dict[str, float], i: float, years: int, runs: int = 30) -> np.ndarray:
    """Discounted margin per customer, by run: 1 at signing and at every yearly renewal."""
    scenario = world(
        months=years * 12,
        customers={
            "initial": 100.0,
            "renewal": 1.0,
            "margin": 0.4,
            "margin_precision": 1e6,
            "at_start": 500,
            "lapse": r_or_lapse,
        },
        firm={"discount_year": i},
    )
    return engine.simulate(scenario, 1, range(1, runs + 1)).runs["npv"].to_numpy() / (500 * 40.0)


@pytest.mark.parametrize(("r", "i", "printed"), [(0.8, 0.10, 2.6667), (0.9, 0.12, 4.0909)])
def test_the_golden_multiples(r: float, i: float, printed: float) -> None:
    """First margin one period later: r / (1 + i - r); sixty years are as good as for ever."""
    assert r / (1 + i - r) == pytest.approx(printed, abs=5e-5)
    close(values(certain(1 - r), i, 60) - 1.0, printed)


@pytest.mark.parametrize(("r", "i", "n"), [(0.8, 0.10, 15), (0.55, 0.03, 4), (0.95, 0.2, 8)])
def test_a_finite_horizon(r: float, i: float, n: int) -> None:
    """Margin at t = 0, n terms: (1 - x^n) / (1 - x), x = r / (1 + i)."""
    x = r / (1 + i)
    close(values(certain(1 - r), i, n), (1 - x**n) / (1 - x))


def test_purchases_until_churn() -> None:
    """Poisson purchases at rate l until churn q a month, discounted at w: l m sum ((1 - q) w)^t -> l m / (delta + mu)."""
    rate, q, i, n = 0.5, 0.04, 0.12, 240
    scenario = world(
        months=n,
        customers={"at_start": 300, "initial": 0.0, "renewal": 0.0, "renewal_months": 1, "lapse": certain(q), "margin_precision": 1e6,
                   "purchase": {"enabled": True, "shape": 1e4, "alpha": 1e4 / rate}, "spend": {"p": 6.25, "q": 1e4, "v": 16.0 * (1e4 - 1)}},
        firm={"discount_year": i},
    )  # fmt: skip
    value = engine.simulate(scenario, 3, range(1, 31)).runs["npv"].to_numpy() / 300
    step = (1 - q) * (1 + i) ** (-1 / 12)
    expected = rate * 40.0 * (1 - step**n) / (1 - step)
    close(value, expected)
    assert expected == pytest.approx(rate * 40.0 / (np.log(1 + i) / 12 - np.log(1 - q)), rel=0.03)


@pytest.mark.parametrize(("alpha", "beta"), [fit[:2] for fit in FITS] + RANDOM)
def test_shifted_beta_geometric_survival_and_retention(alpha: float, beta: float) -> None:
    """A2: S(t), and retention (beta + t - 1) / (alpha + beta + t - 1) rising because the frail have gone."""
    table = months(world(months=96, customers={"lapse": {"alpha": alpha, "beta": beta}}), 2, 5)
    there, gone = by_run(table, "customers")[:, 11::12].sum(axis=0), by_run(table, "lapses")[:, 11::12].sum(axis=0)
    t = np.arange(1, 9)
    expected = survival(alpha, beta, t)
    assert (np.abs(there / 20000 - expected) < 4 * np.sqrt(expected * (1 - expected) / 20000)).all()
    retention = (beta + t - 1) / (alpha + beta + t - 1)
    before = there + gone
    assert (np.abs(there / before - retention) < 4 * np.sqrt(retention * (1 - retention) / before)).all()
    assert by_run(table, "lapses").sum() == gone.sum()


@pytest.mark.parametrize(("alpha", "beta", "printed"), FITS)
def test_value_of_a_heterogeneous_cohort(alpha: float, beta: float, printed: float) -> None:
    """A2: sum S(t) (1 + d)^-t = 2F1(1, beta; alpha + beta; 1 / (1 + d)), here its first thirty terms; the mean churn would say less."""
    d, n = 0.1, 30
    assert special.hyp2f1(1, beta, alpha + beta, 1 / (1 + d)) == pytest.approx(printed, abs=5e-5)
    terms = survival(alpha, beta, np.arange(400)) / (1 + d) ** np.arange(400)
    assert terms.sum() == pytest.approx(printed, abs=5e-5)
    found = values({"alpha": alpha, "beta": beta}, d, n)
    close(found, terms[:n].sum())
    shortcut = (1 + d) / (1 + d - beta / (alpha + beta))
    assert found.mean() > 1.2 * shortcut
