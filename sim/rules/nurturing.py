"""Visits: whom the rep sees, and what it does to the tie."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.rules.purchasing import invoice_cross
from sim.state import cents, draw_purchase

ACT, DRAWS = "be_visited", draws.PURCHASE

MOST_VISITS = 20.0  # to one customer in a month


@rule
def visits_expected(for_all: float, for_worth: float, worth: float) -> float:
    """Expected visits to a customer: what everybody gets, plus what grows with the customer's worth.

    `worth` is the expected monthly margin in hundredths; the two rates come from
    :func:`sim.rules.planning.spread_visits`.
    """
    return min(for_all + for_worth * worth, MOST_VISITS)


@rule
def comes(expected: float, u: float) -> bool:
    """Whether the rep comes at all, `expected` visits being rounded up or down by a uniform."""
    return expected + u >= 1.0


@rule
def undisturbed(weight_fit: float, weight_tie: float, fit: float, tie: float) -> float:
    """Experience of a month in which nothing happens: what fits and whom one knows."""
    return weight_fit * fit + weight_tie * tie


@rule
def quiet(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """The tie fades; what fits and whom one knows make the experience."""
    e.experience = undisturbed(p.feeling_fit, p.feeling_tie, c.fit, c.tie)
    c.tie *= r.tie_fading


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether the rep comes."""
    return comes(visits_expected(r.visits_all, r.visits_worth, c.worth), e.u_visit)


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """A visit renews the tie, pleases, sells a little, and brings referrals."""
    draw_purchase(now, c, e)
    e.visits = np.int64(visits_expected(r.visits_all, r.visits_worth, c.worth) + e.u_visit)
    t.visits += e.visits
    cost = cents(p.firm_visit_cost * e.visits)
    c.service += cost
    t.service += cost
    for _ in range(e.visits):
        c.tie += p.tie_visit * (1.0 - c.tie)
    e.experience += p.feeling_visit
    if e.u_sale < p.customers_visit_sale:
        invoice_cross(c, e, r, t, p.customers_cross)
    if e.u_guest < p.referral_visit * e.visits * 0.5 * (1.0 + c.satisfaction):
        e.referrals += 1
