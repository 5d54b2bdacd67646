"""The moment of truth: unsolved trouble or arrears open a case; solution, strictness, or by value."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.payment import collect
from sim.scenario.codes import BY_VALUE, NONE, SOLUTION
from sim.state import ACTIVE, cents

ACT = "be_judged"


@rule
def seeks_solution(policy: float, worth: float, value: float) -> bool:
    """Whether the firm looks for a solution: always, never, or for customers worth at least `value` a month."""
    return policy == SOLUTION or (policy == BY_VALUE and worth >= value)


@rule
def value_seen(c, month):  # type: ignore[no-untyped-def]
    """What the firm can see of a customer's value: margin per month of contract so far, in currency."""
    return (c.revenue - c.cost_of_goods) * 0.01 / (month - c.signed + 1)


@rule
def in_arrears(p, c):  # type: ignore[no-untyped-def]
    """Whether what is owed is so old that it opens a case."""
    return (c.owed > 0.0) & (c.bucket >= p.resolution_bucket)


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether there is a case."""
    return (in_arrears(p, c) | (e.unsolved > 0)) & (p.resolution_policy != NONE) & (c.status == ACTIVE)


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """Solution costs money and restores; strictness collects and estranges."""
    arrears = in_arrears(p, c)
    e.cases = 1
    t.cases += 1.0
    if seeks_solution(p.resolution_policy, value_seen(c, now.month), p.resolution_value):
        cost = cents(p.resolution_solve_cost)
        e.experience += p.resolution_recovery
        if arrears and e.u_case < p.resolution_arrange:
            collect(c, r, t)
    else:
        cost = cents(p.resolution_collect_cost) if arrears else 0.0
        e.experience -= p.resolution_estrangement
        if arrears and e.u_case < p.resolution_collect:
            collect(c, r, t)
    c.resolution += cost
    t.resolution += cost
