"""Figures of the validation battery: the entries behind one are run again.

Nothing in the library depends on the proofs; so importing this module makes the kind known to :mod:`sim.recipes.kinds`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from sim.errors import InputError
from sim.plots.draw import settled
from sim.proofs import Battery, registry, run_battery
from sim.proofs.figures import figures, plot
from sim.recipes import Kind, Recipe, Record
from sim.recipes.kinds import KINDS
from sim.recipes.verdict import How
from sim.study.provenance import digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def again(record: Record, how: How) -> Battery:
    """The entries behind a figure, run again; there is no smaller sample of them."""
    told = record["recipe"]
    battery = run_battery(registry(), told["quick"], told["seed"], told["entries"], workers=None, progress=how.progress)
    how.verdict.checked.append(
        f"all {len(told['entries'])} entries of the battery behind it, run again, and the figure, drawn again"
    )
    return battery


def draw(results: Battery, recipe: Recipe) -> Figure:
    """The figure of that name."""
    there = figures(results)
    if recipe["figure"] not in there:
        raise InputError(f"says it is the figure {recipe['figure']}, which these entries do not make")
    return settled(lambda: plot(there[recipe["figure"]][0], results.effort))


def subject(recipe: Recipe) -> str:
    """The battery."""
    return f"the {'quick' if recipe['quick'] else 'full'} validation battery"


def note(recipe: Recipe) -> str:
    """Entries and seed."""
    return f"{len(recipe['entries'])} entries, seed {recipe['seed']}"


def identity(record: Record) -> str:
    """Entries, effort, seed, version and source of the model."""
    return digest([record["recipe"], record["made"]["daarna"], record["made"]["source"]])


KINDS["battery"] = cast(Kind, sys.modules[__name__])
