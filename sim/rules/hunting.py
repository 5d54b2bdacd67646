"""Hunting: attempts work down the leads; pay pressure lowers the fit accepted and raises promises."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp
from sim.rules import traits
from sim.rules.purchasing import invoice_initial, invoice_opening
from sim.state import ACTIVE, cents, new_account, quantise

FOUNDERS = 524288  # orders of founders start here; prospects of a month never reach it


@rule
def expected_attempts(leads: float, capacity: float) -> float:
    """Leads worked in a month: leads * (1 - exp(-capacity / leads)); diminishing as the pool empties.

    The form of Blattberg & Deighton (1996); `capacity` is what the time would allow.
    """
    return leads * (1.0 - exp(-capacity / leads)) if leads > 0.0 else 0.0


@rule
def capacity(p, hunting: float, skill: float) -> float:  # type: ignore[no-untyped-def]
    """Attempts the time allows."""
    return hunting * p.reps_hours / p.reps_hours_per_attempt * skill


@rule
def attempts(p, r):  # type: ignore[no-untyped-def]
    """Whole attempts this month: (all, of which on warm leads); takes them from the pool."""
    leads = r.cold + r.warm
    n = min(
        FOUNDERS - 1.0, np.floor(expected_attempts(leads, capacity(p, r.hunting, r.hunting_skill)) + r.u_attempt), np.floor(leads)
    )
    warm = min(n, np.floor(r.warm))
    r.warm -= warm
    r.cold = max(0.0, r.cold - (n - warm))
    return np.int64(n), np.int64(warm)


@rule
def refill(p, r, referrals):  # type: ignore[no-untyped-def]
    """At the month's end: leads go stale, fresh ones and referrals arrive."""
    keep = 1.0 - 1.0 / p.market_stale_months
    r.cold = r.cold * keep + p.market_leads_per_month
    r.warm = r.warm * keep + referrals


@rule
def accepted_fit(screening: float, drop: float, pressure: float) -> float:
    """Lowest fit the rep accepts: z = screening - drop * pressure; E[fit | signed] is z's Mills ratio."""
    return screening - drop * pressure


@rule
def meet(p, now, c, r, order, warm):  # type: ignore[no-untyped-def]
    """Whether the order-th prospect of the month signs; the compiled engine draws for many at once (:func:`sim.draws.fill`)."""
    who, which = draws.customer_key(r.seat, now.month, order)
    u = draws.uniforms(now.seed, now.run, draws.TRAITS_THIRD, now.month, who, which)
    return willing(p, warm, u[0]) and prospect(p, now, c, r, order, warm, traits.uniforms(now, who, which))


@rule
def willing(p, warm, u):  # type: ignore[no-untyped-def]
    """Whether a prospect would sign, given a uniform."""
    return u < (p.market_referred_success if warm else p.market_success)


@rule
def prospect(p, now, c, r, order, warm, u):  # type: ignore[no-untyped-def]
    """Whether the rep accepts the order-th prospect of the month, who is willing and has traits by `u`; fills the record anew."""
    z = traits.fitting_better(p, traits.scores(p, u), p.market_referred_fit if warm else 0.0)
    if z[traits.FIT] <= accepted_fit(p.reps_screening, p.reps_pressure_fit, r.pressure):
        return False
    _identify(c, r.seat, now.month, order)
    c.referred = 1 if warm else 0
    traits.draw(p, now, c, z, 1.0 + p.reps_pressure_size * r.pressure)
    _begin(p, c, r.pressure)
    return True


@rule
def founder(p, now, c, r, order, u):  # type: ignore[no-untyped-def]
    """The customer numbered `order` from :data:`FOUNDERS`, already there at the opening of month 1."""
    _identify(c, r.seat, now.month, order)
    traits.draw(p, now, c, traits.scores(p, u), 1.0)
    _begin(p, c, 0.0)


@rule
def _identify(c, seat, month, order):  # type: ignore[no-untyped-def]
    c.seat = seat
    c.signed = month
    c.order = order
    c.founder = 1 if order > FOUNDERS else 0
    c.referred = 0
    c.who, c.which = draws.customer_key(seat, month, order)


@rule
def _begin(p, c, pressure):  # type: ignore[no-untyped-def]
    new_account(c)
    c.satisfaction = 0.0
    c.pushed = 0.0
    c.bucket = 0.0
    c.status = ACTIVE
    c.term_ends = c.signed + int(p.customers_renewal_months) - 1
    c.expectation = min(1.0, p.feeling_expectation + p.reps_pressure_promise * pressure)
    c.tie = p.tie_start
    c.agent = (c.seat + c.signed + c.order) % np.int64(p.desk_agents)


@rule
def _enter(c, r, d):  # type: ignore[no-untyped-def]
    """The seat's book and the desk count the customer."""
    r.book_size += 1.0
    r.book_worth += c.worth
    r.book_expected += traits.expected_revenue(c)
    r.book_signed += c.signed
    d[c.agent].need += quantise(c.need)


@rule
def take_over(c, r, t, d):  # type: ignore[no-untyped-def]
    """A founder is in the book: signed and acquired before the run, so no signing, no perks, and nobody is paid."""
    _enter(c, r, d)
    invoice_opening(c, t)


@rule
def sign(p, c, r, t, led, d):  # type: ignore[no-untyped-def]
    """Perks are spent, the first purchase is invoiced, the seat's book and ledger count the customer."""
    _enter(c, r, d)
    c.acquisition = cents(p.firm_perks)
    c.promise_first -= c.acquisition
    t.acquisition += c.acquisition
    t.signings += 1.0
    t.fit_sum += quantise(c.fit)
    invoice_initial(c, r, t)
    led.base[0, c.signed] += 1.0
    led.base[1, c.signed] += c.initial
    led.signed[0, c.signed] += 1.0
    led.signed[1, c.signed] += c.initial
