"""The Australian lapse path: ASIC Report 413 (2014) before the reform; regulated clawback after it.

What the reform does to lapse is a registered prediction (:mod:`sim.proofs.predictions`), not a test.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.proofs.outcomes import outcomes
from tests.scenarios import library

RUNS = 24
YEARS = (1, 2, 3, 4, 5)
TARGET = {1: (0.05, 0.09), 2: (0.12, 0.16), 3: (0.12, 0.18), 4: (0.12, 0.18), 5: (0.12, 0.18)}


@cache
def lapse_path() -> np.ndarray:
    """Lapse by policy year before the reform, array [runs, years]."""
    return outcomes(library("au-life-upfront"), [f"lapse(year={year})" for year in YEARS], RUNS, seed=413)


@pytest.mark.parametrize("year", YEARS)
def test_lapse_before_the_reform_is_that_of_report_413(year: int) -> None:
    share = lapse_path()[:, year - 1]
    error = share.std(ddof=1) / np.sqrt(RUNS)
    low, high = TARGET[year]
    assert error < 0.005
    assert low <= share.mean() <= high


def test_lapse_doubles_from_policy_year_1_to_2_before_the_reform() -> None:
    rise = lapse_path()[:, 1] - 1.5 * lapse_path()[:, 0]
    assert rise.mean() > 4 * rise.std(ddof=1) / np.sqrt(RUNS)


def test_commission_keeps_to_the_regime() -> None:
    upfront, renewal = library("au-life-upfront").scheme.components
    assert upfront.rate <= 1.3 and renewal.rate <= 0.2 and upfront.clawback.months == 12
    upfront, renewal = library("au-life-reform").scheme.components
    assert upfront.rate == 0.6 and renewal.rate == 0.2
    assert [(step.months, step.share) for step in upfront.clawback.steps] == [(12, 1.0), (24, 0.6)]
