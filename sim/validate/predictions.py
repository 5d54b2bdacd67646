"""Registered predictions: what the model says of events in the world, scored against what was published and never fitted to it.

A file of ``scenarios/predictions`` names two scenarios, outcomes with the sign predicted of *other less base*, and the sign that was
published with how it was seen.  A prediction that fails is a result; the entry fails only when the model no longer says what
is registered.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim import library
from sim.scenario.load import load
from sim.validate.entry import MARGIN, Effort, Finding, entry
from sim.validate.measure import mean
from sim.validate.outcomes import outcomes
from sim.validate.patterns import EVERY

FOLDER = "scenarios/predictions"
SIGNS = {"-": -1.0, "0": 0.0, "+": 1.0}


@dataclass(frozen=True)
class Prediction:
    """An outcome, the sign predicted of it (``+``, ``-``, ``0``), and the sign published (``not -`` and the like; empty if unknown)."""

    outcome: str
    sign: str
    seen: str
    published: str = ""

    def score(self) -> float:
        """1 where the prediction is what was published, 0 where it is not, NaN where nothing was."""
        if not self.published:
            return np.nan
        refused = self.published.startswith("not ")
        return float((self.sign == self.published.removeprefix("not ")) != refused)


def sign_of(values: np.ndarray) -> str:
    """The sign of a mean difference: ``0`` where its 95% interval holds 0."""
    found, error = float(values.mean()), float(values.std(ddof=1)) / np.sqrt(values.size)
    return "0" if abs(found) <= MARGIN * error else "+" if found > 0 else "-"


def check(effort: Effort, file: Path) -> Iterator[Finding]:
    """Paired differences, whether their signs are those registered, and the score."""
    given = tomllib.loads(file.read_text(encoding="utf-8"))
    predictions = [Prediction(**one) for one in given["predictions"]]
    names, runs = [one.outcome for one in predictions], effort.number(given["runs"])
    seed = given["seed"] + effort.seed - 1
    base, other = (outcomes(load(file.parent / given[key]), names, runs, seed) for key in ("base", "other"))
    for one, gap in zip(predictions, (other - base).T, strict=True):
        now = sign_of(gap)
        score = {1.0: "agrees", 0.0: "does not agree"}.get(one.score(), "not scored")
        note = f"predicted {one.sign}; published: {one.published or 'unknown'} ({one.seen}); {score}"
        yield mean(f"{one.outcome}, reform less before", EVERY, gap, note)
        what = f"sign of it (registered {given['registered']})"
        yield Finding(what, SIGNS[one.sign], SIGNS[now], 0.0, 0, "what the model says now" if now == one.sign else f"now {now}")
    scores = np.array([one.score() for one in predictions])
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
