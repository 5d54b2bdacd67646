"""The rule of decision: from paired differences and the sign expected to *supported*, *refuted* or *not decided*.

With joint 95% intervals (low, high) of the claim's outcomes in one world, all of them holding together:

=========  ==============================  ==============================  =================
expected   supported                       refuted                         else
=========  ==============================  ==============================  =================
``+``      low > 0                         high < 0                        not decided
``-``      high < 0                        low > 0                         not decided
``0``      −m < low and high < m           low > m or high < −m            not decided
``?``      reported, decides nothing
=========  ==============================  ==============================  =================

m is the claim's margin times the absolute mean under the base.  A claim is refuted when one of its outcomes is, supported when all
are, and not decided otherwise; a hypothesis in a world is the same of its claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.analysis.joint import critical

SUPPORTED, REFUTED, OPEN = "supported", "refuted", "not decided"
VERDICTS = {SUPPORTED: 1.0, OPEN: 0.0, REFUTED: -1.0}  # as numbers
LEVEL = 0.95

#: The rule in words, as a registration says it; what is added where a hypothesis has a curve, or a claim with two settings.
RULE = (
    "supported in a world if the joint 95% intervals of all outcomes that decide lie on the side expected; "
    "refuted if one lies on the other side; not decided otherwise"
)
OF_CURVES = "; of the curve: supported if some {one} inside is better than both ends, refuted if one end is better than every {one} inside"
OF_SETTINGS = "; of a claim with two settings: of the difference between the two differences"


def rules(curves: bool, settings: bool) -> tuple[str, ...]:
    """The rule of a hypothesis in words, with or without curves and claims with two settings; the wordings that are allowed."""
    wordings = dict.fromkeys(OF_CURVES.format(one=word) if curves else "" for word in ("value", "share"))
    return tuple(RULE + curve + (OF_SETTINGS if settings else "") for curve in wordings)


@dataclass(frozen=True)
class Judged:
    """An outcome's difference with its joint interval, and what it says of the sign expected."""

    outcome: str
    expected: str
    base: float  # mean under the base
    mean: float  # of the differences
    standard_error: float
    low: float
    high: float
    n: int
    verdict: str


def judge(expected: str, low: float, high: float, margin: float = 0.0) -> str:
    """Verdict on one sign: see the table of this module."""
    if expected == "+":
        return SUPPORTED if low > 0 else REFUTED if high < 0 else OPEN
    if expected == "-":
        return SUPPORTED if high < 0 else REFUTED if low > 0 else OPEN
    if expected == "0":
        return SUPPORTED if -margin < low and high < margin else REFUTED if low > margin or high < -margin else OPEN
    return ""


def together(verdicts: Iterable[str]) -> str:
    """Verdict on several that are claimed at once; those that decide nothing do not count."""
    every = [one for one in verdicts if one]
    if REFUTED in every:
        return REFUTED
    return SUPPORTED if every and all(one == SUPPORTED for one in every) else OPEN


def judged(
    signs: Mapping[str, str], gaps: np.ndarray, base: np.ndarray, margin: float, level: float = LEVEL
) -> tuple[Judged, ...]:
    """Differences judged, each with an interval that holds jointly with the others'.

    Parameters
    ----------
    signs : mapping
        Outcome -> sign expected, in the order of the columns.
    gaps : array [runs, outcomes]
        Paired differences; a pair in which an outcome is undefined (NaN) does not count for it.
    base : array [outcomes]
        Means under the base.
    margin : float
        What counts as nought, as a share of the absolute mean under the base.
    level : float
        Of the joint intervals (Hothorn, Bretz & Westfall 2008).
    """
    c = critical(gaps, level)
    found = []
    for (name, sign), d, middle in zip(signs.items(), gaps.T, base, strict=True):
        d = d[np.isfinite(d)]
        mean, error = float(d.mean()), float(d.std(ddof=1) / np.sqrt(d.size))
        low, high = mean - c * error, mean + c * error
        verdict = judge(sign, low, high, margin * abs(float(middle)))
        found.append(Judged(name, sign, float(middle), mean, error, low, high, int(d.size), verdict))
    return tuple(found)


def peaked(values: np.ndarray, level: float = LEVEL) -> tuple[str, int, np.ndarray, float]:
    """Whether an outcome is best inside: array [runs, values] in the order of the parameter.

    Supported when some value inside is better than both ends, its two joint intervals being above 0; refuted when one end is
    better than every value inside.  Returns verdict, number of the best value, the means less that of the first value, and c.
    """
    inside, ends = range(1, values.shape[1] - 1), (0, values.shape[1] - 1)
    gaps = np.stack([values[:, k] - values[:, end] for k in inside for end in ends], axis=1)
    c = critical(gaps, level)
    mean, half = gaps.mean(axis=0), c * gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    above, below = (mean - half > 0).reshape(-1, 2), (mean + half < 0).reshape(-1, 2)
    verdict = SUPPORTED if above.all(axis=1).any() else REFUTED if below.all(axis=0).any() else OPEN
    middle = values.mean(axis=0)
    return verdict, int(middle.argmax()), middle - middle[0], c
