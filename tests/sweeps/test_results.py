"""A table of a finished sweep is read as it was written or not at all, and nothing changed goes into the next sweep."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.study.parquet import fingerprint
from sim.sweeps import open_sweep
from tests.study.worlds import change_marked, change_number, change_record
from tests.sweeps.worlds import contents, listed, planted

TWO = listed(0.0, 1.0)
MORE = listed(0.0, 1.0, 2.0, runs=5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sim.sweep(TWO, tmp_path / "w", workers=1, model=planted)
    return tmp_path / "w"


def test_changed_runs_are_refused_when_they_are_read(folder: Path) -> None:
    change_number(folder, "runs", "square", 1.0)
    sweep, said = (
        open_sweep(folder),
        r"runs\.parquet: was changed: the SHA-256 of its values is \w+…, and design\.json has \w+…; put",
    )
    assert len(sweep.points) == 2 and sweep.outcomes() == ["y", "square"]
    for read in (lambda: sweep.runs, lambda: sweep.column("y"), sweep.summary, sweep.means, sweep.check):
        with pytest.raises(sim.InputError, match=said):
            read()


def test_changed_points_are_refused_when_they_are_read(folder: Path) -> None:
    points = pd.read_parquet(folder / "points.parquet")
    points.assign(x=[0.0, 1.5]).to_parquet(folder / "points.parquet")
    sweep, said = open_sweep(folder), r"points\.parquet: was changed: the SHA-256"
    for read in (lambda: sweep.points, lambda: sweep.column("y"), sweep.summary, lambda: sweep.design, sweep.check):
        with pytest.raises(sim.InputError, match=said):
            read()
    assert len(sweep.runs) == 6


@pytest.mark.parametrize("design", [TWO, MORE], ids=["the same", "more"])
@pytest.mark.parametrize(("table", "column"), [("runs", "square"), ("points", "x")])
def test_a_changed_sweep_is_neither_taken_for_done_nor_taken_from(
    folder: Path, design: sim.Design, table: str, column: str
) -> None:
    frame = pd.read_parquet(folder / f"{table}.parquet")
    frame.assign(**{column: frame[column] + 1.0}).to_parquet(folder / f"{table}.parquet")
    before = contents(folder)
    with pytest.raises(sim.InputError, match=rf"{table}\.parquet: was changed"):
        sim.sweep(design, folder, workers=1, model=planted)
    assert contents(folder) == before


def test_the_runs_are_checked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.study import parquet

    checked: list[Path] = []
    there = parquet.file_fingerprint
    monkeypatch.setattr(parquet, "file_fingerprint", lambda path: checked.append(path) or there(path))
    sweep = open_sweep(folder)
    assert not checked
    sweep.summary()
    assert len(sweep.runs) == 6 and checked == [folder / "runs.parquet"]


def test_a_record_changed_in_any_place_is_refused(folder: Path) -> None:
    change_record(folder / "design.json", lambda about: about["tables"]["runs"].update(rows=5))
    with pytest.raises(sim.InputError, match=r"design\.json: was changed or damaged"):
        open_sweep(folder)


def test_a_sweep_whose_record_has_no_fingerprints_is_read_and_gone_on_with(folder: Path) -> None:
    change_marked(folder / "design.json", lambda about: about.pop("tables"))
    assert len(open_sweep(folder).runs) == 6
    grown = sim.sweep(MORE, folder, workers=1, model=planted)
    assert len(grown.runs) == 15
    assert grown.about["tables"]["runs"]["sha256"] == fingerprint(pd.read_parquet(folder / "runs.parquet"))
