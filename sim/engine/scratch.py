"""Scratch space: what one block of customers after the other is reckoned in.

It is the caller's: to what a compiled function makes itself numba counts the references, again and again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import rule
from sim.engine.shelf import BLOCK, PURCHASE, ROW

KINDS = PURCHASE + 1


class Scratch(NamedTuple):
    """What a block is reckoned in: of customers in their month, or of prospects being signed."""

    u: np.ndarray  # [5 * ROW] uniforms that every customer, and every prospect, needs
    kinds: np.ndarray  # [ROW] what may happen
    v: np.ndarray  # [12 * ROW] uniforms for events, and for traits
    keys: np.ndarray  # [2 * ROW] whose those are for whom is drawn next
    found: np.ndarray  # [BLOCK + 1] places to which something may happen, or orders of prospects, in their order
    busy: np.ndarray  # [BLOCK + 1] the same, kind by kind
    gone: np.ndarray  # [BLOCK] places of those who left, in their order
    ends: np.ndarray  # [KINDS] where in `busy` each kind ends
    stop: np.ndarray  # [1] not 0 once the run is to end at once, unfinished: another thread may set it


def new_scratch(stop: np.ndarray) -> Scratch:
    """Empty scratch space; `stop` is the caller's."""
    kinds, found, busy, gone, ends = (np.zeros(size, np.int64) for size in (ROW, BLOCK + 1, BLOCK + 1, BLOCK, KINDS))
    return Scratch(np.zeros(5 * ROW), kinds, np.zeros(12 * ROW), np.zeros(2 * ROW, np.uint32), found, busy, gone, ends, stop)


@rule
def four(v, i):  # type: ignore[no-untyped-def]
    """Four uniforms drawn for a block, of the customer at place i."""
    return v[i], v[i + ROW], v[i + 2 * ROW], v[i + 3 * ROW]
