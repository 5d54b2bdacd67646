"""Waiting at the desk (Erlang 1917): one pool or fixed contacts, and what lies beyond the formula."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import by_run, mean, months, own_seed, setting
from sim.state import QUANTUM

DESK = "scenarios/validation/rep-desk.toml"
ERLANG = "Erlang 1917; Cooper 1981, Introduction to Queueing Theory"
ARRIVALS, STEP = "rate of service", 1e-4
DAYS = 21.0  # working days in a month
PRINTED = {3: 0.70225, 4: 0.31986, 5: 0.13037, 6: 0.04744}  # probability of waiting at offered load 2.5


def erlang_c(a: float, c: int) -> float:
    """Probability of waiting: [a^c / c! c / (c - a)] / [sum_{k < c} a^k / k! + a^c / c! c / (c - a)]."""
    last = a**c / factorial(c) * c / (c - a)
    return float(last / (sum(a**k / factorial(k) for k in range(c)) + last))


def pooled(arrivals: float, capacity: float, servers: int) -> float:
    """Days of waiting in a pool: Erlang's formula, of so many arrivals a month, each agent serving `capacity`."""
    return erlang_c(arrivals / capacity, servers) / (servers * capacity - arrivals) * DAYS


def per_arrivals(capacity: float, servers: int) -> float:
    """Of the wait of 60 arrivals a month, per relative change of their number."""
    return (pooled(60.0 * (1 + STEP), capacity, servers) - pooled(60.0, capacity, servers)) / STEP


def waits(effort: Effort, case: int, rate: float, customers: int, agents: int, capacity: float, contact: str) -> np.ndarray:
    """Mean wait of a run, in days, each case with random numbers of its own."""
    world = setting(DESK).with_(
        customers={"at_start": customers, "service": {"rate": rate}},
        desk={"agents": agents, "capacity": capacity, "contact": contact},
    )
    return np.asarray(by_run(months(world, own_seed(effort, case), effort.number(200, 24)), "wait").mean(axis=1))


def convexity(expected: float, used: float, servers: int) -> float:
    """How far the mean wait may lie above the wait of the mean load, whose coefficient of variation is .01 / sqrt(1200) = 2.9e-4.

    Besides half a quantum: waits are summed over contacts in whole quanta of 2^-20 days.
    """
    return expected * 4.2e-8 * (servers + 1 / (1 - used)) ** 2 + 0.5 / QUANTUM


@entry(id="erlang-pool", group="closed form", title="Waits of a pool of agents", source=ERLANG, setting=DESK)
def pool(effort: Effort) -> Iterator[Finding]:
    """Wq = C / (c mu - lambda) of 21 working days, C(a = 2.5, c = 3 ... 6) as printed: .70225, .31986, .13037, .04744; then random loads.

    The model takes the need of the customers there as load, which differs a little from its mean from run to run.
    """
    for servers, probability in PRINTED.items():
        expected = probability / (servers * 24.0 - 60.0) * DAYS
        found = waits(effort, servers, 0.05, 1200, servers, 24.0, "pool")
        yield mean(
            f"days of waiting, load 2.5, {servers} agents",
            expected,
            found,
            "printed to five decimals",
            5e-6 / (servers * 24 - 60) * DAYS,
        ).of(f"load 2.5, {servers}", {ARRIVALS: per_arrivals(24.0, servers)})
    random = effort.random("erlang-pool")
    for case in range(effort.number(6, 2)):
        servers, used = int(random.integers(2, 30)), random.uniform(0.4, 0.9)
        capacity = 60.0 / (used * servers)
        expected = pooled(60.0, capacity, servers)
        found = waits(effort, 10 + case, 0.05, 1200, servers, capacity, "pool")
        curved = convexity(expected, used, servers)
        yield mean(
            f"days of waiting, {servers} agents used {used:.3f}",
            expected,
            found,
            "convex in the load; waits are kept in quanta",
            tolerance=curved,
        ).of(f"random {case}", {ARRIVALS: per_arrivals(capacity, servers)})


@entry(id="erlang-dedicated", group="closed form", title="Pooled against dedicated queues", source=ERLANG, setting=DESK)
def dedicated(effort: Effort) -> Iterator[Finding]:
    """30 contacts an hour of 5 minutes each: 1.066 minutes in a pool of four, 8.333 in four queues of one.

    A month is 21 days of 8 hours: 5,040 contacts, 2,016 an agent.  Fixed contacts are queues of one agent: a / (1 - a) / mu.
    """
    minutes = 8 * 60.0
    for case, (contact, expected) in enumerate((("pool", 1.066), ("fixed", 8.333))):
        found = waits(effort, case, 1.26, 4000, 4, 2016.0, contact) * minutes
        yield mean(f"minutes of waiting, {contact}", expected, found, "printed to three decimals", tolerance=5e-4)
    random = effort.random("erlang-dedicated")
    for case in range(effort.number(4, 1)):
        agents, used = int(random.choice([2, 3, 4, 5, 6, 8])), random.uniform(0.3, 0.85)
        capacity = 60.0 / (used * agents)
        expected = used / (1 - used) / capacity * DAYS
        found = waits(effort, 20 + case, 0.05, 1200, agents, capacity, "fixed")
        curved = convexity(expected, used, 1)
        yield mean(
            f"days of waiting, {agents} fixed contacts used {used:.3f}",
            expected,
            found,
            "convex in the load; waits are kept in quanta",
            tolerance=curved,
        )


@entry(
    id="desk-overload",
    group="closed form",
    title="An overloaded desk falls behind as a fluid queue does",
    source="Newell 1982, Applications of Queueing Theory",
    setting=DESK,
)
def overload(effort: Effort) -> Iterator[Finding]:
    """Beyond capacity no stationary queue exists: the wait grows by (lambda - c mu) / (c mu) months each month, 21 days of it.

    Between 95% and 100% of capacity the model keeps the wait of 95%: there it departs from Erlang's formula, which goes to infinity.
    """
    for case, used in enumerate((1.1, 1.5)):
        world = setting(DESK).with_(desk={"agents": 3, "capacity": 60.0 / (used * 3)})
        wait = by_run(months(world, own_seed(effort, 30 + case), effort.number(200, 24)), "wait")
        yield mean(f"days more each month, used {used}", (used - 1) * DAYS, np.diff(wait[:, 1:], axis=1).mean(axis=1))
    capacity = 60.0 / (0.98 * 3)
    expected = erlang_c(0.95 * 3, 3) / (3 * capacity * 0.05) * DAYS
    found = waits(effort, 32, 0.05, 1200, 3, capacity, "pool")
    yield mean(
        "days of waiting, used .98: Erlang's at .95",
        expected,
        found,
        f"Erlang's at .98: {erlang_c(2.94, 3) / (3 * capacity * 0.02) * DAYS:.3f}",
        1e-6,
    )
