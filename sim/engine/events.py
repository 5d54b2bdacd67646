"""The customers of a block to whom something happens in a month: listed kind by kind, and drawn for.

The processor guesses which way a rule branches by what it did for the customers before, so those to whom the
same happens follow one another; and only a contact needs the draws of a contact, a purchase those of a purchase.
"""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import fetch_ahead, rule
from sim.engine.scratch import BOTH, CONTACT, KINDS, PURCHASE, four
from sim.engine.shelf import BLOCK, ROW, month_drawn
from sim.rules.steps import STEPS
from sim.state import begin_moment, set_contact, set_purchase


def _kind(happens: int) -> int:
    """Which draws the steps that happen need; and if none, which of them is the first."""
    steps = [number for number in range(len(STEPS)) if happens >> number & 1]
    purposes = {getattr(STEPS[number], "DRAWS", None) for number in steps}
    if happens == 0 or {draws.CONTACT, draws.PURCHASE} <= purposes:
        return BOTH
    if draws.CONTACT in purposes:
        return CONTACT
    return PURCHASE if draws.PURCHASE in purposes else steps[0]


KIND = np.array([_kind(happens) for happens in range(2 ** len(STEPS))])  # by what happens, a bit for each step


@rule
def list_events(x, size):  # type: ignore[no-untyped-def]
    """List the places at which :func:`sim.engine.shelf.quiet_months` found that something happens; returns how many."""
    many = 0
    for i in range(size):
        x.found[many] = i
        many += int(x.kinds[i] != 0)
    x.ends[:] = 0
    for j in range(many):
        i = x.found[j]
        x.kinds[i] = KIND[x.kinds[i]]
        x.ends[x.kinds[i]] += 1
    before = 0
    for kind in range(KINDS):  # where each begins
        x.ends[kind], before = before, before + x.ends[kind]
    for j in range(many):
        i = x.found[j]
        kind = x.kinds[i]
        x.busy[x.ends[kind]] = i
        x.ends[kind] += 1
    return many


@rule
def draw_events(now, shelf, b, x, many):  # type: ignore[no-untyped-def]
    """Draw for the listed customers of block b what their kind needs, their records being fetched meanwhile."""
    all_keys = shelf.keys[b]
    for j in range(many):
        i = x.busy[j]
        x.keys[j], x.keys[ROW + j] = all_keys[i], all_keys[ROW + i]
        fetch_ahead(shelf.records, b * BLOCK + i)
    draws.fill_events(now.seed, now.run, draws.EVENTS, now.month, 0, many, x.keys, x.v)
    draws.fill_events(now.seed, now.run, draws.CONTACT, now.month, x.ends[CONTACT - 1], x.ends[BOTH], x.keys, x.v)
    draws.fill_events(now.seed, now.run, draws.PURCHASE, now.month, x.ends[CONTACT], x.ends[PURCHASE], x.keys, x.v)


@rule
def begin_event(e, x, j):  # type: ignore[no-untyped-def]
    """The month of the j-th of those to whom something happens begins, with the draws of its kind."""
    i = x.busy[j]
    kind = x.kinds[i]
    begin_moment(e, month_drawn(x.u, i), four(x.v, j))
    if CONTACT <= kind <= BOTH:
        set_contact(e, four(x.v, 8 * ROW + j))
    if kind >= BOTH:
        set_purchase(e, four(x.v, 4 * ROW + j))


@rule
def add_gone(x, left, i):  # type: ignore[no-untyped-def]
    """Enter the place of one who left into the ordered list of `left` such; returns how many there are now."""
    k = left
    while k > 0 and x.gone[k - 1] > i:
        x.gone[k] = x.gone[k - 1]
        k -= 1
    x.gone[k] = i
    return left + 1
