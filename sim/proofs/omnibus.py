"""All findings of an entry together: small steady faults that no single finding shows.

Findings belong to cases; cases have random numbers of their own, findings of one case may be correlated in any way.

omnibus
    Of every case the smallest p-value times the number of its findings (Bonferroni, whatever the correlation), combined over the
    cases by Fisher's -2 Σ log p, chi-square with two degrees of freedom a case (Fisher 1932).
steady fault of a rate
    A finding says by how much its expected value moves when a rate is changed by a small share x: slope · x.  m(x) is the score that
    a fault of x alone, without noise, gives the finding: see :func:`score_of_fault`.  Of every case the finding with the largest m
    counts; T = Σ m z / sqrt(Σ m²) is standard normal under a right model and has mean sqrt(Σ m²) under the fault: the most powerful
    test of it (Neyman & Pearson 1933).

So the fault x at which sqrt(Σ m(x)²) = LIMIT + 1.28 is found with probability .9: that x is what an entry sees, and T is taken with
its weights.  Where no rate is named, the fault is one that moves all the entry expects by the same share.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from sim.proofs.entry import FARTHEST, LIMIT, MARGIN, Finding, normal_score

POWER = 0.9
WITHIN = LIMIT + float(special.ndtri(POWER))  # standard errors that a fault found with probability POWER amounts to
EVERYTHING = "all that it expects"
EXACTLY = "all that it expects, exactly"
MEASURED = "what it measures"
LEAST_VARIANCE = 0.25  # as a share of that of a right model


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
    found = [(rate, _share(cases, rate)) for rate in _rates(cases)]
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
    """Named by the findings; where none is, all that they expect."""
    return list(dict.fromkeys(rate for case in cases for one in case for rate in one.slopes)) or [EVERYTHING]


def _log_p(z: float) -> float:
    return math.log(2.0) + float(special.log_ndtr(-abs(z)))


def score_of_fault(one: Finding, rate: str, share: float) -> float:
    """Score of a finding under a fault of the rate and no noise: of one up or one down, the smaller; signed as the slope.

    What the setting implies is taken off, few values weigh less.  With the mean the spread moves too: in a natural exponential
    family the variance by κ₃ / κ₂ times the mean's shift (Morris 1982), which is taken of any.
    """
    slope = one.slopes.get(rate, 0.0) if rate != EVERYTHING else one.expected
    assert isinstance(slope, float | int)
    lean, away = one.skew / math.sqrt(max(one.n, 1)), share * slope / one.standard_error
    spread = {way: math.sqrt(max(1.0 + way * lean * away, LEAST_VARIANCE)) for way in (1, -1)}
    implied = one.tolerance / one.standard_error
    scores = [normal_score(way * away, spread[way], one.n, implied, one.skew) for way in (1, -1)]
    return math.copysign(min(map(abs, scores)), slope)


def _scores(cases: list[list[Finding]], rate: str, share: float) -> list[tuple[Finding, float]]:
    """The finding of each case that says most of a fault, with the score it would have."""
    return [max(((one, score_of_fault(one, rate, share)) for one in case), key=lambda pair: abs(pair[1])) for case in cases]


def _share(cases: list[list[Finding]], rate: str) -> float:
    """The fault found with probability .9; infinite where none of less than a thousand times the rate is."""

    def beyond(log_share: float) -> float:
        return math.hypot(*(score for _, score in _scores(cases, rate, math.exp(log_share)))) - WITHIN

    low, highest = math.log(1e-12), math.log(1e3)
    if not beyond(low) < 0.0 < beyond(highest):
        return math.inf
    while beyond(low + 1.0) < 0.0:
        low += 1.0
    return math.exp(optimize.brentq(beyond, low, low + 1.0, xtol=1e-9))


def _directed(cases: list[list[Finding]]) -> Iterator[Finding]:
    for rate in _rates(cases):
        share = _share(cases, rate)
        if math.isfinite(share):
            scores = _scores(cases, rate, share)
            found = math.fsum(score * one.z for one, score in scores) / math.hypot(*(score for _, score in scores))
            note = f"as a share of it, found × {share / WITHIN:.3g}; one of {share:.2%} is found with probability {POWER}"
            what = rate if rate == EVERYTHING else f"the {rate}"
            yield Finding(f"steady fault of {what}", 0.0, found, 1.0, 0, note)
