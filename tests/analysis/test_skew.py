"""Skewed samples: Student's interval where it holds, bootstrap-t where the sample says that it does not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import estimators
from sim.analysis.paired import paired
from sim.analysis.skew import COCHRAN, LEAST, runs_for, studentised
from tests.analysis.coverage import alone, together


def test_cochrans_rule_by_hand() -> None:
    """0 nine times and 1 once: g = (1 - 2p) / sqrt(p (1 - p)) = .8 / .3, 25 g² = 177.8, twice that is asked for; too few to tell below ten."""
    x = np.repeat([0.0, 1.0], [9, 1])[:, None]
    assert runs_for(x, COCHRAN) == pytest.approx(25 * (0.8 / 0.3) ** 2)
    assert runs_for(x) == pytest.approx(2 * runs_for(x, COCHRAN))
    assert runs_for(x[: LEAST - 1]) == 0 and runs_for(np.ones((20, 1))) == 0


def test_the_draws_are_studentised_means_of_samples_with_replacement() -> None:
    """Of symmetric runs their 95% quantile is near Student's; of one with a long right tail they lie to the left."""
    x = np.linspace(-1, 1, 40)[:, None]
    assert np.quantile(np.abs(studentised(x)), 0.95) == pytest.approx(2.02, abs=0.1)
    low, high = np.quantile(studentised(np.exp(3 * x)), [0.025, 0.975])
    assert -low > high + 1
    assert np.isfinite(studentised(np.repeat([0.0, 1.0], [39, 1])[:, None])).all()


def test_the_sample_triggers_the_interval_and_says_how_many_runs_would_do() -> None:
    x = np.exp(1.2 * np.random.default_rng(3).standard_normal(20))
    found = paired(np.zeros(20), x, 0.95)
    assert found["skewed"] == pytest.approx(runs_for(x[:, None])[0]) and found["skewed"] > 20
    assert found["high"] - found["mean"] > 1.2 * (found["mean"] - found["low"])
    level = estimators.mean(x)
    assert (level.low, level.high) == pytest.approx((found["low"], found["high"]))  # one rule for levels and differences


@pytest.mark.parametrize("n", [20, 50])
def test_skewed_means_are_held_nearly_as_often_as_said(n: int) -> None:
    """Student's t holds lognormal means in 87% (n = 20) and 90% (n = 50); 400 studies, a standard error of 1.1% to 1.3%."""
    assert alone("lognormal, σ = 1", n, 400)[0] > 0.93 - 2 * 0.013
    assert together("lognormal, σ = 1", n, 100)[0] > 0.95 - 3 * 0.022  # ten at once: Student's 55%
