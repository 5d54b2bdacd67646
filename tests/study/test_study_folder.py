"""A study on disk survives kills, full disks and second writers; what reads as whole is whole."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
import sim.engine
from sim.files import atomic
from sim.study import parquet
from sim.study.parquet import fingerprint
from sim.study.provenance import CIRCUMSTANCES, record
from sim.study.study_folder import StudyFolder
from tests.study.worlds import LONGER, OTHER, SMALL, TINY, contents, full_from, record_of, run_module, values

RUNS = 4


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """The files of a study that ran through."""
    sim.run([TINY, LONGER], runs=RUNS, out=tmp_path / "whole")
    return contents(tmp_path / "whole")


def again(folder: Path) -> sim.Study:
    return sim.run([TINY, LONGER], runs=RUNS, out=folder, workers=1)


def test_a_study_can_be_opened_again(tmp_path: Path) -> None:
    study = sim.run(SMALL, runs=4, customers=True)
    study.save(tmp_path / "s")
    opened = sim.open(tmp_path / "s")
    for name in parquet.TABLES:
        pd.testing.assert_frame_equal(getattr(opened, name), getattr(study, name), check_exact=True)
        assert opened.about["tables"][name]["sha256"] == fingerprint(getattr(study, name))
    assert (opened.names, opened.seed, opened.engine, opened.currency) == (["small"], 1, "compiled", "EUR")
    field = pq.read_schema(tmp_path / "s" / "runs.parquet").field("npv")
    assert field.metadata == {b"unit": b"EUR", b"meaning": b"profit of all months, discounted to the start"}
    assert sim.run(SMALL, runs=1).customers is None


def test_the_record_says_what_made_the_study(tmp_path: Path) -> None:
    sim.run([SMALL, OTHER], runs=2, seed=9, out=tmp_path / "s")
    about = json.loads((tmp_path / "s" / "study.json").read_text())
    assert about["scenarios"] == [SMALL.canonical(), OTHER.canonical()]
    assert (about["seed"], about["runs"], about["engine"], about["names"]) == (9, 2, "compiled", ["small", "other"])
    assert {"versions", "machine", "content_hash", "source", "daarna", "date", "command"} <= set(about)
    assert about["tables"]["months"]["rows"] == 2 * 2 * 14


def test_a_table_carries_when_and_by_which_command_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/daarna", "run", "tiny.toml"])
    sim.run(TINY, runs=1, out=tmp_path / "s")
    about = json.loads((tmp_path / "s" / "study.json").read_text())
    for path in (tmp_path / "s").glob("*.parquet"):
        record = record_of(path)
        assert (record["date"], record["command"]) == ("2023-11-14T22:13:20+00:00", "daarna run tiny.toml")
        assert {key: record[key] for key in CIRCUMSTANCES} == {key: about[key] for key in CIRCUMSTANCES}


def test_a_continued_study_has_the_bytes_of_its_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(folder: Path, second: int, command: str) -> sim.Study:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second))
        monkeypatch.setattr("sys.argv", ["daarna", command])
        return again(folder)

    start(tmp_path / "whole", 1, "first")
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, 4)
        start(tmp_path / "s", 1, "first")
    study = start(tmp_path / "s", 2, "second")
    assert contents(tmp_path / "s") == contents(tmp_path / "whole")
    assert [(one["command"], one["date"][-8:]) for one in study.about["continued"]] == [("daarna second", "02+00:00")]
    start(tmp_path / "later", 2, "first")
    assert contents(tmp_path / "later") != contents(tmp_path / "whole") and values(tmp_path / "later") == values(
        tmp_path / "whole"
    )


def test_a_time_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(sim.InputError, match="SOURCE_DATE_EPOCH: found 'yesterday', allowed is a whole number of seconds"):
        sim.run(TINY, runs=1)


class Death(BaseException):
    """The process is no more."""


class Mortal:
    """Kills whoever writes: at the n-th rename, before it takes place; the dead do not clean up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        self.left, self.dead = at, False
        replace, unlink, rmtree = os.replace, Path.unlink, shutil.rmtree

        def mortal_replace(*names: Any) -> None:
            self.step()
            replace(*names)

        def mortal_rmtree(*arguments: Any, **options: Any) -> None:
            self.step()
            rmtree(*arguments, **options)

        monkeypatch.setattr(os, "replace", mortal_replace)
        monkeypatch.setattr(shutil, "rmtree", mortal_rmtree)
        monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: None if self.dead else unlink(path, missing_ok))

    def step(self) -> None:
        self.left -= 1
        if self.dead or self.left == 0:
            self.dead = True
            raise Death


# 1 record, 2 * RUNS parts, 5 tables, 1 record, the parts' removal
@pytest.mark.parametrize("at", range(1, 2 * RUNS + 9))
def test_a_death_at_any_step_loses_no_finished_run_and_leaves_no_half_study(
    at: int, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, at)
        again(folder)
    if at < 2 * RUNS + 8:
        with pytest.raises(sim.DaarnaError, match="no whole study"):
            sim.open(folder)
    else:
        sim.open(folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("parts/*.arrow")}
    assert len(before) == min(max(at - 2, 0), 2 * RUNS)
    simulated: list[range] = []
    simulate = run_module._simulate
    monkeypatch.setattr(run_module, "_simulate", lambda *a: (simulated.append(a[2]), simulate(*a))[1])
    again(folder)
    assert sum(map(len, simulated)) == 2 * RUNS - len(before)
    assert contents(folder) == whole


def test_a_finished_study_is_not_simulated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = again(tmp_path / "s")
    monkeypatch.setattr(run_module, "_simulate", None)
    told: list[tuple[int, int]] = []
    second = sim.run([TINY, LONGER], runs=RUNS, out=tmp_path / "s", progress=lambda *now: told.append(now))
    assert told == [(2 * RUNS, 2 * RUNS)]
    pd.testing.assert_frame_equal(first.runs, second.runs)


@pytest.mark.parametrize("at", [1, 2, 7, 12, 17, 25])
def test_a_disk_that_fills_up_says_what_is_safe(
    at: int, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    with monkeypatch.context() as patch, pytest.raises(sim.DaarnaError, match="No space left on device") as told:
        patch.setattr(os, "fsync", full_from(at))
        again(folder)
    assert not isinstance(told.value, sim.InputError)
    there = len(list(folder.glob("parts/*.arrow")))
    if (folder / "parts").exists():
        said = re.search(rf"(\d+) of {2 * RUNS} runs are safe", str(told.value))
        assert said is not None
        assert there - 1 <= int(said[1]) <= there  # the last one may be there, and not be known to survive a power cut
    else:
        assert "nothing was simulated" in str(told.value)
    again(folder)
    assert contents(folder) == whole


def test_a_disk_that_fills_up_inside_a_parquet_file(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, file: Any) -> None:
            self.file, self.closed = file, False

        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    make = parquet.TableWriter.__init__
    with (
        monkeypatch.context() as patch,
        pytest.raises(sim.DaarnaError, match=f"No space left.*{2 * RUNS} of {2 * RUNS} runs are safe"),
    ):
        patch.setattr(parquet.TableWriter, "__init__", lambda self, file, *rest: make(self, Full(file), *rest))
        again(tmp_path / "s")
    again(tmp_path / "s")
    assert contents(tmp_path / "s") == whole


def test_a_second_writer_is_refused_and_damages_nothing(whole: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "s"
    first = StudyFolder(folder, record([TINY, LONGER], 1, RUNS, "compiled", False, None))
    with first, pytest.raises(sim.InputError, match=rf"another process \({os.getpid()}\) is writing"):
        again(folder)
    again(folder)
    assert contents(folder) == whole


def test_the_lock_of_a_dead_process_binds_nobody(tmp_path: Path) -> None:
    (tmp_path / atomic.LOCK).write_text("4711\n")
    with atomic.lock(tmp_path), pytest.raises(atomic.BusyError), atomic.lock(tmp_path):
        pass
    assert not (tmp_path / atomic.LOCK).exists()


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"runs": RUNS + 1}, "runs is 4 there and 5 here"),
    ({"seed": 2}, "seed is 1 there and 2 here"),
    ({"customers": True}, "customers is false there and true here"),
    ({"engine": "mesa"}, 'engine is "compiled" there and "mesa" here'),
    ({"scenarios": [TINY.with_(reps={"count": 2}), LONGER]}, r"scenarios\[0\].reps.count is 1 there and 2 here"),
    ({"scenarios": [TINY]}, "names is"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES, ids=[next(iter(change)) for change, _ in CHANGES])
def test_another_study_is_refused_and_damages_nothing(
    change: dict[str, Any], message: str, whole: dict[str, bytes], tmp_path: Path
) -> None:
    arguments = {"scenarios": [TINY, LONGER], "runs": RUNS} | change
    with pytest.raises(sim.InputError, match=f"holds another study .*{message}"):
        sim.run(**arguments, out=tmp_path / "whole")
    if "engine" not in change:  # the Mesa model is slow to start
        with pytest.raises(sim.InputError, match="holds another study"):
            sim.run(**arguments).save(tmp_path / "whole")
    assert contents(tmp_path / "whole") == whole


def test_the_study_of_another_model_source_is_refused(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.provenance.source_hash", lambda: "another")
    with pytest.raises(sim.InputError, match=r"another version of the model made it: daarna .*, model source [0-9a-f]{16}"):
        again(tmp_path / "whole")
    assert contents(tmp_path / "whole") == whole


def test_the_study_of_another_mesa_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = sim.engine.simulate  # the Mesa model is slow to start
    monkeypatch.setattr(run_module, "_simulate", lambda scenario, seed, numbers, *rest: compiled(scenario, seed, numbers))

    class Idle(sim.RepAgent):
        def plan(self) -> None:
            self.hunting, self.nurturing = 0.0, 0.0

    class Idlers(sim.BookModel):
        rep_class = Idle

    sim.run(TINY, runs=1, engine="mesa", model=Idlers, out=tmp_path / "s")
    sim.run(TINY, runs=1, engine="mesa", model=Idlers, out=tmp_path / "s")
    with pytest.raises(sim.InputError, match="another BookModel"):
        sim.run(TINY, runs=1, engine="mesa", out=tmp_path / "s")


def test_files_that_are_no_study_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "runs.parquet").write_text("mine")
    with pytest.raises(sim.InputError, match=r"holds runs\.parquet and no study\.json"):
        again(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["runs.parquet"]
    (tmp_path / "study.json").write_text("{ half")
    with pytest.raises(sim.InputError, match="cannot be read as the record of a study"):
        again(tmp_path)
    assert (tmp_path / "runs.parquet").read_text() == "mine"


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "s"):
        with pytest.raises(sim.InputError, match="cannot be written there"):
            again(place)


def damages(content: bytes) -> Iterator[bytes]:
    """A file with one bit changed here and there, with its end cut off, with something after it, and empty."""
    for place in (*range(0, len(content), len(content) // 12), *range(-40, 0, 5)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        yield bytes(changed)
    yield from (content[:100], content[:-1], content + b"\0", b"")


def test_a_damaged_part_is_simulated_again_and_that_is_said(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with a part, be it in its tables or its digest, the study is the one that ran through."""
    killed = tmp_path / "killed"
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, 6)
        again(killed)
    part = Path("parts") / "0000-2-2.arrow"
    for number, damaged in enumerate(damages((killed / part).read_bytes())):
        folder = tmp_path / str(number)
        shutil.copytree(killed, folder)
        (folder / part).write_bytes(damaged)
        caplog.clear()
        again(folder)
        assert contents(folder) == whole
        assert [record.message for record in caplog.records] == [
            f"{folder / part}: was damaged, or belongs to something else; what it held is simulated again"
        ]


def test_a_damaged_record_is_refused_or_written_again(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where parts show whose it was it is written again; of a finished study, whose tables need it, it is refused."""
    killed, done = tmp_path / "killed", tmp_path / "whole" / "study.json"
    with monkeypatch.context() as patch, pytest.raises(Death):
        Mortal(patch, 6)
        again(killed)
    for number, damaged in enumerate(damages((killed / "study.json").read_bytes())):
        folder = tmp_path / str(number)
        shutil.copytree(killed, folder)
        (folder / "study.json").write_bytes(damaged)
        caplog.clear()
        again(folder)
        assert contents(folder) == whole
        assert caplog.messages in ([f"{folder / 'study.json'}: was damaged; it is written again"], [])
        assert caplog.messages or json.loads(damaged) == json.loads((killed / "study.json").read_bytes())  # white space
    content = done.read_bytes()
    for damaged in damages(content):
        done.write_bytes(damaged)
        try:
            same = json.loads(damaged) == json.loads(content)
        except ValueError:
            same = False
        for use in (sim.open, again):
            if not same:
                with pytest.raises(sim.InputError, match=r"study\.json|holds no whole study"):
                    use(tmp_path / "whole")
    done.write_bytes(content)
    assert contents(tmp_path / "whole") == whole


@pytest.mark.parametrize("name", ["0000-3-3", "0009-1-1", "0000-1-x", "0001-2-2", "notes"])
def test_a_part_under_another_name_or_of_another_study_is_not_used(
    name: str, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for folder, seed in ((tmp_path / "s", 1), (tmp_path / "other", 2)):
        with monkeypatch.context() as patch, pytest.raises(Death):
            Mortal(patch, 6)
            sim.run([TINY, LONGER], runs=RUNS, out=folder, workers=1, seed=seed)
    shutil.copy(tmp_path / "s" / "parts" / "0000-2-2.arrow", tmp_path / "s" / "parts" / f"{name}.arrow")
    shutil.copy(tmp_path / "other" / "parts" / "0000-1-1.arrow", tmp_path / "s" / "parts" / "0000-1-1.arrow")
    again(tmp_path / "s")
    assert contents(tmp_path / "s") == whole and len(caplog.records) == 2


def test_tables_are_read_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = again(tmp_path / "s")
    (tmp_path / "s" / "months.parquet").write_bytes(b"not Parquet")
    assert len(study.summary()) > 0
    with pytest.raises(sim.DaarnaError, match=r"months\.parquet: cannot be read"):
        _ = study.months


def test_row_groups_and_fingerprint_do_not_depend_on_how_rows_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 7)
    again(tmp_path / "a")
    monkeypatch.setattr(run_module, "CHUNKS_PER_WORKER", 1)
    again(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert pq.ParquetFile(tmp_path / "a" / "months.parquet").metadata.row_group(0).num_rows == 7
    assert fingerprint(sim.open(tmp_path / "a").months) == sim.open(tmp_path / "a").about["tables"]["months"]["sha256"]
