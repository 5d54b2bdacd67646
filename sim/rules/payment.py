"""Payment: the account ages through buckets until it is paid or written off.

The whole balance stands in the bucket of its oldest invoice, as in the total balance method of
Cyert, Davidson & Thompson (1962); the chain's rows are shifted by the customer's odds of paying.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import exp
from sim.state import ACTIVE, WRITTEN_OFF


@rule
def pay_probability(paid: float, odds: float, satisfaction: float, dissatisfied: float) -> float:
    """Probability of paying this month: odds of the row times the customer's, lower when dissatisfied."""
    lift = odds * exp(dissatisfied * min(satisfaction, 0.0))
    return paid * lift / (1.0 - paid + paid * lift)


@rule
def collect(c, r, t):  # type: ignore[no-untyped-def]
    """The balance is paid."""
    c.collected += c.owed
    c.charged += np.floor(c.owed * r.charge_collected + 0.5)
    t.collected += c.owed
    c.owed = 0.0
    c.bucket = 0.0


@rule
def step(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """The balance is paid, stays, ages, or is written off; a customer who has left still owes it."""
    if c.owed <= 0.0:
        return
    row = int(c.bucket)
    paid = p.transitions[row, 0]
    shifted = pay_probability(paid, c.odds_pay, c.satisfaction, p.payment_dissatisfied)
    if e.u_payment < shifted:
        collect(c, r, t)
        return
    # the rest of the row keeps its proportions
    place = paid + (e.u_payment - shifted) / (1.0 - shifted) * (1.0 - paid)
    for bucket in range(1, int(p.buckets)):
        if place < p.transitions[row, bucket]:
            c.bucket = float(bucket)
            return
    c.write_off += c.owed
    t.write_off += c.owed
    c.owed = 0.0
    c.bucket = 0.0
    if p.payment_exit_on_write_off > 0.0 and c.status == ACTIVE:
        c.status = WRITTEN_OFF
