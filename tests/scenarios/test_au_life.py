"""The Australian lapse path: ASIC Report 413 (2014) before the reform; regulated clawback after it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import sim
from tests.scenarios import library

RUNS = 24
YEARS = (1, 2, 3, 4, 5)
TARGET = {1: (0.05, 0.09), 2: (0.12, 0.16), 3: (0.12, 0.18), 4: (0.12, 0.18), 5: (0.12, 0.18)}


def lapse_path(customers: pd.DataFrame, months: int) -> pd.DataFrame:
    """Of the policies in force at the start of policy year k, the share that lapses within it: a row per run.

    Policies signed before month 2 are left out (nobody advised the founders), and those whose policy
    year k the run does not see to its end.  Every exit counts as a lapse.
    """
    policies = customers[customers["signed_month"] > 1]
    age = (policies["lapsed_month"] - policies["signed_month"] + 1).where(policies["lapsed_month"] > 0, np.inf)
    shares = {}
    for year in YEARS:
        in_force = (policies["signed_month"] + 12 * year - 1 <= months) & (age > 12 * (year - 1))
        shares[year] = (age[in_force] <= 12 * year).groupby(policies["run"]).mean()
    return pd.DataFrame(shares)


@cache
def paths() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lapse paths before and after the reform, on common random numbers."""
    before, after = library("au-life-upfront"), library("au-life-reform")
    tables = [sim.run(scenario, runs=RUNS, seed=413, customers=True).customers for scenario in (before, after)]
    return lapse_path(tables[0], before.months), lapse_path(tables[1], after.months)


@pytest.mark.parametrize("year", YEARS)
def test_lapse_before_the_reform_is_that_of_report_413(year: int) -> None:
    share = paths()[0][year]
    error = share.std(ddof=1) / np.sqrt(RUNS)
    low, high = TARGET[year]
    assert error < 0.005
    assert low <= share.mean() <= high


def test_lapse_doubles_from_policy_year_1_to_2_before_the_reform() -> None:
    before = paths()[0]
    rise = before[2] - 1.5 * before[1]
    assert rise.mean() > 4 * rise.std(ddof=1) / np.sqrt(RUNS)


@pytest.mark.parametrize("year", YEARS)
def test_the_reform_lowers_lapse(year: int) -> None:
    gap = paths()[0][year] - paths()[1][year]
    assert gap.mean() > 2 * gap.std(ddof=1) / np.sqrt(RUNS)


def test_commission_keeps_to_the_regime() -> None:
    upfront, renewal = library("au-life-upfront").scheme.components
    assert upfront.rate <= 1.3 and renewal.rate <= 0.2 and upfront.clawback.months == 12
    upfront, renewal = library("au-life-reform").scheme.components
    assert upfront.rate == 0.6 and renewal.rate == 0.2
    assert [(step.months, step.share) for step in upfront.clawback.steps] == [(12, 1.0), (24, 0.6)]
