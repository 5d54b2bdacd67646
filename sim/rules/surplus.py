"""What a contract is worth to its customer beyond its price: the surplus, in log odds.

A prospect signs where the surplus is above 0.  With w uniform, s = logit(success) - logit(w) is above 0 with probability `success`: the
draw that decides a signature is itself the surplus.  Whoever lures the prospect – perks, or urging to sign now – adds L to it for
the signature alone, so that those with -L < s sign, and those of them with s <= 0 for the lure only.  Their contract falls short by
-s: luring brings signatures and deal-prone customers out of one draw, and nobody else changes.  What was sold beyond what was asked
for is paid and worth nothing: the contract falls short by `market.lure` times its share, money having one price in log odds.

Who holds a contract that falls short leaves more easily and pays worse.  Only the shortfall tells, not the surplus of the others: their
propensity to lapse is what `customers.lapse` states.  Customers acquired by promotions buy again less and are worth less: by half
at a discount of 35% (Lewis 2006, JMR, abstract), by 59% after free trials (Datta, Foubert & van Heerde 2015, JMR, abstract); against
it, deep discounts made first-time customers buy more later (Anderson & Simester 2004, Marketing Science, recalled 85%).
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp, log
from sim.rules import traits
from sim.state import cents


@rule
def lure(params, pressure):  # type: ignore[no-untyped-def]
    """Log odds that perks, and a rep under pay pressure who urges to sign now, add to the odds of signing.

    Perks count per mean first purchase; where that is less than a hundredth, which is none, nothing is sold cheaper by them.
    """
    if (params.market_lure == 0.0) & (params.market_urgency == 0.0):
        return 0.0
    perks = params.firm_perks / params.customers_initial if params.customers_initial >= 0.01 else 0.0
    return params.market_lure * perks + params.market_urgency * pressure


@rule
def signing(success: float, lured: float) -> float:
    """Probability that a prospect signs: logit(P) = logit(success) + lured."""
    return success / (success + (1.0 - success) * exp(-lured)) if lured != 0.0 else success


@rule
def shortfall(success: float, w: float) -> float:
    """By how much somebody who signs falls short of signing unlured: max(0, logit(w) - logit(success)).

    With odds o = success / (1 - success), of those who sign the share (1 - success)(1 - e^-L) is lured, and their shortfall has the density
    of a logistic between 0 and L.
    """
    return log(w * (1.0 - success) / ((1.0 - w) * success)) if w >= success else 0.0


@rule
def fall_short(params, customer, by):  # type: ignore[no-untyped-def]
    """The contract falls short by so much more (less, if below 0): lapse is likelier, payment less likely."""
    if by != 0.0:
        customer.shortfall += by
        customer.odds_lapse *= exp(params.lapse_shortfall * by)
        customer.odds_pay *= exp(-params.payment_shortfall * by)


@rule
def begin(params, customer, success, w):  # type: ignore[no-untyped-def]
    """What the contract lacks for a new customer whose traits are drawn: what lured, and what was oversold."""
    customer.shortfall = 0.0
    fall_short(params, customer, shortfall(success, w) + params.market_lure * customer.oversold)


@rule
def shed(params, customer, rep):  # type: ignore[no-untyped-def]
    """At a renewal the customer drops a share of what was oversold: the premium falls, and the contract falls less short."""
    dropped = params.customers_shed * customer.oversold
    before, expected = customer.worth, traits.expected_revenue(customer)
    customer.renewal = cents(customer.renewal * 0.01 * (1.0 - dropped / (1.0 + customer.oversold)))
    customer.oversold -= dropped
    fall_short(params, customer, -params.market_lure * dropped)
    customer.worth = traits.worth(params, customer)
    rep.book_worth += customer.worth - before
    rep.book_expected += traits.expected_revenue(customer) - expected


@rule
def conceded(params, customer):  # type: ignore[no-untyped-def]
    """Share of the renewal that the customer is granted: the firm's concession to who asks, being dissatisfied, lured or oversold."""
    return params.firm_concession if (customer.satisfaction < 0.0) | (customer.shortfall > 0.0) else 0.0


@rule
def relief(params, customer):  # type: ignore[no-untyped-def]
    """Fall of the log odds of lapse by what is granted at a renewal: money at its one price."""
    return params.lapse_shortfall * params.market_lure * params.customers_renewal * conceded(params, customer)
