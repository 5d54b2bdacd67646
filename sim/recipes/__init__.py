"""What a figure was made from, as data, and how it is made again from that: one home for each kind.

A figure carries its *recipe*: ``kind``, and everything that determines what it shows.  The module of the same name here makes the
numbers again and draws them; a new kind of figure is a new module, named in :mod:`sim.recipes.kinds`, with

    again(record, how)       the results behind the figure, simulated again; None where --quick compares numbers only
    draw(results, recipe)    the figure
    subject(recipe)          of what it is, for a reference: "a sweep of …"
    note(recipe)             points, runs, seed, for a reference
    identity(record)         SHA-256 of all that determines the numbers

A figure of a study has no ``recipe``: it is its study, under ``study``, and its name, under ``figure``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import matplotlib

from sim.plots.carried import shown, title_of
from sim.plots.draw import write_figure
from sim.recipes.verdict import How
from sim.study.provenance import digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Recipe = dict[str, Any]
Record = dict[str, Any]


class Kind(Protocol):
    """What the module of every kind has."""

    def again(self, record: Record, how: How) -> Any:
        """The results behind a figure, simulated again; None where numbers only were compared, of a sample."""

    def draw(self, results: Any, recipe: Recipe) -> Figure:
        """The figure, in its final layout."""

    def subject(self, recipe: Recipe) -> str:
        """Of what it is."""

    def note(self, recipe: Recipe) -> str:
        """How many points and runs, and the seed."""

    def identity(self, record: Record) -> str:
        """SHA-256 of all that determines the numbers."""


def recipe_of(record: Record) -> Recipe:
    """The recipe of a figure."""
    recipe: Recipe = record.get("recipe") or {"kind": "study", "figure": record.get("figure"), "study": record.get("study")}
    return recipe


def record_of(figure: Figure, recipe: Recipe, made: dict[str, Any], **more: Any) -> Record:
    """What a figure carries.

    Parameters
    ----------
    figure : as it will be written.
    recipe : from which it is made again.
    made : by which versions, on which machine, by which command, and when: see :func:`sim.study.provenance.made_now`.
    more : numbers behind it that it does not show; ``dpi`` of a PNG, if not the usual.
    """
    return {
        "thing": "figure",
        "schema_version": 1,
        "title": title_of(figure),
        "recipe": recipe,
        "content_hash": digest(recipe),
        "made": made,
        "matplotlib": matplotlib.__version__,
        "shown": shown(figure),
        **more,
    }


def write(figure: Figure, path: Path, recipe: Recipe, made: dict[str, Any], **more: Any) -> Path:
    """Write a figure with what made it inside; the format is the path's suffix.  Parameters as of :func:`record_of`."""
    about = {"Description": f"made by: {made['command']}"}
    return write_figure(figure, path, record_of(figure, recipe, made, **more), about, more.get("dpi"))
