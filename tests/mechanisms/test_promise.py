"""Less profitable than thought: the firm promises by a lapse that it learns from its books, with delay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim import accounts, engine
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import assert_same, quiet, standard_errors
from tests.rules.worlds import Desk, record


def leaving(rate: float, learning: float, **changes: Any) -> Scenario:
    """Nothing but a lapse rate, the same in every month; the firm thinks at first that nobody leaves."""
    sure = {"alpha": rate * 1e6, "beta": (1 - rate) * 1e6, "satisfaction": 0.0, "tie": 0.0, "midterm": 1.0}
    return quiet(customers={"lapse": sure, "renewal": 0.5}, firm={"promise_lapse": 0.0, "promise_learning": learning}).with_(
        **changes
    )


def test_the_lapse_reckoned_with_nears_the_true_one_by_a_share_a_month() -> None:
    """h (1 - (1 - a)**n) after n months, of a true h and from nothing; the noise is that of a mean of binomial shares so weighted."""
    rate, learning = 0.05, 0.1
    model = sim.BookModel(leaving(rate, learning, months=24, customers={"at_start": 6000}), 1)
    variance, there = 0.0, 6000.0
    for n in range(1, 25):
        model.step()
        variance = (1 - learning) ** 2 * variance + learning**2 * rate * (1 - rate) / there
        there = float(model.customers)
        off = float(model.firm["promise_lapse"][0]) - rate * (1 - (1 - learning) ** n)
        assert abs(off) < 4 * np.sqrt(variance)


def test_a_promise_is_made_at_the_signing_and_kept_in_the_books() -> None:
    """Who signed in month 4 was promised by what was known then, whatever is learned later."""
    desk = Desk(firm={"promise_lapse": 0.1, "promise_learning": 0.2}, customers={"renewal_months": 3})
    archive = accounts.new_archive(desk.params, 1, 4)
    for signed, lapse in ((4, 0.3), (5, 0.0)):
        accounts.reckon(desk.params, archive, signed, lapse)
    for signed, lapse in ((1, 0.1), (4, 0.3), (5, 0.0)):
        c = record("customer", signed=signed, promise_first=2000.0, promise_month=3.0, promise_renewal=7.0)
        stays = (1 - lapse) ** np.arange(10)
        expected = 2000 + 300 * stays.sum() + 700 * stays[3::3].sum()
        assert accounts.promised(desk.params, c, archive, signed + 9) == pytest.approx(expected, abs=0.5)


def gap(learning: float) -> np.ndarray:
    """[run, year of signing] of what was promised for the year of signing and the next, the share that was not realised."""
    found = engine.simulate(leaving(0.03, learning, months=96, reps={"count": 4}), 1, range(1, 13)).cohorts
    near = found[(found["cohort"] >= 1) & (found["year"] - found["cohort"]).between(0, 1) & (found["cohort"] < 8)]
    total = near.groupby(["run", "cohort"])[["promised_profit", "profit"]].sum()
    return np.asarray((1 - total["profit"] / total["promised_profit"]).unstack())


def test_the_gap_between_promised_and_realised_profit_emerges_and_closes() -> None:
    never, learned = gap(0.0), gap(0.05)
    assert standard_errors(learned[:, 0]) > 4 and standard_errors(never[:, 6]) > 4
    assert standard_errors(learned[:, 0] - learned[:, 6]) > 4
    assert abs(learned[:, 6].mean()) < 0.25 * learned[:, 0].mean()
    assert_same(*(engine.simulate(leaving(0.03, rate, months=30), 1, range(1, 3)).months for rate in (0.0, 0.05)))
