"""What each measure makes of a seat's month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.scheme.measures import NAMES
from sim.state import QUANTUM
from tests.rules.worlds import Desk, believer, record

TALLY = {"signings": 3, "initial_revenue": 60_000, "repeat_revenue": 20_000, "cross_revenue": 5_000, "cost_of_goods": 50_000, "acquisition": 900,
         "service": 1_100, "resolution": 400, "write_off": 2_000, "collected": 70_000, "lapses": 2, "overdue": 5, "satisfaction_sum": 10 * QUANTUM}  # fmt: skip
BOOK = {"book_size": 40.0, "book_worth": 12_000.0, "book_signed": 200.0}


def measured(
    month: int = 9, u: float = 0.5, book: dict[str, float] = BOOK, tally: dict[str, float] = TALLY, **numbers: float
) -> tuple[dict[str, float], Any]:
    given = {
        "scheme_persistency_months": 4.0,
        "scheme_persistency_window": 1.0,
        "scheme_survey_share": 0.25,
        "scheme_survey_noise": 0.6,
    }
    desk = Desk().set(**given | numbers)
    desk.ledger.base[0, :], desk.ledger.signed[:] = np.arange(42.0), 2 * np.arange(42.0) + 2
    desk.ledger.reached[0, :] = desk.ledger.base[0, :]
    _, t = desk.rep_step("measure", month, believer(u_survey=u, **book), record("tally", **tally))
    return dict(zip(NAMES, map(float, desk.ledger.values), strict=True)), t


def test_the_measures_of_a_month() -> None:
    """In currency; 40 customers since month 5 on average: in month 9 they have been there for five months."""
    expected = {
        "signings": 3, "initial_revenue": 600, "repeat_revenue": 200, "cross_revenue": 50, "revenue": 850, "gross_margin": 350, "collected": 700,
        "customer_profit": 350 - 9 - 11 - 4 - 20, "active_customers": 40, "persistency": 6 / 14, "tenure": 5, "satisfaction": 0.25,
        "arrears_rate": 0.125, "book_value": 120, "lapses": 2,
    }  # fmt: skip
    assert measured()[0] == pytest.approx(expected)


def test_one_customer_is_enough_for_a_share_and_none_is_none() -> None:
    one = {"book_size": 1.0, "book_worth": 500.0, "book_signed": 7.0}
    found = measured(book=one, tally={"overdue": 1, "satisfaction_sum": 0.5 * QUANTUM})[0]
    assert (found["arrears_rate"], found["tenure"], found["satisfaction"], found["book_value"]) == pytest.approx((1, 3, 0.5, 5))
    found = measured(book=dict.fromkeys(BOOK, 0.0), tally={})[0]
    means = {"tenure", "satisfaction", "arrears_rate"}  # of nobody
    assert {name for name, value in found.items() if np.isnan(value)} == means
    assert not any(value for name, value in found.items() if name not in means | {"persistency"})


def test_persistency_is_of_those_in_that_month_of_their_contract() -> None:
    """In their fourth month are who signed three months before; in month 3 nobody is."""
    for month in (4, 9):
        assert measured(month)[0]["persistency"] == pytest.approx((month - 3) / (2 * (month - 3) + 2))
    assert np.isnan(measured(3)[0]["persistency"])
    assert measured(1, scheme_persistency_months=1.0)[0]["persistency"] == pytest.approx(1 / 4)


def test_persistency_is_of_the_cohorts_in_the_window_if_they_are_enough() -> None:
    """Month 9: in months 2 to 6 signed 6, 8, 10, 12 and 14, of whom 2, 3, 4, 5 and 6 came to their fourth month."""
    for window, kept, signed in ((1, 6, 14), (3, 15, 36), (5, 20, 50), (9, 21, 54)):
        assert measured(9, scheme_persistency_window=window)[0]["persistency"] == pytest.approx(kept / signed)
    assert not np.isnan(measured(9, scheme_persistency_least=14.0)[0]["persistency"])
    assert np.isnan(measured(9, scheme_persistency_least=15.0)[0]["persistency"])


def test_a_survey_errs_as_a_mean_over_those_asked() -> None:
    """A quarter of 40: 0.6 / sqrt(10); of one or two customers, one is asked."""
    for u in (0.1, 0.9):
        assert measured(u=u)[1]["surveyed"] == pytest.approx(0.25 + stats.norm.ppf(u) * 0.6 / np.sqrt(10))
        few = {"satisfaction_sum": 0.2 * QUANTUM}
        one = measured(u=u, book=BOOK | {"book_size": 2.0}, tally=few)[1]
        assert one["surveyed"] == pytest.approx(0.1 + stats.norm.ppf(u) * 0.6)
    assert [float(measured(u=u, scheme_survey_noise=9.0)[1]["surveyed"]) for u in (0.1, 0.9)] == [-1.0, 1.0]
    assert measured(u=0.9, book=dict.fromkeys(BOOK, 0.0), tally={})[1]["surveyed"] == 0.0
