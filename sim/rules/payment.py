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
def collect(customer, moment, rep, tally):  # type: ignore[no-untyped-def]
    """The balance is paid."""
    customer.collected += customer.owed
    customer.charged += np.floor(customer.owed * rep.charge_collected + 0.5)
    tally.collected += customer.owed
    tally.late -= moment.late
    customer.owed = 0.0
    customer.bucket = 0.0


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether something is owed."""
    return customer.owed > 0.0


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """The balance is paid, stays, ages, or is written off; a customer who has left still owes it."""
    # with the odds of paying lifted and the rest of the row in proportion, the row adds up to `total` = 1 - paid + paid * lift
    row = int(customer.bucket)
    paid = params.transitions[row, 0]
    lifted = paid * lift(customer.odds_pay, customer.satisfaction, params.payment_dissatisfied)
    place = moment.u_payment * (1.0 - paid + lifted)
    if place < lifted:
        collect(customer, moment, rep, tally)
        return
    place += paid - lifted
    for bucket in range(1, int(params.buckets)):
        if place < params.transitions[row, bucket]:
            customer.bucket = float(bucket)
            moment.late = moment.invoiced if row > 0 else customer.owed  # an account not in arrears owes this month's invoices
            tally.late += moment.late
            return
    customer.write_off += customer.owed
    tally.write_off += customer.owed
    customer.owed = 0.0
    customer.bucket = 0.0
    if params.payment_exit_on_write_off > 0.0 and customer.status == ACTIVE:
        customer.status = WRITTEN_OFF
