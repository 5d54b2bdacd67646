"""The customers of a block to whom something happens in a month: listed kind by kind, and drawn for.

The processor guesses which way a rule branches by what it did for the customers before, so those to whom the
same happens follow one another; and only a contact needs the draws of a contact, a purchase those of a purchase.
"""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import fetch_ahead, rule
from sim.engine.scratch import BOTH, CONTACT, KINDS, LIKE, PURCHASE, UNDRAWN, WITHOUT, four
from sim.engine.shelf import BLOCK, ROW, month_drawn
from sim.rules.steps import DOES, STEPS
from sim.state import begin_moment, set_contact, set_purchase


def _kind(happens: int) -> int:
    """Which draws the steps that happen need, and which of them happen that need none."""
    purposes: set[int] = set().union(*(one.draws for number, one in enumerate(DOES) if happens >> number & 1))
    drawn = (WITHOUT, CONTACT, PURCHASE, BOTH)[(draws.CONTACT in purposes) + 2 * (draws.PURCHASE in purposes)]
    return LIKE * drawn + sum((happens >> number & 1) << place for place, number in enumerate(UNDRAWN))


KIND = np.array([_kind(happens) for happens in range(2 ** len(STEPS))])  # by what happens, a bit for each step


@rule
def list_events(scratch, size):  # type: ignore[no-untyped-def]
    """List the places at which :func:`sim.engine.shelf.quiet_months` found that something happens; returns how many."""
    many = 0
    for i in range(size):
        scratch.found[many] = i
        many += int(scratch.kinds[i] != 0)
    scratch.ends[:] = 0
    for j in range(many):
        i = scratch.found[j]
        scratch.kinds[i] = KIND[scratch.kinds[i]]
        scratch.ends[scratch.kinds[i]] += 1
    before = 0
    for kind in range(KINDS):  # where each begins
        scratch.ends[kind], before = before, before + scratch.ends[kind]
    for j in range(many):
        i = scratch.found[j]
        kind = scratch.kinds[i]
        scratch.busy[scratch.ends[kind]] = i
        scratch.ends[kind] += 1
    return many


@rule
def draw_events(clock, shelf, b, scratch, many):  # type: ignore[no-untyped-def]
    """Draw for the listed customers of block b what their kind needs, their records being fetched meanwhile."""
    all_keys = shelf.keys[b]
    for j in range(many):
        i = scratch.busy[j]
        scratch.keys[j], scratch.keys[ROW + j] = all_keys[i], all_keys[ROW + i]
        fetch_ahead(shelf.records, b * BLOCK + i)
    draws.fill_events(clock.seed, clock.run, draws.EVENTS, clock.month, 0, many, scratch.keys, scratch.v)
    contact, both, purchase = scratch.ends[LIKE * CONTACT - 1], scratch.ends[LIKE * BOTH - 1], scratch.ends[LIKE * PURCHASE - 1]
    draws.fill_events(clock.seed, clock.run, draws.CONTACT, clock.month, contact, purchase, scratch.keys, scratch.v)
    draws.fill_events(clock.seed, clock.run, draws.PURCHASE, clock.month, both, many, scratch.keys, scratch.v)


@rule
def begin_event(moment, scratch, j):  # type: ignore[no-untyped-def]
    """The month of the j-th of those to whom something happens begins, with the draws of its kind."""
    i = scratch.busy[j]
    drawn = scratch.kinds[i] // LIKE
    begin_moment(moment, month_drawn(scratch.u, i), four(scratch.v, j))
    if CONTACT <= drawn <= BOTH:
        set_contact(moment, four(scratch.v, 8 * ROW + j))
    if drawn >= BOTH:
        set_purchase(moment, four(scratch.v, 4 * ROW + j))


@rule
def add_gone(scratch, left, i):  # type: ignore[no-untyped-def]
    """Enter the place of one who left into the ordered list of `left` such; returns how many there are now."""
    place = left
    while place > 0 and scratch.gone[place - 1] > i:
        scratch.gone[place] = scratch.gone[place - 1]
        place -= 1
    scratch.gone[place] = i
    return left + 1
