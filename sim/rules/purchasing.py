"""Purchases: gamma-Poisson repeat purchases, gamma-gamma amounts; and the invoices of every kind."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, interpolate, normal
from sim.rules.lapse import leaves
from sim.scenario.codes import NON_CONTRACTUAL
from sim.state import LAPSED, cents, draw_purchase

ACT, DRAWS = "purchase", draws.PURCHASE


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
def _charge(c, r, amount, goods, rate):  # type: ignore[no-untyped-def]
    """Charge the account with the commission on an invoice, `rate` being that of its kind alone."""
    c.charged += np.floor(amount * (r.charge_revenue + rate) + (amount - goods) * r.charge_margin + 0.5)


@rule
def invoice_initial(c, r, t):  # type: ignore[no-untyped-def]
    """The first purchase."""
    goods = _invoice(c, t, c.initial)
    t.initial_revenue += c.initial
    t.initial_margin += c.initial - goods
    _charge(c, r, c.initial, goods, 0.0)


@rule
def invoice_opening(c, t):  # type: ignore[no-untyped-def]
    """What one of the opening book pays for the term that begins in month 1, as large as a first purchase: revenue that repeats."""
    _invoice(c, t, c.initial)
    t.repeat_revenue += c.initial


@rule
def invoice_repeat(c, e, r, t, amount):  # type: ignore[no-untyped-def]
    """A repeat purchase or renewal of `amount` hundredths."""
    goods = _invoice(c, t, amount)
    t.repeat_revenue += amount
    _charge(c, r, amount, goods, r.charge_repeat)
    if e.visits > 0:
        t.visited_repeat += amount


@rule
def invoice_cross(c, e, r, t, amount):  # type: ignore[no-untyped-def]
    """A cross-purchase of `amount` currency."""
    goods = _invoice(c, t, cents(amount))
    t.cross_revenue += cents(amount)
    _charge(c, r, cents(amount), goods, r.charge_cross)
    if e.visits > 0:
        t.visited_cross += cents(amount)


@rule
def expected(p, c, e):  # type: ignore[no-untyped-def]
    """Purchases expected of the customer this month."""
    return rate(c.rate, c.satisfaction, p.purchase_satisfaction, 1.0 + p.purchase_visit if e.visits > 0 else 1.0)


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether the customer may buy."""
    return draws.may_count(e.u_purchase, expected(p, c, e))


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """Repeat purchases; silent dropout after one."""
    draw_purchase(now, c, e)
    mean = expected(p, c, e)
    for index in range(draws.poisson_count(e.u_purchase, mean, exp(-mean))):
        if index > 0:  # the first one's uniforms are there
            u = draws.uniforms(now.seed, now.run, draws.PURCHASE, now.month, c.who, c.which + index)
            e.u_amount, e.u_dropout = u[0], u[1]
        invoice_repeat(c, e, r, t, cents(c.scale * exp(interpolate(p.amounts, normal(p.normal, e.u_amount)))))
        c.purchases += 1.0
        if p.customers_setting == NON_CONTRACTUAL and leaves(p, c, e.u_dropout, 1.0):
            c.status = LAPSED
            return
