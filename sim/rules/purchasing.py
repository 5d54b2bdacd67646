"""Purchases: gamma-Poisson repeat purchases, gamma-gamma amounts, renewals, cross-purchases."""

from __future__ import annotations

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, interpolate, normal_quantile
from sim.rules.lapse import probability
from sim.rules.traits import T_AMOUNT
from sim.state import LAPSED, cents


@rule
def rate(base: float, satisfaction: float, slope: float, visited: float) -> float:
    """Monthly purchase rate: base * (1 + slope * S / 2)**2 * visited; convex in satisfaction.

    Increasing returns of satisfaction on behaviour: Mittal & Kamakura (2001).
    """
    lift = 1.0 + 0.5 * slope * satisfaction
    return base * lift * lift * visited


@rule
def _invoice(c, t, amount):  # type: ignore[no-untyped-def]
    goods = cents(0.01 * amount * (1.0 - c.margin))
    c.owed += amount
    c.revenue += amount
    c.cost_of_goods += goods
    t.cost_of_goods += goods
    return goods


@rule
def invoice_initial(c, t):  # type: ignore[no-untyped-def]
    """The first purchase."""
    goods = _invoice(c, t, c.initial)
    t.initial_revenue += c.initial
    t.initial_margin += c.initial - goods


@rule
def invoice_repeat(c, t, amount):  # type: ignore[no-untyped-def]
    """A repeat purchase or renewal of `amount` hundredths."""
    _invoice(c, t, amount)
    t.repeat_revenue += amount
    if c.visits > 0:
        t.visited_repeat += amount
    else:
        t.other_repeat += amount


@rule
def invoice_cross(c, t, amount):  # type: ignore[no-untyped-def]
    """A cross-purchase of `amount` currency."""
    _invoice(c, t, cents(amount))
    t.cross_revenue += cents(amount)


@rule
def step(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    """Renewal premium when a term begins; repeat purchases; silent dropout after one."""
    p = s.p[0]
    age = now.month - c.signed
    if c.renewal > 0.0 and age > 0 and age % int(p.customers_renewal_months) == 0:
        invoice_repeat(c, t, c.renewal)
    if c.rate <= 0.0:
        return
    mean = rate(c.rate, c.satisfaction, p.purchase_satisfaction, 1.0 + (p.purchase_visit if c.visits > 0 else 0.0))
    none = exp(-mean)
    if c.u_purchase <= none:
        return
    for index in range(draws.poisson_count(c.u_purchase, mean, none)):
        u = draws.uniforms(now.seed, now.run, draws.PURCHASE, now.month, c.who, c.which + min(index, 255))
        invoice_repeat(c, t, cents(c.scale * exp(interpolate(s.tables[T_AMOUNT], normal_quantile(u[0])))))
        c.purchases += 1.0
        if p.customers_setting == 1.0 and u[1] < probability(
            c.odds_lapse, c.satisfaction, c.tie, p.lapse_satisfaction, p.lapse_tie, 1.0
        ):
            c.status = LAPSED
            return
