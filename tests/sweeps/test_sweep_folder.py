"""A sweep on disk survives kills, full disks and second writers; what it holds is found again by content."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.cite.citable import find
from sim.errors import InputError
from sim.files import atomic
from sim.study.parquet import fingerprint
from sim.study.provenance import digest
from sim.sweeps import Design, Factor, parts, pool
from sim.sweeps.record import design_hash
from tests.study.test_study_folder import Death, Mortal, damages
from tests.study.worlds import OTHER, SMALL, TINY, TINY_FILE, full_from
from tests.sweeps.worlds import RATE, Counted, contents, listed, planted, tiny_design

FOUR = listed(0.0, 1.0, 2.0, 3.0)


@pytest.fixture
def single(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest batches: of three runs of a point, the first is one and the others are another."""
    monkeypatch.setattr(pool, "SHORTEST", 0.0)


def swept(design: Design, folder: Path, **more: Any) -> sim.Sweep:
    return sim.sweep(design, folder, workers=1, **{"model": planted, **more})


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """The files of a sweep that ran through."""
    swept(FOUR, tmp_path / "whole")
    return contents(tmp_path / "whole")


def test_points_and_runs_are_as_simulated_one_by_one(tmp_path: Path) -> None:
    design = tiny_design()
    sweep = sim.sweep(design, tmp_path / "s")
    from sim.engine import simulate

    for point in range(len(design)):
        expected = simulate(design.scenario(point), 1, range(1, 4)).runs
        found = sweep.runs[sweep.runs["point"] == point].drop(columns="point").reset_index(drop=True)
        shorter = [name for name in found if name not in expected]
        assert found[shorter].isna().all(axis=None)
        pd.testing.assert_frame_equal(found[list(expected)], expected, check_exact=True)
    assert list(sweep.points) == ["point", "rate", "reps", "months", "status", "error"]
    pd.testing.assert_frame_equal(sweep.points[["point", *design.names]], design.points())
    field = pq.read_schema(tmp_path / "s" / "runs.parquet").field("npv")
    assert field.metadata == {b"unit": b"EUR", b"meaning": b"profit of all months, discounted to the start"}


def test_every_point_has_the_same_random_numbers() -> None:
    runs = sim.sweep(FOUR, model=planted).runs
    noise = (runs["y"] - runs["point"]).to_numpy().reshape(4, 3)
    np.testing.assert_allclose(noise, noise[[0]].repeat(4, axis=0), atol=1e-12)
    same = Factor("title", "title", levels=["a", "b"])  # a label: no result depends on it
    npv = sim.sweep(Design(SMALL, [same], method="grid", runs=2)).column("npv")
    assert (npv[0] == npv[1]).all()


def test_the_record_says_what_made_the_sweep(tmp_path: Path) -> None:
    sweep = sim.sweep(tiny_design(title="T"), tmp_path / "s")
    about = json.loads((tmp_path / "s" / "design.json").read_text())
    mark = about.pop("sha256")
    assert about == sweep.about and mark == digest(about)
    assert about["base"]["months"] == 3
    assert (about["seed"], about["runs"], about["points"], about["complete"]) == (1, 3, 6, True)
    assert {"versions", "machine", "source", "daarna", "date", "command", "design_hash"} <= set(about)
    stored = pq.read_table(tmp_path / "s" / "runs.parquet").to_pandas()
    assert about["tables"]["runs"] == {"rows": 18, "sha256": fingerprint(stored)}


# 1 record, 2 parts for each of 4 points, 1 record, 2 tables, 1 record, the parts' removal, the crate
@pytest.mark.parametrize("at", range(1, 16))
@pytest.mark.usefixtures("single")
def test_a_death_at_any_step_loses_no_finished_run_and_leaves_no_half_sweep(
    at: int, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, at)
        swept(FOUR, folder)
    if at < 14:
        with pytest.raises(sim.DaarnaError, match="no whole"):
            sim.open(folder)
    there = len(list(folder.glob("parts/*.arrow")))
    assert there == (min(max(at - 2, 0), 8) if at < 15 else 0)
    told: list[tuple[int, int]] = []
    swept(FOUR, folder, progress=lambda *now: told.append(now))
    assert told[0] == (3 * (there // 2) + there % 2 if at < 14 else 12, 12)
    assert contents(folder) == whole


@pytest.mark.usefixtures("single")
def test_a_finished_sweep_is_not_simulated_again(tmp_path: Path) -> None:
    counted = Counted()
    first = swept(FOUR, tmp_path / "s", model=counted)
    second = swept(FOUR, tmp_path / "s", model=counted)
    assert counted.runs == {x: [1, 2, 3] for x in (0.0, 1.0, 2.0, 3.0)}
    pd.testing.assert_frame_equal(first.runs, second.runs)


def test_only_what_a_changed_design_does_not_have_is_simulated(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    for design, expected in (
        (FOUR, {0.0: [1, 2, 3], 1.0: [1, 2, 3], 2.0: [1, 2, 3], 3.0: [1, 2, 3]}),
        (listed(0.0, 1.0, 2.5, 3.0), {2.5: [1, 2, 3]}),  # a point changed
        (listed(0.0, 1.0, 7.0, 2.5, 3.0), {7.0: [1, 2, 3]}),  # a point added
        (listed(3.0, 0.0), {}),  # points left out, in another order
        (listed(3.0, 0.0, runs=5), {3.0: [4, 5], 0.0: [4, 5]}),  # more runs
        (listed(3.0, 0.0, runs=2), {}),  # fewer
    ):
        counted = Counted()
        swept(design, folder, model=counted)
        assert counted.runs == expected
        swept(design, tmp_path / f"new-{len(list(tmp_path.iterdir()))}", model=Counted())
        newest = max(tmp_path.glob("new-*"), key=lambda path: int(path.name[4:]))
        assert contents(folder) == contents(newest)


def test_only_points_of_a_changed_file_are_simulated_again(tmp_path: Path) -> None:
    """An address depends on every factor's path and value, and on what a file says."""
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "other.toml").write_text('extends = "tiny.toml"\nscheme = { components = [] }\n')
    design = (
        'base = "tiny.toml"\nruns = 1\n[[factors]]\npath = "scheme"\nlevels = ["tiny.toml", "other.toml"]\n'
        '[[factors]]\npath = "market.success"\nlevels = [0.1, 0.2, 0.3]\n'
    )
    (tmp_path / "d.toml").write_text(design)

    def left() -> int:
        told: list[tuple[int, int]] = []
        sim.sweep(tmp_path / "d.toml", tmp_path / "s", workers=1, progress=lambda *now: told.append(now))
        return told[0][1] - told[0][0]

    assert left() == 6
    assert left() == 0
    (tmp_path / "other.toml").write_text('extends = "tiny.toml"\ntitle = "a label"\nscheme = { components = [] }\n')
    assert left() == 0
    (tmp_path / "other.toml").write_text('extends = "tiny.toml"\nscheme = { components = [], survey_noise = 0.5 }\n')
    assert left() == 3
    (tmp_path / "d.toml").write_text(design.replace("0.2", "0.25"))
    assert left() == 2
    (tmp_path / "d.toml").write_text(design.replace("0.2", "0.25").replace("market.success", "market.referred_success"))
    with pytest.raises(sim.InputError, match="has no point in common"):
        left()


def test_a_changed_design_that_was_killed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, new = tmp_path / "s", listed(5.0, 2.0, 0.0)
    swept(new, tmp_path / "new")
    for at in range(1, 7):  # record, part, record, runs, points, record
        swept(FOUR, folder)
        with monkeypatch.context() as patch, pytest.raises(Death):
            Mortal(patch, at)
            swept(new, folder)
        swept(new, folder)
        assert contents(folder) == contents(tmp_path / "new")


def test_points_of_one_content_are_simulated_once(tmp_path: Path) -> None:
    counted, told = Counted(), []
    sweep = swept(listed(1.0, 2.0, 1.0), tmp_path / "s", model=counted, progress=lambda *now: told.append(now))
    assert counted.runs == {1.0: [1, 2, 3], 2.0: [1, 2, 3]}
    assert sweep.column("y")[0].tolist() == sweep.column("y")[2].tolist()
    assert (told[0], told[-1]) == ((0, 9), (9, 9))


def test_a_failing_point_is_recorded_and_does_not_stop_the_others(tmp_path: Path) -> None:
    sweep = swept(listed(1.0, -2.0, 3.0), tmp_path / "s")
    assert sweep.points["status"].tolist() == ["ok", "failed", "ok"]
    assert sweep.failures.to_dict("records") == [{"point": 1, "x": -2.0, "error": "ValueError: x is -2.0"}]
    assert sweep.about["failing_points"] == 1
    assert sweep.runs["point"].tolist() == [0] * 3 + [2] * 3
    assert np.isnan(sweep.column("y")[1]).all()
    assert sweep.means(["square"])["square"].tolist()[::2] == [1.0, 9.0]
    before = contents(tmp_path / "s")
    swept(listed(1.0, -2.0, 3.0), tmp_path / "s")  # tried again, and failing again
    assert contents(tmp_path / "s") == before
    swept(listed(1.0, 3.0), tmp_path / "s")
    assert sim.open(tmp_path / "s").failures.empty


def test_a_combination_that_is_no_scenario_is_a_failing_point() -> None:
    seats = Factor("seats", "reps.absent", levels={"none": [], "third": [2]})
    sweep = sim.sweep(Design(TINY, [seats, Factor("reps", "reps.count", levels=[2, 3])], method="grid", runs=1))
    assert sweep.points["status"].tolist() == ["ok", "ok", "failed", "ok"]
    assert sweep.failures["error"].tolist() == ["vary: reps.absent: found [2], but seats run from 0 to 1"]


def test_when_all_points_fail_there_is_a_sweep_without_runs(tmp_path: Path) -> None:
    sweep = swept(listed(-1.0, -2.0), tmp_path / "s")
    assert (len(sweep.runs), len(sweep.failures)) == (0, 2)
    assert list(sweep.summary()) == ["point", "outcome", "mean", "standard_error", "q05", "q50", "q95", "n"]
    assert (len(sweep.summary()), len(sweep.means()), sweep.outcomes()) == (0, 2, [])
    assert "2 points" in repr(sweep)
    for asked in (lambda: sweep.summary("y"), lambda: sweep.means(["y"]), lambda: sweep.column("y")):
        with pytest.raises(
            sim.InputError, match="no point could be simulated, so there are no outcomes; the first says: ValueError"
        ):
            asked()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (pd.DataFrame({"run": [1, 2]}), "model: must return a data frame with the column run and at least one outcome"),
        (pd.DataFrame({"run": [1, 3], "y": [0, 0]}), "model: must return one row for each run from 1 to 2, in order"),
        (pd.DataFrame({"run": [1, 2], "y": ["a", "b"]}), 'model: returned the column "y", allowed are outcomes that are numbers'),
        (None, "model: must return a data frame with the column run and at least one outcome"),
    ],
)
def test_a_model_that_returns_no_runs_table_fails(made: Any, expected: str) -> None:
    sweep = sim.sweep(listed(1.0, runs=2), model=lambda point, seed, runs: made)
    assert sweep.failures["error"].tolist() == [expected]


def test_another_sweep_in_the_folder_is_refused_and_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "s"
    design = Design(TINY, [Factor("rate", RATE, levels=[0.1, 0.2])], method="grid", runs=2)
    sim.sweep(design, folder)
    before = contents(folder) | {"design.json": (folder / "design.json").read_bytes()}
    changed = TINY.with_(customers={"at_start": 5})
    for other, why in (
        (Design(changed, design.factors, method="grid", runs=2), "base.customers.at_start is 4 there and 5 here"),
        (Design(TINY, design.factors, method="grid", runs=2, seed=2), "seed is 1 there and 2 here"),
        (Design(TINY, [Factor("rate", RATE, levels=[0.3])], method="grid"), "has no point in common with this one"),
        (Design(TINY, [Factor("scheme", "scheme", levels={"none": OTHER})], method="grid"), "has no point in common"),
    ):
        with pytest.raises(sim.InputError, match=f"{re.escape(str(folder))}: holds .*{re.escape(why)}"):
            sim.sweep(other, folder)
    with monkeypatch.context() as patch:
        patch.setattr("sim.study.provenance.source_hash", lambda: "0123")
        with pytest.raises(sim.InputError, match=r"another version of the model made it: daarna .*, model source "):
            sim.sweep(design, folder)
    with pytest.raises(sim.InputError, match="model"):
        sim.sweep(design, folder, model=planted)
    assert contents(folder) | {"design.json": (folder / "design.json").read_bytes()} == before


def test_a_folder_in_use_or_of_something_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    with atomic.lock(folder), pytest.raises(sim.InputError, match=rf"another process \({os.getpid()}\) is writing a sweep there"):
        swept(FOUR, folder)
    sim.run(TINY, runs=1, out=tmp_path / "study")
    with pytest.raises(sim.InputError, match=r"holds study\.json and no design\.json"):
        swept(FOUR, tmp_path / "study")
    swept(FOUR, folder)
    with pytest.raises(sim.InputError, match=r"holds runs\.parquet and no study\.json"):
        sim.run(TINY, runs=1, out=folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(sim.InputError, match="file: the sweep cannot be written there: it is a file"):
        swept(FOUR, tmp_path / "file")
    (folder / "design.json").write_text("{")
    with pytest.raises(sim.InputError, match=r"design.json: cannot be read as the record of a study"):
        swept(FOUR, folder)


@pytest.mark.usefixtures("single")
@pytest.mark.parametrize("at", [1, 4, 9, 20, 22, 24])
def test_a_disk_that_fills_up_says_what_is_safe(
    at: int, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    with monkeypatch.context() as patch, pytest.raises(sim.DaarnaError, match="No space left on device") as told:
        patch.setattr(os, "fsync", full_from(at))
        swept(FOUR, folder)
    assert not isinstance(told.value, sim.InputError)
    there = len(list(folder.glob("parts/*.arrow")))
    if "nothing was simulated" not in str(told.value):
        said = re.search(r"(\d+) of 12 runs are safe", str(told.value))
        assert said is not None
        assert 3 * (there - 1) / 2 - 1 <= int(said[1]) <= 3 * there / 2
    else:
        assert not there
    assert not list(folder.glob("**/.*.part"))
    swept(FOUR, folder)
    assert contents(folder) == whole


@pytest.mark.usefixtures("single")
def test_a_damaged_part_is_simulated_again_and_that_is_said(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    killed = tmp_path / "killed"
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, 8)
        swept(FOUR, killed)
    part = next(killed.glob("parts/*.arrow")).relative_to(killed)
    for number, damaged in enumerate(damages((killed / part).read_bytes())):
        folder = tmp_path / str(number)
        shutil.copytree(killed, folder)
        (folder / part).write_bytes(damaged)
        caplog.clear()
        swept(FOUR, folder)
        assert contents(folder) == whole
        assert [one.message.partition(":")[0] for one in caplog.records] == [str(folder / part)]


def test_a_damaged_table_of_a_sweep_that_is_being_changed_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows would go into the new table, under a fingerprint of their own."""
    folder, new = tmp_path / "s", listed(0.0, 1.0, 5.0)
    swept(new, tmp_path / "new")
    swept(FOUR, folder)
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, 2)
        swept(new, folder)
    table = pq.read_table(folder / "runs.parquet")
    pq.write_table(table.set_column(table.schema.get_field_index("y"), "y", pa.array(np.zeros(12))), folder / "runs.parquet")
    swept(new, folder)
    assert contents(folder) == contents(tmp_path / "new")


@pytest.mark.usefixtures("single")
def test_parts_are_merged_before_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = listed(*map(float, range(40)), runs=2)
    swept(design, tmp_path / "whole")
    monkeypatch.setattr(parts, "MERGE", 5)
    monkeypatch.setattr("sim.sweeps.sweep_folder.MERGE", 5)
    most = 0

    def watch(done: int, total: int) -> None:
        nonlocal most
        most = max(most, len(list((tmp_path / "s" / "parts").glob("*.arrow"))))

    swept(design, tmp_path / "s", progress=watch)
    assert 5 < most <= 25
    assert contents(tmp_path / "s") == contents(tmp_path / "whole")


def test_a_sweep_without_a_folder_lives_as_long_as_its_result() -> None:
    sweep = sim.sweep(FOUR, model=planted)
    folder = sweep.folder
    assert folder.exists()
    assert len(sweep.runs) == 12
    del sweep
    assert not folder.exists()


def test_a_model_beside_a_base_keeps_its_own_outcomes() -> None:
    def doubled(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        return pd.DataFrame({"run": list(runs), "twice": 2.0 * point["rate"]})

    sweep = sim.sweep(tiny_design(), model=doubled)
    assert list(sweep.runs) == ["point", "run", "twice"]
    assert np.allclose(sweep.column("twice")[:, 0], 2.0 * sweep.points["rate"])


def test_a_design_needs_a_base_or_a_model() -> None:
    with pytest.raises(sim.InputError, match="base: found none; a design without a model needs"):
        sim.sweep(FOUR)
    with pytest.raises(sim.InputError, match="workers: found 0, allowed is at least 1"):
        sim.sweep(FOUR, workers=0, model=planted)
    with pytest.raises(sim.InputError, match=r"design: found a Scenario, allowed is a sim.Design"):
        sim.sweep(TINY)  # type: ignore[arg-type]
    with pytest.raises(sim.InputError, match=r"executor: found 5, allowed is a concurrent.futures.Executor"):
        sim.sweep(FOUR, executor=5, model=planted)  # type: ignore[arg-type]
    with pytest.raises(sim.InputError, match="model: found 5, allowed is a function"):
        sim.sweep(FOUR, model=5)  # type: ignore[arg-type]
    with pytest.raises(sim.InputError, match="open: expected the path of a folder, or of a design file, got 5"):
        sim.open(5)  # type: ignore[arg-type]
    with pytest.raises(sim.InputError, match="out: found an empty text"):
        sim.sweep(FOUR, out="", model=planted)


def test_tables_carry_what_determines_their_numbers(tmp_path: Path) -> None:
    swept(tiny_design(points=2, runs=2), tmp_path / "s", model=None)
    sweep = sim.open(tmp_path / "s")
    for name in ("runs", "points"):
        kept = json.loads(pq.read_schema(tmp_path / "s" / f"{name}.parquet").metadata[b"daarna"])
        assert kept["base"] == sweep.about["base"] and kept["design"] == sweep.about["design"]
        assert kept["design_hash"] == design_hash(kept) and "date" not in kept
    with pytest.raises(InputError, match="is a table of a sweep; name the sweep's folder"):
        find(str(tmp_path / "s" / "runs.parquet"))
