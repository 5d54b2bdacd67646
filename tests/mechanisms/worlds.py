"""Worlds in which one mechanism can be seen at a time, and what it means that it has an effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim import engine
from sim.scenario.model import Scenario

NEVER = {"alpha": 1e-6, "beta": 1e6, "satisfaction": 0.0, "tie": 0.0, "midterm": 0.0}  # nobody lapses
PAID = {"transitions": [[1.0, 0.0]], "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0}  # everybody pays at once
SAME = 1e5  # a gamma of this shape is a point


# what a customer feels of these is nothing, and satisfaction is this month's experience, no more
NUMB = {"speed": 1.0, "performance": 0.0, "loss": 1.0, "learning": 0.0, "expectation": 0.0,
        "fit": 0.0, "tie": 0.0, "visit": 0.0, "solved": 0.0, "unsolved": 0.0, "wait": 0.0}  # fmt: skip
DISMISSED_IN_MONTH_6 = {"norm": {"minimum": 1.0, "months": 6, "warnings": 0}}  # who signs nobody in six months is dismissed


def lively(**changes: Any) -> Scenario:
    """Everything at once: hunting, service, arrears, lapses; the reps choose by projected pay."""
    return Scenario(months=36, reps={"count": 4}, customers={"at_start": 30}, scheme=pays(rate=0.3)).with_(**changes)


def quiet(**changes: Any) -> Scenario:
    """Nothing by chance but who signs: no service, everybody pays and stays, time is split 60/0, pay changes nobody."""
    return Scenario(
        months=24,
        reps={"count": 1, "skill_spread": 0.0, "quit_rate": 0.0, "quit_broke": False,
              "pressure_fit": 0.0, "pressure_size": 0.0, "pressure_promise": 0.0,
              "choice": {"rule": "fixed", "hunting": 0.6, "nurturing": 0.0}},
        customers={"at_start": 0, "payment": PAID, "lapse": NEVER, "service": {"rate": 0.0}, "purchase": {"enabled": False},
                   "renewal": 0.0, "correlation": {"lapse-fit": 0.0}, "referral": {"rate": 0.0, "visit": 0.0}},
        firm={"resolution": {"policy": "none", "bucket": 1}},
    ).with_(**changes)  # fmt: skip


def unmoved(**changes: Any) -> Scenario:
    """Everything by chance as usual, but pay moves nobody: what a scheme pays can be read off the tables."""
    return lively(
        months=30,
        reps={"count": 1, "quit_rate": 0.0, "quit_broke": False, "savings_months": 1e5,
              "pressure_fit": 0.0, "pressure_size": 0.0, "pressure_promise": 0.0,
              "choice": {"rule": "fixed", "hunting": 0.6, "nurturing": 0.2}},
    ).with_(**changes)  # fmt: skip


def pays(*more: dict[str, Any], **component: Any) -> dict[str, Any]:
    """A scheme of one component, or of several."""
    return {"components": [*([component] if component else []), *more]}


def months(scenario: Scenario, runs: int = 12, seed: int = 1) -> pd.DataFrame:
    """The months table."""
    return engine.simulate(scenario, seed, range(1, runs + 1)).months


def customers(scenario: Scenario, runs: int = 4, seed: int = 1) -> pd.DataFrame:
    """The customers table."""
    found = engine.simulate(scenario, seed, range(1, runs + 1), customers=True).customers
    assert found is not None
    return found


def standard_errors(values: Any) -> float:
    """How many standard errors the mean of independent values lies above zero."""
    values = np.asarray(values, float)
    error = values.std(ddof=1) / np.sqrt(values.size)
    return float(values.mean() / error) if error > 0.0 else float(np.sign(values.mean()) * np.inf)


def assert_raises(column: str, on: Scenario, off: Scenario, runs: int = 16, seed: int = 1, after: int = 0) -> None:
    """`on` has more of a column of the months table than `off`, run by run on common random numbers: > 4 standard errors."""
    mean = [
        table[table["month"] > after].groupby("run")[column].mean().to_numpy()
        for table in (months(on, runs, seed), months(off, runs, seed))
    ]
    assert standard_errors(mean[0] - mean[1]) > 4, f"{column}: {mean[0].mean()} with, {mean[1].mean()} without"


def assert_same(a: Any, b: Any) -> None:
    """Identical to the last bit."""
    (pd.testing.assert_frame_equal if isinstance(a, pd.DataFrame) else pd.testing.assert_series_equal)(a, b, check_exact=True)
