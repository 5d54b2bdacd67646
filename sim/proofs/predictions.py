"""Registered predictions: what the model says of events in the world, scored against what was published and never fitted to it.

A file of ``scenarios/predictions`` names two scenarios, outcomes with the sign predicted of *other less base*, and the sign that was
published with how it was seen.  A prediction that fails is a result; the entry fails only when the model no longer says what
is registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.proofs.entry import MARGIN, Effort, Finding, entry
from sim.proofs.measure import mean
from sim.proofs.outcomes import outcomes, unit_of
from sim.proofs.patterns import EVERY
from sim.scenario.base import shown
from sim.scenario.load import load as load_scenario
from sim.sweeps.design_file import check_keys

FOLDER = "scenarios/predictions"
SIGNS = {"-": -1.0, "0": 0.0, "+": 1.0}
NEEDED = {"title": str, "base": str, "other": str, "registered": str, "runs": int, "seed": int, "predictions": list}
KEYS = NEEDED | {"definition": str}
OF_PREDICTION = {"outcome": str, "sign": str, "seen": str, "published": str}


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


def load(path: str | Path) -> dict[str, Any]:
    """Read a file of predictions and check it, the two scenarios included.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    path = library.file(path)
    given = read_toml(path, "predictions")
    _check_table(given, KEYS, NEEDED, f"{path}: ")
    for key in ("base", "other"):
        load_scenario(library.beside(path.parent, given[key]))
    for number, one in enumerate(given["predictions"]):
        where = f"{path}: predictions[{number}]: "
        _check_table(one, OF_PREDICTION, ("outcome", "sign", "seen"), where)
        for key, allowed in (("sign", [*SIGNS]), ("published", ["", *SIGNS, *(f"not {sign}" for sign in SIGNS)])):
            if one.get(key, "") not in allowed:
                raise InputError(f"{where}{key}: found {shown(one[key])}, allowed is one of {', '.join(filter(None, allowed))}")
        try:
            unit_of(one["outcome"])
        except InputError as error:
            raise InputError(f"{where}outcome: {error}") from None
    return given


def _check_table(data: Any, keys: dict[str, Any], needed: Iterable[str], where: str) -> None:
    if not isinstance(data, dict):
        raise InputError(f"{where}found {shown(data)}, allowed is a table")
    check_keys(data, keys, where)
    for key in needed:
        if key not in data:
            raise InputError(f"{where}{key}: is missing")


def check(effort: Effort, file: Path) -> Iterator[Finding]:
    """Paired differences, whether their signs are those registered, and the score."""
    given = load(file)
    predictions = [Prediction(**one) for one in given["predictions"]]
    names, runs = [one.outcome for one in predictions], effort.number(given["runs"])
    seed = given["seed"] + effort.seed - 1
    base, other = (
        outcomes(load_scenario(library.beside(file.parent, given[key])), names, runs, seed) for key in ("base", "other")
    )
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
