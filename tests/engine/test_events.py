"""The customers to whom something may happen are all listed, kind by kind, and drawn for as the Mesa model draws."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim import draws
from sim.engine import events, scratch


@numba.njit
def listed(x: Any, size: int) -> int:
    return events.list_events(x, size)


def test_every_event_is_listed_once_kind_by_kind_in_the_order_of_places() -> None:
    x, size = scratch.new_scratch(np.zeros(1, np.int64)), 100
    kinds = np.random.default_rng(1).integers(0, scratch.KINDS, size)
    x.kinds[:size] = kinds
    many = listed(x, size)
    expected = [i for kind in range(1, scratch.KINDS) for i in np.flatnonzero(kinds == kind)]
    assert many == len(expected) and x.busy[:many].tolist() == expected
    assert x.ends.tolist() == [int(np.sum((kinds > 0) & (kinds <= kind))) for kind in range(scratch.KINDS)]


def test_a_range_of_customers_is_drawn_as_one_by_one() -> None:
    keys, out = np.arange(2 * draws.ROW, dtype=np.uint32), np.zeros(12 * draws.ROW)
    draws.fill_events(5, 2, draws.CONTACT, 3, 11, 20, keys, out)
    row = 4 * (draws.CONTACT - draws.EVENTS) * draws.ROW
    for i in range(11, 20):
        drawn = tuple(out[row + k * draws.ROW + i] for k in range(4))
        assert drawn == draws.uniforms(5, 2, draws.CONTACT, 3, keys[i], keys[draws.ROW + i])


def test_who_left_is_entered_in_the_order_of_places() -> None:
    x, left = scratch.new_scratch(np.zeros(1, np.int64)), 0
    for place in (7, 3, 9, 1):
        left = events.add_gone(x, left, place)
    assert x.gone[:left].tolist() == [1, 3, 7, 9]
