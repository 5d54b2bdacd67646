"""What is named must be a finished study or sweep, and what is written must have a place: else one message and status 2."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from tests.study.worlds import TINY, TINY_FILE, change_number
from tests.sweeps.worlds import tiny_design

RUN = ["run", "tiny.toml", "--runs", "2", "--out", "study", "--quiet"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    sim.run(TINY, runs=2, out=folder / "study")
    sim.sweep(tiny_design(points=2, runs=2), out=folder / "sweep")
    return folder


@pytest.mark.parametrize("words", [("plot",), ("memo",), ("sensitivity",), ("discover",)])
def test_what_is_no_folder_of_the_kind_wanted_is_told(
    made: Path, words: tuple[str, ...], command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (command_name,) = words
    what, other = ("study", "sweep") if command_name in ("plot", "memo") else ("sweep", "study")
    more = ["npv > 0"] if command_name == "discover" else []

    def refused(folder: Path) -> str:
        assert command(command_name, str(folder), *more) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "Errno" not in said
        return said

    assert f'there is no such folder; did you mean "{what}"?' in refused(made / f"{what}y")
    assert f"holds no whole {what}, but a {other}" in refused(made / other)
    (made / "empty").mkdir(exist_ok=True)
    record = {"study": "study.json", "sweep": "design.json"}[what]
    assert f"holds no whole {what}: {record} is not there" in refused(made / "empty")
    half = made / f"half a {what}"
    half.mkdir(exist_ok=True)
    about = json.loads((made / what / record).read_text(encoding="utf-8"))
    (half / record).write_text(json.dumps(about), encoding="utf-8")
    assert ".parquet is missing" in refused(half)
    (half / record).write_text(json.dumps(about | {"complete": False}), encoding="utf-8")
    assert "it is not finished; the same command goes on: " in refused(half)
    (half / record).write_text("[1", encoding="utf-8")
    assert f"{record}: cannot be read as the record of a study, a sweep or a design" in refused(half)


@pytest.mark.parametrize("name", ["plot", "memo"])
def test_a_file_where_a_folder_is_to_be_is_told(
    made: Path, name: str, command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert command(name, str(made / "study"), "--out", str(tmp_path / "file")) == 2
    said = capsys.readouterr().err
    assert said.endswith(": cannot be written: Not a directory\n")  # before any work: of the study there is nothing to say


@pytest.mark.parametrize("table", ["runs", "months", "cohorts", "whale"])
def test_a_study_with_a_changed_table_is_told_by_every_command_that_takes_one(
    made: Path, table: str, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made / "study", "study")
    Path("tiny.toml").write_text(TINY_FILE)
    changed = Path("study") / f"{table}.parquet"
    change_number(Path("study"), table, "npv" if table == "runs" else pq.read_schema(changed).names[-1], 1e6, row=1)
    before = changed.read_bytes()
    for words in (["cite", "study:npv"], ["memo", "study", "--format", "md"], ["plot", "study", "--format", "svg"], RUN):
        assert command(*words) == 2, words
        out, said = capsys.readouterr()
        assert said.startswith(f"{changed}: was changed: ") and said.count("\n") == 1 and "study.json has" in said, words
        assert "daarna:" not in out
    assert not list(Path("study").rglob("*.md")) and changed.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("run", "tiny.toml"),
        ("compare", "tiny.toml", "tiny.toml"),
        ("sweep", "design.toml"),
        ("design", "problem.toml"),
        ("calibrate", "log.csv"),
        ("validate", "--quick"),
        ("plot", "study"),
        ("memo", "study"),
    ],
    ids=lambda words: words[0],
)
def test_an_empty_place_is_no_place(
    words: tuple[str, ...], command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unset variable of a shell does not write into the current folder."""
    assert command(words[0], "") == 2
    assert capsys.readouterr().err.startswith(f"{words[0]}: found an empty text")
    for out in (["--out", ""], ["--out="]):
        assert command(*words, *out) == 2
        assert (
            capsys.readouterr().err == "--out: found an empty text, allowed is a file, folder or name (the current folder is .)\n"
        )
    assert list(tmp_path.iterdir()) == []
