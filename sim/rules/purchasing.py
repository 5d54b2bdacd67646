"""Purchases: gamma-Poisson repeat purchases, gamma-gamma amounts; and the invoices of every kind."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, interpolate, normal
from sim.rules.lapse import leaves
from sim.scenario.codes import NON_CONTRACTUAL
from sim.state import LAPSED, cents, draw_purchase

ACT = "purchase"


@rule
def rate(base: float, satisfaction: float, slope: float, visited: float) -> float:
    """Monthly purchase rate: base * (1 + slope * S / 2)**2 * visited; convex in satisfaction.

    Increasing returns of satisfaction on behaviour: Mittal & Kamakura (2001).
    """
    lift = 1.0 + 0.5 * slope * satisfaction
    return base * lift * lift * visited


@rule
def _invoice(customer, tally, amount):  # type: ignore[no-untyped-def]
    goods = cents(0.01 * amount * (1.0 - customer.margin))
    customer.owed += amount
    customer.revenue += amount
    customer.cost_of_goods += goods
    tally.cost_of_goods += goods
    return goods


@rule
def _charge(customer, rep, amount, goods, rate):  # type: ignore[no-untyped-def]
    """Charge the account with the commission on an invoice, `rate` being that of its kind alone."""
    customer.charged += np.floor(amount * (rep.charge_revenue + rate) + (amount - goods) * rep.charge_margin + 0.5)


@rule
def invoice_initial(customer, rep, tally):  # type: ignore[no-untyped-def]
    """The first purchase."""
    goods = _invoice(customer, tally, customer.initial)
    tally.initial_revenue += customer.initial
    tally.initial_margin += customer.initial - goods
    _charge(customer, rep, customer.initial, goods, 0.0)


@rule
def invoice_opening(customer, tally):  # type: ignore[no-untyped-def]
    """What one of the opening book pays for the term that begins in month 1, as large as a first purchase: revenue that repeats."""
    _invoice(customer, tally, customer.initial)
    tally.repeat_revenue += customer.initial


@rule
def invoice_repeat(customer, moment, rep, tally, amount):  # type: ignore[no-untyped-def]
    """A repeat purchase or renewal of `amount` hundredths."""
    goods = _invoice(customer, tally, amount)
    moment.invoiced += amount
    tally.repeat_revenue += amount
    _charge(customer, rep, amount, goods, rep.charge_repeat)
    if moment.visits > 0:
        tally.visited_repeat += amount


@rule
def invoice_cross(customer, moment, rep, tally, amount):  # type: ignore[no-untyped-def]
    """A cross-purchase of `amount` currency."""
    goods = _invoice(customer, tally, cents(amount))
    moment.invoiced += cents(amount)
    tally.cross_revenue += cents(amount)
    _charge(customer, rep, cents(amount), goods, rep.charge_cross)
    if moment.visits > 0:
        tally.visited_cross += cents(amount)


@rule
def expected(params, customer, moment):  # type: ignore[no-untyped-def]
    """Purchases expected of the customer this month."""
    return rate(
        customer.rate,
        customer.satisfaction,
        params.purchase_satisfaction,
        1.0 + params.purchase_visit if moment.visits > 0 else 1.0,
    )


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the customer may buy."""
    return draws.may_count(moment.u_purchase, expected(params, customer, moment))


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """Repeat purchases; silent dropout after one."""
    draw_purchase(clock, customer, moment)
    mean = expected(params, customer, moment)
    for index in range(draws.poisson_count(moment.u_purchase, mean, exp(-mean))):
        if index > 0:  # the first one's uniforms are there
            u = draws.uniforms(clock.seed, clock.run, draws.PURCHASE, clock.month, customer.who, customer.which + index)
            moment.u_amount, moment.u_dropout = u[0], u[1]
        invoice_repeat(
            customer,
            moment,
            rep,
            tally,
            cents(customer.scale * exp(interpolate(params.amounts, normal(params.normal, moment.u_amount)))),
        )
        customer.purchases += 1.0
        if params.customers_setting == NON_CONTRACTUAL and leaves(params, customer, moment.u_dropout, 1.0):
            customer.status = LAPSED
            return
