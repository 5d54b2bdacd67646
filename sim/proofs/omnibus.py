"""All findings of an entry together: small steady faults that no single finding shows.

Findings belong to cases; cases have random numbers of their own, findings of one case may be correlated in any way.

omnibus
    Of every case the smallest p-value times the number of its findings (Bonferroni, whatever the correlation), combined over the
    cases by Fisher's -2 Σ log p, chi-square with two degrees of freedom a case (Fisher 1932).
steady fault of a rate
    A finding says by how much its expected value moves when a rate is changed by a small share x: slope · x.  Of every case the
    finding with most standard errors s = slope / standard error counts; T = Σ s z / sqrt(Σ s²) is standard normal under a right
    model, and has mean x sqrt(Σ s²) under a fault of x: the most powerful test of it (Neyman & Pearson 1933).

So a fault is found with probability .9 when x sqrt(Σ s²) = LIMIT + 1.28: that x is what an entry sees.  Where no rate is named, it is the
fault that moves all the entry expects by the same share.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.proofs.entry import LIMIT, MARGIN, Finding

POWER = 0.9
WITHIN = LIMIT + float(special.ndtri(POWER))  # standard errors that a fault found with probability POWER amounts to
EVERYTHING = "all that it expects"
EXACTLY = "all that it expects, exactly"
MEASURED = "what it measures"
FARTHEST = 37.0  # a normal score whose probability is not yet rounded to nought


class Seen(NamedTuple):
    """What an entry can see."""

    rate: str
    share: float  # the smallest steady fault, as a share of the rate, found with probability .9

    def __str__(self) -> str:
        """Such as ``odds of lapse 1.6%``."""
        return f"{self.rate} {100 * self.share:.2g}%" if self.share else f"{self.rate}: any"


def together(findings: Sequence[Finding]) -> list[Finding]:
    """The omnibus finding, and one for every rate; nothing where fewer than two findings have a standard error."""
    cases = _cases(findings)
    if sum(map(len, cases)) < 2:
        return []
    logs = [min(0.0, math.log(len(case)) + min(_log_p(one.z) for one in case)) for case in cases]
    statistic, freedom = -2.0 * math.fsum(logs), 2 * len(cases)
    p = float(special.chdtrc(freedom, statistic))
    score = float(np.clip(-special.ndtri(p), 0.0, FARTHEST))
    note = f"-2 Σ log p = {statistic:.4g} on {freedom} degrees of freedom, as a normal score"
    return [Finding(f"together, in {len(cases)} independent cases", 0.0, score, 1.0, 0, note), *_directed(cases)]


def sees(findings: Sequence[Finding]) -> list[Seen]:
    """What the findings together can see, rate by rate; of ranges the shift that leaves one, and of exact values any."""
    cases = _cases(findings)
    if not cases:
        return _of_ranges(findings)
    rates = _rates(cases) or [EVERYTHING]
    found = [(rate, _share(_best(cases, rate), rate)) for rate in rates]
    return [Seen(rate, share) for rate, share in found if math.isfinite(share)]


def _of_ranges(findings: Sequence[Finding]) -> list[Seen]:
    shifts = []
    for one in findings:
        if not isinstance(one.expected, tuple):
            return [Seen(EXACTLY, 0.0)]
        away = (MARGIN - float(special.ndtri(POWER))) * one.standard_error  # found ± MARGIN s.e. must lie inside
        room = [abs(end - one.found) - away for end in one.expected if math.isfinite(end)]
        if room and one.found:
            shifts.append(max(min(room), 0.0) / abs(one.found))
    return [Seen(MEASURED, min(shifts))] if shifts else []


def _cases(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings with a standard error, case by case; those that name none are one case."""
    cases: dict[str, list[Finding]] = {}
    for one in findings:
        if not isinstance(one.expected, tuple) and one.standard_error > 0.0 and math.isfinite(one.z):
            cases.setdefault(one.case, []).append(one)
    return list(cases.values())


def _rates(cases: list[list[Finding]]) -> list[str]:
    return list(dict.fromkeys(rate for case in cases for one in case for rate in one.slopes))


def _log_p(z: float) -> float:
    return math.log(2.0) + float(special.log_ndtr(-abs(z)))


def _strength(one: Finding, rate: str) -> float:
    """Standard errors by which the finding moves per unit of a relative change of the rate."""
    slope = one.slopes.get(rate, 0.0) if rate != EVERYTHING else one.expected
    assert isinstance(slope, float | int)
    return float(slope) / one.standard_error


def _best(cases: list[list[Finding]], rate: str) -> list[Finding]:
    """The finding of each case that says most of the rate."""
    best = [max(case, key=lambda one: abs(_strength(one, rate))) for case in cases]
    return [one for one in best if _strength(one, rate)]


def _share(best: list[Finding], rate: str) -> float:
    """The fault found with probability .9; differences that the setting implies are taken off first, as they are of z."""
    s = np.array([_strength(one, rate) for one in best])
    norm = float(np.sqrt((s**2).sum()))
    allowed = np.array([one.tolerance / one.standard_error for one in best])
    return (WITHIN + float(np.abs(s) @ allowed) / norm) / norm if norm else math.inf


def _directed(cases: list[list[Finding]]) -> Iterator[Finding]:
    for rate in _rates(cases):
        best = _best(cases, rate)
        s = np.array([_strength(one, rate) for one in best])
        z = np.array([one.z for one in best])
        share = _share(best, rate)
        if math.isfinite(share):
            norm = float(np.sqrt((s**2).sum()))
            note = f"as a share of it, found / {norm:.4g}; one of {share:.2%} is found with probability {POWER}"
            yield Finding(f"steady fault of the {rate}", 0.0, float(s @ z) / norm, 1.0, 0, note)
