"""The moment of truth and what is felt: who becomes a case, what it costs, what the customer makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from sim.rules import resolution, satisfaction
from sim.rules.steps import whole
from sim.scenario import codes
from tests.rules.worlds import Desk, believer, record


def test_the_firm_sees_the_margin_per_month_of_contract() -> None:
    """500 less 300 in months 4 to 8: 40 a month."""
    c = record("customer", revenue=50_000.0, cost_of_goods=30_000.0, signed=4)
    assert resolution.value_seen(c, 8) == pytest.approx(40.0)
    assert resolution.value_seen(c, 4) == pytest.approx(200.0)


def judged(policy: float, unsolved: int = 0, u: float = 0.5, value: float = 40.0, **customer: float) -> tuple[Any, Any, Any]:
    """A customer worth 40 a month; a solution costs 35, collection 15, half of the debts are collected, three in ten arranged."""
    desk = Desk().set(
        resolution_policy=policy, resolution_bucket=2.0, resolution_value=value, resolution_solve_cost=35.0, resolution_recovery=0.5,
        resolution_collect_cost=15.0, resolution_collect=0.5, resolution_arrange=0.3, resolution_estrangement=0.4,
    )  # fmt: skip
    c = record("customer", revenue=50_000.0, cost_of_goods=30_000.0, signed=4, **customer)
    e, t = record("moment", u_case=u, unsolved=unsolved, experience=-0.1), record("tally")
    whole(resolution)(desk.params, record("clock", month=8), c, e, believer(), t, 0)
    assert e["cases"] == t["cases"] and c["resolution"] == t["resolution"]
    return c, e, t


LATE = {"owed": 9000.0, "bucket": 2.0}


@pytest.mark.parametrize("policy", [codes.SOLUTION, codes.STRICT, codes.BY_VALUE])
def test_a_case_is_trouble_unsolved_or_arrears_of_a_customer_who_is_there(policy: float) -> None:
    for unsolved, customer, cases in ((0, {}, 0), (1, {}, 1), (3, LATE, 1), (0, LATE, 1), (0, LATE | {"bucket": 3.0}, 1), (0, LATE | {"bucket": 1.0}, 0), (0, LATE | {"owed": 1.0}, 1),
                                      (0, {"bucket": 2.0}, 0), (1, LATE | {"status": 1}, 0)):  # fmt: skip
        assert judged(policy, unsolved, **customer)[1]["cases"] == cases
        assert judged(codes.NONE, unsolved, **customer)[1]["cases"] == 0


def test_a_solution_restores_and_strictness_collects() -> None:
    """Costs in hundredths; collected below the uniform's odds; experience from -0.1."""
    for policy, value, unsolved, cost, felt, odds in (
        (codes.SOLUTION, 0.0, 0, 3500, 0.4, 0.3),
        (codes.STRICT, 0.0, 0, 1500, -0.5, 0.5),
        (codes.BY_VALUE, 40.0, 1, 3500, 0.4, 0.3),
        (codes.BY_VALUE, 40.01, 1, 1500, -0.5, 0.5),
    ):
        for u, collected in ((odds - 0.01, 9000), (odds + 0.01, 0)):
            c, e, t = judged(policy, unsolved, u, value, **LATE)
            assert (t["resolution"], t["collected"], c["owed"]) == (cost, collected, 9000 - collected)
            assert e["experience"] == pytest.approx(felt)
    c, e, t = judged(codes.STRICT, 1, 0.01, owed=9000.0, bucket=1.0)  # a complaint: there is nothing to collect yet
    assert (t["resolution"], t["collected"]) == (0, 0) and e["experience"] == pytest.approx(-0.5)


# --- satisfaction ---------------------------------------------------------------------------------------------------------------


def test_satisfaction_moves_towards_performance_and_disconfirmation() -> None:
    """From 0.1, a fifth of the way to 0.5 x 0.4 + (0.4 - 0.3); where disappointed, -0.2 counts twice.  Never beyond 1."""
    assert satisfaction.update(0.1, 0.3, 0.4, 0.2, 2.0, 0.5) == pytest.approx(0.1 + 0.2 * (0.3 - 0.1))
    assert satisfaction.update(0.1, 0.3, 0.1, 0.2, 2.0, 0.5) == pytest.approx(0.1 + 0.2 * (0.05 - 0.4 - 0.1))
    assert (
        satisfaction.update(0.9, -1.0, 3.0, 1.0, 2.0, 1.0) == 1.0 and satisfaction.update(0.0, 1.0, -3.0, 1.0, 2.0, 1.0) == -1.0
    )
    assert satisfaction.follow(0.3, 0.5, 0.1) == pytest.approx(0.32)


def test_the_satisfied_refer_and_referrals_of_the_month_are_counted() -> None:
    """Satisfaction moves to 0.5 of experience 0.5 as expected, referring at 0.4 x 0.5 a month; one visit has brought a lead."""
    desk = Desk().set(feeling_speed=1.0, feeling_loss=2.0, feeling_performance=1.0, feeling_learning=0.25, referral_rate=0.4)
    for u, before, referrals in ((0.199, 0, 1), (0.201, 0, 0), (0.199, 1, 2), (0.201, 1, 1)):
        c, e, t = (
            record("customer", expectation=0.5),
            record("moment", u_referral=u, experience=0.5, referrals=before),
            record("tally"),
        )
        whole(satisfaction)(desk.params, record("clock", month=8), c, e, believer(), t, 0)
        assert c["satisfaction"] == pytest.approx(0.5) and c["expectation"] == pytest.approx(0.5)
        assert (e["referrals"], t["referrals"]) == (referrals, referrals)
