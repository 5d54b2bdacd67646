"""Payment: the account ages through buckets until it is paid or written off.

The whole balance stands in the bucket of its oldest invoice, as in the total balance method of
Cyert, Davidson & Thompson (1962); the chain's rows are shifted by the customer's odds of paying.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import exp
from sim.state import ACTIVE, WRITTEN_OFF

ACT = "pay"


@rule
def lift(odds: float, satisfaction: float, dissatisfied: float) -> float:
    """Factor on the odds of paying this month: the customer's own, lower when dissatisfied."""
    return odds if satisfaction >= 0.0 else odds * exp(dissatisfied * satisfaction)


@rule
def collect(c, r, t):  # type: ignore[no-untyped-def]
    """The balance is paid."""
    c.collected += c.owed
    c.charged += np.floor(c.owed * r.charge_collected + 0.5)
    t.collected += c.owed
    c.owed = 0.0
    c.bucket = 0.0


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether something is owed."""
    return c.owed > 0.0


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """The balance is paid, stays, ages, or is written off; a customer who has left still owes it."""
    # with the odds of paying lifted and the rest of the row in proportion, the row adds up to `total` = 1 - paid + paid * lift
    row = int(c.bucket)
    paid = p.transitions[row, 0]
    lifted = paid * lift(c.odds_pay, c.satisfaction, p.payment_dissatisfied)
    place = e.u_payment * (1.0 - paid + lifted)
    if place < lifted:
        collect(c, r, t)
        return
    place += paid - lifted
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
