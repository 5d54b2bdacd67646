"""Gone after the signature: visits go to those of whom commission can be claimed back, until it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim import engine
from sim.rules import nurturing, planning
from sim.scheme.measures import CENT
from tests.mechanisms.worlds import NEVER, assert_same, months, pays, quiet, standard_errors
from tests.rules.worlds import Desk, believer, record

STRAIGHT = {"months": 12}
STEP = {"shape": "step", "months": 12, "steps": [{"months": 12, "share": 1.0}]}


def contact(clawback: dict[str, Any], **reps: Any) -> np.ndarray:
    """[age, from the first month of contract] visits a month, of those signed and still there: nobody leaves."""
    world = quiet(
        months=36,
        reps={"choice": {"hunting": 0.5, "nurturing": 0.5}, "count": 8, "belief": {"rate": 0.0, "visit_lapse": 0.02}, **reps},
        customers={"lapse": NEVER},
        scheme=pays(rate=0.4, clawback=clawback),
    )
    model = sim.BookModel(world, 1)
    seen, there = np.zeros(25), np.zeros(25)
    while model.running:
        model.step()
        for block in model.register.blocks:
            age = model.clock["month"][0] - block.rows.records["signed"][: block.used]
            np.add.at(seen, age[age < 25], block.rows.moments["visits"][: block.used][age < 25])
            np.add.at(there, age[age < 25], 1.0)
    return np.asarray(seen / there)


@pytest.mark.parametrize("clawback", [STRAIGHT, STEP])
def test_contact_falls_when_the_clawback_has_ended(clawback: dict[str, Any]) -> None:
    """By a share of it that grows with the guard; in a straight line the last months have little left to guard."""
    for guard, least in ((0.5, 0.35), (1.0, 0.5)):
        by_age = contact(clawback, guard=guard)
        assert by_age[12:18].mean() < (1 - least) * by_age[:6].mean()
    step = contact(STEP, guard=1.0)
    assert step[6:12].mean() > 1.5 * step[12:18].mean()


def test_without_a_clawback_or_a_guard_visits_go_to_all_alike() -> None:
    world = quiet(months=24, reps={"choice": {"hunting": 0.5, "nurturing": 0.5}}, scheme=pays(rate=0.4))
    assert_same(months(world, 2), months(world.with_(reps={"guard": 1.0}), 2))


@pytest.mark.parametrize("guard", [0.0, 0.6, 1.0])
def test_what_a_visit_saves_is_what_it_saves_where_it_goes(guard: float) -> None:
    """Two components, one a straight line over 10 months, one a step of 10; customer by customer, by hand."""
    desk = Desk(
        {"measure": "signings", "rate": 100.0, "clawback": {"months": 10}},
        {
            "measure": "signings",
            "rate": 60.0,
            "clawback": {"shape": "step", "months": 10, "steps": [{"months": 10, "share": 0.5}]},
        },
    ).set(reps_guard=guard, reps_present_bias=1.0)
    month, hired = 20, 14
    signed = np.array([3, 12, 14, 14, 15, 17, 19, 19, 19])
    worths = np.arange(9) * 100.0
    for one in signed:
        desk.ledger.base[0, one] += 1.0
    desk.ledger.paid_rate[:, 0], desk.ledger.paid_rate[:, 1] = 100.0, 60.0
    rep = believer(
        hired_month=hired, visit_lapse=0.05, care_all=2.0, care_worth=0.3, book_size=9, book_worth=worths.sum(), nurturing=1.0
    )
    rep["nurturing_skill"] = 1.0
    age = month - signed + 1
    can = (signed >= hired) & (age <= 10)
    line, step = np.where(can, 100.0 * (1 - age / 10), 0.0), np.where(can, 30.0, 0.0)
    claims = (line + step).sum() / 9
    tally = record("tally", active=9, worth_sum=worths.sum())
    saved = planning.guard(desk.params, desk.components, month, rep, tally, desk.ledger, claims, line.sum())
    weight = 2.0 + 0.3 * worths * CENT + guard * 0.05 * (line + step)
    drawn = weight + 0.3 * (worths.mean() - worths) * CENT  # what a customer is worth is taken to tell nothing of the claim
    # without a guard a visit is taken to save what it would on average over the book
    assert saved == pytest.approx((drawn * (line + step)).sum() / drawn.sum() if guard else claims)
    planning.spread_visits(desk.params, rep, tally)
    clock = record("clock", month=month)
    visits = [
        nurturing.visits_expected(desk.params, clock, rep, record("customer", worth=worth, claim_ends=one + 9))
        for one, worth in zip(signed, worths, strict=True)
    ]
    assert visits == pytest.approx(weight / weight.sum() * desk.params["reps_hours"] / desk.params["reps_hours_per_visit"])


def test_who_is_signed_this_month_is_guarded_too() -> None:
    """The month's visits are as many as there is time for, however many have just been signed."""
    desk = Desk({"measure": "signings", "rate": 100.0, "clawback": {"months": 10}}).set(reps_guard=1.0)
    rep = believer(nurturing=1.0, nurturing_skill=1.0, care_all=1.0, guard_months=0.5, guarded=4.0, guarded_months=10.0, claim_months=10.0,
                   guard_from=20.0, book_size=7.0)  # fmt: skip
    planning.spread_visits(desk.params, rep, record("tally", signings=3.0))
    total = 7 * rep["visits_all"] + (10 + 3 * 9) * rep["visits_guard_months"]
    assert total == pytest.approx(desk.params["reps_hours"] / desk.params["reps_hours_per_visit"])


def test_fewer_leave_while_they_are_guarded() -> None:
    """Where a visit keeps customers."""
    lapse = {"alpha": 1e5, "beta": 90e4, "tie": 2.5, "satisfaction": 0.0, "midterm": 1.0}

    def early(guard: float) -> np.ndarray:
        world = quiet(
            months=60,
            reps={
                "choice": {"hunting": 0.4, "nurturing": 0.6},
                "count": 6,
                "guard": guard,
                "belief": {"rate": 0.0, "visit_lapse": 0.02},
            },
            customers={"lapse": lapse},
            scheme=pays(rate=0.4, clawback=STEP),
        )
        return np.asarray(sim.observe(engine.simulate(world, 1, range(1, 13), customers=True), "persistency(month=12)"))

    assert standard_errors(early(1.0) - early(0.0)) > 4
