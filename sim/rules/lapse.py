"""Where a lapse is decided: a logit hazard in satisfaction, tie, renewal and the customer's own propensity."""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp, exp_above, share_above, share_of
from sim.rules import surplus, traits
from sim.scenario.codes import CONTRACTUAL
from sim.state import ACTIVE, LAPSED

ACT = "decide"


@rule
def probability(odds, satisfaction, tie, weight_satisfaction, weight_tie, occasion, relief=0.0, exponential=exp, share=share_of):  # type: ignore[no-untyped-def]
    """Probability of leaving: logit(h) = log(odds * occasion) - weight_satisfaction S - weight_tie tie - relief.

    `odds` are the customer's own (beta-distributed probability as odds), `occasion` the odds ratio of
    the moment: 1 at a renewal, less between renewals, `relief` what a concession is worth.
    With :func:`sim.numeric.exp_above` as `exponential` and :func:`sim.numeric.share_above` as `share` it is at least that.
    """
    shifted = odds * occasion * exponential(-weight_satisfaction * satisfaction - weight_tie * tie - relief)
    return share(shifted)


@rule
def leaves(params, customer, u, occasion, relief=0.0, exponential=exp, share=share_of):  # type: ignore[no-untyped-def]
    """Whether the customer leaves on an occasion, given a uniform."""
    return u < probability(
        customer.odds_lapse,
        customer.satisfaction,
        customer.tie,
        params.lapse_satisfaction,
        params.lapse_tie,
        occasion,
        relief,
        exponential,
        share,
    )


@rule
def ends(params, clock, customer, moment, exponential=exp, share=share_of):  # type: ignore[no-untyped-def]
    """Whether the customer goes now.  A renewal falls at the end of every term; without contracts one leaves after a purchase."""
    renews = clock.month == customer.term_ends
    occasion, relief = (1.0, surplus.relief(params, customer)) if renews else (params.lapse_midterm, 0.0)
    return (
        leaves(params, customer, moment.u_lapse, occasion, relief, exponential, share)
        & (customer.status == ACTIVE)
        & (params.customers_setting == CONTRACTUAL)
    )


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the customer may go, has gone within the month, or was visited."""
    return ends(params, clock, customer, moment, exp_above, share_above) | (customer.status != ACTIVE) | (moment.visits > 0)


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """Stay or go; the books note who left, and what became of those who were visited."""
    if ends(params, clock, customer, moment):
        customer.status = LAPSED
    if moment.visits > 0:
        tally.visited += 1.0
        tally.visited_expected += traits.expected_revenue(customer)
    if customer.status != ACTIVE:
        customer.lapsed_month = clock.month
        tally.lapses += 1.0
        rep.book_size -= 1.0
        rep.book_worth -= customer.worth
        rep.book_expected -= traits.expected_revenue(customer)
        rep.book_signed -= customer.signed
        if moment.visits > 0:
            tally.visited_lapses += 1.0
