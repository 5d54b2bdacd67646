"""The customer's month: its steps in their order, gone through by both engines.

A step is a module of this folder.  It gives as many of three functions as it needs:

``quiet(params, clock, customer, moment, rep)`` : what the month does to every customer, also where nothing happens;
``occurs(params, clock, customer, moment, rep)`` : whether more than that happens to this one;
``happen(params, clock, customer, moment, rep, tally, agent)`` : what then happens.

The arguments are the records of :mod:`sim.state`: the scenario's parameters, the month, the customer, what happens to the customer
this month, the seat's rep, the seat's tally, the desk agent whom the customer meets.  Only ``happen`` may write what is not the
customer's own.  ``ACT`` is the name of the step as a method of :class:`sim.book.CustomerAgent`.  The terms on which a step keeps are checked
when it is loaded (:mod:`sim.rules.terms`).

A new step is one module, and its name in :data:`STEPS`.  Nothing else knows what a step does: the block path of the compiled engine
(:mod:`sim.engine.shelf`) calls ``quiet`` and ``occurs`` of every step for a block of customers at once, and goes through the whole
month with those to whom something happens.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

from sim.accounts import count
from sim.compiled import rule
from sim.rules import lapse, nurturing, payment, purchasing, renewal, resolution, satisfaction, service, terms
from sim.state import ACTIVE

STEPS: tuple[ModuleType, ...] = (nurturing, renewal, purchasing, service, payment, resolution, satisfaction, lapse)
AFTER_LEAVING: tuple[ModuleType, ...] = (payment,)  # the steps of those who have left
DOES = terms.checked(STEPS)  # what each does
COUNTS = terms.follow(count, ("clock", "customer", "moment", "tally"))  # and what the books do for everybody at the end


@rule
def _nothing(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    pass


@rule
def _always(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    return True


@rule
def _no_more(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    pass


def parts(step: ModuleType) -> tuple[Any, Any, Any]:
    """The step's quiet, occurs and happen."""
    happens = hasattr(step, "happen")
    return (
        getattr(step, "quiet", _nothing),
        getattr(step, "occurs", _always if happens else None),
        getattr(step, "happen", _no_more),
    )


@cache
def whole(step: ModuleType) -> Any:
    """A step as one function."""
    quiet, occurs, happen = parts(step)
    if occurs is None:

        @rule
        def only_quiet(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
            quiet(params, clock, customer, moment, rep)

        return only_quiet

    @rule
    def taken(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
        quiet(params, clock, customer, moment, rep)
        if bool(occurs(params, clock, customer, moment, rep)):
            happen(params, clock, customer, moment, rep, tally, agent)

    return taken


def _in_order(steps: tuple[ModuleType, ...]) -> Any:
    """All steps, one after the other, as one function."""
    so_far: Any = _no_more
    for step in steps:
        so_far = _both(so_far, whole(step))
    return so_far


def _both(first: Any, second: Any) -> Any:
    @rule
    def both(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
        first(params, clock, customer, moment, rep, tally, agent)
        second(params, clock, customer, moment, rep, tally, agent)

    return both


_active_month = _in_order(STEPS)
_month_after = _in_order(AFTER_LEAVING)


@rule
def customer_month(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """What happens to one customer in a month, step by step; one who has left only settles what is owed."""
    if customer.status == ACTIVE:
        _active_month(params, clock, customer, moment, rep, tally, agent)
    else:
        _month_after(params, clock, customer, moment, rep, tally, agent)
    count(clock, customer, moment, tally)


@rule
def _no_step(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    return 0


def _next(before: Any, step: ModuleType, bit: int) -> Any:
    quiet, occurs, _ = parts(step)
    if occurs is None:

        @rule
        def quietly(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
            found = before(params, clock, customer, moment, rep)
            quiet(params, clock, customer, moment, rep)
            return found

        return quietly

    @rule
    def found_so_far(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
        found = before(params, clock, customer, moment, rep)
        quiet(params, clock, customer, moment, rep)
        return found | (int(bool(occurs(params, clock, customer, moment, rep))) << bit)

    return found_so_far


def _quiet_month() -> Any:
    so_far: Any = _no_step
    for bit, step in enumerate(STEPS):
        so_far = _next(so_far, step, bit)
    return so_far


#: The month of an active customer as if nothing happened; returns what does, a bit for each of STEPS: not 0, and the month was another.
quiet_month = _quiet_month()
