"""Is it what it says it is?  A study, a table, a figure or a memo is made again from what it carries, and compared number by number.

How long that takes is told before it is begun: a record may ask for more than anybody has time for.

What may be found: the record was changed (its content hash says so), a file was changed (its fingerprint says
so), the numbers do not come out again, or a picture is not the one that these numbers give.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.cite.citable import Thing, find
from sim.cite.documents import check_record, figure, memo
from sim.cite.folders import design_folder, points_of, study_folder, sweep_folder, table
from sim.design.problem import Problem
from sim.errors import InputError
from sim.number_text import duration
from sim.recipes.design import problem_of
from sim.recipes.verdict import CannotVerifyError, How, Progress, Verdict, sample
from sim.sources import source_hash
from sim.study.parquet import Marks
from sim.study.provenance import PACKAGES, RECORD, installed
from sim.texts import plain
from sim.version import __version__

#: What a record that is of the right types may still bring about, such as a factor of a path that there is not.
FOLLOWING = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, MemoryError)

#: How each kind of thing is verified.
VERIFIED: Mapping[str, Callable[[Thing, How], None]] = {
    "study": study_folder,
    "sweep": sweep_folder,
    "design": design_folder,
    "table": table,
    "figure": figure,
    "memo": memo,
}
MOST = 1e10  # customer-months that are simulated without a --yes: some minutes
SPEED = 5e7  # customer-months a second and core, so reckoned, by the compiled engine
REP_MONTH = 90.0  # customer-months that a rep's month takes as long as: `python -m benchmarks --only speed`, 58 to 92
RUN = 2e4  # and that a run takes beside its months, its tables above all: a rough guess from 20,000 runs of a year with two reps
MESA = 130.0  # times as long by the Mesa model, a rep or customer being followed: measured, 83 to 130
SIGNED = 2.0  # customers a rep signs a month, at most as a rule
POINT = 2.5e5  # customer-months that take as long as it takes to begin a point of a sweep, or a scheme of a design
ENTRY = {True: 1e8, False: 1e9}  # … as an entry of the battery: of the quick one, of the full one


def verify(
    thing: str | Path,
    quick: bool = False,
    progress: Progress | None = None,
    data: Sequence[str | Path] = (),
    yes: bool = False,
) -> Verdict:
    """Make a result again from what it carries, and compare.

    What another version of daarna or of its model made is not made again: ``other`` of the verdict says which version does.

    Parameters
    ----------
    thing : str or Path
        A folder of a study, a sweep or a design, a figure (PNG, SVG, PDF), a memo (HTML, Markdown, PDF) or a table (Parquet).
    quick : bool
        Make a sample again, not all: ten runs of each scenario of a study, ten points of a sweep, the schemes that a design reports.
        A figure of a study, a memo, a followed run and a forecast show all of what they are made from, and are always verified in full.
    progress : callable, optional
        Called with (runs made again, runs in all).
    data : sequence of paths
        The user's own files, of a figure that was made from some.
    yes : bool
        Make it again however long it takes.

    Raises
    ------
    InputError
        When there is no such thing, it carries no provenance or one that is none, it asks for more than some minutes of work and
        `yes` was not said, or it was made by a model or from data that is not here (:class:`sim.recipes.verdict.CannotVerifyError`).
    """
    found = find(str(thing))
    verdict = Verdict(str(found.path), versions=_versions(found), other=_other(found))
    how = How(verdict, quick, tuple(map(Path, data)), progress)
    try:
        check_record(found, verdict)
        if verdict.other:
            _check_as_it_is(found, verdict)
            return verdict
        check_work(found, quick, yes)
        VERIFIED[found.kind](found, how)
    except CannotVerifyError as error:
        raise CannotVerifyError(f"{found.path}: {error}") from None
    except TooMuchError:
        raise
    except InputError as error:
        verdict.findings.append(f"it cannot be made again from what it carries: {error}")
    except FOLLOWING as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error) or "it asks for more memory than there is"
        verdict.findings.append(f"it cannot be made again from what it carries: {plain(why)[:200]}")
    return verdict


def _check_as_it_is(found: Thing, verdict: Verdict) -> None:
    """What can be told of a result of another version without making it again: whether its tables are those of its record."""
    if found.kind not in ("study", "sweep"):
        return
    about = found.recipe["sweep"] if found.kind == "sweep" else found.about
    marks = Marks(found.path / ("design.json" if found.kind == "sweep" else RECORD), about)
    for name in about.get("tables", {}):
        try:
            marks.check(name, points_of(found.path) if (found.kind, name) == ("sweep", "points") else None)
        except InputError as error:
            verdict.findings.append(str(error))
    verdict.checked.append("the tables, held against the fingerprints in the record")


def _other(found: Thing) -> str:
    """By which version it was made, if by another one."""
    made, source = found.about, source_hash()
    if (made["daarna"], made["source"] or source) == (__version__, source):
        return ""
    which = "version" if made["daarna"] != __version__ else "state of the sources"
    return (
        f"made by daarna {made['daarna']} (model {made['source']}), here is daarna {__version__} (model {source}); "
        f"install that {which} to check it"
    )


def _versions(thing: Thing) -> list[tuple[str, str, str]]:
    there = {**thing.about["versions"], "model source": thing.about["source"]}
    here = {"daarna": __version__, "python": platform.python_version(), "model source": source_hash()}
    here |= {name: installed(name) for name in (*PACKAGES, *there) if name not in here}
    return [(name, there.get(name) or "not known", now) for name, now in here.items() if there.get(name) != now]


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
        battery = thing.recipe["kind"] == "battery"
        asked = "entries of the battery" if battery else f"runs, up to {total.months:,.0f} customer-months"
        raise TooMuchError(
            f"{thing.path}: its record asks for {total.runs:,.0f} {asked}, about "
            f"{duration(total.months / SPEED / (os.cpu_count() or 1))} on this machine; with --yes (yes=True) they are made"
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
            yield _design(problem_of(dict(recipe)), recipe["base"], quick)
        case "forecast":
            yield Work(recipe["runs"], 1e4 * recipe["runs"] * recipe["steps"])
        case "battery":
            entries = len(recipe["entries"])
            yield Work(entries, entries * ENTRY[recipe["quick"]])


def _sweep(about: Mapping[str, Any], quick: bool) -> Work:
    factors = about["design"]["factors"]
    worlds = [level["scenario"] for one in factors for level in one.get("levels") or () if "scenario" in level]
    points = len(sample(about["points"])) if quick else about["points"]
    points += sum(len(one.get("levels") or ()) for one in factors)  # each is tried before any point is simulated
    return _points(points, about["runs"], [one for one in (about["base"], *worlds) if one], factors)


def _design(problem: Problem, base: Mapping[str, Any] | None, quick: bool) -> Work:
    effort, unknown = problem.effort, problem.uncertainty.factors
    worlds = problem.uncertainty.worlds if unknown else 1
    stages = [(effort.shown + 1, effort.report_runs)]
    if not quick:
        stages += [(effort.evaluations, effort.search_runs), (effort.candidates, effort.choice_runs)]
    free = [
        {"paths": [one.path], "high": one.high, "levels": [{"value": value} for value in getattr(one, "levels", ())]}
        for one in (*problem.vary, *unknown)
    ]
    parts = [_points(schemes * worlds, runs, [base] if base else [], free) for schemes, runs in stages]
    return Work(sum(one.runs for one in parts), sum(one.months for one in parts))


def _points(points: float, runs: float, scenarios: list[Any], factors: Any) -> Work:
    """Points of so many runs each."""
    work = _runs(points * runs, scenarios, factors)
    return work._replace(months=work.months + points * POINT)


def _runs(runs: float, scenarios: list[Any], factors: Any = ()) -> Work:
    """Runs of the largest of some scenarios, each number at the highest that factors give it."""
    highest = {
        path: max((_number(_inside(one, path)) for one in scenarios), default=0.0)
        for path in ("months", "reps.count", "customers.at_start")
    }
    for factor in factors:
        for place in factor["paths"]:
            for path, value in highest.items():
                if f"{path}.".startswith(f"{place}."):  # it, or the section that it is in
                    inner = path[len(place) + 1 :]
                    tops = [_number(factor.get("high"))]
                    tops += [_number(_inside(level.get("value"), inner)) for level in factor.get("levels") or ()]
                    highest[path] = max(value, max(tops) * (value if factor.get("scale") else 1.0))
    months = highest["months"]
    customers = highest["reps.count"] * (highest["customers.at_start"] + SIGNED * months) + 100.0
    return Work(float(runs), float(runs) * (RUN + months * (customers + REP_MONTH * highest["reps.count"])))


def _inside(scenario: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        scenario = scenario.get(part) if isinstance(scenario, Mapping) else None
    return scenario


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
