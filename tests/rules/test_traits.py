"""What kind of customer a prospect is: each trait has the distribution the scenario gives it, and they go together as it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.rules import traits
from sim.scenario.parameters import TRAITS
from tests.rules.worlds import Desk, customer, record

MONTH = record("clock", seed=1, run=1, month=9)
PAIRS = {"lapse-fit": -0.5, "rate-spend": 0.4, "initial-need": 0.3, "margin-payment": 0.6, "initial-fit": 0.2}


def test_the_scores_of_prospects_are_correlated_as_the_scenario_says_and_not_otherwise() -> None:
    desk, size = Desk(customers={"correlation": PAIRS}), 2500
    scores = []
    for order in range(1, size + 1):
        now, c, _ = customer(desk, order)
        scores.append(traits.scores(desk.params, traits.uniforms(now, c["who"], c["which"])))
    expected = np.eye(8)
    for pair, value in PAIRS.items():
        i, j = (TRAITS.index(name) for name in pair.split("-"))
        expected[i, j] = expected[j, i] = value
    z = np.array(scores)
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(size)
    error = np.sqrt((1 + expected**2) / size)  # of a covariance of standard normals
    assert (np.abs(np.cov(z.T) - expected) < 4.5 * error).all()


NUMBERS = {
    "customers": {"initial": 1000.0, "initial_shape": 4.0, "renewal": 0.8, "renewal_months": 12, "margin": 0.4, "margin_precision": 50.0,
                  "purchase": {"shape": 2.0, "alpha": 40.0}, "spend": {"p": 6.25, "q": 3.74, "v": 88.0}, "lapse": {"alpha": 0.7, "beta": 3.8},
                  "payment": {"spread": 0.4, "fit": 0.3}, "service": {"rate": 0.08, "shape": 2.0, "fit": 0.2}},
    "firm": {"perks": 130.0}, "desk": {"contact_cost": 12.0},
}  # fmt: skip


def drawn(score: float, shift: float = 0.0, size: float = 1.0, **numbers: float) -> Any:
    """The traits of a prospect whose eight scores are the same."""
    desk, c = Desk(**NUMBERS).set(**numbers), record("customer")
    traits.draw(desk.params, MONTH, c, (*(score,) * 7, score + shift), size - 1.0)
    return c


def test_better_fit_carries_what_goes_with_it() -> None:
    """Half a standard deviation of fit: lapse falls by .25 at a correlation of -.5, first purchase rises by .1, the rest stays."""
    z = tuple(np.linspace(-1.0, 1.0, 8))
    moved = np.array(traits.fitting_better(Desk(customers={"correlation": PAIRS}).params, z, 0.5)) - z
    expected = dict.fromkeys(TRAITS, 0.0) | {"fit": 0.5, "lapse": -0.25, "initial": 0.1}
    assert moved.tolist() == pytest.approx(list(expected.values()), abs=1e-15)
    assert traits.fitting_better(Desk(customers={"correlation": PAIRS}).params, z, 0.0) == z


@pytest.mark.parametrize("score", [-1.3, 0.0, 0.9])
def test_a_score_is_the_quantile_of_its_traits_distribution(score: float) -> None:
    """Gamma: first purchase, purchase rate, need; inverse gamma: scale of amounts; beta: margin, lapse; normal: payment, fit."""
    c, u, fit = drawn(score, shift=0.5), stats.norm.cdf(score), score + 0.5
    lapse = stats.beta.ppf(u, 0.7, 3.8)
    expected = {
        "initial": 100 * 1000 / 4 * stats.gamma.ppf(u, 4.0),
        "renewal": 80 * 1000 / 4 * stats.gamma.ppf(u, 4.0),
        "rate": stats.gamma.ppf(u, 2.0) / 40,
        "scale": 88 / stats.gamma.ppf(u, 3.74),
        "margin": stats.beta.ppf(u, 20.0, 30.0),
        "need": 0.08 / 2 * stats.gamma.ppf(u, 2.0) * np.exp(-0.2 * fit),
        "odds_lapse": lapse / (1 - lapse),
        "odds_pay": np.exp(0.4 * score + 0.3 * fit),
        "fit": fit,
    }
    for name, value in expected.items():
        assert c[name] == pytest.approx(value, rel=2e-3), name
    assert c["no_contact"] == pytest.approx(np.exp(-c["need"]))


def test_what_a_customer_is_worth_and_what_is_promised() -> None:
    """Worth: margin on purchases and renewals a month.  Promised: margin at once; a month's purchases less service of
    ordinary need; at each renewal the margin on it."""
    c = drawn(0.6)
    bought = c["rate"] * 6.25 * c["scale"]
    assert c["worth"] == pytest.approx(100 * c["margin"] * (bought + c["renewal"] / 100 / 12), abs=0.5)
    assert traits.expected_revenue(c) == round(c["worth"] / c["margin"])
    assert traits.expected_revenue(c) == pytest.approx(100 * bought + c["renewal"] / 12, abs=0.5 + 0.5 / c["margin"])
    assert c["promise_first"] == pytest.approx(c["margin"] * c["initial"], abs=0.5)
    assert c["promise_month"] == pytest.approx(c["margin"] * bought - 0.08 * 12)
    assert c["promise_renewal"] == pytest.approx(c["margin"] * c["renewal"] / 100)


def test_who_buys_more_at_first_renews_more_and_without_a_contract_nobody_renews() -> None:
    one, twice = drawn(0.6), drawn(0.6, size=2.0)
    assert twice["initial"] == pytest.approx(2 * one["initial"], abs=1) and twice["renewal"] == pytest.approx(
        2 * one["renewal"], abs=1
    )
    assert twice["rate"] == one["rate"]
    free = drawn(0.6, customers_setting=1.0)
    assert (free["renewal"], free["promise_renewal"], free["initial"]) == (0, 0, one["initial"])
    assert free["worth"] == pytest.approx(100 * free["margin"] * free["rate"] * 6.25 * free["scale"], abs=0.5)
    never = drawn(0.6, purchase_enabled=0.0)
    assert never["rate"] == 0 and never["worth"] == pytest.approx(never["margin"] * never["renewal"] / 12, abs=0.5)
