"""Visits: whom the rep sees, and what it does to the tie."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.rules.purchasing import invoice_cross
from sim.state import cents


@rule
def visits_expected(care_all: float, care_worth: float, worth: float, visit_rate: float) -> float:
    """Expected visits to a customer: proportional to what the rep expects to earn from them.

    weight = care_all + care_worth * worth; `visit_rate` is visits per unit of weight (the rep's visits
    in the month over the weights of the book).
    """
    return (care_all + care_worth * worth) * visit_rate


@rule
def step(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    """The tie fades; a visit renews it, pleases, sells a little, and brings referrals."""
    p = s.p[0]
    c.experience = p.feeling_fit * c.fit + p.feeling_tie * c.tie
    c.referrals = 0
    c.tie *= (1.0 - p.tie_fade) * r.tie_kept
    c.visits = np.int64(visits_expected(r.care_all, r.care_worth, c.worth * 0.01, r.visit_rate) + c.u_visit)
    if c.visits == 0:
        return
    t.visits += c.visits
    cost = cents(p.firm_visit_cost * c.visits)
    c.service += cost
    t.service += cost
    for _ in range(min(c.visits, 20)):
        c.tie += p.tie_visit * (1.0 - c.tie)
    c.experience += p.feeling_visit
    u = draws.uniforms(now.seed, now.run, draws.VISIT, now.month, c.who, c.which)
    if u[0] < p.customers_visit_sale:
        invoice_cross(c, t, p.customers_cross)
    if u[1] < p.referral_visit * c.visits * max(0.0, 1.0 + c.satisfaction) * 0.5:
        c.referrals += 1
