"""Reps are not free: a seat is filled by what can be earned in it, and left by what is; searching and training cost money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim import engine
from tests.mechanisms.worlds import assert_same, months, pays, quiet, standard_errors

ON = {"hiring_rate": 0.5, "hiring_pay": 5.0, "hiring_cost": 2000.0}


def seats(salary: float = 1600.0, runs: int = 20, length: int = 40, **reps: Any) -> Any:
    """Months of twenty seats whose reps live on 1600, earn a salary and leave at a rate of a tenth, whatever they earn."""
    given = {"count": 20, "salary": salary, "expenses": 1600.0, "quit_rate": 0.1, "quit_pay": 0.0, "vacancy_months": 0, **reps}
    return months(quiet(months=length, reps=given), runs)


def filled(rate: float, length: int = 40, leaving: float = 0.1) -> np.ndarray:
    """Share of seats filled by month: a seat stays filled, or is filled again, with 1 - q + q p; an empty one is filled with p.

    So the share goes from 1 to p / (p + q (1 - p)), by the factor (1 - p)(1 - q) a month.
    """
    ends = rate / (rate + leaving * (1 - rate))
    return np.asarray(ends + (1 - ends) * ((1 - rate) * (1 - leaving)) ** np.arange(length))


@pytest.mark.parametrize(
    ("salary", "reservation", "odds"),
    [
        (1600.0, 0.0, 3 / 7),  # paid what they live on: the rate of .3
        (800.0, 0.0, 3 / 7 * np.exp(-2)),  # half of it, at a slope of 4
        (2400.0, 0.0, 3 / 7 * np.exp(2)),
        (1600.0, 3200.0, 3 / 7 * np.exp(-2)),  # twice as much is to be had elsewhere
        (9000.0, 0.0, 3 / 7 * np.exp(4)),  # more than twice is no more than twice
    ],
)
def test_a_seat_is_vacant_for_a_geometric_time(salary: float, reservation: float, odds: float) -> None:
    m = seats(salary, reservation=reservation, hiring_rate=0.3, hiring_pay=4.0)
    shares = m.pivot(index="run", columns="month", values="reps").to_numpy() / 20
    expected = filled(odds / (1 + odds))
    assert (shares[:, 0] == 1).all()  # the run opens with every seat filled
    assert abs(standard_errors(shares.mean(axis=1) - expected.mean())) < 4
    assert abs(standard_errors(shares[:, 20:].mean(axis=1) - expected[20:].mean())) < 4


def test_tenure_under_a_constant_hazard_is_geometric() -> None:
    """Who leaves with a tenth a month completes twelve months with .9 ** 11, leaving at the end of the twelfth included."""
    world = quiet(months=60, reps={"count": 20, "salary": 1600.0, "quit_rate": 0.1, "hiring_rate": 0.6})
    stayed = engine.simulate(world, 1, range(1, 31)).runs["rep_stay_12"].to_numpy()
    assert abs(standard_errors(stayed - 0.9**11)) < 4


def test_whoever_is_hired_costs_the_search_and_the_training_once() -> None:
    """Those there when the run opens were hired before."""
    m = seats(hiring_rate=0.3, hiring_cost=2500.0, runs=4)
    before = m.groupby("run")[["reps", "rep_exits"]].shift()
    hires = (m["reps"] - before["reps"] + before["rep_exits"]).fillna(0.0)
    assert hires.sum() > 40 and (m["hiring"] == 2500.0 * hires).all()
    free = seats(hiring_rate=0.3, runs=4)
    assert np.allclose(free["profit"] - m["profit"], m["hiring"]) and (free["hiring"] == 0).all()


def test_by_default_a_seat_is_filled_whatever_is_paid() -> None:
    """The slope is not looked at, and pay elsewhere neither while it is below what reps live on."""
    assert_same(seats(100.0, runs=2), seats(100.0, runs=2, hiring_pay=20.0, reservation=1500.0))
    assert (seats(100.0, runs=2)["reps"] == 20).all()


def test_nobody_works_for_nothing() -> None:
    """No salary and no commission: by month 24 under half of the seats are filled; by default most are, whoever comes being broke soon."""
    free = sim.load("signature-bonus").with_(reps={"salary": 0.0}, scheme={"components": []})
    filled_then = [months(free.with_(reps=reps), 10).query("19 <= month <= 24")["reps"].mean() / 10 for reps in ({}, ON)]
    assert filled_then[0] > 0.6 and filled_then[1] < 0.1


def test_pay_has_a_turning_point() -> None:
    """A book to be built from nothing by commission: a little salary brings reps who earn it, much does not; by default none is best."""
    world = sim.load("signature-bonus").with_(customers={"at_start": 0, "margin": 0.6})

    def npv(salary: float, **reps: Any) -> np.ndarray:
        return np.asarray(engine.simulate(world.with_(reps={"salary": salary, **reps}), 1, range(1, 13)).runs["npv"])

    none, some, much = (npv(salary, **ON) for salary in (0.0, 800.0, 2000.0))
    assert standard_errors(some - none) > 4 and standard_errors(some - much) > 4
    assert standard_errors(npv(0.0) - npv(800.0)) > 4


def test_the_better_paid_stay_so_skill_gathers() -> None:
    """Paid by commission where more is to be had elsewhere, the skilled are the last to go; the rest keep no more skill than newcomers."""

    def skill(**reps: Any) -> np.ndarray:
        given = {"count": 150, "salary": 0.0, "quit_rate": 0.01, "vacancy_months": 0, "skill_spread": 0.4, "reservation": 3000.0}
        model = sim.BookModel(quiet(months=40, reps={**given, **reps}, scheme=pays(measure="signings", rate=2000.0)), 3)
        model.run_all()
        return np.array([float(rep.hunting_skill) for rep in model.reps if rep.present])

    assert standard_errors(skill(quit_pay=5.0) - 1.0) > 4
    assert abs(standard_errors(skill(quit_pay=0.0) - 1.0)) < 4


def test_applicants_see_what_has_been_paid() -> None:
    """First the plain mean of the months, then by the rate of beliefs; of months without reps nothing is learned."""
    world = quiet(
        months=14, reps={"salary": 1000.0, "subsidy": 0.5, "subsidy_months": 2, "expenses": 1600.0, "belief": {"rate": 0.25}}
    )
    model, seen = sim.BookModel(world, 1), 0.0
    for month, paid in enumerate([1800.0] * 2 + [1000.0] * 8, 1):
        model.step()
        seen += max(0.25, 1 / month) * (paid - seen)
        assert float(model.firm["expected_pay"][0]) == pytest.approx(seen)
    model.reps[0].present, model.reps[0].vacant_until = 0, 99
    model.step()
    assert float(model.firm["expected_pay"][0]) == pytest.approx(seen)
