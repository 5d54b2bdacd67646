"""Renewals, repeat purchases, and the silent end of customers without a contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.rules import purchasing, renewal
from sim.rules.steps import whole
from tests.rules.worlds import Desk, believer, record
from tests.rules.worlds import customer as somebody


def test_the_rate_rises_with_satisfaction_more_than_in_proportion() -> None:
    """0.2 (1 - 0.5 x 0.4 / 2)^2 x 1.5 = 0.243; at satisfaction 1: 0.2 x 1.25^2."""
    assert purchasing.rate(0.2, -0.4, 0.5, 1.5) == pytest.approx(0.2 * 0.9**2 * 1.5)
    assert purchasing.rate(0.2, 1.0, 0.5, 1.0) == pytest.approx(0.3125)
    assert purchasing.rate(0.2, 0.0, 0.5, 1.0) == pytest.approx(0.2)


SHOP = Desk(
    customers={"renewal_months": 12, "lapse": {"satisfaction": 0.0, "tie": 0.0}, "purchase": {"satisfaction": 0.0, "visit": 0.5}}
)


def bought(u: float, order: int = 1, visits: int = 0, month: int = 9, setting: float = 0.0, **customer: float) -> tuple[Any, Any]:
    """A customer of month 4, with three purchases so far, whose contract renews in month 16: (customer, tally)."""
    given = {"rate": 2.0, "scale": 10.0, "margin": 0.4, "term_ends": 15, "purchases": 3.0, "odds_lapse": 1.0}
    now, c, e = somebody(SHOP, order, month, **given | customer)
    e["u_purchase"], e["visits"], t = u, visits, record("tally")
    for step in (renewal, purchasing):
        whole(step)(SHOP.set(customers_setting=setting).params, now, c, e, believer(), t, 0)
    return c, t


@pytest.mark.parametrize("u", [0.1, 0.13, 0.14, 0.4, 0.5, 0.9, 0.9999])
def test_purchases_are_poisson_and_counted(u: float) -> None:
    """At 2 a month, 3 in a month with a visit."""
    for visits in (0, 1):
        number = stats.poisson.ppf(u, 3.0 if visits else 2.0)
        c, t = bought(u, visits=visits)
        assert c["purchases"] == 3 + number and c["status"] == 0
        assert c["revenue"] == t["repeat_revenue"] == c["owed"]
        assert (c["revenue"] > 0) == (number > 0)
        assert t["visited_repeat"] == (t["repeat_revenue"] if visits else 0)


def test_amounts_are_gamma_and_each_its_own() -> None:
    """Scale 10, shape 6.25: mean 62.5 and standard deviation 25; of three in one month, 187.5 and 25 sqrt(3)."""
    size, u = 400, (stats.poisson.cdf(2, 2.0) + stats.poisson.cdf(3, 2.0)) / 2
    spent = np.array([bought(u, order=order)[0]["revenue"] for order in range(1, size + 1)]) / 100
    assert abs(spent.mean() - 187.5) < 4 * 25 * np.sqrt(3 / size)
    assert abs(spent.std() / (25 * np.sqrt(3)) - 1) < 4 * np.sqrt((2 + 0.96 / 3) / 4 / size)  # excess kurtosis 6 / 6.25 of one


def test_without_a_contract_a_customer_may_be_gone_after_any_purchase() -> None:
    """Even odds after each of five: one purchase 1/2, two 1/4, ... all five made 1/16; who is not gone after the fifth, 1/32."""
    size, u = 600, (stats.poisson.cdf(4, 2.0) + stats.poisson.cdf(5, 2.0)) / 2
    people = [bought(u, order=order, setting=1.0)[0] for order in range(1, size + 1)]
    made = np.array([c["purchases"] - 3 for c in people])
    gone = np.array([c["status"] == 1 for c in people])
    expected = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16])
    found = np.array([(made == number).mean() for number in range(1, 6)])
    assert (np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / size)).all()
    assert gone[made < 5].all() and abs((~gone).mean() - 1 / 32) < 4 * np.sqrt(1 / 32 / size)
    assert bought(u, setting=1.0, odds_lapse=1e12)[0]["purchases"] == 4


def test_a_contract_is_renewed_when_its_term_is_over() -> None:
    """In month 16, for 500: the term then ends in month 27; not before, and without a premium nothing is invoiced."""
    for month, invoiced, ends in ((15, 0.0, 15), (16, 50_000.0, 27), (17, 50_000.0, 27)):
        c, t = bought(0.1, month=month, renewal=50_000.0)
        assert (c["revenue"], t["repeat_revenue"], c["term_ends"], c["purchases"]) == (invoiced, invoiced, ends, 3)
    c, t = bought(0.1, month=16)
    assert (c["revenue"], c["term_ends"]) == (0, 27)
