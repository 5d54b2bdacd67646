"""Renewals: a new term begins, and its premium is invoiced."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.purchasing import invoice_repeat

ACT = "renew"


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the term before has ended."""
    return clock.month > customer.term_ends


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """The next term begins."""
    customer.term_ends += int(params.customers_renewal_months)
    if customer.renewal > 0.0:
        invoice_repeat(customer, moment, rep, tally, customer.renewal)
