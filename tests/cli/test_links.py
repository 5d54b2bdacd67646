"""Links in a folder that somebody else made lead no command out of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.study.worlds import TINY_FILE

Daarna = Callable[..., int]


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a folder, when it was written and what it holds."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize(
    ("link", "arguments"),
    [
        ("figures", ("plot", "s", "--figure", "whale", "--format", "png")),
        ("figures", ("run", "tiny.toml", "--runs", "2", "--out", "s")),
        ("memo", ("memo", "s", "--format", "md")),
        ("memo", ("run", "tiny.toml", "--runs", "2", "--out", "s")),
        ("parts", ("run", "tiny.toml", "--runs", "2", "--out", "s", "--no-figures")),
        ("memo/figures", ("memo", "s", "--format", "md")),
        ("memo/tables", ("memo", "s", "--format", "md")),
        (".", ("run", "tiny.toml", "--runs", "2", "--out", "s", "--no-figures")),
    ],
)
def test_a_folder_that_is_a_link_is_refused_and_nothing_is_written(
    link: str, arguments: tuple[str, ...], tmp_path: Path, command: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("tiny.toml").write_text(TINY_FILE)
    assert command("run", "tiny.toml", "--runs", "2", "--out", "s", "--no-figures", "--quiet") == 0
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "whale.png").write_text("mine")
    (outside / "summary.csv").write_text("mine")
    place = Path("s") / link
    if link == ".":
        Path("s").rename("elsewhere")
        Path("s").symlink_to("elsewhere")
    else:
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(outside)
    before = state(tmp_path / "outside"), {name: one for name, one in state(Path("s").resolve()).items() if "/" not in name}
    assert command(*arguments) == 2
    assert "expected a folder, got a link to" in capsys.readouterr().err
    after = state(tmp_path / "outside"), {name: one for name, one in state(Path("s").resolve()).items() if "/" not in name}
    assert after == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_files_that_are_links_are_replaced(tmp_path: Path, command: Daarna) -> None:
    Path("tiny.toml").write_text(TINY_FILE)
    assert command("run", "tiny.toml", "--runs", "2", "--out", "s", "--no-figures", "--quiet") == 0
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / "s" / "memo").mkdir()
    for name in ("memo/memo.md", "memo/.memo.md.part", "memo/.memo.typ", "ro-crate-metadata.json"):
        path = tmp_path / "s" / name
        path.unlink(missing_ok=True)
        path.symlink_to(outside)
    (tmp_path / "s" / "memo" / "memo.md").unlink()
    (tmp_path / "s" / "memo" / "memo.md").symlink_to(tmp_path / "nowhere")
    assert command("memo", "s", "--format", "md") == 0
    assert outside.read_text() == "mine" and not (tmp_path / "nowhere").exists()
    assert (tmp_path / "s" / "memo" / "memo.md").read_text().startswith("#")
