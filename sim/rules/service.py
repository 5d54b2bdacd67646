"""The service desk: waiting from queueing theory, contacts and complaints solved or not, offers made."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import normal_quantile
from sim.rules.purchasing import invoice_cross
from sim.scenario.codes import COMMERCIAL, FIXED_CONTACT, POOL
from sim.state import QUANTUM, cents, draw_contact, quantise

ACT = "need_service"

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
def staff(params, clock, agent, number):  # type: ignore[no-untyped-def]
    """An agent at the start of a run: nobody to look after yet, and a skill drawn once."""
    u = draws.uniforms(clock.seed, clock.run, draws.DESK, 0, number, 0)
    agent.wait, agent.need, agent.backlog, agent.complaints = 0.0, 0.0, 0.0, 0.0
    agent.skill = params.desk_skill_spread * normal_quantile(u[0])


@rule
def expected(agent):  # type: ignore[no-untyped-def]
    """Contacts expected of an agent's customers, in quanta: their need, and as many complaints as last month."""
    return agent.need + agent.complaints


@rule
def open_desk(params, desk):  # type: ignore[no-untyped-def]
    """The month's waits, from the contacts the book is expected to make: a pool, or queues of one."""
    capacity = params.desk_capacity / (1.0 + (params.desk_offer_time if params.desk_orientation == COMMERCIAL else 0.0))
    agents = desk.shape[0]
    if params.desk_contact == POOL:
        arrivals, backlog = 0.0, 0.0
        for number in range(agents):
            arrivals += expected(desk[number])
            backlog += desk[number].backlog
        days = wait(arrivals / QUANTUM, capacity, agents, backlog) * WORKING_DAYS
        excess = max(0.0, backlog + arrivals / QUANTUM - capacity * agents) / agents
        for number in range(agents):
            desk[number].wait = min(days, params.desk_max_wait)
            desk[number].backlog = excess
    else:
        for number in range(agents):
            arrivals = expected(desk[number])
            days = wait(arrivals / QUANTUM, capacity, 1, desk[number].backlog) * WORKING_DAYS
            desk[number].wait = min(days, params.desk_max_wait)
            desk[number].backlog = max(0.0, desk[number].backlog + arrivals / QUANTUM - capacity)
    for number in range(agents):
        desk[number].complaints = 0.0


@rule
def forget(clock, leavers, desk):  # type: ignore[no-untyped-def]
    """The desk's agents expect no more the customers who left this month."""
    for i in range(leavers.shape[0]):
        customer = leavers[i]
        if customer.lapsed_month == clock.month:
            desk[customer.agent].need -= quantise(customer.need)


@rule
def answers(params, customer, moment):  # type: ignore[no-untyped-def]
    """Number of the desk agent whom the customer meets this month: the fixed contact, or anybody of the pool."""
    return customer.agent if params.desk_contact == FIXED_CONTACT else np.int64(moment.u_answer * params.desk_agents)


@rule
def calls(u: float, no_contact: float) -> bool:
    """Whether the customer gets in touch, `no_contact` being the probability of not doing so."""
    return u > no_contact


@rule
def complains(u: float, rate: float, satisfaction: float) -> bool:
    """Whether a dissatisfied customer complains, with probability rate * -S.

    The uniform is that of word of mouth, from its other end: who complains this month warns nobody off.
    """
    return u > 1.0 + rate * satisfaction


@rule
def remember(pushed: float, forgetting: float) -> float:
    """Earlier offers still in memory."""
    return pushed * (1.0 - forgetting)


@rule
def quiet(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Offers are forgotten."""
    customer.pushed = remember(customer.pushed, params.desk_forgetting)


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the customer gets in touch, in need of service or to complain."""
    complaint = complains(moment.u_referral, params.service_complaint, customer.satisfaction)
    return calls(moment.u_contact, customer.no_contact) | (params.service_complaint > 0.0) & complaint


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """Contacts arrive, wait, are solved or not; a commercial desk also sells, and may irritate.

    A complaint is a contact like any other, the month's last; if nobody puts it right it is a case (:mod:`sim.rules.resolution`).
    """
    draw_contact(clock, customer, moment)
    moment.complaint = int(complains(moment.u_referral, params.service_complaint, customer.satisfaction))
    moment.contacts = draws.poisson_count(moment.u_contact, customer.need, customer.no_contact) + moment.complaint
    customer.complaints += moment.complaint
    tally.complaints += moment.complaint
    agent.complaints += QUANTUM * moment.complaint
    tally.contacts += moment.contacts
    tally.wait_sum += quantise(agent.wait) * moment.contacts
    cost = cents(params.desk_contact_cost) * moment.contacts
    customer.service += cost
    tally.service += cost
    moment.experience -= min(1.0, params.feeling_wait * agent.wait)
    solved = params.desk_solve + agent.skill + (params.desk_continuity if params.desk_contact == FIXED_CONTACT else 0.0)
    unsolved = 0
    for index in range(moment.contacts):
        unsolved = moment.unsolved
        if index > 0:  # the first one's uniforms are there
            u = draws.uniforms(clock.seed, clock.run, draws.CONTACT, clock.month, customer.who, customer.which + index)
            moment.u_solved, moment.u_offer, moment.u_appointment, moment.u_surfaced = u
        last = moment.complaint == 1 and index == moment.contacts - 1
        if moment.u_solved < (solved * params.desk_redress if last else solved):
            moment.experience += params.feeling_solved
        elif (
            moment.visits == 0 or moment.u_surfaced >= params.service_surfaced
        ):  # a visiting rep hears of some of the trouble in time
            moment.unsolved += 1
            moment.experience -= params.feeling_unsolved
        if params.desk_orientation == COMMERCIAL:
            moment.experience -= params.desk_irritation * customer.pushed
            customer.pushed += 1.0
            if moment.u_offer < params.desk_offer_sale:
                invoice_cross(customer, moment, rep, tally, params.customers_cross)
            if moment.u_appointment < params.desk_appointment:
                moment.referrals += 1
    if moment.complaint == 1 and moment.unsolved == unsolved:  # the last contact was put right
        moment.complaint = 0
        tally.redressed += 1.0
