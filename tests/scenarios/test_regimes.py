"""The regulated schemes keep to their rules, in what they say and in what they pay; all pay a living."""

from __future__ import annotations

import pytest

import sim
from tests.scenarios import library

FICTIONAL = ("signature-bonus", "relationship-bonus", "salary-only", "nl-commission-ban", "nl-bonus-cap", "uk-indemnity")


def test_bonus_cap_what_is_paid_is_at_most_a_fifth_of_fixed_pay_and_half_of_it_rests_on_satisfaction() -> None:
    """One seat, so that a month's commission is one rep's: nothing, or the satisfaction bonus and no more than that again."""
    scenario = library("nl-bonus-cap")
    bonus = scenario.scheme.components[1].bonus
    assert scenario.scheme.variable_cap == 0.2
    assert bonus == pytest.approx(0.1 * 12 * scenario.reps.salary)
    months = sim.run(scenario.with_(reps={"count": 1, "quit_rate": 0.0}), runs=40, seed=3).months
    paid = months.loc[months["commission"] > 0, "commission"]
    assert (months.loc[months["commission"] > 0, "month"] % 12 == 0).all()
    assert (paid >= bonus).all() and (paid <= 2 * bonus).all()
    assert 0.2 < len(paid) / (40 * scenario.months / 12) < 0.98  # the gate is neither shut nor open for all


def test_commission_ban_nothing_is_paid_on_the_signature() -> None:
    assert {component.measure for component in library("nl-commission-ban").scheme.components} == {"collected"}


def test_uk_indemnity_is_earned_over_two_to_four_years() -> None:
    upfront, trail = library("uk-indemnity").scheme.components
    assert 24 <= upfront.clawback.months <= 48 and upfront.clawback.shape == "linear"
    assert trail.rate < upfront.rate


@pytest.mark.parametrize("name", FICTIONAL)
def test_pay_is_a_living_and_comparable(name: str) -> None:
    scenario = library(name)
    runs = sim.run(scenario, runs=16, seed=5).runs
    assert 0.9 * scenario.reps.expenses < runs["rep_pay_mean"].mean() < 1.2 * scenario.reps.expenses
    assert 0.18 < runs["rep_turnover"].mean() < 0.36
