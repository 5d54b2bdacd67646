"""Where a lapse is decided: a logit hazard in satisfaction, tie, renewal and the customer's own propensity."""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp
from sim.state import ACTIVE, LAPSED, WRITTEN_OFF


@rule
def probability(
    odds: float, satisfaction: float, tie: float, weight_satisfaction: float, weight_tie: float, occasion: float
) -> float:
    """Probability of leaving: logit(h) = log(odds * occasion) - weight_satisfaction S - weight_tie tie.

    `odds` are the customer's own (beta-distributed probability as odds), `occasion` the odds ratio of
    the moment: 1 at a renewal, less between renewals.
    """
    shifted = odds * occasion * exp(-weight_satisfaction * satisfaction - weight_tie * tie)
    return shifted / (1.0 + shifted)


@rule
def step(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    """At the month's end: stay or go.  A renewal falls at the end of every term."""
    p = s.p[0]
    if c.status == ACTIVE and p.customers_setting == 0.0:
        due = (now.month - c.signed + 1) % int(p.customers_renewal_months) == 0
        occasion = 1.0 if due else p.lapse_midterm
        if occasion > 0.0 and c.u_lapse < probability(
            c.odds_lapse, c.satisfaction, c.tie, p.lapse_satisfaction, p.lapse_tie, occasion
        ):
            c.status = LAPSED
    gone = 1.0 if c.status != ACTIVE else 0.0
    if c.visits > 0:
        t.visited += 1.0
        t.visited_lapses += gone
    else:
        t.other += 1.0
        t.other_lapses += gone
    if c.status != ACTIVE:
        c.lapsed_month = now.month
        t.lapses += 1.0
        if c.status == LAPSED and c.owed > 0.0:
            # a leaver's open invoices are given up: nothing stays outstanding without a debtor
            c.write_off += c.owed
            t.write_off += c.owed
            c.owed = 0.0
        if c.status == WRITTEN_OFF:
            t.written_off_customers += 1.0
