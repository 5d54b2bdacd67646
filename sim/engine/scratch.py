"""Scratch space: what one block of customers after the other is reckoned in.

It is the caller's: to what a compiled function makes itself numba counts the references, again and again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import rule
from sim.engine.shelf import BLOCK, QUIETLY, ROW, STOCKS
from sim.rules.steps import DOES

# kinds of events: by the draws that they need, those alike together, and by which of the steps happen that need none
WITHOUT, CONTACT, BOTH, PURCHASE = range(4)
UNDRAWN = tuple(number for number, one in enumerate(DOES) if not one.draws)
LIKE: int = 2 ** len(UNDRAWN)
KINDS = 4 * LIKE


class Scratch(NamedTuple):
    """What a block is reckoned in: of customers in their month, or of prospects being signed."""

    u: np.ndarray  # [5 * ROW] uniforms that every customer, and every prospect, needs
    kinds: np.ndarray  # [ROW] what happens: a bit for each step; then its kind
    before: np.ndarray  # [QUIETLY * ROW] what quiet months change, as it was
    stocks: np.ndarray  # [STOCKS] the tally's
    sums: np.ndarray  # [STOCKS] what those to whom nothing happens add to them
    v: np.ndarray  # [12 * ROW] uniforms for events, and for traits
    keys: np.ndarray  # [2 * ROW] whose those are for whom is drawn next
    found: np.ndarray  # [BLOCK + 1] places at which something happens, or orders of prospects, in their order
    busy: np.ndarray  # [BLOCK + 1] the same, kind by kind
    gone: np.ndarray  # [BLOCK] places of those who left, in their order
    ends: np.ndarray  # [KINDS] where in `busy` each kind ends
    everybody: np.ndarray  # [1] 1 where everybody is to go through the whole month, step by step (for tests), else 0
    off: np.ndarray  # [1] 1 where all that is 0 by default is 0 (:data:`sim.engine.shelf.OFF`)
    stop: np.ndarray  # [1] not 0 once the run is to end at once, unfinished: another thread may set it


def new_scratch(stop: np.ndarray, by_block: bool = True, off: bool = False) -> Scratch:
    """Empty scratch space; `stop` is the caller's."""
    whole = {"kinds": ROW, "found": BLOCK + 1, "busy": BLOCK + 1, "gone": BLOCK, "ends": KINDS}
    quietly, stocks = (len(record.names or ()) for record in (QUIETLY, STOCKS))
    numbers = {"u": 5 * ROW, "before": quietly * ROW, "stocks": stocks, "sums": stocks, "v": 12 * ROW}
    return Scratch(
        **{name: np.zeros(size, np.int64) for name, size in whole.items()},
        **{name: np.zeros(size) for name, size in numbers.items()},
        keys=np.zeros(2 * ROW, np.uint32),
        everybody=np.array([0 if by_block else 1]),
        off=np.array([int(off)]),
        stop=stop,
    )


@rule
def four(v, i):  # type: ignore[no-untyped-def]
    """Four uniforms drawn for a block, of the customer at place i."""
    return v[i], v[i + ROW], v[i + 2 * ROW], v[i + 3 * ROW]
