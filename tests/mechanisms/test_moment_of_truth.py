"""S6: at the first complaint or missed payment the firm seeks a solution, holds to the contract, or asks what the customer is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import resolution
from sim.scenario import codes
from sim.scenario.model import Scenario
from sim.tables import CUSTOMERS
from tests.mechanisms.worlds import NEVER, assert_raises, assert_same, customers, lively, months, quiet, standard_errors

ACCOUNT = ["run", *(column.name for column in CUSTOMERS)]
IN_ARREARS = {"transitions": [[0.0, 1.0, 0.0], [0.2, 0.5, 0.3]], "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0}


def judged(policy: str, **rules: Any) -> Scenario:
    """The ordinary mix of complaints and arrears; pay moves nobody."""
    return lively(
        reps={"choice": {"rule": "fixed"}},
        customers={"service": {"rate": 0.3}},
        firm={"resolution": {"policy": policy, "bucket": 1, **rules}},
    )


def indebted(policy: str, **rules: Any) -> Scenario:
    """Two hundred customers who do not pay their first invoice, and have no other trouble."""
    return quiet(
        months=24,
        reps={"choice": {"hunting": 0.0}},
        customers={"at_start": 200, "payment": IN_ARREARS, "lapse": NEVER},
        firm={"resolution": {"policy": policy, "bucket": 1, **rules}},
    )


def test_who_looks_for_a_solution() -> None:
    assert resolution.seeks_solution(codes.SOLUTION, -5.0, 10.0)
    assert not resolution.seeks_solution(codes.STRICT, 1e9, 10.0)
    assert [resolution.seeks_solution(codes.BY_VALUE, worth, 10.0) for worth in (9.9, 10.0, 10.1)] == [False, True, True]


def test_by_value_lies_between_strictness_and_solution_and_contains_both() -> None:
    """With no customer too poor it is the solution, with none good enough it is strictness: to the last bit."""
    assert_same(customers(judged("by_value", value=-1e9))[ACCOUNT], customers(judged("solution"))[ACCOUNT])
    assert_same(customers(judged("by_value", value=1e9))[ACCOUNT], customers(judged("strict"))[ACCOUNT])
    cost = [months(judged("by_value", value=value, collect_cost=0.0))["resolution"].sum() for value in (-1e9, 20.0, 1e9)]
    assert cost[0] > cost[1] > cost[2] == 0.0


def test_the_valuable_are_the_ones_with_whom_a_solution_is_sought() -> None:
    """By value, goodwill is spent on the customers who bring most."""
    world = judged("by_value", value=25.0, collect_cost=0.0).with_(customers={"initial_shape": 1.0, "renewal": 1.0})
    people = customers(world, 12)
    solved = people["resolution"] > 0
    judge = (people["revenue"] - people["cost_of_goods"]) / (36 - people["signed_month"] + 1)
    gap = judge[solved].groupby(people["run"]).median() - judge[~solved].groupby(people["run"]).median()
    assert standard_errors(gap) > 4


def test_a_solution_costs_its_price_and_restores_strictness_estranges() -> None:
    solution = months(judged("solution", solve_cost=35.0))
    assert np.allclose(solution["resolution"], 35.0 * solution["cases"])
    assert_raises("satisfaction", judged("solution"), judged("none"))
    assert_raises("satisfaction", judged("none"), judged("strict"))
    assert_raises("lapses", judged("strict", estrangement=2.0), judged("solution", recovery=2.0))


def test_looking_away_costs_nothing_and_opens_no_case() -> None:
    m = months(judged("none"))
    assert (m["resolution"] == 0).all() and (m["cases"] == 0).all()


def test_strictness_collects_and_costs_only_where_there_is_a_debt() -> None:
    """Everybody is one month late in month 1: half of the debts are collected at once."""
    first = months(indebted("strict", collect=0.5, collect_cost=15.0).with_(months=1), 20)
    assert (first["cases"] == 200).all()
    assert (first["resolution"] == 15.0 * 200).all()
    assert abs(standard_errors(first["collected"] / first["revenue"] - 0.5)) < 4
    complaints = months(judged("strict", collect_cost=15.0).with_(customers={"payment": {"transitions": [[1.0, 0.0]]}}))
    assert complaints["cases"].sum() > 0 and (complaints["resolution"] == 0).all()


@pytest.mark.parametrize(("policy", "rule"), [("strict", "collect"), ("solution", "arrange")])
def test_what_is_collected_at_the_moment_of_truth_is_not_written_off(policy: str, rule: str) -> None:
    """All of it at probability one; at zero, as much is lost as where nobody asks."""
    assert (months(indebted(policy, **{rule: 1.0}))["write_off"] == 0).all()
    idle, asked = (months(indebted(name, **rules))["write_off"] for name, rules in (("none", {}), (policy, {rule: 0.0})))
    assert_same(idle, asked)
    assert_raises("collected", indebted(policy, **{rule: 0.6}), indebted(policy, **{rule: 0.0}))


def test_no_case_opens_before_the_bucket_the_policy_names() -> None:
    late = {"transitions": [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]}
    world = indebted("strict", collect=0.0).with_(customers={"payment": late}, firm={"resolution": {"bucket": 2}})
    m = months(world, 1)
    assert m["cases"].tolist()[:3] == [0, 200, 0]
    assert m["write_off"].tolist()[2] == m["revenue"].tolist()[0]


def test_recovery_alone_does_not_end_above_no_failure() -> None:
    """The default recovery after an unsolved contact leaves a customer below one who had no trouble (Blodgett, de Matos)."""
    calm = months(judged("solution").with_(customers={"service": {"rate": 0.0}, "payment": {"transitions": [[1.0, 0.0]]}}))
    trouble = months(judged("solution").with_(desk={"solve": 0.0}, customers={"payment": {"transitions": [[1.0, 0.0]]}}))
    gap = (calm["satisfaction"] - trouble["satisfaction"]).groupby(calm["run"]).mean()
    assert standard_errors(gap) > 4
