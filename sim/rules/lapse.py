"""Where a lapse is decided: a logit hazard in satisfaction, tie, renewal and the customer's own propensity."""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp, exp_above
from sim.rules import traits
from sim.scenario.codes import CONTRACTUAL
from sim.state import ACTIVE, LAPSED

ACT = "decide"


@rule
def probability(odds, satisfaction, tie, weight_satisfaction, weight_tie, occasion, exponential=exp):  # type: ignore[no-untyped-def]
    """Probability of leaving: logit(h) = log(odds * occasion) - weight_satisfaction S - weight_tie tie.

    `odds` are the customer's own (beta-distributed probability as odds), `occasion` the odds ratio of
    the moment: 1 at a renewal, less between renewals.  With :func:`sim.numeric.exp_above` as `exponential` it is at least that.
    """
    shifted = odds * occasion * exponential(-weight_satisfaction * satisfaction - weight_tie * tie)
    return 1.0 / (1.0 + 1.0 / shifted)  # odds may be beyond all numbers


@rule
def leaves(p, c, u, occasion, exponential=exp):  # type: ignore[no-untyped-def]
    """Whether the customer leaves on an occasion, given a uniform."""
    return u < probability(c.odds_lapse, c.satisfaction, c.tie, p.lapse_satisfaction, p.lapse_tie, occasion, exponential)


@rule
def ends(p, now, c, e, exponential=exp):  # type: ignore[no-untyped-def]
    """Whether the customer goes now.  A renewal falls at the end of every term; without contracts one leaves after a purchase."""
    occasion = 1.0 if now.month == c.term_ends else p.lapse_midterm
    return leaves(p, c, e.u_lapse, occasion, exponential) & (c.status == ACTIVE) & (p.customers_setting == CONTRACTUAL)


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether the customer may go, has gone within the month, or was visited."""
    return ends(p, now, c, e, exp_above) | (c.status != ACTIVE) | (e.visits > 0)


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """Stay or go; the books note who left, and what became of those who were visited."""
    if ends(p, now, c, e):
        c.status = LAPSED
    if e.visits > 0:
        t.visited += 1.0
        t.visited_expected += traits.expected_revenue(c)
    if c.status != ACTIVE:
        c.lapsed_month = now.month
        t.lapses += 1.0
        r.book_size -= 1.0
        r.book_worth -= c.worth
        r.book_expected -= traits.expected_revenue(c)
        r.book_signed -= c.signed
        if e.visits > 0:
            t.visited_lapses += 1.0
