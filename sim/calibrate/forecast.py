"""What the simulated book expects after a log's last day, with prediction intervals.

A cohort like the observed one - as many customers, first buying when they did - is simulated from its first day on with
the ensemble; a step of the run is a week (or a month) of the log.  Each run has parameters of its own, drawn from the
asymptotic distribution of the estimates, so that the spread between runs is that of chance and of estimation together.

The runs are not conditioned on who bought what before: the interval is that of another cohort of the same kind, and is
somewhat wider than that of a forecast which knows each customer's history.  It holds chance and estimation, not that the law
may be wrong, which a large log shows: :mod:`sim.calibrate.back_test` tries it on the log's own last part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim import engine
from sim.calibrate import bgnbd, one_probability, tracking
from sim.calibrate.histories import Histories
from sim.calibrate.likelihood import Array, Maximum
from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.whole_number import LAST_SEED, whole

UNIT = 1e4  # amounts of p = q = UNIT are one unit of money within 1.4%: revenue then counts purchases
LONGEST = 1200  # steps of a run
MOST_RUNS = 100_000  # all purchases by run and step are held in memory: a gigabyte at most

#: A shop alone: no reps, no desk, no cost, everybody pays, nobody is satisfied or dissatisfied.
SHOP: dict[str, Any] = {
    "reps": {
        "count": 1, "salary": 0.0, "quit_rate": 0.0, "quit_broke": False,
        "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.0},
    },
    "market": {"leads_at_start": 0.0, "leads_per_month": 0.0},
    "customers": {
        "setting": "non_contractual", "initial": 0.0, "renewal": 0.0,
        "purchase": {"satisfaction": 0.0, "visit": 0.0}, "lapse": {"satisfaction": 0.0, "tie": 0.0},
        "spend": {"p": UNIT, "q": UNIT, "v": 1.0 - 1.0 / UNIT},
        "payment": {"transitions": [[1.0, 0.0]], "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0},
        "service": {"rate": 0.0}, "referral": {"rate": 0.0, "visit": 0.0}, "correlation": {"lapse-fit": 0.0},
    },
    "desk": {"salary": 0.0},
    "firm": {"perks": 0.0, "attempt_cost": 0.0, "resolution": {"policy": "none", "bucket": 1}},
}  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """Repeat purchases of a cohort by week (or month) since the log's first day.

    Attributes
    ----------
    unit : of time.
    fitted : number of the last whole step before the log's end, the steps estimated from.
    runs : [R, T] purchases by run and step.
    observed : [T] purchases in the log; NaN after its end.
    expected : [T] closed form at the estimates that the runs are drawn about.
    seed : of the runs.
    customers : in the cohort.
    """

    unit: str
    fitted: int
    runs: Array
    observed: Array
    expected: Array
    seed: int
    customers: int

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per step: observed, mean and interval of the runs; the same cumulated from the first step after the log's end."""
        tails = (0.5 - level / 2, 0.5 + level / 2)
        later = self.runs[:, self.fitted :].cumsum(axis=1)
        low, high = np.quantile(self.runs, tails, axis=0)
        made = pd.DataFrame(
            {"step": np.arange(1, self.runs.shape[1] + 1), "observed": self.observed, "expected": self.expected,
             "mean": self.runs.mean(axis=0), "low": low, "high": high}
        )  # fmt: skip
        blank = np.full(self.fitted, np.nan)
        low, high = np.quantile(later, tails, axis=0)
        for name, values in (("cumulated_mean", later.mean(axis=0)), ("cumulated_low", low), ("cumulated_high", high)):
            made[name] = np.append(blank, values)
        return made

    def total(self, level: float = 0.95, factor: float = 1.0) -> tuple[float, float, float]:
        """Mean and interval of all purchases after the log's end, widened by a factor either way."""
        every = self.runs[:, self.fitted :].sum(axis=1)
        low, high = np.quantile(every, (0.5 - level / 2, 0.5 + level / 2))
        return float(every.mean()), float(low) / factor, float(high) * factor


def check_extent(steps: int, runs: int, seed: int) -> None:
    """Refuse a number of steps, runs or a seed of which no forecast is made."""
    whole("forecast", steps, 1, LONGEST)
    whole("runs", runs, 2, MOST_RUNS)
    whole("seed", seed, 0, LAST_SEED)


def forecast(
    fitted: Maximum,
    h: Histories,
    steps: int,
    runs: int = 200,
    seed: int = 1,
    uncertain: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Simulate the cohort of a log to `steps` weeks (or months) after its end.

    Parameters
    ----------
    fitted : BG/NBD estimates (:func:`sim.calibrate.bgnbd.fit`) from these histories.
    h : the histories.
    steps : weeks or months after the log's last day, in the unit of the histories.
    runs : runs of the ensemble, each with parameters of its own.
    seed : of the runs and of the parameters drawn.
    uncertain : draw parameters; otherwise all runs have the estimates.
    progress : called with runs done and all runs.

    Raises
    ------
    InputError
        Where the estimates have no standard errors to draw from, or the span is longer than a run may be.
    """
    fit_steps = tracking.whole_steps(h)
    check_extent(steps, runs, seed)
    if fit_steps + steps > LONGEST:
        raise InputError(
            f"forecast: found {fit_steps + steps:,} {h.units} in all, allowed are at most {LONGEST:,}; --unit month is coarser"
        )
    thetas = _drawn(fitted, h, runs, seed) if uncertain else np.tile(fitted.theta, (runs, 1))
    whole = fit_steps + steps
    out = np.zeros((runs, whole))
    for k, theta in enumerate(thetas):
        out[k] = simulate_cohort(theta, h.entry, whole, k, seed)
        if progress is not None:
            progress(k + 1, runs)
    observed = np.append(tracking.observed(h), np.full(steps, np.nan))
    same = _one_for_all(fitted, h)
    expected = tracking.expected(
        h,
        lambda t: one_probability.expected_purchases(t, *same.theta) if same else bgnbd.expected_purchases(t, *fitted.theta),
        whole,
    )
    return Forecast(h.unit, fit_steps, out, observed, expected, seed, h.x.size)


def _one_for_all(fitted: Maximum, h: Histories) -> Maximum | None:
    """The fit of one probability of dropout for all, where the log does not tell differences in it from none."""
    if not fitted.open:
        return None
    same = one_probability.fit_purchases(h)
    return same if one_probability.indistinguishable(fitted, same, ("a", "b")) else None


def _drawn(fitted: Maximum, h: Histories, runs: int, seed: int) -> Array:
    """[runs, 4] parameters from the asymptotic distribution of the estimates; where differences in dropout are not
    distinguishable from none, from that of the fit of one probability for all."""
    if same := _one_for_all(fitted, h):
        r, alpha, odds = same.draw(runs, seed).T
        return np.stack([r, alpha, one_probability.SUM * odds / (1.0 + odds), one_probability.SUM / (1.0 + odds)], axis=1)
    if fitted.open or not np.isfinite(fitted.log_covariance).all():
        raise InputError("forecast: the log does not identify all parameters, so there is no distribution to draw them from")
    return fitted.draw(runs, seed)


def simulate_cohort(theta: Array, entry: Array, steps: int, run: int, seed: int) -> Array:
    """[steps] repeat purchases of a cohort by step of the calendar, simulated by the ensemble.

    Customers who enter in the same step are simulated together from the first purchase on.  A step of theirs begins, on
    average, a share f after a step of the calendar, which so many of its purchases fall behind: Poisson purchases of a
    step are spread evenly over it, so each falls into the next step of the calendar with probability f.
    """
    begin = np.floor(entry).astype(int)
    groups = np.unique(begin[begin < steps])
    chance = np.random.default_rng([seed, run])
    total = np.zeros(steps + 1)
    for place, step in enumerate(groups):
        members = begin == step
        late = float((entry[members] - step).mean())
        scenario = shop(theta, int(members.sum()), steps - int(step))
        number = run * groups.size + place + 1  # no two groups share random numbers
        revenue = engine.simulate(scenario, seed, range(number, number + 1)).months["repeat_revenue"].to_numpy()
        bought = np.rint(revenue).astype(int)
        behind = chance.binomial(bought, late)
        total[step:steps] += bought - behind
        total[step + 1 : steps + 1] += behind
    return total[:steps]


@cache
def _empty_shop() -> Scenario:
    return Scenario().with_(**SHOP)


def shop(theta: Array, customers: int, steps: int) -> Scenario:
    """A closed shop of so many BG/NBD customers whose purchases cost one unit of money, over so many steps."""
    r, alpha, a, b = (float(value) for value in theta)
    own = {"at_start": customers, "purchase": {"shape": r, "alpha": alpha}, "lapse": {"alpha": a, "beta": b}}
    return _empty_shop().with_(months=steps, customers=own)
