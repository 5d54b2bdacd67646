"""How much making something again takes, told before it is begun: a record may ask for more than anybody has time for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.cite.things import Thing
from sim.cite.verdict import sample
from sim.errors import InputError

MOST = 1e10  # customer-months that are simulated without a --yes: some minutes
SPEED = 5e7  # customer-months a second and core, so reckoned, by the compiled engine
MESA = 500.0  # times as long by the Mesa model
SIGNED = 2.0  # customers a rep signs a month, at most as a rule


class TooMuchError(InputError):
    """Making something again takes too long to be begun without a word."""


class Work(NamedTuple):
    """What is to be simulated: runs, and customer-months in all (of the Mesa model, so many times as many)."""

    runs: float
    months: float


def check_work(thing: Thing, quick: bool, yes: bool) -> None:
    """Refuse what takes too long, unless the user has said yes.

    Raises
    ------
    TooMuchError
        With the size and the time that it takes.
    """
    parts = list(work_of(thing.record, thing.recipe, quick))
    total = Work(sum(one.runs for one in parts), sum(one.months for one in parts))
    if total.months > MOST and not yes:
        raise TooMuchError(
            f"{thing.path}: its record asks for {total.runs:,.0f} runs, up to {total.months:,.0f} customer-months, about "
            f"{_time(total.months / SPEED / (os.cpu_count() or 1))} on this machine; with --yes (yes=True) they are made"
        )


def work_of(record: Mapping[str, Any], recipe: Mapping[str, Any], quick: bool) -> Iterator[Work]:
    """What the parts of a record ask for."""
    match recipe.get("kind"):
        case "study":
            about = record["study"]
            few = quick and "thing" not in record
            for full in about["scenarios"]:
                yield _runs(len(sample(about["runs"])) if few else about["runs"], [full])
            if record.get("sweep"):
                yield _sweep(record["sweep"]["sweep"], False)
        case "sweep":
            yield _sweep(recipe["sweep"], quick)
        case "follow":
            one = _runs(1.0, [recipe["scenario"] | {"months": recipe["months"]}])
            yield Work(1.0, MESA * one.months)
        case "design":
            yield _design(recipe["problem"], recipe["base"], quick)
        case "forecast":
            yield Work(recipe["runs"], 1e4 * recipe["runs"] * recipe["steps"])


def _sweep(about: Mapping[str, Any], quick: bool) -> Work:
    factors = about["design"]["factors"]
    worlds = [level["scenario"] for one in factors for level in one.get("levels") or () if "scenario" in level]
    points = len(sample(about["points"])) if quick else about["points"]
    return _runs(points * about["runs"], [one for one in (about["base"], *worlds) if one], factors)


def _design(problem: Mapping[str, Any], base: Mapping[str, Any] | None, quick: bool) -> Work:
    from sim.design.problem import Effort, Uncertainty

    effort = Effort.model_validate(problem.get("effort", {}))
    factors = (problem.get("uncertainty") or {}).get("factors") or ()
    worlds = (problem.get("uncertainty") or {}).get("worlds", Uncertainty().worlds) if factors else 1
    searched = 0 if quick else effort.evaluations * effort.search_runs + effort.candidates * effort.choice_runs
    return _runs((searched + (effort.shown + 1) * effort.report_runs) * worlds, [base] if base else [])


def _runs(runs: float, scenarios: list[Any], factors: Any = ()) -> Work:
    """Runs of the largest of some scenarios, each number at the highest that factors give it."""
    highest = {
        path: max((_number(_inside(one, path)) for one in scenarios), default=0.0)
        for path in ("reps.count", "customers.at_start")
    }
    months = max((_number(one.get("months")) for one in scenarios), default=0.0)
    for factor in factors:
        tops = [_number(factor.get("high")), *(_number(level.get("value")) for level in factor.get("levels") or ())]
        for path in factor["paths"]:
            if path == "months":
                months = max(months, max(tops) * (months if factor.get("scale") else 1.0))
            if path in highest:
                highest[path] = max(highest[path], max(tops) * (highest[path] if factor.get("scale") else 1.0))
    customers = highest["reps.count"] * (highest["customers.at_start"] + SIGNED * months) + 100.0
    return Work(float(runs), float(runs) * months * customers)


def _inside(scenario: Any, path: str) -> Any:
    for part in path.split("."):
        scenario = scenario.get(part) if isinstance(scenario, Mapping) else None
    return scenario


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _time(seconds: float) -> str:
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return f"{seconds:.0f} seconds"
