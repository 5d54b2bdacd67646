"""Figures of a study: every run is made again, and the figure of that name drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.plots import figures_of
from sim.plots.draw import drawn
from sim.recipes import Recipe, Record
from sim.recipes.verdict import CannotVerifyError, How
from sim.scenario.model import Scenario
from sim.study.parquet import fingerprint
from sim.study.provenance import identity as identity_of
from sim.study.results import Study
from sim.study.run import run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def again(record: Record, how: How) -> Study:
    """The study behind a figure or a memo, simulated again; a sample is not enough, since they show all runs."""
    about = record["study"]
    made = run(scenarios(about), about["runs"], about["seed"], customers=about["customers"], progress=how.progress)
    total = about["runs"] * len(about["names"])
    done = {"figure": "drawn", "memo": "written"}[record["thing"]]
    how.verdict.checked.append(f"all {total:,} runs behind it, made again, and the {record['thing']}, {done} again")
    for name, kept in about.get("tables", {}).items():
        if fingerprint(made.tables[name]) != kept["sha256"]:
            how.verdict.findings.append(f"the study's table {name} does not come out again: its fingerprint is another")
    return Study(about, made.tables)


def draw(results: Study, recipe: Recipe) -> Figure:
    """The figure of that name."""
    if recipe["figure"] not in figures_of(results):
        raise InputError(f"says it is the figure {recipe['figure']}, which there is not")
    return drawn(results, recipe["figure"])


def scenarios(about: dict[str, Any]) -> list[Scenario]:
    """The scenarios of a record, ready to be simulated.

    Raises
    ------
    InputError
        When they are no valid scenarios.
    """
    return [read(name, full) for name, full in zip(about["names"], about["scenarios"], strict=True)]


def read(name: str, full: dict[str, Any]) -> Scenario:
    """A scenario as a record has it, under the name it had.

    Raises
    ------
    InputError
        When it is none.
    """
    try:
        scenario = Scenario.model_validate(full)
    except ValueError as error:
        raise CannotVerifyError(f"the record's scenario {name} is none that this version of daarna knows: {error}") from None
    scenario._name = name
    return scenario


def subject(recipe: Recipe) -> str:
    """The scenarios."""
    return "the study " + " and ".join(scenario["title"] for scenario in recipe["study"]["scenarios"])


def note(recipe: Recipe) -> str:
    """Scenarios, runs, seed and engine."""
    about = recipe["study"]
    runs = f"{about['runs']:,} runs of each scenario" if len(about["names"]) > 1 else f"{about['runs']:,} runs"
    return f"scenarios {', '.join(about['names'])}; {runs}, seed {about['seed']}, {about['engine']} engine"


def identity(record: Record) -> str:
    """That of the study."""
    return identity_of(record["study"])
