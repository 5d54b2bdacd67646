"""The customers of a block to whom something may happen in a month: listed kind by kind, and drawn for.

The processor guesses which way a rule branches by what it did for the customers before, so those to whom the
same may happen follow one another; and only a contact needs the draws of a contact, a purchase those of a purchase.
"""

from __future__ import annotations

from sim import draws
from sim.compiled import fetch_ahead, rule
from sim.engine.scratch import KINDS, four
from sim.engine.shelf import BLOCK, BOTH, CONTACT, OTHER, PURCHASE, QUIET, ROW
from sim.state import set_moment


@rule
def list_events(x, size):  # type: ignore[no-untyped-def]
    """List the places to which :func:`sim.engine.shelf.quiet_months` says that something may happen; returns how many."""
    many = 0
    for i in range(size):
        x.found[many] = i
        many += int(x.kinds[i] != QUIET)
    x.ends[:] = 0
    for j in range(many):
        x.ends[x.kinds[x.found[j]]] += 1
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
    draws.fill_events(now.seed, now.run, draws.CONTACT, now.month, x.ends[OTHER], x.ends[BOTH], x.keys, x.v)
    draws.fill_events(now.seed, now.run, draws.PURCHASE, now.month, x.ends[CONTACT], x.ends[PURCHASE], x.keys, x.v)


@rule
def begin_moment(e, x, j):  # type: ignore[no-untyped-def]
    """The month of the j-th of those to whom something may happen begins; what its kind does not need is not drawn."""
    i = x.busy[j]
    month = x.u[i], x.u[i + ROW], x.u[i + 2 * ROW], x.u[i + 3 * ROW], x.u[i + 4 * ROW]
    set_moment(e, month, four(x.v, j), four(x.v, 4 * ROW + j), four(x.v, 8 * ROW + j))


@rule
def add_gone(x, left, i):  # type: ignore[no-untyped-def]
    """Enter the place of one who left into the ordered list of `left` such; returns how many there are now."""
    k = left
    while k > 0 and x.gone[k - 1] > i:
        x.gone[k] = x.gone[k - 1]
        k -= 1
    x.gone[k] = i
    return left + 1
