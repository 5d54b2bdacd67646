"""Visits: whom the rep sees, and what it does to the tie."""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.rules.purchasing import invoice_cross
from sim.state import cents, draw_purchase

ACT = "be_visited"

MOST_VISITS = 20.0  # to one customer in a month


@rule
def visits_expected(params, clock, rep, customer):  # type: ignore[no-untyped-def]
    """Expected visits to a customer: what everybody gets, what grows with the customer's worth, and what guards commission.

    Worth is the expected monthly margin in hundredths; the rates come from :func:`sim.rules.planning.spread_visits`.
    """
    expected = rep.visits_all + rep.visits_worth * customer.worth
    if (params.reps_guard > 0.0) & (customer.claim_ends >= rep.guard_from):
        expected += rep.visits_guard + rep.visits_guard_months * (customer.claim_ends - clock.month)
    return min(expected, MOST_VISITS)


@rule
def comes(expected: float, u: float) -> bool:
    """Whether the rep comes at all, `expected` visits being rounded up or down by a uniform."""
    return expected + u >= 1.0


@rule
def undisturbed(weight_fit: float, weight_tie: float, fit: float, tie: float) -> float:
    """Experience of a month in which nothing happens: what fits and whom one knows."""
    return weight_fit * fit + weight_tie * tie


@rule
def quiet(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """The tie fades; what fits and whom one knows make the experience."""
    moment.experience = undisturbed(params.feeling_fit, params.feeling_tie, customer.fit, customer.tie)
    customer.tie *= rep.tie_fading


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the rep comes."""
    return comes(visits_expected(params, clock, rep, customer), moment.u_visit)


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """A visit renews the tie, pleases, sells a little, and brings referrals."""
    draw_purchase(clock, customer, moment)
    moment.visits = np.int64(visits_expected(params, clock, rep, customer) + moment.u_visit)
    tally.visits += moment.visits
    cost = cents(params.firm_visit_cost * moment.visits)
    customer.service += cost
    tally.service += cost
    for _ in range(moment.visits):
        customer.tie += params.tie_visit * (1.0 - customer.tie)
    moment.experience += params.feeling_visit
    if moment.u_sale < params.customers_visit_sale:
        invoice_cross(customer, moment, rep, tally, params.customers_cross)
    if moment.u_guest < params.referral_visit * moment.visits * 0.5 * (1.0 + customer.satisfaction):
        moment.referrals += 1
