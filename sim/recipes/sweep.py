"""Figures of a sweep: its points are simulated again, analysed, and drawn.

What is asked of the sweep is data too: ``figure`` (sensitivity, response, box, tradeoff), ``outcome``, ``pair`` (factor, base, other:
the outcome is then the difference between two levels), and of boxes ``condition``, ``boxes``, ``density`` and ``number``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import formula
from sim.errors import InputError
from sim.plots import discovery, sensitivity
from sim.plots.draw import settled
from sim.plots.response import response
from sim.plots.tornado import tornado
from sim.recipes import Recipe, Record, write
from sim.recipes.verdict import CannotVerifyError, How, gap, sample
from sim.study.provenance import CIRCUMSTANCES, installed
from sim.sweeps import execute
from sim.sweeps.design import GIVEN, Design
from sim.sweeps.point import addresses, content_hash
from sim.sweeps.record import design_hash, design_of, title_of
from sim.sweeps.results import Sweep
from sim.sweeps.sweep_folder import origin
from sim.understand import paired, prim
from sim.understand.method import by_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CARRIED = 4096  # points of which a figure carries the means
ROUNDING = 1e-11  # of a mean, which machines may sum in another order
ANALYSERS = ("SALib", "ema-workbench")
Asked = dict[str, Any]


def recipe(sweep: Sweep, asked: Asked) -> Recipe:
    """The recipe of a figure of a sweep."""
    return {"kind": "sweep", "sweep": sweep.about, "points": given_points(sweep), "asked": asked}


def given_points(sweep: Sweep) -> dict[str, list[Any]] | None:
    """The points of a sweep by factor, where no sampler makes them again."""
    if sweep.about["design"]["method"] not in GIVEN:
        return None
    return {name: sweep.points[name].tolist() for name in sweep.factors}


def means_of(sweep: Sweep, outcomes: list[str]) -> dict[str, list[float]] | None:
    """Mean of outcomes at every point; nothing of a sweep of too many points."""
    if len(sweep.points) > CARRIED:
        return None
    return {name: sweep.means([name])[name].tolist() for name in outcomes}


def write_figure(figure: Figure, path: Path, sweep: Sweep, asked: Asked) -> Path:
    """Write a figure of a sweep with all that it takes to make it again; see :func:`draw`."""
    means = means_of(sweep, outcomes_in(asked, sweep.outcomes()))
    return write(figure, path, recipe(sweep, asked), made(sweep.about), means=means)


def write_figures(figures: Mapping[str, tuple[Callable[[], Axes], Asked]], folder: Path, sweep: Sweep) -> None:
    """Write figures of a sweep by name, as PNG and SVG: how each is drawn, and what it asks of the sweep."""
    for name, (draw, asked) in figures.items():
        figure = settled(draw)
        for kind in ("png", "svg"):
            write_figure(figure, folder / f"{name}.{kind}", sweep, asked)


def made(about: dict[str, Any]) -> dict[str, Any]:
    """By what a sweep was made and is analysed, and when."""
    made = {key: about[key] for key in ("daarna", "source", *CIRCUMSTANCES)}
    return made | {"versions": made["versions"] | {name: installed(name) for name in ANALYSERS}}


def outcomes_in(asked: Asked, there: list[str]) -> list[str]:
    """The outcomes that a figure is made from."""
    if asked["figure"] in ("box", "tradeoff") and not asked["pair"]:
        return [name for name in there if name in formula.names(formula.parse(asked["condition"]))]
    return [asked["outcome"]]


def again(record: Record, how: How) -> Sweep | None:
    """The sweep behind a figure, simulated again; of a sample of points, their means are compared and nothing is drawn."""
    told = record["recipe"]
    return sweep_again(told["sweep"], told["points"], record["means"], how)


def sweep_again(
    about: dict[str, Any], points: dict[str, list[Any]] | None, means: dict[str, list[float]] | None, how: How
) -> Sweep | None:
    """A sweep from its record, simulated again and compared with what is carried of it; None if of a sample."""
    refuse_own_model(about)
    design = design_of(about, None if points is None else pd.DataFrame(points))
    check(about, design, how)
    if not how.quick:
        result = simulated(design, how)
        _check_tables(result, about, how)
        how.verdict.findings += _other_means(result, means, list(range(len(design))))
        how.verdict.checked.append(f"all {about['points']:,} points behind it, {about['runs']:,} runs each, made again")
        result.about = about  # with the circumstances of the sweep that was made then
        return result
    if means is None:
        raise CannotVerifyError(
            f"it shows {about['points']:,} points and carries no means of them for --quick to compare; verify it without"
        )
    chosen = sample(len(design))
    result = simulated(part_of(design, chosen, about["runs"]), how)
    how.verdict.findings += _other_means(result, means, chosen)
    how.verdict.checked.append(
        f"the means of {', '.join(means)} at a sample of {len(chosen)} of {about['points']:,} points, made again from the record"
    )
    how.verdict.notes.append("the analysis, its texts and the picture need all points and were not made again: leave out --quick")
    return None


def refuse_own_model(about: dict[str, Any]) -> None:
    """A sweep over a function of the user's own cannot be made again from its record."""
    if about["model"] is not None:
        raise CannotVerifyError(
            f"was made by {about['model']['name']}, which its record names and does not contain; run that model again"
        )


def check(about: dict[str, Any], design: Design, how: How) -> list[bytes]:
    """Whether the record of a sweep is as it was written, and its points those of its design; their addresses."""
    if design_hash(about) != about["design_hash"]:
        how.verdict.findings.append("the record was changed: its design hash is not that of its design; below, what it gives")
    if len(design) != about["points"]:
        raise InputError(f"the design gives {len(design):,} points, its record says {about['points']:,}")
    marks = list(addresses(origin(about), design.factors, design.rows()))
    if content_hash(marks, about["runs"]) != about["content_hash"]:
        how.verdict.findings.append("the points of the design are not those that the record names by their content hash")
    return marks


def part_of(design: Design, points: list[int], runs: int) -> Design:
    """A design of some of the points of another, and fewer runs."""
    part = copy(design)
    part.runs = runs
    part.__dict__["codes"] = {name: codes[points] for name, codes in design.codes.items()}
    return part


def simulated(design: Design, how: How) -> Sweep:
    """A sweep over a design, in a folder that goes with it."""
    return execute.sweep(design, progress=how.progress)


def _check_tables(result: Sweep, about: dict[str, Any], how: How) -> None:
    for name, kept in about.get("tables", {}).items():
        if result.about["tables"][name]["sha256"] != kept["sha256"]:
            how.verdict.findings.append(f"the sweep's table {name} does not come out again: its fingerprint is another")


def _other_means(result: Sweep, means: dict[str, list[float]] | None, points: list[int]) -> Iterator[str]:
    for name, there in (means or {}).items():
        here = result.means([name])[name].tolist()
        if len(there) != result.about["points"] and len(there) <= max(points, default=0):
            yield f"{name}: means of {len(there):,} points are carried, and there are more"
            continue
        for point, new in zip(points, here, strict=True):
            old = there[point]
            if old != new and not np.isclose(old, new, rtol=ROUNDING, atol=0.0, equal_nan=True):
                yield f"{name}, mean at point {point}: {old} there, {new} made again ({gap(old, new)})"


def draw(results: Sweep, recipe: Recipe) -> Figure:
    """What was asked of the sweep, as a figure."""
    return settled(lambda: axes(results, recipe["asked"]))


def axes(sweep: Sweep, asked: Asked) -> Axes:
    """Analyse a sweep and draw it."""
    data: Any = sweep
    column = asked["outcome"]
    if asked["pair"]:
        factor, base, other = asked["pair"]
        data, column = paired(sweep, factor, base, other, asked["outcome"]), "difference"
    if asked["figure"] == "sensitivity":
        return draw_sensitivity(*by_method(data, column))
    if asked["figure"] == "response":
        return response(data, asked["factor"], column)
    found = prim(data, asked["condition"], asked["boxes"], asked["density"])
    return {"box": discovery.box, "tradeoff": discovery.tradeoff}[asked["figure"]](found, number=asked["number"])


def draw_sensitivity(kind: str, result: Any) -> Axes:
    """The figure that goes with an analysis (:func:`sim.understand.method.by_method`)."""
    if kind == "morris":
        return sensitivity.effects(result)
    return tornado(result) if kind == "tornado" else sensitivity.indices(result)


def subject(recipe: Recipe) -> str:
    """The sweep's title, or its base's."""
    return f"the sweep {title_of(recipe['sweep'])}"


def note(recipe: Recipe) -> str:
    """Factors, points, runs, seed."""
    about = recipe["sweep"]
    factors = ", ".join(one["name"] for one in about["design"]["factors"])
    return f"{about['points']:,} points over {factors}, {about['runs']:,} runs each, seed {about['seed']}, compiled engine"


def identity(record: Record) -> str:
    """That of the sweep."""
    about = record["recipe"]["sweep"]
    return str(about["content_hash"])
