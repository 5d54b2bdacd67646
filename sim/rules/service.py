"""The service desk: waiting from queueing theory, contacts solved or not, offers made."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import normal_quantile
from sim.rules.purchasing import invoice_cross
from sim.scenario.codes import COMMERCIAL, FIXED_CONTACT, POOL
from sim.state import QUANTUM, cents, draw_contact, quantise

ACT, DRAWS = "need_service", draws.CONTACT

WORKING_DAYS = 21.0  # in a month
FULL = 0.95  # utilisation beyond which the queue is reckoned as a backlog


@rule
def erlang_c(load: float, servers: int) -> float:
    """Probability of waiting in M/M/c with offered load a < c (Erlang 1917), through Erlang B's recurrence."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    share = load / servers
    return blocked / (1.0 - share * (1.0 - blocked))


@rule
def wait(arrivals: float, capacity: float, servers: int, backlog: float) -> float:
    """Mean wait before being served, in months: Wq = C / (c mu - lambda), plus working off a backlog.

    Above :data:`FULL` utilisation no stationary queue exists; the excess accumulates as `backlog`.
    """
    arrivals = min(arrivals, FULL * servers * capacity)
    if arrivals <= 0.0:
        return backlog / (servers * capacity)
    return erlang_c(arrivals / capacity, servers) / (servers * capacity - arrivals) + backlog / (servers * capacity)


@rule
def staff(p, now, agent, number):  # type: ignore[no-untyped-def]
    """An agent at the start of a run: nobody to look after yet, and a skill drawn once."""
    u = draws.uniforms(now.seed, now.run, draws.DESK, 0, number, 0)
    agent.wait, agent.need, agent.backlog = 0.0, 0.0, 0.0
    agent.skill = p.desk_skill_spread * normal_quantile(u[0])


@rule
def open_desk(p, d):  # type: ignore[no-untyped-def]
    """The month's waits, from the contacts the book is expected to make: a pool, or queues of one."""
    capacity = p.desk_capacity / (1.0 + (p.desk_offer_time if p.desk_orientation == COMMERCIAL else 0.0))
    agents = d.shape[0]
    if p.desk_contact == POOL:
        arrivals, backlog = 0.0, 0.0
        for a in range(agents):
            arrivals += d[a].need
            backlog += d[a].backlog
        days = wait(arrivals / QUANTUM, capacity, agents, backlog) * WORKING_DAYS
        excess = max(0.0, backlog + arrivals / QUANTUM - capacity * agents) / agents
        for a in range(agents):
            d[a].wait = min(days, p.desk_max_wait)
            d[a].backlog = excess
    else:
        for a in range(agents):
            days = wait(d[a].need / QUANTUM, capacity, 1, d[a].backlog) * WORKING_DAYS
            d[a].wait = min(days, p.desk_max_wait)
            d[a].backlog = max(0.0, d[a].backlog + d[a].need / QUANTUM - capacity)


@rule
def forget(now, leavers, d):  # type: ignore[no-untyped-def]
    """The desk's agents expect no more the customers who left this month."""
    for i in range(leavers.shape[0]):
        c = leavers[i]
        if c.lapsed_month == now.month:
            d[c.agent].need -= quantise(c.need)


@rule
def answers(p, c, e):  # type: ignore[no-untyped-def]
    """Number of the desk agent whom the customer meets this month: the fixed contact, or anybody of the pool."""
    return c.agent if p.desk_contact == FIXED_CONTACT else np.int64(e.u_answer * p.desk_agents)


@rule
def calls(u: float, no_contact: float) -> bool:
    """Whether the customer gets in touch, `no_contact` being the probability of not doing so."""
    return u > no_contact


@rule
def remember(pushed: float, forgetting: float) -> float:
    """Earlier offers still in memory."""
    return pushed * (1.0 - forgetting)


@rule
def quiet(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Offers are forgotten."""
    c.pushed = remember(c.pushed, p.desk_forgetting)


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether the customer gets in touch."""
    return calls(e.u_contact, c.no_contact)


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """Contacts arrive, wait, are solved or not; a commercial desk also sells, and may irritate."""
    draw_contact(now, c, e)
    e.contacts = draws.poisson_count(e.u_contact, c.need, c.no_contact)
    t.contacts += e.contacts
    t.wait_sum += quantise(a.wait) * e.contacts
    cost = cents(p.desk_contact_cost) * e.contacts
    c.service += cost
    t.service += cost
    e.experience -= min(1.0, p.feeling_wait * a.wait)
    solved = p.desk_solve + a.skill + (p.desk_continuity if p.desk_contact == FIXED_CONTACT else 0.0)
    for index in range(e.contacts):
        if index > 0:  # the first one's uniforms are there
            u = draws.uniforms(now.seed, now.run, draws.CONTACT, now.month, c.who, c.which + index)
            e.u_solved, e.u_offer, e.u_appointment, e.u_surfaced = u
        if e.u_solved < solved:
            e.experience += p.feeling_solved
        elif e.visits == 0 or e.u_surfaced >= p.service_surfaced:  # a visiting rep hears of some of the trouble in time
            e.unsolved += 1
            e.experience -= p.feeling_unsolved
        if p.desk_orientation == COMMERCIAL:
            e.experience -= p.desk_irritation * c.pushed
            c.pushed += 1.0
            if e.u_offer < p.desk_offer_sale:
                invoice_cross(c, e, r, t, p.customers_cross)
            if e.u_appointment < p.desk_appointment:
                e.referrals += 1
