"""Renewals: a new term begins; what was oversold is dropped, who asks is granted a concession, the premium is invoiced."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules import surplus
from sim.rules.purchasing import invoice_repeat
from sim.state import cents

ACT = "renew"


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the term before has ended."""
    return clock.month > customer.term_ends


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """The next term begins."""
    customer.term_ends += int(params.customers_renewal_months)
    granted = surplus.conceded(params, customer)
    if (params.customers_shed > 0.0) & (customer.oversold > 0.0):
        surplus.shed(params, customer, rep)
    if customer.renewal > 0.0:
        less = cents(customer.renewal * 0.01 * granted)
        tally.conceded += less
        invoice_repeat(customer, moment, rep, tally, customer.renewal - less)
