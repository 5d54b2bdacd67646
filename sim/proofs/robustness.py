"""Which conclusions survive halving and doubling of each assumed number?

Headline: pay on the signature less pay on the relationship, in the baseline world and in the one where the article's claim holds;
three outcomes, run by run on common random numbers.  Every assumed number of the world in play (not of the schemes) is halved and
doubled, one at a time:

- a probability or share between 0 and 1: its odds are halved and doubled (1 stays 1, and 0 stays 0);
- any other number: the number itself, cut off at its bounds; whole numbers are rounded, to at least one step;
- 0 cannot be halved, and is left out; the table of payment transitions: the odds to pay, in every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.engine import simulate
from sim.errors import InputError
from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import setting
from sim.scenario.describe import idle, parameters
from sim.scenario.model import Scenario
from sim.scenario.path import get, vary
from sim.texts import markdown_table
from sim.threads import Threads

OUTCOMES = ("npv", "share_loss_making", "hunting_share")
SURE = 2.0  # standard errors from nought, from which on a sign counts as established
TRANSITIONS = "customers.payment.transitions"
CHOICES = ("reps.choice.grid",)  # of the program, not of the world
SHARES = ("share", "probability", "share/month", "per month", "factor", "factor/year", "odds ratio")


class Change(NamedTuple):
    """One assumed number, halved and doubled."""

    path: str
    values: tuple[Any, Any]  # None where it cannot be
    base: Any


class Row(NamedTuple):
    """Differences other - base of the outcomes with a number as it is changed: means and standard errors [2, outcomes]."""

    change: Change
    mean: np.ndarray
    error: np.ndarray

    def flips(self, base: np.ndarray, outcome: int) -> list[str]:
        """Which of halving and doubling turns the established sign that the base has."""
        turned = -np.sign(base[outcome]) * self.mean[:, outcome] > SURE * self.error[:, outcome]
        return [name for name, one in zip(("half", "double"), turned, strict=True) if one]

    def open(self, base: np.ndarray, outcome: int) -> list[str]:
        """Which of them leaves the sign not established."""
        unsure = np.abs(self.mean[:, outcome]) <= SURE * self.error[:, outcome]
        return [name for name, one in zip(("half", "double"), unsure, strict=True) if one]


class Robustness(NamedTuple):
    """The differences as assumed, means and standard errors [outcomes], and a row per assumed number."""

    mean: np.ndarray
    error: np.ndarray
    rows: tuple[Row, ...]


def assumed(scenario: Scenario) -> list[Change]:
    """The assumed numbers of the world in play, each with its half and its double."""
    off, found = idle(scenario), []
    for one in parameters(scenario):
        outside = one.path.startswith("scheme.") or one.path in (*CHOICES, "reps.salary", "months") or one.path in off
        if outside or "assumed" not in one.source:
            continue
        value = get(scenario, one.path)
        numeric = isinstance(value, int | float) and not isinstance(value, bool) and value != 0
        if not numeric and one.path != TRANSITIONS:
            continue
        halved, doubled = (_moved(scenario, one.path, one.unit, value, factor) for factor in (0.5, 2.0))
        found.append(Change(one.path, (halved, doubled), value))
    return found


def _moved(scenario: Scenario, path: str, unit: str, value: Any, factor: float) -> Any:
    """The value at half or double; the nearest to it that the scenario allows, or None where nothing is."""
    if path == TRANSITIONS:
        return [_row(row, factor) for row in value]
    if unit in SHARES and 0 < value < 1:
        odds = factor * value / (1 - value)
        wanted: float = odds / (1 + odds)
    else:
        wanted = value * factor
    if isinstance(value, int):
        wanted = max(1, round(wanted)) if factor < 1 else round(wanted)
    for share in (1.0, 0.75, 0.5, 0.25):  # towards what it was, until it is allowed
        near = value + share * (wanted - value)
        near = round(near) if isinstance(value, int) else near
        try:
            vary(scenario, {path: near})
        except InputError:
            continue
        return None if near == value else near
    return None


def _row(row: list[float], factor: float) -> list[float]:
    """A row of transitions with the odds to pay changed, the rest keeping its proportions."""
    odds = factor * row[0] / (1 - row[0])
    pay = odds / (1 + odds)
    return [pay, *(one * (1 - pay) / (1 - row[0]) for one in row[1:])]


def table(
    base: Scenario,
    other: Scenario,
    runs: int,
    seed: int = 1,
    outcomes: tuple[str, ...] = OUTCOMES,
    workers: int | None = None,
    changes: Sequence[Change] | None = None,
) -> Robustness:
    """Differences other - base with every assumed number halved and doubled, or with the `changes` given.

    Both scenarios are one world: the numbers changed are those of `base`, and are set in both.
    """

    def difference(change: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        one, two = (
            simulate(vary(world, change) if change else world, seed, range(1, runs + 1)).runs[list(outcomes)].to_numpy(float)
            for world in (base, other)
        )
        gaps = two - one
        return gaps.mean(axis=0), gaps.std(axis=0, ddof=1) / np.sqrt(runs)

    def row(change: Change) -> Row:
        nothing = np.full(len(outcomes), np.nan)
        found = [(nothing, nothing) if value is None else difference({change.path: value}) for value in change.values]
        return Row(change, np.stack([mean for mean, _ in found]), np.stack([error for _, error in found]))

    with Threads(workers) as pool:
        rows = tuple(pool.map(row, assumed(base) if changes is None else changes))
    return Robustness(*difference({}), rows)


def markdown(found: Robustness, outcome: int = 0, scale: float = 1000.0) -> str:
    """A row per assumed number: the difference at half, as assumed and at double, largest swing first."""

    def cell(row: Row, k: int) -> str:
        if np.isnan(row.mean[k, outcome]):
            return "–"
        text = f"{row.mean[k, outcome] / scale:+,.3g} ± {row.error[k, outcome] / scale:,.2g}"
        return f"**{text}**" if ("half", "double")[k] in row.flips(found.mean, outcome) else text

    def swing(row: Row) -> float:
        return float(np.nanmax(np.abs(row.mean[:, outcome] - found.mean[outcome]), initial=0.0))

    middle = f"{found.mean[outcome] / scale:+,.3g} ± {found.error[outcome] / scale:,.2g}"
    rows = []
    for row in sorted(found.rows, key=swing, reverse=True):
        value = "odds to pay" if row.change.path == TRANSITIONS else f"{row.change.base:g}"
        rows.append((f"`{row.change.path}`", value, cell(row, 0), middle, cell(row, 1)))
    return markdown_table(("parameter", "assumed", "half", "as assumed", "double"), rows, "lr")


WORLDS = {
    "baseline": ("relationship-bonus", "signature-bonus", 1.0),
    "article-holds": ("article-holds-relationship", "article-holds", -1.0),
}


def headline(world: str, runs: int, seed: int = 1, workers: int | None = None) -> Robustness:
    """The headline difference in a world of the library, with every assumed number halved and doubled."""
    base, other, _ = WORLDS[world]
    return table(setting(f"scenarios/{base}.toml"), setting(f"scenarios/{other}.toml"), runs, seed, workers=workers)


def _findings(world: str, effort: Effort) -> Iterator[Finding]:
    runs = effort.number(20, 4)
    found = headline(world, runs, effort.seed)
    expected = (WORLDS[world][2], 1.0, 1.0)  # signs of the headline's outcomes
    for k, name in enumerate(OUTCOMES):
        side = (0.0, np.inf) if expected[k] > 0 else (-np.inf, 0.0)
        turned = [f"{row.change.path} ({which})" for row in found.rows for which in row.flips(found.mean, k)]
        unsure = [f"{row.change.path} ({which})" for row in found.rows for which in row.open(found.mean, k)]
        tried = int(sum(np.isfinite(row.mean[:, k]).sum() for row in found.rows))
        note = f"{tried} changes of {len(found.rows)} assumed numbers: {tried - len(turned) - len(unsure)} keep the sign"
        note += f"; turned by {', '.join(turned)}" if turned else "; none turns it"
        note += f"; not established with {', '.join(unsure)}" if unsure else ""
        yield Finding(f"{name}, as assumed", side, float(found.mean[k]), float(found.error[k]), runs, note)
        for row in found.rows:
            for j, which in enumerate(("half", "double")):
                if which in row.flips(found.mean, k):
                    here = f"turns the sign; assumed {row.change.base!r}, here {row.change.values[j]!r}"
                    every = (-np.inf, np.inf)
                    label = f"{name}, {row.change.path} {which}"
                    yield Finding(label, every, float(row.mean[j, k]), float(row.error[j, k]), runs, here)


@entry(
    id="robustness-baseline",
    group="robustness",
    title="Where the article's claim fails: does that survive halving and doubling of each assumed number?",
    source="the assumptions of the scenario library",
    setting="scenarios/signature-bonus.toml, scenarios/relationship-bonus.toml",
    quick=False,
)
def robust_baseline(effort: Effort) -> Iterator[Finding]:
    """Pay on the signature less pay on the relationship: profit +, share of loss-making customers +, time spent hunting +.

    Changes that turn a sign are listed, and do not fail the entry: the assumed numbers are what the answer depends on.
    """
    yield from _findings("baseline", effort)


@entry(
    id="robustness-article-holds",
    group="robustness",
    title="Where the article's claim holds: does that survive halving and doubling of each assumed number?",
    source="the assumptions of the scenario library",
    setting="scenarios/article-holds.toml, scenarios/article-holds-relationship.toml",
    quick=False,
)
def robust_article(effort: Effort) -> Iterator[Finding]:
    """The same where the claim holds: profit -, share of loss-making customers +, time spent hunting +."""
    yield from _findings("article-holds", effort)
