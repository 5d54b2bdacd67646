"""A forecast on the log's own last part; what its interval covers on small and large logs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibrate import bgnbd
from sim.calibrate.back_test import BackTest, back_test, before
from sim.calibrate.forecast import Forecast
from sim.calibrate.histories import histories
from tests.calibrate.test_likelihoods import cdnow


@cache
def log() -> pd.DataFrame:
    """Forty customers and their purchases by day, over 26 weeks."""
    rng = np.random.default_rng(4)
    rows = []
    for one in range(40):
        first = int(rng.integers(0, 60))
        rows += [(one, day) for day in (first, *np.sort(rng.integers(first, 182, rng.poisson(4))))]
    rows.append((0, 181))
    days = pd.DataFrame(rows, columns=["customer", "day"])
    return pd.DataFrame(
        {"customer": days["customer"], "date": pd.Timestamp("2020-01-01") + pd.to_timedelta(days["day"], unit="D")}
    )


def test_histories_before_a_cut_are_those_of_the_log_without_the_rest() -> None:
    whole = histories(log())
    early = before(whole, 17)
    told = histories(log(), until=whole.since + pd.Timedelta(days=17 * 7 - 1))
    for name in ("x", "recency", "age", "entry", "times"):
        np.testing.assert_allclose(np.sort(getattr(early, name)), np.sort(getattr(told, name)), err_msg=name)
    assert early.until == told.until


def made(totals: np.ndarray, seen: float) -> BackTest:
    runs = np.column_stack([np.zeros(totals.size), totals])
    return BackTest(Forecast("week", 1, runs, np.zeros(2), np.zeros(2), 1, 10), np.array([seen]))


def test_the_interval_is_widened_by_what_chance_does_not_account_for() -> None:
    """100 ± 10 forecast, 150 came: log 1.5 = .405, tau = sqrt(.405² - .1²) = .393, exp(1.96 · .393) = 2.16."""
    totals = 100 + 10 * np.random.default_rng(1).standard_normal(4000)
    assert made(totals, 105.0).factor == 1.0 and "the law holds so far" in str(made(totals, 105.0))
    wrong = made(totals, 150.0)
    assert wrong.factor == pytest.approx(2.16, abs=0.03) and "THE LAW FAILS" in str(wrong)
    mean, low, high = wrong.forecast.total(factor=wrong.factor)
    assert (low, high) == pytest.approx((80.4 / 2.16, 119.6 * 2.16), rel=0.03) and mean == pytest.approx(100, abs=1)


def test_a_log_too_short_to_leave_anything_out_is_refused() -> None:
    few = replace(cdnow(), until=cdnow().since + pd.Timedelta(days=13))
    with pytest.raises(sim.InputError, match="back-test: a log of 2 weeks is too short"):
        back_test(few, runs=4)


def test_what_is_expected_is_what_the_draws_are_drawn_about() -> None:
    """One probability of dropout for all: the beta that was fitted expects otherwise (723 against 810, measured)."""
    from sim.calibrate.one_probability import ODDS, SUM, expected_purchases

    assert ODDS == "odds"
    p, t = 0.2, np.array([4.0, 26.0, 52.0])
    one = expected_purchases(t, 0.8, 6.0, p / (1 - p))
    np.testing.assert_allclose(one, bgnbd.expected_purchases(t, 0.8, 6.0, SUM * p / 100, SUM * (1 - p) / 100), rtol=1e-3)


@pytest.mark.slow
def test_the_cdnow_log_is_back_tested() -> None:
    found = back_test(cdnow(), runs=200)
    print(found)
    assert found.forecast.fitted == 26 and found.seen.size == 13
