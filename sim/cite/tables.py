"""A study's tables, simulated again run by run, and compared to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.cite.citable import Thing
from sim.cite.pictures import figures_beside
from sim.files.untrusted import parquet
from sim.recipes.study import scenarios
from sim.recipes.verdict import How, gap, sample, unequal
from sim.scenario.model import Scenario
from sim.study.parquet import TABLES, file_fingerprint

CHUNK = 64  # runs made again at a time


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
        from sim.study.study_folder import stored

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
    """With the compiled engine: the Mesa model gives the same tables, and takes hundreds of times as long."""
    from sim.engine import simulate

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
