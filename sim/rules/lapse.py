"""Where a lapse is decided: a logit hazard in satisfaction, tie, renewal and the customer's own propensity."""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp
from sim.rules import traits
from sim.state import ACTIVE, LAPSED


@rule
def probability(
    odds: float, satisfaction: float, tie: float, weight_satisfaction: float, weight_tie: float, occasion: float
) -> float:
    """Probability of leaving: logit(h) = log(odds * occasion) - weight_satisfaction S - weight_tie tie.

    `odds` are the customer's own (beta-distributed probability as odds), `occasion` the odds ratio of
    the moment: 1 at a renewal, less between renewals.
    """
    shifted = odds * occasion * exp(-weight_satisfaction * satisfaction - weight_tie * tie)
    return 1.0 / (1.0 + 1.0 / shifted)  # odds may be beyond all numbers


@rule
def bound(satisfaction: float, tie: float, unhappy: float, happy: float, tied: float) -> float:
    """At least exp(-weight_satisfaction S - weight_tie tie), without an exponential: its chords, as it is convex.

    `unhappy`, `happy` and `tied` are what it is at S = -1, at S = 1 and at a full tie, less 1 (what it is at 0).
    """
    slope = -unhappy if satisfaction < 0.0 else happy
    return (1.0 + slope * satisfaction) * (1.0 + tied * tie)


@rule
def may_leave(u: float, odds: float, occasion: float, most: float) -> bool:
    """Whether a uniform may mean leaving, `most` being :func:`bound`: a probability is below its odds."""
    return u < odds * occasion * most


@rule
def leaves(p, c, u, occasion):  # type: ignore[no-untyped-def]
    """Whether the customer leaves on an occasion, given a uniform."""
    if not may_leave(u, c.odds_lapse, occasion, bound(c.satisfaction, c.tie, p.lapse_unhappy, p.lapse_happy, p.lapse_tied)):
        return False
    return u < probability(c.odds_lapse, c.satisfaction, c.tie, p.lapse_satisfaction, p.lapse_tie, occasion)


@rule
def step(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """At the month's end: stay or go.  A renewal falls at the end of every term."""
    if c.status == ACTIVE and p.customers_setting == 0.0:
        occasion = 1.0 if now.month == c.term_ends else p.lapse_midterm
        if leaves(p, c, e.u_lapse, occasion):
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
