"""The simulated CDNOW cohort against its closed form and against the data file, at fixed customer age.

The data end on 1997-09-30, so that a customer is seen for 27 to 39 weeks; age 0 is a customer's own first
purchase, and several purchases on a day are one.  At an age of t weeks only customers seen that long count.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

import sim
from tests.conftest import ROOT
from tests.scenarios import library

RUNS = 40
WEEKS = 52 / 12  # in a month
END = pd.Timestamp("1997-09-30")
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426


@cache
def data() -> tuple[pd.DataFrame, pd.Series]:
    """Days of purchase with the customer's age in weeks, and weeks each customer is seen."""
    log = pd.read_csv(ROOT / "scenarios" / "data" / "cdnow_sample_to_1997-09-30.csv", parse_dates=["date"])
    days = log.groupby(["customer", "date"], as_index=False)["amount"].sum()
    first = days.groupby("customer")["date"].transform("min")
    days["age"] = (days["date"] - first).dt.days / 7
    seen = (END - days.groupby("customer")["date"].min()).dt.days / 7
    return days, seen


def observed(weeks: float) -> pd.Series:
    """Repeat purchases up to an age, per customer seen that long."""
    days, seen = data()
    repeat = days[(days["age"] > 0) & (days["age"] <= weeks)].groupby("customer").size()
    return repeat.reindex(seen.index[seen >= weeks], fill_value=0)


@cache
def simulated(months: int) -> tuple[pd.Series, pd.Series]:
    """Mean number of repeat purchases per customer and mean order value, by run, up to an age in months."""
    study = sim.run(library("cdnow-shop").with_(months=months), runs=RUNS, seed=1997, customers=True)
    assert study.customers is not None
    own = study.customers.groupby("run")[["purchases", "initial"]]
    bought = study.months.groupby("run")["repeat_revenue"].sum() - own.sum()["initial"]  # of the opening book: not repeat orders
    return own.mean()["purchases"], bought / own.sum()["purchases"]


def error(values: pd.Series) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def expected(weeks: float) -> float:
    """E[X(t)] of the BG/NBD (Fader, Hardie & Lee 2005, equation 9)."""
    shrink = (ALPHA / (ALPHA + weeks)) ** R * hyp2f1(R, B, A + B - 1, weeks / (ALPHA + weeks))
    return float((A + B - 1) / (A - 1) * (1 - shrink))


@pytest.mark.parametrize("months", [1, 3, 6, 9, 18])
def test_purchases_are_those_of_the_closed_form(months: int) -> None:
    mean = simulated(months)[0]
    assert abs(mean.mean() - expected(months * WEEKS)) < 4 * error(mean)


@pytest.mark.parametrize("months", [3, 4, 5, 6, 7, 8])
def test_purchases_are_those_of_the_data_from_the_third_month_on(months: int) -> None:
    mean, counts = simulated(months)[0], observed(months * WEEKS)
    assert abs(mean.mean() - counts.mean()) < 2 * np.hypot(error(mean), error(counts))


@pytest.mark.parametrize("months", [1, 2])
def test_purchases_of_the_first_months_lie_below_the_data_but_not_by_much(months: int) -> None:
    mean, counts = simulated(months)[0], observed(months * WEEKS)
    assert 0 < counts.mean() - mean.mean() < 4 * np.hypot(error(mean), error(counts))


def test_all_purchases_of_the_calibration_period() -> None:
    """Every customer simulated for as long as they are seen, by interpolation between whole months of age."""
    days, seen = data()
    counts = (days["age"] > 0).groupby(days["customer"]).sum()
    curve = np.array([np.zeros(RUNS), *(simulated(months)[0] for months in range(1, 10))])
    totals = pd.Series([np.interp(seen / WEEKS, np.arange(10), curve[:, run]).sum() for run in range(RUNS)])
    assert abs(totals.mean() - counts.sum()) < 2 * np.hypot(error(totals), error(counts) * len(counts))


def test_order_value_is_that_of_the_gamma_gamma_model_and_of_the_data() -> None:
    spend = library("cdnow-shop").customers.spend
    mean = simulated(18)[1]
    assert abs(mean.mean() - spend.p * spend.v / (spend.q - 1)) < 4 * error(mean)
    days, _ = data()
    own = days[(days["age"] > 0) & (days["amount"] > 0)].groupby("customer")["amount"].mean()
    assert abs(mean.mean() - own.mean()) < 2 * np.hypot(error(mean), error(own))


def test_first_orders_have_the_mean_and_spread_of_the_data() -> None:
    days, _ = data()
    first = days.loc[days["age"] == 0, "amount"]
    customers = library("cdnow-shop").customers
    assert customers.at_start == len(first)
    assert customers.initial == pytest.approx(first.mean(), abs=0.05)
    assert customers.initial_shape == pytest.approx((first.mean() / first.std()) ** 2, abs=0.005)
