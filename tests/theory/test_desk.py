"""A7: the desk waits as M/M/c waits."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from sim.proofs.measure import months
from sim.rules import service
from tests.theory.worlds import STAY, world

PRINTED = {3: 0.70225, 4: 0.31986, 5: 0.13037, 6: 0.04744}  # at a = 2.5


def erlang_c(a: float, c: int) -> float:
    """[a^c/c! c/(c-a)] / [sum_{k<c} a^k/k! + a^c/c! c/(c-a)]."""
    last = a**c / factorial(c) * c / (c - a)
    return last / (sum(a**k / factorial(k) for k in range(c)) + last)


@pytest.mark.parametrize("servers", PRINTED)
def test_the_printed_values(servers: int) -> None:
    assert service.erlang_c(2.5, servers) == pytest.approx(PRINTED[servers], abs=5e-6)


@pytest.mark.parametrize("number", range(5))
def test_erlang_c_at_random_loads(number: int) -> None:
    random = np.random.default_rng(number)
    servers = int(random.integers(1, 40))
    load = servers * random.uniform(0.05, 0.99)
    assert service.erlang_c(load, servers) == pytest.approx(erlang_c(load, servers), rel=1e-10)


def test_pooled_and_dedicated_minutes() -> None:
    """30 an hour, 5 minutes each: 1.066 minutes pooled over four, 8.333 in four queues of one."""
    assert service.wait(30.0, 12.0, 4, 0.0) * 60 == pytest.approx(1.066, abs=5e-4)
    assert service.wait(7.5, 12.0, 1, 0.0) * 60 == pytest.approx(8.333, abs=5e-4)


@pytest.mark.parametrize("servers", PRINTED)
@pytest.mark.parametrize("contact", ["pool", "fixed"])
def test_waits_in_the_months_are_those_of_the_queue(servers: int, contact: str) -> None:
    """1200 customers, 60 contacts a month, 24 a month per agent: a = 2.5.  Wq = C / (c mu - lambda), of 21 working days a month."""
    scenario = world(
        months=12,
        customers={"at_start": 1200, "service": {"rate": 0.05, "shape": 1e4, "fit": 0.0}, "lapse": STAY},
        desk={"agents": servers, "capacity": 24.0, "contact": contact, "max_wait": 1e5},
    )
    m = months(scenario, 8, 10)
    queues, each = (1, servers) if contact == "pool" else (servers, 1)
    expected = erlang_c(2.5 / queues, each) / (each * 24.0 - 60.0 / queues) * 21.0
    assert np.allclose(m["wait"], expected, rtol=0.01)
    contacts = m.groupby("run")["contacts"].sum()
    assert abs(contacts.mean() - 720) < 4 * np.sqrt(720 / 10)
