"""The customers to whom something may happen are all listed, kind by kind, and drawn for as the Mesa model draws."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim import draws
from sim.engine import events, scratch
from sim.rules.steps import STEPS


@numba.njit
def listed(x: Any, size: int) -> int:
    return events.list_events(x, size)


def test_every_event_is_listed_once_kind_by_kind_in_the_order_of_places() -> None:
    """By the draws it needs, a visit those of a purchase; and by the steps that happen which need none, the first counting least."""
    x, size = scratch.new_scratch(np.zeros(1, np.int64)), 100
    bits = {step.ACT: 1 << number for number, step in enumerate(STEPS)}
    expected = {  # renew, pay, be_judged, feel, decide: 1, 2, 4, 8, 16; a contact 32, with a purchase 64, a purchase or visit 96
        0: None, bits["renew"]: 1, bits["pay"]: 2, bits["pay"] | bits["be_judged"]: 6, bits["decide"]: 16,
        bits["need_service"]: 32, bits["need_service"] | bits["pay"]: 34,
        bits["need_service"] | bits["purchase"]: 64, bits["be_visited"]: 96,
        bits["renew"] | bits["purchase"] | bits["decide"]: 113,
    }  # fmt: skip
    happens = np.random.default_rng(1).choice(list(expected), size)
    x.kinds[:size] = happens
    many = listed(x, size)
    kinds = [expected[one] for one in happens]
    places = [i for kind in range(scratch.KINDS) for i in range(size) if kinds[i] == kind]
    assert many == len(places) and x.busy[:many].tolist() == places
    assert scratch.KINDS == 128 and x.ends.tolist() == [
        sum(one is not None and one <= kind for one in kinds) for kind in range(scratch.KINDS)
    ]


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
