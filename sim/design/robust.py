"""One scheme from a front, over worlds that may be the true one: three criteria of decision under uncertainty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CRITERIA = ("mean", "worst", "regret")


def losses(values: Array, weights: Array) -> dict[str, Array]:
    """What each criterion makes small, of every scheme.

    Objectives are brought to one scale by their range over schemes (of means over worlds) and together by the largest
    weighted shortfall from an aspiration (Wierzbicki 1980, an achievement function).  With a*_j the best of objective j
    in any world, and a*_jw the best in world w:

    - mean (Laplace): mean over w of max_j weight_j (a*_j - v_jw) / range_j;
    - worst (Wald's maximin): maximum over w of the same;
    - regret (Savage's minimax regret): maximum over w of max_j weight_j (a*_jw - v_jw) / range_j.

    With one objective these are the largest mean, the best worst case and the least largest regret.

    Parameters
    ----------
    values : [schemes, worlds, objectives], more is better.
    weights : [objectives].
    """
    spread = np.ptp(values.mean(axis=1), axis=0)
    scale = np.where(spread > 0, spread, 1.0) / (weights / weights.max())
    short = ((values.max(axis=(0, 1)) - values) / scale).max(axis=2)
    regret = ((values.max(axis=0, keepdims=True) - values) / scale).max(axis=2)
    return {"mean": short.mean(axis=1), "worst": short.max(axis=1), "regret": regret.max(axis=1)}
