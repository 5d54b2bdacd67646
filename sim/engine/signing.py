"""How customers come onto a seat's shelf: those there at the start, and those a rep signs."""

from __future__ import annotations

from sim import draws
from sim.compiled import rule
from sim.engine.scratch import four
from sim.engine.shelf import BLOCK, ROW, put, swap
from sim.rules import hunting


@rule
def enter_keys(clock, rep, scratch, many):  # type: ignore[no-untyped-def]
    """Enter whose draws come next: the first `many` of the month's prospects whose orders are listed in scratch.found."""
    for j in range(many):
        scratch.keys[j], scratch.keys[ROW + j] = draws.customer_key(rep.seat, clock.month, scratch.found[j])


@rule
def draw_traits(clock, rep, scratch, many):  # type: ignore[no-untyped-def]
    """Draw what kind of customers the first `many` of those listed are."""
    enter_keys(clock, rep, scratch, many)
    draws.fill(clock.seed, clock.run, draws.TRAITS_FIRST, clock.month, many, scratch.keys, scratch.v)
    draws.fill(clock.seed, clock.run, draws.TRAITS_SECOND, clock.month, many, scratch.keys, scratch.v[4 * ROW :])


@rule
def traits_drawn(scratch, j):  # type: ignore[no-untyped-def]
    """The uniforms of the j-th of them (:func:`sim.rules.traits.scores`)."""
    return four(scratch.v, j) + four(scratch.v, 4 * ROW + j)


@rule
def place(shelf, active, used):  # type: ignore[no-untyped-def]
    """The customer just signed, in the record behind the last used one, joins the active ones."""
    swap(shelf.records, active, used)
    put(shelf, active)


@rule
def open_book(params, clock, rep, tally, desk, shelf, scratch):  # type: ignore[no-untyped-def]
    """A seat's customers at the start; returns how many."""
    founders = int(params.customers_at_start)
    for first in range(0, founders, BLOCK):
        size = min(BLOCK, founders - first)
        for i in range(size):
            scratch.found[i] = hunting.FOUNDERS + first + i + 1
        draw_traits(clock, rep, scratch, size)
        for i in range(size):
            customer = shelf.records[first + i]
            hunting.founder(params, clock, customer, rep, scratch.found[i], traits_drawn(scratch, i))
            hunting.take_over(customer, rep, tally, desk)
            place(shelf, first + i, first + i)
    return founders


@rule
def hunt(params, clock, rep, tally, ledger, desk, shelf, active, used, attempts, warm, scratch):  # type: ignore[no-untyped-def]
    """Work down the leads, the first of them warm; returns how many are active and how many in all on the shelf."""
    tally.attempts += attempts
    for first in range(1, attempts + 1, BLOCK):
        size = min(BLOCK, attempts + 1 - first)
        for i in range(size):
            scratch.found[i] = first + i
        enter_keys(clock, rep, scratch, size)
        draws.fill(clock.seed, clock.run, draws.TRAITS_THIRD, clock.month, size, scratch.keys, scratch.u)
        many = 0
        for i in range(size):
            scratch.found[many], scratch.u[many] = scratch.found[i], scratch.u[i]
            many += int(hunting.willing(params, rep, first + i, first + i <= warm, scratch.u[i]))
        draw_traits(clock, rep, scratch, many)
        for i in range(many):
            order = scratch.found[i]
            customer, w = shelf.records[used], scratch.u[i]
            if hunting.prospect(params, clock, customer, rep, order, order <= warm, w, traits_drawn(scratch, i)):
                hunting.sign(params, customer, rep, tally, ledger, desk)
                place(shelf, active, used)
                active += 1
                used += 1
    return active, used
