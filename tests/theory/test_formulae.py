"""Closed forms beside one another and beside what is printed; that the model reproduces them is tested in tests/proofs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from sim.proofs.closed import customers, lifetimes, purchases


@pytest.mark.parametrize(("r", "i", "printed"), [(0.8, 0.10, 2.6667), (0.9, 0.12, 4.0909)])
def test_the_golden_multiples(r: float, i: float, printed: float) -> None:
    assert r / (1 + i - r) == pytest.approx(printed, abs=5e-5) == customers.multiple(r, i)
    assert customers.multiple(r, i, 4) == pytest.approx(sum((r / (1 + i)) ** t for t in (1, 2, 3)))


@pytest.mark.parametrize(("alpha", "beta", "printed"), lifetimes.FITS.values(), ids=lifetimes.FITS)
def test_discounted_lifetime_is_the_sum_of_survival(alpha: float, beta: float, printed: float) -> None:
    terms = lifetimes.survival(alpha, beta, np.arange(400)) / 1.1 ** np.arange(400)
    assert terms.sum() == pytest.approx(printed, abs=5e-5)
    assert lifetimes.discounted(alpha, beta, 0.1) == pytest.approx(terms.sum())
    assert lifetimes.discounted(alpha, beta, 0.1, 5) == pytest.approx(terms[5:].sum() / terms[5])
    assert 1.1 / (1.1 - beta / (alpha + beta)) < terms.sum() / 1.2  # the mean churn says less


def test_probabilities_of_bg_nbd_have_the_expected_mean() -> None:
    """Two formulae of Fader, Hardie & Lee (2005) for one thing."""
    x = np.arange(4000)
    mass = purchases.purchase_probability(0.243, 4.414, 0.793, 2.426, 39.0, x)
    assert mass.sum() == pytest.approx(1.0)
    assert mass @ x == pytest.approx(purchases.expected_purchases(0.243, 4.414, 0.793, 2.426, 39.0), rel=1e-6)


def test_variance_and_hypergeometric_as_printed() -> None:
    law = stats.nbinom(1.4, 10.0 / 34.0)
    assert law.var() == pytest.approx(1.4 * 2.4 + 1.4 * 2.4**2)
    assert special.hyp2f1(1, 3.806, 4.474, 1 / 1.1) == pytest.approx(5.9226, abs=5e-5)
