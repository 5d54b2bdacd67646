"""Whatever stands in the place of a file, the program says so in one short message: it neither waits for ever nor fills the memory."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.calibrate.logs import read as read_log
from sim.cite.citable import find
from sim.design.problem import load as load_problem
from sim.errors import DaarnaError, InputError
from sim.files import untrusted
from sim.files.untrusted import parquet, read_bytes
from sim.proofs.registered import load as load_hypothesis
from sim.recipes.forecast import sha256
from sim.sweeps.design_file import load as load_design
from sim.sweeps.parts import FoundRuns


def extended(path: Path) -> Any:
    own = path.with_name("own.toml")
    own.write_text(f'extends = "{path.name}"\n')
    return sim.load(own)


def pointed(path: Path) -> Any:
    return sim.Design(None, [sim.Factor("x", low=0, high=1)], "table", table=path).codes


def recorded(record: str) -> Callable[[Path], Any]:
    def opened(path: Path) -> Any:
        folder = path.parent / "folder"
        folder.mkdir()
        (folder / record).symlink_to(path)
        return sim.open(folder)

    return opened


def found(record: str) -> Callable[[Path], Any]:
    def cited(path: Path) -> Any:
        folder = path.parent / "folder"
        folder.mkdir()
        (folder / record).symlink_to(path)
        return find(str(folder))

    return cited


READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "scenario": ("x.toml", sim.load),
    "base": ("x.toml", extended),
    "design": ("x.toml", load_design),
    "problem": ("x.toml", load_problem),
    "hypothesis": ("x.toml", load_hypothesis),
    "log": ("x.csv", read_log),
    "log of a forecast": ("x.csv", sha256),
    "points": ("x.csv", pointed),
    "study": ("x", recorded("study.json")),
    "sweep": ("x", recorded("design.json")),
    "study to be cited": ("x", found("study.json")),
    "sweep to be cited": ("x", found("design.json")),
    "figure": ("x.png", lambda path: find(str(path))),
    "memo": ("x.html", lambda path: find(str(path))),
    "table": ("x.parquet", lambda path: find(str(path))),
}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def broken_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def gigabytes(path: Path) -> None:
    path.touch()
    os.truncate(path, (1 << 40) + 1)  # a hole, which takes no disk


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00" * 100)


@contextmanager
def soon(seconds: float = 5.0) -> Iterator[None]:
    def late(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
@pytest.mark.parametrize("made", [pipe, device, folder, broken_link, gigabytes, no_text])
@pytest.mark.parametrize("kind", READERS)
def test_what_is_no_file_of_its_kind_gets_one_message(kind: str, made: Callable[[Path], None], tmp_path: Path) -> None:
    name, reader = READERS[kind]
    made(tmp_path / name)
    if kind == "log of a forecast" and made is no_text:
        return  # any file has a SHA-256
    with soon(), pytest.raises(DaarnaError) as error:
        reader(tmp_path / name)
    said = str(error.value)
    assert len(said) < 700 and "\n" not in said and ("x" in said or "folder" in said), said


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
@pytest.mark.parametrize("made", [pipe, device, gigabytes, no_text])
def test_what_is_no_part_is_made_again(made: Callable[[Path], None], tmp_path: Path) -> None:
    made(tmp_path / "x.arrow")
    with soon():
        assert not FoundRuns([tmp_path / "x.arrow"], set()).spans


def test_the_content_of_a_file_that_says_it_is_empty_is_limited() -> None:
    if Path("/proc/self/maps").exists():
        with pytest.raises(OSError, match="got more"):
            read_bytes(Path("/proc/self/maps"), 100)


def test_a_table_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({f"c{k}": pa.array([0.0] * 100_000) for k in range(3)}), tmp_path / "runs.parquet")
    assert (tmp_path / "runs.parquet").stat().st_size < 10_000
    assert parquet(tmp_path / "runs.parquet").metadata.num_rows == 100_000
    monkeypatch.setattr(untrusted, "CELLS", 299_999)
    with pytest.raises(OSError, match="row groups of at most"):
        parquet(tmp_path / "runs.parquet")


def test_a_long_chain_of_scenarios_ends(tmp_path: Path) -> None:
    for k in range(40):
        (tmp_path / f"{k}.toml").write_text(f'extends = "{k + 1}.toml"\n')
    with pytest.raises(InputError, match="more than 20 files"):
        sim.load(tmp_path / "0.toml")


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_messages_are_short_however_long_the_input(size: int, tmp_path: Path) -> None:
    for text in (f'x{"x" * size} = 1', f'title = 1\n[{"a." * (size // 2)}b]', f'currency = "{"x" * size}\x1b[31m"', f"months = {'9' * size}",
                 f'[market]\n{"y" * size} = {{ z = 1 }}'):  # fmt: skip
        (tmp_path / "x.toml").write_text(text)
        with soon(), pytest.raises(InputError) as error:
            sim.load(tmp_path / "x.toml")
        assert len(str(error.value)) < 4000 and "\x1b" not in str(error.value)
