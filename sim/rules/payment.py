"""Payment: the account ages through buckets until it is paid or written off.

The whole balance stands in the bucket of its oldest invoice, as in the total balance method of
Cyert, Davidson & Thompson (1962); the chain's rows are shifted by the customer's odds of paying.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numeric import exp
from sim.state import WRITTEN_OFF


@rule
def pay_probability(paid: float, odds: float, satisfaction: float, dissatisfied: float) -> float:
    """Probability of paying this month: odds of the row times the customer's, lower when dissatisfied."""
    lift = odds * exp(dissatisfied * min(satisfaction, 0.0))
    return paid * lift / (1.0 - paid + paid * lift)


@rule
def collect(c, t):  # type: ignore[no-untyped-def]
    """The balance is paid."""
    c.collected += c.owed
    t.collected += c.owed
    c.owed = 0.0
    c.bucket = 0.0


@rule
def step(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    """The balance is paid, stays, ages, or is written off."""
    p = s.p[0]
    if c.owed <= 0.0:
        return
    row = s.transitions[int(c.bucket)]
    paid = row[0]
    shifted = pay_probability(paid, c.odds_pay, c.satisfaction, p.payment_dissatisfied)
    if c.u_payment < shifted:
        collect(c, t)
        return
    # the rest of the row keeps its proportions
    place = paid + (c.u_payment - shifted) / (1.0 - shifted) * (1.0 - paid)
    buckets = s.transitions.shape[0]
    for bucket in range(1, buckets):
        if place < row[bucket]:
            c.bucket = float(bucket)
            return
    c.write_off += c.owed
    t.write_off += c.owed
    c.owed = 0.0
    c.bucket = 0.0
    if p.payment_exit_on_write_off > 0.0:
        c.status = WRITTEN_OFF
