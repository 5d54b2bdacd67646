"""A sweep's folder: its points are those of its design, and its runs come out again to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.cite.citable import Thing
from sim.cite.pictures import figures_beside
from sim.files.untrusted import parquet
from sim.recipes.sweep import check, part_of, refuse_own_model, simulated
from sim.recipes.verdict import SAMPLE, How, gap, sample, unequal
from sim.study.parquet import file_fingerprint, fingerprint
from sim.sweeps.checks import GIVEN
from sim.sweeps.record import design_of
from sim.sweeps.results import Sweep

if TYPE_CHECKING:
    from sim.sweeps.design import Design


def sweep_folder(thing: Thing, how: How) -> None:
    """Make a sweep's runs again, draw its figures, and compare."""
    about = thing.recipe["sweep"]
    refuse_own_model(about)
    found, there = how.verdict.findings, Sweep(thing.path, about, checked=False)
    try:
        found += _changed(thing, about)
        points = parquet(thing.path / "points.parquet").read().to_pandas()
        there.outcomes()
    except (OSError, pa.ArrowException) as error:
        found.append(f"a table is missing or cannot be read: {error}")
        return
    design = design_of(about, points)
    found += _other_points(about, design, points, check(about, design, how))
    chosen = sample(len(design)) if how.quick else list(range(len(design)))
    runs = min(SAMPLE, about["runs"]) if how.quick else about["runs"]
    found += _other_runs(there, simulated(part_of(design, chosen, runs), how), chosen, runs)
    of = f"a sample of {len(chosen):,} of {len(design):,}" if how.quick else f"all {len(design):,}"
    how.verdict.checked.append(f"{of} points, {runs:,} runs each, made again from the record")
    figures_beside(thing, lambda: there, how.verdict)


def _changed(thing: Thing, about: dict[str, Any]) -> Iterator[str]:
    """Tables whose values are not those that the record has the fingerprints of."""
    marks = {"runs": file_fingerprint(thing.path / "runs.parquet"), "points": fingerprint(points_of(thing.path))}
    for name, mark in marks.items():
        if mark != about["tables"][name]["sha256"]:
            yield f"{name}.parquet was changed: its fingerprint is not the one in design.json"


def points_of(folder: Path) -> pd.DataFrame:
    """The points of a sweep as its fingerprint is of them."""
    frame: pd.DataFrame = parquet(folder / "points.parquet").read().drop_columns(["address"]).to_pandas()
    return frame


def _other_points(about: dict[str, Any], design: Design, points: pd.DataFrame, marks: list[bytes]) -> Iterator[str]:
    """Where the points are not those that the design gives, or their addresses not those of their content."""
    if about["design"]["method"] not in GIVEN:
        here = design_of(about).points()
        if len(here) != len(points):
            yield f"points: {len(points):,} there, the design gives {len(here):,}"
            return
        for name in design.names:
            for k in np.flatnonzero(here[name].astype(str).to_numpy() != points[name].astype(str).to_numpy()):
                yield f"point {k}, {name}: {points[name][k]} there, {here[name][k]} by the design"
    for number, (old, new) in enumerate(zip(points["address"], marks, strict=True)):
        if old != new:
            yield f"point {number}: its address is not that of its content"


def _other_runs(there: Sweep, again: Sweep, chosen: list[int], runs: int) -> Iterator[str]:
    """Where runs are not those made again."""
    old, new = there.points.iloc[chosen], again.points
    for place, *states in zip(chosen, old["status"], old["error"], new["status"], new["error"], strict=True):
        if states[:2] != states[2:]:
            yield f"point {place}: {states[0]} {states[1]} there, {states[2]} {states[3]} made again"
    rows = _rows(again, ["point", "run"], None, runs)
    places = [(chosen[point], run) for point, run in rows.itertuples(index=False, name=None)]
    kept = _rows(there, ["point", "run"], chosen, runs)
    if list(kept.itertuples(index=False, name=None)) != places:
        yield f"runs: {len(kept):,} rows there, {len(places):,} made again, or in another order"
        return
    for name in again.outcomes():
        if name not in there.outcomes():
            yield f"runs: has no column {name}"
            continue
        a, b = (_rows(one, [name], which, runs)[name].to_numpy() for one, which in ((there, chosen), (again, None)))
        for k in unequal(a, b):
            yield f"runs, point {places[k][0]}, run {places[k][1]}, {name}: {a[k]} there, {b[k]} made again ({gap(a[k], b[k])})"


def _rows(sweep: Sweep, columns: list[str], points: list[int] | None, runs: int) -> pd.DataFrame:
    """Columns of the runs table, of some points and the first runs of each."""
    everything = points is None or len(points) == sweep.about["points"]
    which = [("run", "<=", runs)] + ([] if everything else [("point", "in", points)])
    parquet(sweep.folder / "runs.parquet")  # refuses what is no table of a sane size
    frame: pd.DataFrame = pq.read_table(sweep.folder / "runs.parquet", columns=columns, filters=which).to_pandas()
    return frame
