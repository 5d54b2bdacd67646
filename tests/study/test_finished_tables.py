"""A table of a finished study is read as it was written or not at all."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.study import parquet
from sim.study.parquet import TABLES, file_fingerprint
from tests.study.worlds import LONGER, TINY, change_marked, change_number, change_record, contents

RUNS = 4


def made(folder: Path) -> sim.Study:
    return sim.run([TINY, LONGER], runs=RUNS, customers=True, out=folder, workers=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "s"
    made(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "s"))


def number_changed(folder: Path, table: str) -> str:
    """Change a number of a table; the message that is due, as a pattern."""
    kept = json.loads((folder / "study.json").read_text())["tables"][table]["sha256"]
    change_number(folder, table, "npv" if table == "runs" else pq.read_schema(folder / f"{table}.parquet").names[-1], 1.0)
    found = file_fingerprint(folder / f"{table}.parquet")
    assert found != kept
    said = (
        f"{folder / table}.parquet: was changed: the SHA-256 of its values is {found[:12]}…, and study.json has {kept[:12]}…; put"
    )
    return re.escape(said)


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_table_is_refused_when_it_is_read_and_no_other(folder: Path, table: str) -> None:
    said = number_changed(folder, table)
    opened = sim.open(folder)
    for name in TABLES:
        if name != table:
            assert len(opened.tables[name]) > 0
    for _ in range(2):  # it is not kept after all
        with pytest.raises(sim.InputError, match=said):
            getattr(opened, table)


@pytest.mark.parametrize("table", TABLES)
def test_a_finished_study_with_a_changed_table_is_not_taken_for_done(folder: Path, table: str, tmp_path: Path) -> None:
    said = number_changed(folder, table)
    before = contents(folder)
    with pytest.raises(sim.InputError, match=said):
        made(folder)
    with pytest.raises(sim.InputError, match=said):
        sim.run([TINY, LONGER], runs=RUNS, customers=True).save(folder)
    assert contents(folder) == before
    with pytest.raises(sim.InputError, match=said):
        sim.open(folder).save(tmp_path / "copy")


@pytest.mark.parametrize("table", TABLES)
def test_no_byte_changed_in_a_file_gives_another_number(folder: Path, whole: Path, table: str) -> None:
    """It is refused, or it was none of a value: Parquet keeps names, units and statistics beside them."""
    path, draw, refused = folder / f"{table}.parquet", random.Random(1), 0
    bytes_, before = path.read_bytes(), sim.open(whole).tables[table]
    for _ in range(40):
        changed, place = bytearray(bytes_), draw.randrange(len(bytes_))
        changed[place] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        try:
            pd.testing.assert_frame_equal(sim.open(folder).tables[table], before, check_exact=True)
        except sim.InputError as error:
            assert str(error).startswith(f"{path}: ") and "study.json" in str(error)
            refused += 1
    assert refused > 5


def test_a_table_that_is_cut_or_gone_is_refused_in_one_message(folder: Path) -> None:
    path, opened = folder / "months.parquet", sim.open(folder)
    path.write_bytes(path.read_bytes()[:-100])
    for read in (lambda: opened.months, lambda: made(folder)):
        with pytest.raises(sim.InputError, match=r"months\.parquet: cannot be read: .*; put back the file as it was, or"):
            read()
    path.unlink()
    with pytest.raises(sim.InputError, match=r"months\.parquet: cannot be read: .*No such file"):
        _ = opened.months


def test_a_table_is_checked_once_and_only_when_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []
    monkeypatch.setattr(parquet, "fingerprint", lambda frame: checked.append(len(frame.columns)) or "0" * 64)
    monkeypatch.setattr(parquet, "file_fingerprint", None)  # what is read is not read a second time
    change_marked(folder / "study.json", lambda about: [one.update(sha256="0" * 64) for one in about["tables"].values()])
    opened = sim.open(folder)
    assert checked == []
    assert opened.whale is opened.whale
    assert checked == [len(opened.whale.columns)]


@pytest.mark.parametrize("without", [lambda about: about.pop("tables"), lambda about: about["tables"]["runs"].pop("sha256")])
def test_a_study_whose_record_has_no_fingerprint_is_read_and_taken_for_done(folder: Path, without: Any) -> None:
    change_marked(folder / "study.json", without)
    change_number(folder, "runs", "npv", 1.0)
    assert len(sim.open(folder).runs) == 2 * RUNS
    pd.testing.assert_frame_equal(made(folder).runs, sim.open(folder).runs)


def test_a_fingerprint_is_not_taken_out_of_a_marked_record(folder: Path) -> None:
    change_record(folder / "study.json", lambda about: about["tables"]["runs"].pop("sha256"))
    for read in (lambda: sim.open(folder), lambda: made(folder)):
        with pytest.raises(sim.InputError, match=r"study\.json: was changed or damaged"):
            read()


def test_the_mark_of_a_record_of_this_version_is_not_taken_out(folder: Path) -> None:
    change_record(folder / "study.json", lambda about: (about.pop("sha256"), about.update(title="another")))
    for read in (lambda: sim.open(folder), lambda: made(folder)):
        with pytest.raises(sim.InputError, match=r"study\.json: sha256: expected .*, got nothing"):
            read()


@pytest.mark.parametrize("tables", ["runs", [1], {"runs": "abc"}])
def test_a_record_that_tells_its_tables_otherwise_is_refused(folder: Path, tables: Any) -> None:
    change_record(folder / "study.json", lambda about: about.update(tables=tables))
    with pytest.raises(sim.InputError, match=r"study\.json: tables.*: expected a table( of names and values)?, got "):
        sim.open(folder)
