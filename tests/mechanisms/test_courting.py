"""Time and again: a prospect is called until signed or given up; being courted builds the bond, and each call has less chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.book import entries
from sim.rules import career
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import assert_raises, lively, months, quiet, standard_errors
from tests.rules.worlds import Desk, believer, record

CHANCES = np.array([0.2, 0.1, 0.05])  # of the first call, and of each further one half that
REFUSED = np.cumprod([1.0, *(1 - CHANCES)])  # not signed before the call


def courted(leads: float = 5000.0, **changes: Any) -> Scenario:
    """So many leads and no more, of whom nobody is turned away, and time enough to call them all three times."""
    return quiet(
        months=60,
        market={
            "leads_at_start": leads,
            "leads_per_month": 0.0,
            "stale_months": 1e6,
            "success": 0.2,
            "courting": 3,
            "insistence": 0.5,
        },
        reps={"count": 2, "hours_per_attempt": 0.05, "screening": -10.0, "choice": {"hunting": 1.0, "nurturing": 0.0}},
        customers={"tie": {"start": 0.6, "courted": 0.25, "fade": 0.0}},
    ).with_(**changes)


def test_calls_until_signed_or_given_up_are_a_truncated_geometric() -> None:
    """Of all leads 1 - .8 * .9 * .95 sign, after 1 + .8 + .8 * .9 calls; leads are whole, so that a few of each seat are left over."""
    total = months(courted(), 8).groupby("run")[["signings", "attempts"]].sum().to_numpy() / 10_000
    for found, expected in zip(total.T, (1 - REFUSED[3], REFUSED[:3].sum()), strict=True):
        assert abs(standard_errors(found - expected)) < 4
        assert abs(found.mean() - expected) < 0.01
    once = months(courted(market={"courting": 1}), 8).groupby("run")[["signings", "attempts"]].sum().to_numpy() / 10_000
    assert abs(standard_errors(once[:, 0] - 0.2)) < 4 and (once[:, 1] > 0.999).all()


def test_the_bond_grows_with_the_calls_before_the_signature() -> None:
    """1 - .4 * .75**calls; signed by the first, second and third call as many as sign then."""
    model = sim.BookModel(courted(), 2).run_all()
    ties = np.concatenate([block.rows.records["tie"][: block.used] for block in model.register.blocks])
    signed = REFUSED[:3] * CHANCES / (1 - REFUSED[3])
    for calls, share in enumerate(signed):
        found = np.isclose(ties, 1 - 0.4 * 0.75**calls).mean()
        assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / ties.size)


def test_whoever_is_courted_is_called_before_anybody_new() -> None:
    """Eleven calls: two on referred leads, three on those called twice, four on those called once, two on new ones; half leads wait."""
    desk = Desk(market={"courting": 4}).set(reps_hours=1e6)
    rep = record("rep", cold=2.5, warm=2.0, hunting=1.0, hunting_skill=1.0, u_attempt=0.999)
    rep["courted"][[1, 2]] = 4.5, 3.0
    reps = np.array([rep])
    assert entries.attempts(desk.setup.params, reps) == (11, 2)
    assert reps[0]["until"].tolist() == [0, 9, 5, 2, 2, 0, 0, 0, 0]
    assert reps[0]["courted"][:3].tolist() == [0, 0.5, 0] and (reps[0]["cold"], reps[0]["warm"]) == (0.5, 0)


def test_the_courted_are_strangers_to_a_successor() -> None:
    desk, rep = Desk(market={"courting": 4}), believer(cold=5.0)
    rep["courted"][[1, 3]] = 2.0, 4.0
    career.depart(desk.params, record("clock", month=10), rep, desk.ledger)
    assert rep["cold"] == 11.0 and not rep["courted"].any()


def test_insisting_takes_time_from_new_leads_and_keeps_those_who_sign() -> None:
    """Where leads are many, calling the same ones again costs signings, and the bond that grew keeps customers."""
    tie = {"tie": {"courted": 0.5}, "lapse": {"tie": 3.0, "midterm": 0.5}}
    insists = lively(market={"courting": 5, "insistence": 0.6}, customers=tie)
    once = insists.with_(market={"courting": 1})
    assert_raises("signings", once, insists)
    stays = [
        1 - m["lapses"].groupby(m["run"]).sum() / m["customers"].groupby(m["run"]).sum()
        for m in (months(insists, 30), months(once, 30))
    ]
    assert standard_errors((stays[0] - stays[1]).to_numpy()) > 3


@pytest.mark.parametrize("share", [0.0, 2.0])
def test_without_courting_insistence_is_nothing(share: float) -> None:
    assert months(lively(), 2).equals(months(lively(market={"insistence": share}), 2))
