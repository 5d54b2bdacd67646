"""Registered predictions: what the model says of events in the world, scored against what was published and never fitted to it.

A file of ``scenarios/predictions`` names two scenarios, outcomes with the sign predicted of *other less base*, and the sign that was
published with how it was seen.  A prediction that fails is a result; the entry fails only when the model no longer says what
is registered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from sim import library
from sim.proofs.entry import MARGIN, Effort, Finding, entry
from sim.proofs.measure import mean
from sim.proofs.outcomes import Outcome, outcomes
from sim.proofs.patterns import EVERY
from sim.scenario.base import Group, par
from sim.scenario.typed_file import ScenarioFile, needed, read_typed

FOLDER = "scenarios/predictions"
SIGNS = {"-": -1.0, "0": 0.0, "+": 1.0}
Sign = Literal["-", "0", "+"]


class Prediction(Group):
    """An outcome, the sign predicted of it, and the sign published (``not -`` and the like; empty if unknown) with how it was seen."""

    outcome: Outcome = needed("outcome", "a column of the runs table, or an observable")
    sign: Sign = needed("sign", "the sign of other less base")
    seen: str = needed("text", "how the published sign was seen")
    published: Literal["", "-", "0", "+", "not -", "not 0", "not +"] = par("", "sign", "as published")

    def score(self) -> float:
        """1 where the prediction is what was published, 0 where it is not, NaN where nothing was."""
        if not self.published:
            return np.nan
        refused = self.published.startswith("not ")
        return float((self.sign == self.published.removeprefix("not ")) != refused)


class Predictions(Group):
    """A file of predictions."""

    title: str = needed("text", "what happened in the world")
    base: ScenarioFile = needed("file", "the scenario before it")
    other: ScenarioFile = needed("file", "the scenario after it")
    registered: str = needed("date", "when it was written down")
    runs: int = needed("runs", "a number of pairs of runs", ge=2)
    seed: int = needed("seed", "the seed of all draws", ge=0)
    definition: str = par("", "text", "how the outcomes are measured")
    predictions: tuple[Prediction, ...] = needed("predictions", "what is predicted", min_length=1)


def sign_of(values: np.ndarray) -> str:
    """The sign of a mean difference: ``0`` where its 95% interval holds 0."""
    found, error = float(values.mean()), float(values.std(ddof=1)) / np.sqrt(values.size)
    return "0" if abs(found) <= MARGIN * error else "+" if found > 0 else "-"


def load(path: str | Path) -> Predictions:
    """Read a file of predictions and check it, the two scenarios included; InputError as :func:`~sim.scenario.typed_file.read_typed`."""
    return read_typed(library.file(path), "predictions", Predictions)


def check(effort: Effort, file: Path) -> Iterator[Finding]:
    """Paired differences, whether their signs are those registered, and the score."""
    given = load(file)
    names, runs, seed = [one.outcome for one in given.predictions], effort.number(given.runs), given.seed + effort.seed - 1
    base, other = (outcomes(scenario, names, runs, seed) for scenario in (given.base, given.other))
    for one, gap in zip(given.predictions, (other - base).T, strict=True):
        now = sign_of(gap)
        score = {1.0: "agrees", 0.0: "does not agree"}.get(one.score(), "not scored")
        note = f"predicted {one.sign}; published: {one.published or 'unknown'} ({one.seen}); {score}"
        yield mean(f"{one.outcome}, reform less before", EVERY, gap, note)
        what = f"sign of it (registered {given.registered})"
        yield Finding(what, SIGNS[one.sign], SIGNS[now], 0.0, 0, "what the model says now" if now == one.sign else f"now {now}")
    scores = np.array([one.score() for one in given.predictions])
    known = scores[np.isfinite(scores)]
    yield Finding(
        "predictions that agree with what was published, share", EVERY, float(known.mean()), 0.0, 0, f"of {known.size} scored"
    )


@entry(
    id="au-life-reform",
    group="prediction",
    title="The Australian reform of commission lowers lapse and new business",
    source="Corporations Amendment (Life Insurance Remuneration Arrangements) Act 2017; published outcomes: see the file",
    setting=f"{FOLDER}/au-life-reform.toml",
    quick=False,
)
def reform(effort: Effort) -> Iterator[Finding]:
    """Lapse by policy year of policies signed in the run, and signings of ten years; reform less upfront commission, on common random numbers.
    Only the scheme differs.  The score counts the predicted signs that were published.
    """
    yield from check(effort, library.folder() / "predictions" / "au-life-reform.toml")
