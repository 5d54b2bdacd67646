"""Figures of one run, followed: a rep's year, a customer's life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.plots import customer_timeline, rep_year
from sim.plots.draw import settled
from sim.recipes import Recipe, Record
from sim.recipes.study import read
from sim.recipes.verdict import How
from sim.study.provenance import digest
from sim.trace import Trace
from sim.trace.model import follow

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def recipe(trace: Trace, **shown: Any) -> Recipe:
    """The recipe of a figure of a run: ``customer``, or ``rep`` and ``year``, is what it shows."""
    return {
        "kind": "follow",
        "name": trace.scenario.name,
        "scenario": trace.scenario.canonical(),
        "seed": trace.seed,
        "run": trace.run,
        "months": len(trace.months),
        **shown,
    }


def again(record: Record, how: How) -> Trace:
    """The run, followed again; there is no smaller sample of one run."""
    told = record["recipe"]
    customers = [told["customer"]] if "customer" in told else []
    trace = follow(read(told["name"], told["scenario"]), told["run"], told["seed"], told["months"], customers)
    how.verdict.checked.append(f"run {told['run']}, followed again for {told['months']} months, and the figure, drawn again")
    return trace


def draw(results: Trace, recipe: Recipe) -> Figure:
    """The customer's life, or the rep's year."""
    if "customer" in recipe:
        return settled(lambda: customer_timeline(results, recipe["customer"]))
    return settled(lambda: rep_year(results, recipe["rep"], recipe["year"]))


def subject(recipe: Recipe) -> str:
    """The run."""
    return f"run {recipe['run']} of the scenario {recipe['scenario']['title']}"


def note(recipe: Recipe) -> str:
    """Scenario, run and seed."""
    return f"scenario {recipe['name']}; run {recipe['run']}, seed {recipe['seed']}, mesa engine"


def identity(record: Record) -> str:
    """Scenario, seed, run, version and source of the model."""
    made, told = record["made"], record["recipe"]
    return digest([told["scenario"], told["seed"], told["run"], told["months"], made["daarna"], made["source"]])
