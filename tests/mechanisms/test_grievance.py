"""S6, S12: who is dissatisfied complains, which opens a case, or warns others off; the firm is glad of them or it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules import satisfaction, service
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import NUMB, assert_same, customers, lively, months, quiet

FEELS = 0.4  # below what was expected, every month from the first on


def grieved(complaint: float = 0.5, **changes: Any) -> Scenario:
    """Two hundred customers who are as dissatisfied every month, of a firm that can neither please nor displease them more."""
    return quiet(
        months=13,
        reps={"choice": {"hunting": 0.0}},
        customers={"at_start": 200, "feeling": NUMB | {"expectation": FEELS}, "service": {"complaint": complaint}},
        desk={"agents": 1, "capacity": 1e6, "contact_cost": 7.0, "solve": 0.0},
        firm={"resolution": {"recovery": 0.0, "estrangement": 0.0, "solve_cost": 30.0}},
    ).with_(**changes)


def test_the_dissatisfied_complain_in_proportion_and_each_complaint_is_a_contact() -> None:
    """In twelve months of 200 customers, .5 x .4 each month; nobody is in need of anything else."""
    m, n = months(grieved(), 4), 4 * 12 * 200
    assert (m.loc[m["month"] == 1, "complaints"] == 0).all()  # nobody is dissatisfied yet
    assert abs(m["complaints"].sum() - 0.2 * n) < 4 * np.sqrt(0.16 * n)
    assert_same(m["contacts"], m["complaints"].rename("contacts"))
    assert np.allclose(m["service"], 7.0 * m["complaints"])
    people = customers(grieved(), 4)
    assert people["complaints"].sum() == m["complaints"].sum() and people["complaints"].max() > 1


@pytest.mark.parametrize(
    ("policy", "solve", "redressed"),
    [
        ("none", 0.0, 0.0),
        ("strict", 0.0, 0.0),
        ("solution", 0.0, 1.0),
        ("strict", 1.0, 1.0),
        ("strict", 0.3, 0.3),
        ("none", 0.3, 0.3),
    ],
)
def test_what_the_desk_does_not_put_right_is_up_to_the_firm(policy: str, solve: float, redressed: float) -> None:
    """Unsolved complaints are cases, which a solution settles; under strictness, or where the firm looks away, they got nothing."""
    m = months(grieved(desk={"solve": solve}, firm={"resolution": {"policy": policy}}), 4)
    n = m["complaints"].sum()
    assert abs(m["redressed"].sum() - redressed * n) <= 4 * np.sqrt(redressed * (1 - redressed) * n)
    harder = months(grieved(desk={"solve": solve, "redress": 0.5}, firm={"resolution": {"policy": policy}}), 4)["redressed"].sum()
    half = redressed if policy == "solution" else 0.5 * redressed
    assert abs(harder - half * n) <= 4 * np.sqrt(half * (1 - half) * n)
    cases = 0.0 if policy == "none" else n - (m["redressed"].sum() if policy == "strict" else 0.0)
    assert m["cases"].sum() == cases
    assert np.allclose(m["resolution"], 30.0 * m["redressed"] if policy == "solution" else 0.0)


def test_the_firm_may_hear_the_valuable_only() -> None:
    """By value, those who have brought less than the median so far get nothing: half of the complaints, in months in which nobody buys."""
    people = customers(grieved(months=1), 4)
    shown = (people["revenue"] - people["cost_of_goods"]).median()
    m = months(grieved(months=2, firm={"resolution": {"policy": "by_value", "value": shown / 2}}), 12)
    n = m["complaints"].sum()
    assert n > 300 and abs(m["redressed"].sum() - 0.5 * n) < 4 * np.sqrt(0.25 * n) + 0.05 * n


def test_complaints_keep_the_desk_waiting_a_month_later() -> None:
    """One agent: the wait is M/M/1's at last month's complaints, W = a / (c (c - a)) months of 21 days."""
    m = months(grieved(desk={"capacity": 100.0}), 1)
    before = m["complaints"].shift(fill_value=0.0).to_numpy()
    assert before.max() < 0.95 * 100.0
    expected = 21.0 * before / (100.0 * (100.0 - before))
    assert np.allclose(m["wait"][1:], expected[1:], rtol=1e-5)


def test_the_dissatisfied_warn_others_off() -> None:
    """.3 x .4 a month of each customer; leads are lost to the seat, as far as there are any."""
    loud = {"referral": {"warned": 0.3}}
    m = months(grieved(0.0, customers=loud, market={"leads_at_start": 5000.0, "leads_per_month": 0.0, "stale_months": 1e6}), 4)
    n = 4 * 13 * 200
    assert abs(m["warned"].sum() - 0.12 * n) < 4 * np.sqrt(0.1056 * n)
    assert np.allclose(m["leads"], 5000.0 * (1 - 1e-6) ** m["month"] - m.groupby("run")["warned"].cumsum(), atol=0.01)
    none = months(grieved(0.0, customers=loud, market={"leads_at_start": 0.0, "leads_per_month": 1.0}), 1)
    assert (none["warned"] > 1.0).all() and (none["leads"] == 0.0).all()


def test_nobody_complains_and_warns_or_refers_in_one_month() -> None:
    for u in np.linspace(0.0005, 0.9995, 1000):
        for score in (-1.0, -0.3, 0.0, 0.6):
            says = service.complains(u, 0.6, score), satisfaction.warns(u, 0.4, score), satisfaction.refers(u, 0.4, score)
            assert sum(map(bool, says)) <= 1
            assert not any(says[:2]) or score < 0.0


def test_a_complaint_that_is_put_right_pleases_and_one_that_is_not_estranges() -> None:
    """Under strictness complaints make the book less satisfied than silence, where they are put right more."""
    world = lively(customers={"feeling": {"expectation": 0.8}}, desk={"solve": 0.0})
    for policy, sign in (("solution", 1), ("strict", -1)):
        silent = world.with_(firm={"resolution": {"policy": policy, "recovery": 1.0}})
        loud = silent.with_(customers={"service": {"complaint": 0.8}})
        mean = [months(one, 12).groupby("run")["satisfaction"].mean().to_numpy() for one in (loud, silent)]
        gain = sign * (mean[0] - mean[1])
        assert gain.mean() > 4 * gain.std(ddof=1) / np.sqrt(gain.size)


def test_nobody_complains_or_warns_by_default() -> None:
    m = months(lively(customers={"feeling": {"expectation": 0.9}}), 2)
    assert m["satisfaction"].min() < 0.0 and (m[["complaints", "redressed", "warned"]] == 0.0).all(axis=None)
