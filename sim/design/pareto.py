"""The Pareto front: which schemes are beaten by no other, and how sure that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def dominated(values: Array, feasible: Mask | None = None) -> Mask:
    """Which points are dominated: another feasible one is at least as good in all and better in one objective.

    Parameters
    ----------
    values : [..., schemes, objectives], more is better.
    feasible : [..., schemes]; infeasible points dominate nothing.
    """
    mine, other = values[..., :, None, :], values[..., None, :, :]
    better = np.asarray((other >= mine).all(axis=-1) & (other > mine).any(axis=-1))
    if feasible is not None:
        better &= feasible[..., None, :]
    return np.asarray(better.any(axis=-1))


def ranks(values: Array) -> NDArray[np.int64]:
    """0 for the front, 1 for the front of what remains without it, and so on (Deb et al. 2002)."""
    rank = np.full(len(values), -1)
    level = 0
    while (rank < 0).any():
        left = np.flatnonzero(rank < 0)
        rank[left[~_dominated_in_blocks(values[left])]] = level
        level += 1
    return rank


def _dominated_in_blocks(values: Array, block: int = 512) -> Mask:
    """As :func:`dominated`, for many points without their square in memory."""
    found = np.zeros(len(values), bool)
    for start in range(0, len(values), block):
        mine = values[start : start + block, None, :]
        better = np.asarray((values[None] >= mine).all(axis=-1) & (values[None] > mine).any(axis=-1))
        found[start : start + block] = better.any(axis=1)
    return found


def spread(values: Array, count: int) -> NDArray[np.int64]:
    """At most `count` points, far apart: first the best in each objective, then always the farthest from those taken.

    Distances are in units of each objective's range.  Returns positions in rising order.
    """
    if len(values) <= count:
        return np.arange(len(values))
    width = np.ptp(values, axis=0)
    scaled = values / np.where(width > 0, width, 1.0)
    taken = list(dict.fromkeys(int(k) for k in values.argmax(axis=0)))[:count]
    away = np.min([np.linalg.norm(scaled - scaled[k], axis=1) for k in taken], axis=0)
    while len(taken) < count:
        taken.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(scaled - scaled[taken[-1]], axis=1))
    return np.sort(np.array(taken))


def front_probability(values: Array, feasible: Mask) -> Array:
    """Share of bootstrap replicates in which each scheme is feasible and not dominated by a feasible one.

    Parameters
    ----------
    values : [replicates, schemes, objectives], more is better; resampled jointly, so what schemes share cancels.
    feasible : [replicates, schemes].
    """
    return np.asarray((feasible & ~dominated(values, feasible)).mean(axis=0))
