"""Registered hypotheses studied: every claim at equal parameters and at equal expected pay, and where its sign turns.

Arms meet the same prospects, contacts and moods (common random numbers), so differences are taken run by run.  At equal pay the
other arm's variable pay is rescaled until a rep earns what the base's rep earns (:mod:`sim.study.equal_pay`, on other runs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import InputError
from sim.library import folder
from sim.proofs import flips, verdicts
from sim.proofs.outcomes import outcomes
from sim.proofs.registered import Flip, Hypothesis, Peak, RegisteredClaim, load
from sim.proofs.verdicts import Judged
from sim.scenario.model import Scenario
from sim.study.equal_pay import equal_pay
from sim.threads import Threads

PARAMETERS, PAY = "equal parameters", "equal pay"
SEARCH_RUNS = 60  # at most, to match pay on


@dataclass(frozen=True)
class JudgedClaim:
    """A claim judged in a world, at equal parameters or at equal pay."""

    claim: RegisteredClaim
    world: str
    at: str
    judged: tuple[Judged, ...]
    verdict: str
    note: str = ""  # the factors by which pay was rescaled, or why it could not be


@dataclass(frozen=True)
class Curve:
    """An outcome over the values of a parameter, less that at the first."""

    peak: Peak
    world: str
    mean: np.ndarray  # [values]
    half: np.ndarray  # [values] half-width of the joint intervals
    best: int
    verdict: str


@dataclass(frozen=True)
class Studied:
    """What was found of a hypothesis."""

    hypothesis: Hypothesis
    runs: int
    seed: int
    parts: tuple[JudgedClaim, ...]
    curves: tuple[Curve, ...]
    found: tuple[flips.Found, ...]

    def verdict(self, world: str, at: str = PARAMETERS) -> str:
        """Of the whole hypothesis in a world: see :func:`sim.proofs.verdicts.together`."""
        parts = [one.verdict for one in self.parts if one.world == world and one.at == at]
        curves = [one.verdict for one in self.curves if one.world == world]
        return verdicts.together([*parts, *curves])


def files() -> list[Path]:
    """The hypotheses of the library."""
    return sorted((folder() / "hypotheses").glob("*.toml"))


def study(
    hypothesis: Hypothesis,
    runs: int | None = None,
    points: Callable[[Flip], int | None] = lambda flip: flip.points,
    seed: int | None = None,
    sweeps: bool = True,
    workers: int | None = None,
) -> Studied:
    """Study a hypothesis as registered, or with fewer runs or points."""
    runs, seed = runs or hypothesis.runs, hypothesis.seed if seed is None else seed
    values = _Values(runs, seed, workers)
    parts = [
        _part(claim, name, at, hypothesis, values)
        for claim in hypothesis.claims
        for name in hypothesis.worlds_of(claim)
        for at in ((PARAMETERS, PAY) if claim.equal_pay else (PARAMETERS,))
    ]
    curves = [
        _curve(peak, name, hypothesis.worlds[name], values) for peak in hypothesis.peaks for name in hypothesis.worlds_of(peak)
    ]
    found = [
        flips.find(hypothesis, one, seed, points(one), min(one.runs, runs), workers)
        for one in (hypothesis.flips if sweeps else ())
    ]
    return Studied(hypothesis, runs, seed, tuple(parts), tuple(curves), tuple(found))


class _Values:
    """Outcomes of scenarios, each simulated once."""

    def __init__(self, runs: int, seed: int, workers: int | None) -> None:
        self.runs, self.seed, self.workers = runs, seed, workers
        self._known: dict[tuple[str, ...], np.ndarray] = {}
        self._paid: dict[tuple[str, str], tuple[Scenario, str]] = {}

    def __call__(self, scenarios: Sequence[Scenario], names: Sequence[str]) -> list[np.ndarray]:
        keys = [(one.content_hash(), *names) for one in scenarios]
        new = {key: one for key, one in zip(keys, scenarios, strict=True) if key not in self._known}
        with Threads(self.workers) as pool:
            made = pool.map(lambda one: outcomes(one, names, self.runs, self.seed), new.values())
            self._known |= dict(zip(new, made, strict=True))
        return [self._known[key] for key in keys]

    def paid(self, other: Scenario, base: Scenario) -> tuple[Scenario, str]:
        """The other arm at the base's pay, and by which factor."""
        key = other.content_hash(), base.content_hash()
        if key not in self._paid:
            match = equal_pay(other, base, min(self.runs, SEARCH_RUNS), self.seed, workers=self.workers)
            self._paid[key] = match.scenario, f"× {match.factor:.3g}"
        return self._paid[key]


def _part(claim: RegisteredClaim, name: str, at: str, hypothesis: Hypothesis, values: _Values) -> JudgedClaim:
    world = hypothesis.worlds[name]
    names = list(claim.outcomes)
    settings = [claim.setting] if claim.against is None else [claim.setting, claim.against]
    pairs, notes = [], []
    for setting in settings:
        base, other = claim.base.of(world, setting), claim.other.of(world, setting)
        if at == PAY:
            try:
                other, note = values.paid(other, base)
            except InputError as error:
                return JudgedClaim(claim, name, at, (), verdicts.OPEN, str(error))
            notes.append(note)
        pairs.append(values([base, other], names))
    gaps = [other - base for base, other in pairs]
    gap = gaps[0] if len(gaps) == 1 else gaps[0] - gaps[1]
    found = verdicts.judged(claim.outcomes, gap, np.nanmean(pairs[0][0], axis=0), claim.margin)
    note = f"variable pay {', '.join(notes)}" if notes else ""
    return JudgedClaim(claim, name, at, found, verdicts.together(one.verdict for one in found), note)


def _curve(peak: Peak, name: str, world: Scenario, values: _Values) -> Curve:
    scenarios = [peak.base.of(world, peak.setting | {peak.path: value}) for value in peak.values]
    found = np.column_stack([one[:, 0] for one in values(scenarios, [peak.outcome])])
    verdict, best, mean, c = verdicts.peaked(found)
    half = c * (found - found[:, :1]).std(axis=0, ddof=1) / np.sqrt(len(found))
    return Curve(peak, name, mean, half, best, verdict)


def library(quick: bool = False, seed: int | None = None, only: Sequence[str] = ()) -> Iterator[Studied]:
    """All hypotheses of the library studied, one after the other; `quick` with few runs and no sweeps."""
    for file in files():
        one = load(file)
        if only and one.id not in only:
            continue
        yield study(one, 12 if quick else None, seed=seed, sweeps=not quick)
