"""What is expected of the months to come: by applicants of a rep's pay, by the firm of its customers' lapse when it promises a profit.

One rule for both, as for a rep's beliefs: belief + rate * (seen - belief), a month at a time.  So expectation follows with a delay:
of a constant x it has after n months the distance (1 - rate)**n of what it had, whose mean lag is 1 / rate months.
"""

from __future__ import annotations

from sim.accounts import reckon
from sim.compiled import rule
from sim.scheme.measures import CENT


@rule
def begin(params, firm):  # type: ignore[no-untyped-def]
    """A run begins: no pay has been seen, the lapse is the scenario's."""
    firm.expected_pay = 0.0
    firm.promise_lapse = params.firm_promise_lapse


@rule
def learn(params, clock, row, archive, firm):  # type: ignore[no-untyped-def]
    """When the month's books are closed, expectations move towards what they say.

    Pay, by `reps.belief.rate`: what a filled seat was paid; at first the plain mean of the months so far, so that the first is taken
    as it is.  With no seat filled nothing is seen.  Lapse, by `firm.promise_learning`: of those there in the month, the share who
    left; whoever signs next month is promised a profit by it.
    """
    if row.reps > 0.0:
        paid = (row.salaries + row.commission - row.clawback) * CENT / row.reps
        firm.expected_pay += max(params.belief_rate, 1.0 / clock.month) * (paid - firm.expected_pay)
    if params.firm_promise_learning > 0.0:
        if row.customers + row.lapses > 0.0:
            seen = row.lapses / (row.customers + row.lapses)
            firm.promise_lapse += params.firm_promise_learning * (seen - firm.promise_lapse)
        reckon(params, archive, clock.month + 1, firm.promise_lapse)
