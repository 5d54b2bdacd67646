"""How customers come onto a seat's shelf: those there at the start, and those a rep signs."""

from __future__ import annotations

from sim import draws
from sim.compiled import rule
from sim.engine.scratch import four
from sim.engine.shelf import BLOCK, ROW, put, swap
from sim.rules import hunting


@rule
def enter_keys(now, r, x, many):  # type: ignore[no-untyped-def]
    """Enter whose draws come next: the first `many` of the month's prospects whose orders are listed in x.found."""
    for j in range(many):
        x.keys[j], x.keys[ROW + j] = draws.customer_key(r.seat, now.month, x.found[j])


@rule
def draw_traits(now, r, x, many):  # type: ignore[no-untyped-def]
    """Draw what kind of customers the first `many` of those listed are."""
    enter_keys(now, r, x, many)
    draws.fill(now.seed, now.run, draws.TRAITS_FIRST, now.month, many, x.keys, x.v)
    draws.fill(now.seed, now.run, draws.TRAITS_SECOND, now.month, many, x.keys, x.v[4 * ROW :])


@rule
def traits_drawn(x, j):  # type: ignore[no-untyped-def]
    """The uniforms of the j-th of them (:func:`sim.rules.traits.scores`)."""
    return four(x.v, j) + four(x.v, 4 * ROW + j)


@rule
def place(shelf, active, used):  # type: ignore[no-untyped-def]
    """The customer just signed, in the record behind the last used one, joins the active ones."""
    swap(shelf.records, active, used)
    put(shelf, active)


@rule
def open_book(p, now, r, t, desk, shelf, x):  # type: ignore[no-untyped-def]
    """A seat's customers at the start; returns how many."""
    founders = int(p.customers_at_start)
    for first in range(0, founders, BLOCK):
        size = min(BLOCK, founders - first)
        for i in range(size):
            x.found[i] = hunting.FOUNDERS + first + i + 1
        draw_traits(now, r, x, size)
        for i in range(size):
            c = shelf.records[first + i]
            hunting.founder(p, now, c, r, x.found[i], traits_drawn(x, i))
            hunting.take_over(c, r, t, desk)
            place(shelf, first + i, first + i)
    return founders


@rule
def hunt(p, now, r, t, led, desk, shelf, active, used, attempts, warm, x):  # type: ignore[no-untyped-def]
    """Work down the leads, the first of them warm; returns how many are active and how many in all on the shelf."""
    t.attempts += attempts
    for first in range(1, attempts + 1, BLOCK):
        size = min(BLOCK, attempts + 1 - first)
        for i in range(size):
            x.found[i] = first + i
        enter_keys(now, r, x, size)
        draws.fill(now.seed, now.run, draws.TRAITS_THIRD, now.month, size, x.keys, x.u)
        many = 0
        for i in range(size):
            x.found[many] = x.found[i]
            many += int(hunting.willing(p, first + i <= warm, x.u[i]))
        draw_traits(now, r, x, many)
        for i in range(many):
            order = x.found[i]
            if hunting.prospect(p, now, shelf.records[used], r, order, order <= warm, traits_drawn(x, i)):
                hunting.sign(p, shelf.records[used], r, t, led, desk)
                place(shelf, active, used)
                active += 1
                used += 1
    return active, used
