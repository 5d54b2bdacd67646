"""Folders of studies, sweeps and designs, and tables: made again from their records, and compared to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.cite.citable import Thing
from sim.cite.documents import figures_beside
from sim.design.answer_folder import changed
from sim.engine import simulate
from sim.errors import InputError
from sim.files.csv_file import as_csv
from sim.files.untrusted import parquet, read_bytes
from sim.recipes.design import answer_again, case_of
from sim.recipes.study import scenarios
from sim.recipes.sweep import check, part_of, refuse_own_model, simulated
from sim.recipes.verdict import SAMPLE, How, Verdict, gap, sample, unequal
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scenario.path import vary
from sim.study.parquet import TABLES, file_fingerprint, fingerprint
from sim.study.results import stored
from sim.sweeps.design import GIVEN, Design
from sim.sweeps.record import design_of
from sim.sweeps.results import Sweep

CHUNK = 64  # runs made again at a time
OWN = (
    "schema_version",
    "recipe",
    "content_hash",
    "made",
    "files",
    "complete",
)  # keys of design.json that are no part of the answer


def table(thing: Thing, how: How) -> None:
    """Make the runs of a table again and compare."""
    _tables(thing, {thing.path.stem: thing.path}, how)


def study_folder(thing: Thing, how: How) -> None:
    """Make a study's runs again, draw its figures, and compare."""
    verdict = how.verdict
    paths = {name: path for name in TABLES if (path := thing.path / f"{name}.parquet").exists()}
    for name, kept in thing.about["tables"].items():
        if name not in paths:
            verdict.findings.append(f"{name}.parquet is missing")
            continue
        try:
            if file_fingerprint(paths[name]) != kept["sha256"]:
                verdict.findings.append(f"{name}.parquet was changed: its fingerprint is not the one in study.json")
        except (OSError, pa.ArrowException):
            verdict.findings.append(f"{name}.parquet cannot be read: it was cut or changed")
            del paths[name]
    _tables(thing, paths, how)
    if set(thing.about["tables"]) <= set(paths):
        figures_beside(thing, lambda: stored(thing.path, thing.about, checked=False), verdict)


def _tables(thing: Thing, paths: dict[str, Path], how: How) -> None:
    """Simulate again, chunk by chunk, and compare with the rows in the files."""
    made, quick, progress, verdict = 0, how.quick, how.progress, how.verdict
    chunks = list(_chunks(thing.about, quick))
    total = sum(len(numbers) for _, numbers in chunks)
    ready = scenarios(thing.about)
    if progress:
        progress(0, total)
    for place, numbers in chunks:
        again = _simulate(thing.about, ready[place], numbers)
        for name, path in paths.items():
            verdict.findings += _differences(name, thing.about["names"][place], path, getattr(again, name))
        made += len(numbers)
        if progress:
            progress(made, total)
    sample = f"a sample of {made:,} of {thing.about['runs'] * len(ready):,}" if quick else f"all {made:,}"
    verdict.checked.append(f"{', '.join(paths)}: {sample} runs, made again from the record")


def _chunks(about: dict[str, Any], quick: bool) -> Iterator[tuple[int, range]]:
    runs = about["runs"]
    for place in range(len(about["names"])):
        if quick:
            for number in sample(runs):
                yield place, range(number + 1, number + 2)
        else:
            for first in range(1, runs + 1, CHUNK):
                yield place, range(first, min(first + CHUNK, runs + 1))


def _simulate(about: dict[str, Any], scenario: Scenario, numbers: range) -> Any:
    """With the compiled engine: the Mesa model gives the same tables, and takes longer."""
    return simulate(scenario, about["seed"], numbers, about["customers"])


def _differences(table: str, scenario: str, path: Path, again: pd.DataFrame) -> Iterator[str]:
    first, last = int(again["run"].min()), int(again["run"].max())
    try:
        rows = [("scenario", "=", scenario), ("run", ">=", first), ("run", "<=", last)]
        parquet(path)  # refuses what is no table of a sane size
        there = pq.read_table(path, filters=rows).to_pandas()
    except (OSError, pa.ArrowException) as error:
        yield f"{path}: cannot be read: {error}"
        return
    if len(there) != len(again):
        yield f"{table}, {scenario}, runs {first} to {last}: {len(there):,} rows there, {len(again):,} made again"
        return
    for column in again:
        if column not in there:
            yield f"{table}: has no column {column}"
            continue
        old, new = there[column].to_numpy(), again[column].to_numpy()
        for k in unequal(old, new):
            yield f"{table}, {scenario}, run {again['run'].iloc[k]}, {column}: {old[k]} there, {new[k]} made again ({gap(old[k], new[k])})"


def design_folder(thing: Thing, how: How) -> None:
    """Find an answer again, compare its files, and draw its figure."""
    there = {key: value for key, value in thing.record.items() if key not in OWN}
    how.verdict.findings += [
        f"{name} was changed or is missing: it is not the one recorded" for name in changed(thing.path, thing.record)
    ]
    _check_schemes(thing, there, how.verdict)
    answer = answer_again(thing.recipe, there, how)
    if answer is None:
        return
    for name, frame in (("front.csv", answer.front), ("tried.csv", answer.points)):
        path = thing.path / name
        if not path.exists():
            how.verdict.findings.append(f"{name} is missing")
        elif read_bytes(path) != as_csv(frame).encode():
            how.verdict.findings.append(f"{name} was changed: it is not the one that the answer gives")
    figures_beside(thing, lambda: answer, how.verdict)


def _check_schemes(thing: Thing, there: dict[str, Any], verdict: Verdict) -> None:
    """Whether the scenarios in the folder are the schemes that the record reports."""
    family = case_of(thing.recipe).scenario
    assert family is not None
    schemes = {one["scheme"]: one["parameters"] for one in there["schemes"]}
    files = {f"schemes/scheme-{name}.toml": params for name, params in schemes.items()}
    for name, params in {**files, "recommended.toml": schemes[there["recommended"]]}.items():
        try:
            found = load(thing.path / name)
        except InputError as error:
            verdict.findings.append(f"{name} cannot be read: {error}")
            continue
        if found.content_hash() != vary(family, params).content_hash():
            verdict.findings.append(f"{name} was changed, or the base that it extends: it is not the scheme reported")
    verdict.checked.append(f"{len(files) + 1} scenario files, read as the schemes reported")


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
