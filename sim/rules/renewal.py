"""Renewals: a new term begins, and its premium is invoiced."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.purchasing import invoice_repeat

ACT = "renew"


@rule
def occurs(p, now, c, e, r):  # type: ignore[no-untyped-def]
    """Whether the term before has ended."""
    return now.month > c.term_ends


@rule
def happen(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """The next term begins."""
    c.term_ends += int(p.customers_renewal_months)
    if c.renewal > 0.0:
        invoice_repeat(c, e, r, t, c.renewal)
