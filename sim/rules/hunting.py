"""Hunting: attempts work down the leads; pay pressure lowers the fit accepted and raises promises."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import clear, rule
from sim.numeric import exp
from sim.rules import surplus, traits
from sim.rules.purchasing import invoice_initial, invoice_opening
from sim.state import ACTIVE, cents, leads_in_hand, quantise

FOUNDERS = 524288  # orders of founders start here; prospects of a month never reach it


@rule
def expected_attempts(leads: float, capacity: float) -> float:
    """Leads worked in a month: leads * (1 - exp(-capacity / leads)); diminishing as the pool empties.

    The form of Blattberg & Deighton (1996); `capacity` is what the time would allow.
    """
    return leads * (1.0 - exp(-capacity / leads)) if leads > 0.0 else 0.0


@rule
def capacity(params, hunting: float, skill: float) -> float:  # type: ignore[no-untyped-def]
    """Attempts the time allows."""
    return hunting * params.reps_hours / params.reps_hours_per_attempt * skill


@rule
def attempts(params, rep):  # type: ignore[no-untyped-def]
    """Whole attempts this month: (all, of which on warm leads); takes them from the pool.

    Whoever is courted is called before anybody new: first the warm, then those called most often, then the cold.
    """
    leads, whole, most = leads_in_hand(params, rep), np.floor(rep.cold + rep.warm), np.int64(params.market_courting)
    for calls in range(1, most):
        whole += np.floor(rep.courted[calls])
    n = min(
        FOUNDERS - 1.0,
        np.floor(expected_attempts(leads, capacity(params, rep.hunting, rep.hunting_skill)) + rep.u_attempt),
        whole,
    )
    warm = min(n, np.floor(rep.warm))
    rep.warm -= warm
    called = rep.until[most] = warm
    for calls in range(most - 1, 0, -1):
        again = min(n - called, np.floor(rep.courted[calls]))
        rep.courted[calls] -= again
        called += again
        rep.until[calls] = called
    rep.cold = max(0.0, rep.cold - (n - called))
    return np.int64(n), np.int64(warm)


@rule
def refill(params, rep, tally):  # type: ignore[no-untyped-def]
    """At the month's end: leads go stale, fresh ones and referrals arrive; cold ones who were warned off are lost."""
    keep = 1.0 - 1.0 / params.market_stale_months
    rep.cold = max(0.0, rep.cold * keep + params.market_leads_per_month - tally.warned)
    rep.warm = rep.warm * keep + tally.referrals
    for calls in range(1, np.int64(params.market_courting)):
        rep.courted[calls] *= keep


@rule
def accepted_fit(screening: float, drop: float, pressure: float) -> float:
    """Lowest fit the rep accepts: z = screening - drop * pressure; E[fit | signed] is z's Mills ratio."""
    return screening - drop * pressure


@rule
def meet(params, clock, customer, rep, order, warm):  # type: ignore[no-untyped-def]
    """Whether the order-th prospect of the month signs; the compiled engine draws for many at once (:func:`sim.draws.fill`)."""
    who, which = draws.customer_key(rep.seat, clock.month, order)
    u = draws.uniforms(clock.seed, clock.run, draws.TRAITS_THIRD, clock.month, who, which)
    if not willing(params, rep, order, warm, u[0]):
        return False
    return prospect(params, clock, customer, rep, order, warm, u[0], traits.uniforms(clock, who, which))


@rule
def calls_before(params, rep, order):  # type: ignore[no-untyped-def]
    """How often the order-th prospect of the month has been called before this month."""
    for calls in range(1, np.int64(params.market_courting)):
        if rep.until[calls + 1] < order <= rep.until[calls]:
            return calls
    return 0


@rule
def success(params, rep, order, warm):  # type: ignore[no-untyped-def]
    """Probability that the order-th prospect of the month signs unlured: each further call has the share `market.insistence` of it."""
    found = params.market_referred_success if warm else params.market_success
    for _ in range(calls_before(params, rep, order)):
        found *= params.market_insistence
    return found


@rule
def willing(params, rep, order, warm, w):  # type: ignore[no-untyped-def]
    """Whether a prospect would sign, given a uniform; one who would not is courted: called again, as often as `market.courting` allows."""
    yes = w < surplus.signing(success(params, rep, order, warm), surplus.lure(params, rep.pressure))
    calls = calls_before(params, rep, order) + 1
    if not yes and calls < params.market_courting:
        rep.courted[calls] += 1.0
    return yes


@rule
def prospect(params, clock, customer, rep, order, warm, w, u):  # type: ignore[no-untyped-def]
    """Whether the rep accepts the order-th prospect of the month, who is willing by `w` and has traits by `u`; fills the record anew."""
    z = traits.fitting_better(params, traits.scores(params, u), params.market_referred_fit if warm else 0.0)
    if z[traits.FIT] <= accepted_fit(params.reps_screening, params.reps_pressure_fit, rep.pressure):
        return False
    _identify(customer, rep.seat, clock.month, order)
    customer.referred = 1 if warm else 0
    traits.draw(params, clock, customer, z, params.reps_pressure_size * rep.pressure)
    _begin(params, customer, rep.pressure, calls_before(params, rep, order))
    surplus.begin(params, customer, success(params, rep, order, warm), w)
    return True


@rule
def founder(params, clock, customer, rep, order, u):  # type: ignore[no-untyped-def]
    """The customer numbered `order` from :data:`FOUNDERS`, already there at the opening of month 1."""
    _identify(customer, rep.seat, clock.month, order)
    traits.draw(params, clock, customer, traits.scores(params, u), 0.0)
    _begin(params, customer, 0.0, 0)


@rule
def _identify(customer, seat, month, order):  # type: ignore[no-untyped-def]
    clear(customer)  # the record may have been another's
    customer.seat = seat
    customer.signed = month
    customer.order = order
    customer.founder = 1 if order > FOUNDERS else 0
    customer.who, customer.which = draws.customer_key(seat, month, order)


@rule
def _begin(params, customer, pressure, calls):  # type: ignore[no-untyped-def]
    """A contract begins; a tie has grown with every call before: 1 - (1 - start) (1 - courted)**calls."""
    customer.status = ACTIVE
    customer.term_ends = customer.signed + int(params.customers_renewal_months) - 1
    customer.expectation = min(1.0, params.feeling_expectation + params.reps_pressure_promise * pressure)
    customer.tie = params.tie_start
    for _ in range(calls):
        customer.tie += params.tie_courted * (1.0 - customer.tie)
    customer.agent = (customer.seat + customer.signed + customer.order) % np.int64(params.desk_agents)


@rule
def _enter(customer, rep, desk):  # type: ignore[no-untyped-def]
    """The seat's book and the desk count the customer."""
    rep.book_size += 1.0
    rep.book_worth += customer.worth
    rep.book_expected += traits.expected_revenue(customer)
    rep.book_signed += customer.signed
    desk[customer.agent].need += quantise(customer.need)


@rule
def take_over(customer, rep, tally, desk):  # type: ignore[no-untyped-def]
    """A founder is in the book: signed and acquired before the run, so no signing, no perks, and nobody is paid."""
    _enter(customer, rep, desk)
    invoice_opening(customer, tally)


@rule
def sign(params, customer, rep, tally, ledger, desk):  # type: ignore[no-untyped-def]
    """Perks are spent, the first purchase is invoiced, the seat's book and ledger count the customer."""
    _enter(customer, rep, desk)
    customer.acquisition = cents(params.firm_perks)
    customer.promise_first -= customer.acquisition
    customer.claim_ends = customer.signed + rep.claim_months - 1
    tally.acquisition += customer.acquisition
    tally.signings += 1.0
    tally.fit_sum += quantise(customer.fit)
    invoice_initial(customer, rep, tally)
    ledger.base[0, customer.signed] += 1.0
    ledger.base[1, customer.signed] += customer.initial
    ledger.signed[0, customer.signed] += 1.0
    ledger.signed[1, customer.signed] += customer.initial
