"""The desk month by month: who works on it, how long customers wait, what one contact has to do with another."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules import service
from sim.rules.steps import whole
from sim.state import DESK, QUANTUM
from tests.rules.worlds import Desk, believer, customer, record

MONTH = record("clock", seed=1, run=1, month=9)


def test_a_new_agent_has_nobody_to_look_after_and_a_skill_for_good() -> None:
    desk = Desk().set(desk_skill_spread=0.1)
    skills = []
    for number in range(400):
        agent = record("desk", wait=3.0, need=5.0, backlog=7.0, skill=9.0)
        service.staff(desk.params, MONTH, agent, number)
        assert (agent["wait"], agent["need"], agent["backlog"]) == (0, 0, 0)
        skills.append(float(agent["skill"]))
    assert abs(np.mean(skills)) < 4 * 0.1 / 20
    assert abs(np.std(skills) / 0.1 - 1) < 4 / np.sqrt(800)


# --- waiting ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arrivals", [0.0, 30.0, 90.0])
def test_all_agents_work_a_backlog_off_together(arrivals: float) -> None:
    """Three agents for 20 contacts a month each, 30 left over: half a month, whatever arrives."""
    with_, without = (service.wait(arrivals, 20.0, 3, backlog) for backlog in (30.0, 0.0))
    assert with_ - without == pytest.approx(0.5)


def test_beyond_95_percent_the_queue_is_that_at_95_percent() -> None:
    """Of one agent: rho / (mu - lambda) = 0.95 / (20 - 19)."""
    for arrivals in (19.0, 19.5, 200.0):
        assert service.wait(arrivals, 20.0, 1, 0.0) == pytest.approx(0.95)
    assert service.wait(18.0, 20.0, 1, 0.0) == pytest.approx(0.9 / 2)
    assert service.wait(0.0, 20.0, 1, 0.0) == 0.0


def opened(needs: list[float], backlogs: list[float], **numbers: float) -> tuple[list[float], list[float]]:
    """(waits in days, backlogs) of a desk of agents who can handle 20 a month, expecting so many contacts."""
    given = {"desk_capacity": 20.0, "desk_offer_time": 0.25, "desk_orientation": 0.0, "desk_max_wait": 1e6}
    desk, agents = Desk().set(**given | numbers), np.zeros(len(needs), DESK)
    agents["need"], agents["backlog"], agents["wait"] = np.array(needs) * QUANTUM, backlogs, 77.0
    service.open_desk(desk.params, agents)
    return list(agents["wait"]), list(agents["backlog"])


def test_a_fixed_contact_has_a_queue_and_a_backlog_of_his_own() -> None:
    """15 expected: 0.75 / 5 months of 21 days.  26 expected and 4 left over: full, 4 / 20 more, and 10 will be left over."""
    waits, backlogs = opened([15.0, 26.0, 0.0], [0.0, 4.0, 6.0], desk_contact=1.0)
    assert waits == pytest.approx([0.15 * 21, (0.95 + 0.2) * 21, 0.3 * 21])
    assert backlogs == pytest.approx([0.0, 10.0, 0.0])


def test_a_pool_has_one_queue_and_one_backlog() -> None:
    """Of two agents for 20 each, 41 expected and 5 left over: C = 2 rho^2 / (1 + rho), rho = 0.95; 6 will be left over."""
    waits, backlogs = opened([15.0, 26.0], [4.0, 1.0], desk_contact=0.0)
    queue = 2 * 0.95**2 / 1.95 / 2
    assert waits == pytest.approx([(queue + 5 / 40) * 21] * 2)
    assert backlogs == pytest.approx([3.0, 3.0])
    assert opened([1.0, 1.0], [4.0, 1.0], desk_contact=0.0)[1] == [0.0, 0.0]


@pytest.mark.parametrize("contact", [0.0, 1.0])
def test_offers_take_time_and_nobody_waits_longer_than_the_longest(contact: float) -> None:
    """A quarter more for each contact: 16 a month instead of 20."""
    selling, slower = (
        opened([12.0], [0.0], desk_contact=contact, **how) for how in ({"desk_orientation": 1.0}, {"desk_capacity": 16.0})
    )
    assert selling == slower
    assert selling[0] == pytest.approx([0.75 / 4 * 21])
    assert opened([500.0], [0.0], desk_contact=contact, desk_max_wait=5.0) == ([5.0], [480.0])


def test_who_left_this_month_is_expected_no_more() -> None:
    agents = np.zeros(2, DESK)
    agents["need"] = QUANTUM
    leavers = np.zeros(3, record("customer").dtype)
    leavers["agent"], leavers["need"], leavers["lapsed_month"] = [0, 1, 1], [0.25, 0.5, 0.125], [9, 9, 8]
    service.forget(MONTH, leavers, agents)
    assert list(agents["need"] / QUANTUM) == [0.75, 0.5]


def test_a_fixed_contact_answers_and_in_a_pool_anybody() -> None:
    c = record("customer", agent=2)
    fixed, pool = Desk().set(desk_contact=1.0, desk_agents=4.0), Desk().set(desk_contact=0.0, desk_agents=4.0)
    for u, agent in ((0.01, 0), (0.26, 1), (0.74, 2), (0.99, 3)):
        e = record("moment", u_answer=u)
        assert service.answers(fixed.params, c, e) == 2 and service.answers(pool.params, c, e) == agent


# --- contacts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visits", [0, 1])
def test_contacts_and_what_comes_of_them_have_nothing_to_do_with_each_other(visits: int) -> None:
    """Two contacts each; half are solved, of the rest half surface at a visit; half of the offers sell, half make a lead.

    Trouble left, sales and leads of a customer are three independent binomials of two.
    """
    halves = dict.fromkeys(("desk_solve", "desk_offer_sale", "desk_appointment", "service_surfaced"), 0.5)
    desk, r, agent = Desk().set(**halves, desk_orientation=1.0, customers_cross=1.0), believer(), record("desk")
    size, found = 900, []
    for order in range(1, size + 1):
        now, c, e = customer(desk, order, need=1.0, no_contact=np.exp(-1.0))
        e["u_contact"], e["visits"], t = 0.9, visits, record("tally")  # P(N <= 1) = 0.74, P(N <= 2) = 0.92
        whole(service)(desk.params, now, c, e, r, t, agent)
        assert e["contacts"] == 2
        found.append((e["unsolved"], t["cross_revenue"] / 100, e["referrals"]))
    odds = np.array([0.25 if visits else 0.5, 0.5, 0.5])
    assert np.abs(np.mean(found, axis=0) - 2 * odds).max() < 4 * np.sqrt(0.5 / size)
    gap = np.array(found, float) - 2 * odds
    products = gap[:, :, None] * gap[:, None, :]
    error = products.std(axis=0) / np.sqrt(size)
    assert (np.abs(products.mean(axis=0) - np.diag(2 * odds * (1 - odds))) < 4.5 * error).all()
