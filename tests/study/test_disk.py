"""Where something may be written, said before it is made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.files.atomic import check_file, place


@pytest.mark.parametrize(("given", "why"), [("", "an empty text"), (5, "5"), (None, "None"), (b"s", "b's'")])
def test_a_place_is_a_path_that_is_not_empty(given: Any, why: str) -> None:
    with pytest.raises(InputError, match=f"^out: found {why}, allowed is the path of a folder"):
        place(given)


def test_a_path_is_a_place() -> None:
    assert place("s") == place(Path("s")) == Path("s") and place(".") == Path()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    for name, what in (("", "a folder"), ("pipe", "a pipe")):
        with pytest.raises(InputError, match=f"expected a file, got {what}"):
            check_file(tmp_path / name)
    (tmp_path / "pipe").unlink()
    for name, why in (("no/x.md", "No such file or directory"), ("file/x.md", "Not a directory")):
        with pytest.raises(InputError, match=f"cannot be written: {why}"):
            check_file(tmp_path / name)
    with pytest.raises(InputError, match="Not a directory"):
        check_file(tmp_path / "file" / "no" / "x.md", made=True)
    check_file(tmp_path / "x.md")
    check_file(tmp_path / "file")
    check_file(tmp_path / "no" / "x.md", made=True)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]  # nothing was made
