"""How files are written: whole, through no link, by one module."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sim
from sim.files import atomic
from tests.study.test_study_folder import TINY

SOURCES = Path(sim.__file__).parent
MAKERS = {
    "write_text", "write_bytes", "touch", "mkdir", "makedirs", "renames", "unlink", "rmdir", "removedirs", "symlink_to",
    "hardlink_to", "rmtree", "copy2", "copyfile", "copytree", "move", "mkstemp", "NamedTemporaryFile", "truncate", "open_memmap",
    "savefig", "to_parquet", "to_pickle", "to_feather", "to_excel", "tofile", "savetxt", "savez", "write_table", "ParquetWriter",
}  # fmt: skip
HANDED = {  # what writes into an open file that it is handed by `replacing`, or into memory
    "code_cache.py": {"mkdir"},  # the cache folder, for this user alone
    "cli/streams.py": {"open"},  # the null device
    "plots/draw.py": {"savefig"},
    "study/parquet.py": {"ParquetWriter", "write_table"},
    "sweeps/parts.py": {"ParquetWriter", "write_table"},
}


def writers(source: str) -> Iterator[str]:
    """Calls in a source that write, make, move or remove a file by its name."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        owner = function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""
        name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        texts = [one.value for one in (*node.args, *(word.value for word in node.keywords)) if isinstance(one, ast.Constant)]
        modes = [text for text in texts if isinstance(text, str) and set(text) <= set("rwxabt+") and set(text) & set("wxa+")]
        if (
            name in MAKERS
            or (name == "open" and (modes or any(flag in ast.unparse(node) for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))))
            or (name in ("replace", "remove", "link", "symlink") and owner == "os")
            or (name in ("to_csv", "to_json", "rename") and node.args)
            or (name == "save" and owner == "np" and not (node.args and getattr(node.args[0], "id", "") == "content"))
        ):
            yield name


def test_no_other_module_writes_files() -> None:
    """The check itself sees what it looks for."""
    planted = 'path.write_text("x")\nopen("a", "w")\npath.open(mode="ab")\nframe.to_csv("x")\nos.replace(a, b)\nnp.save("x", y)'
    assert len(list(writers(planted))) == 6
    found = {}
    for path in SOURCES.rglob("*.py"):
        where = path.relative_to(SOURCES).as_posix()
        if path != Path(atomic.__file__) and (names := set(writers(path.read_text(encoding="utf-8"))) - HANDED.get(where, set())):
            found[where] = names
    assert not found


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / "a").symlink_to(outside)
    (tmp_path / "b").hardlink_to(outside)
    for name in ("a", "b"):
        atomic.write_file(tmp_path / name, "new")
        assert (tmp_path / name).read_text() == "new" and not (tmp_path / name).is_symlink()
    assert outside.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "outside"]


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, kind in (("pipe", "a pipe"), ("folder", "a folder")):
        with pytest.raises(sim.InputError, match=f"{name}: expected a file, got {kind}"):
            atomic.write_file(tmp_path / name, "new")
    with pytest.raises(sim.InputError, match="null: expected a file, got a device"):
        atomic.write_file(Path(os.devnull), "new")


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "link").symlink_to("outside")
    for write in (lambda: atomic.make_folder(tmp_path / "link"), lambda: atomic.write_file(tmp_path / "link" / "a", "new")):
        with pytest.raises(sim.InputError, match="link: expected a folder, got a link to outside"):
            write()
    assert not os.listdir(tmp_path / "outside")


def test_what_killed_writers_left_is_removed_and_what_living_ones_write_is_not(tmp_path: Path) -> None:
    killed = "import os, sys; from pathlib import Path; from sim.files.atomic import replacing\n"
    killed += "with replacing(Path(sys.argv[1])) as file:\n    file.write(b'half'); file.flush(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed, str(tmp_path / "memo.html")], check=False)
    (left,) = os.listdir(tmp_path)
    (tmp_path / atomic.HALF.format("0" * 32)).symlink_to(tmp_path / "kept")
    (tmp_path / "kept").write_text("mine")
    (tmp_path / ".notes.part").write_text("mine")
    with atomic.replacing(tmp_path / "a") as file:
        file.write(b"whole")
        assert not (tmp_path / left).exists()
        atomic.write_file(tmp_path / "b", "other")  # which looks for leftovers
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert (tmp_path / "kept").read_text() == (tmp_path / ".notes.part").read_text() == "mine"


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    atomic.write_file(tmp_path / "a", "old")
    with pytest.raises(ZeroDivisionError), atomic.replacing(tmp_path / "a") as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert os.listdir(tmp_path) == ["a"] and (tmp_path / "a").read_text() == "old"


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lambda lock, outside: lock.symlink_to(outside), "a link"),
        (lambda lock, outside: lock.symlink_to(outside.with_name("nowhere")), "a link"),
        (lambda lock, outside: lock.hardlink_to(outside), "a file with another name elsewhere"),
        (lambda lock, outside: os.mkfifo(lock), "a pipe"),
        (lambda lock, outside: lock.mkdir(), "a folder"),
        (lambda lock, outside: lock.write_text("shopping list"), "another text"),
    ],
)  # fmt: skip
def test_a_lock_that_is_no_plain_file_is_refused(plant: Callable[[Path, Path], object], found: str, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "s"
    outside.write_text("mine")
    folder.mkdir()
    plant(folder / ".lock", outside)
    with pytest.raises(sim.InputError, match=rf"\.lock: expected a lock, .*, got {found}; remove it first"):
        sim.run(TINY, runs=1, out=folder)
    assert outside.read_text() == "mine" and not outside.with_name("nowhere").exists()
    assert os.listdir(folder) == [".lock"]


@pytest.mark.parametrize("name", atomic.SUBFOLDERS)
def test_a_study_with_a_linked_folder_is_refused_before_anything_in_it_changes(name: str, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "s"
    outside.mkdir()
    folder.mkdir()
    (folder / name).symlink_to(outside)
    with pytest.raises(sim.InputError, match=f"{name}: expected a folder, got a link"):
        sim.run(TINY, runs=1, out=folder)
    assert os.listdir(folder) == [name] and not os.listdir(outside)
