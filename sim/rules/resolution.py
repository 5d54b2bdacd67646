"""The moment of truth: unsolved trouble, complaints among it, or arrears open a case; solution, strictness, or by value."""

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
def value_seen(customer, month):  # type: ignore[no-untyped-def]
    """What the firm can see of a customer's value: margin per month of contract so far, in currency."""
    return (customer.revenue - customer.cost_of_goods) * 0.01 / (month - customer.signed + 1)


@rule
def in_arrears(params, customer):  # type: ignore[no-untyped-def]
    """Whether what is owed is so old that it opens a case."""
    return (customer.owed > 0.0) & (customer.bucket >= params.resolution_bucket)


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether there is a case."""
    return (
        (in_arrears(params, customer) | (moment.unsolved > 0)) & (params.resolution_policy != NONE) & (customer.status == ACTIVE)
    )


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """Solution costs money and restores; strictness collects and estranges."""
    arrears = in_arrears(params, customer)
    moment.cases = 1
    tally.cases += 1.0
    if seeks_solution(params.resolution_policy, value_seen(customer, clock.month), params.resolution_value):
        cost = cents(params.resolution_solve_cost)
        moment.experience += params.resolution_recovery
        tally.redressed += moment.complaint
        if arrears and moment.u_case < params.resolution_arrange:
            collect(customer, moment, rep, tally)
    else:
        cost = cents(params.resolution_collect_cost) if arrears else 0.0
        moment.experience -= params.resolution_estrangement
        if arrears and moment.u_case < params.resolution_collect:
            collect(customer, moment, rep, tally)
    customer.resolution += cost
    tally.resolution += cost
