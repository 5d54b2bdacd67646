"""S10, S13: every measure can be paid on, and a component at rate 1 pays exactly what the other tables say it came to.

The reps' time is fixed and pay presses nobody, so that the months are those of any other scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import engine
from sim.scenario.model import Scenario
from sim.scheme.measures import NAMES
from tests.mechanisms.worlds import NEVER, NUMB, SAME, months, pays, quiet, standard_errors, unmoved

BUSY = {"service": {"rate": 0.3}, "lapse": {"alpha": 4.0, "beta": 36.0}, "renewal_months": 4, "at_start": 0}


def busy(**changes: Any) -> Scenario:
    return unmoved(customers=BUSY, desk={"orientation": "commercial"}, firm={"resolution": {"policy": "by_value"}}).with_(
        **changes
    )


COUNTED: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "signings": lambda m: m["signings"],
    "initial_revenue": lambda m: m["initial_revenue"],
    "repeat_revenue": lambda m: m["repeat_revenue"],
    "cross_revenue": lambda m: m["cross_revenue"],
    "revenue": lambda m: m["initial_revenue"] + m["repeat_revenue"] + m["cross_revenue"],
    "gross_margin": lambda m: m["revenue"] - m["cost_of_goods"],
    "collected": lambda m: m["collected"],
    "customer_profit": lambda m: (
        m["revenue"]
        - m["cost_of_goods"]
        - (m["acquisition"] - m["prospecting"])
        - m["service"]
        - m["resolution"]
        - m["write_off"]
    ),
    "active_customers": lambda m: m["customers"],
    "lapses": lambda m: m["lapses"],
    "satisfaction": lambda m: m["satisfaction"],
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_component_pays_on_what_the_month_came_to(name: str) -> None:
    scenario = busy(scheme={**pays(measure=name, rate=1.0, floor=-1e9), "survey_noise": 0.0})
    m = months(scenario, 4)
    assert np.allclose(m["commission"], COUNTED[name](m), atol=0.0051)
    assert m["commission"].abs().sum() > 1


def test_every_measure_is_watched_by_a_test() -> None:
    assert set(NAMES) == {*COUNTED, "persistency", "tenure", "arrears_rate", "book_value"}


def test_nobody_is_paid_for_customers_who_were_there_at_the_start() -> None:
    """Neither for their number, nor their first purchase, nor the margin on it."""
    for name in ("signings", "initial_revenue", "revenue", "gross_margin"):
        world = quiet(
            months=3, reps={"choice": {"hunting": 0.0}}, customers={"at_start": 40}, scheme=pays(measure=name, rate=1.0)
        )
        assert (months(world, 2)["commission"] == 0).all(), name


def ages(scenario: Scenario, runs: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    tables = engine.simulate(scenario, 1, range(1, runs + 1), customers=True)
    assert tables.customers is not None
    return tables.months, tables.customers


def test_persistency_is_the_share_of_a_months_signings_in_their_thirteenth_month() -> None:
    """Of those signed 12 months before, the share who were still customers during this month."""
    m, people = ages(busy(scheme={**pays(measure="persistency", rate=100.0), "persistency_months": 13, "persistency_window": 1}))
    for row in m.itertuples():
        cohort = people[(people["run"] == row.run) & (people["founder"] == 0) & (people["signed_month"] == row.month - 12)]
        there = ((cohort["lapsed_month"] == 0) | (cohort["lapsed_month"] >= row.month)).mean() if len(cohort) else 0.0
        assert row.commission == pytest.approx(100.0 * there, abs=0.0051)
    assert m["commission"].nunique() > 3


def test_tenure_is_the_mean_number_of_months_in_the_book() -> None:
    m, people = ages(busy(scheme=pays(measure="tenure", rate=1.0)))
    for row in m.itertuples():
        book = people[(people["run"] == row.run) & (people["signed_month"] <= row.month)]
        book = book[(book["lapsed_month"] == 0) | (book["lapsed_month"] > row.month)]
        assert row.commission == pytest.approx((row.month - book["signed_month"] + 1).mean() if len(book) else 0.0, abs=0.0051)


def test_book_value_is_the_expected_monthly_margin_of_the_book() -> None:
    """Renewals of 600 a year at a margin of 0.4: 20 a month each; with purchases of mean 100 at 0.3 a month, 12 more."""
    world = quiet(reps={"choice": {"hunting": 0.0}}, scheme=pays(measure="book_value", rate=1.0),
                  customers={"at_start": 50, "initial": 600.0, "initial_shape": SAME, "renewal": 1.0, "margin_precision": 1e6})  # fmt: skip
    assert np.allclose(months(world, 2)["commission"], 50 * 20.0, rtol=2e-3)
    buyers = {
        "purchase": {"enabled": True, "shape": 1e4, "alpha": 1e4 / 0.3},
        "spend": {"p": 6.25, "q": 1e4, "v": 16.0 * (1e4 - 1)},
    }
    assert np.allclose(months(world.with_(customers=buyers), 2)["commission"], 50 * 32.0, rtol=5e-3)


def test_arrears_rate_tells_a_book_that_pays_late_from_one_that_pays() -> None:
    """Worse payers, higher rate; and with some who pay at once and some who do not it lies between nought and one."""

    def rate(paid: float) -> np.ndarray:
        rows = [[paid, 1 - paid, 0.0], [0.5, 0.5, 0.0]]
        world = quiet(months=24, reps={"choice": {"hunting": 0.0}}, scheme=pays(measure="arrears_rate", rate=100.0),
                      customers={"at_start": 200, "renewal": 1.0, "renewal_months": 1,
                                 "payment": {"transitions": rows, "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0}})  # fmt: skip
        m = months(world, 4)
        return m[m["month"] > 6].groupby("run")["commission"].mean().to_numpy() / 100.0

    assert (rate(1.0) == 0).all()
    good, bad = rate(0.9), rate(0.5)
    assert ((good > 0) & (good < bad) & (bad < 1)).all()


# --- satisfaction is surveyed: a sample, with noise -------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_the_survey_is_unbiased_and_as_noisy_as_its_sample_is_small(share: float) -> None:
    """Standard deviation: noise of an answer over the root of the number asked."""
    world = quiet(months=60, reps={"choice": {"hunting": 0.0}}, customers={"at_start": 100, "feeling": NUMB, "lapse": NEVER},
                  scheme={**pays(measure="satisfaction", rate=1000.0, floor=-1.0), "survey_share": share, "survey_noise": 0.5})  # fmt: skip
    m = months(world, 20)
    score = (m["commission"] / 1000.0 - m["satisfaction"]).to_numpy()
    assert abs(standard_errors(score)) < 4
    expected = 0.5 / np.sqrt(100 * share)
    assert abs(score.std() / expected - 1) < 4 / np.sqrt(2 * score.size)


def test_without_noise_the_survey_is_the_truth() -> None:
    m = months(busy(scheme={**pays(measure="satisfaction", rate=1000.0, floor=-1.0), "survey_noise": 0.0}), 2)
    assert np.allclose(m["commission"], 1000.0 * m["satisfaction"], atol=0.0051)
