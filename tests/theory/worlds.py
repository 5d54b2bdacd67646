"""The restricted setting in which closed forms hold, and what it means to agree with one."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.scenario.model import Scenario

PAID = {"transitions": [[1.0, 0.0]], "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0}
INDIFFERENT = {"satisfaction": 0.0, "tie": 0.0, "midterm": 0.0}
SURE = 1e6  # precision at which a beta is a point
STAY = {"alpha": 1.0, "beta": SURE}


def world(**changes: Any) -> Scenario:
    """One seat, nobody hunts, everybody pays, nobody needs service: the customers alone."""
    base = Scenario().with_(
        months=24,
        reps={"count": 1, "salary": 0.0, "quit_rate": 0.0, "quit_broke": False, "skill_spread": 0.0,
              "pressure_fit": 0.0, "pressure_size": 0.0, "pressure_promise": 0.0,
              "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.0}},
        market={"leads_at_start": 0.0, "leads_per_month": 0.0},
        customers={"at_start": 4000, "payment": PAID, "lapse": INDIFFERENT, "service": {"rate": 0.0},
                   "referral": {"rate": 0.0, "visit": 0.0}, "purchase": {"enabled": False, "satisfaction": 0.0, "visit": 0.0},
                   "initial_shape": 1e5, "correlation": {"lapse-fit": 0.0}},
        firm={"perks": 0.0, "attempt_cost": 0.0, "resolution": {"policy": "none", "bucket": 1}},
        desk={"salary": 0.0},
    )  # fmt: skip
    return base.with_(**changes)


def close(found: Any, expected: float) -> None:
    """The mean of independent values lies within four standard errors of the expected."""
    found = np.asarray(found, float)
    error = np.std(found, ddof=1) / np.sqrt(found.size)
    assert abs(np.mean(found) - expected) < 4 * error, (np.mean(found), expected, error)
