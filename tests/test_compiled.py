"""What the compiler is told: a copy is its function's own, what is lent is the same memory, what is called is compiled with its caller."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from sim import compiled
from sim.compiled import borrowed, own_copy, shared

PAIR = np.dtype([("a", "f8"), ("b", "i8")])


@numba.njit
def changed(pairs: Any) -> tuple[float, int]:
    copy = own_copy(pairs[0])
    copy.a += 1.0
    pairs[0].b = 7
    return copy.a, copy.b


@numba.njit
def swapped(pairs: Any) -> None:
    first = own_copy(pairs[0])
    pairs[0] = pairs[1]
    pairs[1] = first


class Two(NamedTuple):
    row: np.ndarray
    square: np.ndarray


@numba.njit
def lent(numbers: Any) -> None:
    view = borrowed(numbers)
    view[1] = 5.0


@numba.njit
def both_lent(two: Any) -> None:
    view = borrowed(two)
    view.row[1] = 5.0
    view.square[1, 0] = view.row[0]


def test_a_copy_of_a_record_and_the_record_know_nothing_of_each_other() -> None:
    pairs = np.array([(0.5, 3), (2.5, 4)], PAIR)
    assert changed(pairs) == (1.5, 3)
    assert pairs.tolist() == [(0.5, 7), (2.5, 4)]


def test_a_copy_can_be_written_back_to_an_array() -> None:
    pairs = np.array([(0.5, 3), (2.5, 4)], PAIR)
    swapped(pairs)
    assert pairs.tolist() == [(2.5, 4), (0.5, 3)]


def test_what_is_written_to_a_borrowed_array_is_in_the_array() -> None:
    numbers = np.zeros(3)
    lent(numbers)
    assert numbers.tolist() == [0.0, 5.0, 0.0]


def test_arrays_of_a_tuple_are_borrowed_by_name() -> None:
    two = Two(np.array([2.0, 0.0]), np.zeros((2, 2)))
    both_lent(two)
    assert two.row.tolist() == [2.0, 5.0] and two.square.tolist() == [[0.0, 0.0], [2.0, 0.0]]


@shared
def doubled(x: float) -> float:
    return 2.0 * x


@numba.njit
def quadrupled(x: float) -> float:
    return doubled(doubled(x))


def test_a_shared_function_becomes_code_with_its_caller_only() -> None:
    """Else a kernel would call the first definition LLVM has, which is not optimised, in the process that compiles it."""
    doubled.compile((numba.float64,))
    (made,) = doubled.overloads.values()
    engine = made.library.codegen._engine
    assert not engine.is_symbol_defined(made.fndesc.llvm_func_name)
    assert quadrupled(1.5) == 6.0 and doubled(1.5) == 3.0


def tripled(x: float) -> float:
    return 3.0 * x


def test_where_nothing_can_be_kept_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Above all not beside the sources, where numba would not see that a rule has changed."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "kernel"
    monkeypatch.setattr(compiled, "cache_folder", lambda: folder)
    compiled._announce.cache_clear()
    made = [compiled.kernel(tripled), compiled.kernel(tripled)]
    assert made[0](1.5) == 4.5
    assert made[0].stats.cache_path is None
    told = f"{folder}: compiled code cannot be kept there: File exists; DAARNA_CACHE names another folder"
    assert [record.getMessage() for record in caplog.records] == [told, "Compiling the model (about 40 seconds)."]


def test_compilation_is_announced_once_and_not_where_the_kernel_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    compiled._announce.cache_clear()
    made = compiled.kernel(tripled)
    assert made(1.5) == 4.5 and made(2) == 6  # for whole numbers it is compiled once more
    assert [record.getMessage() for record in caplog.records] == [compiled.COMPILING]
    compiled._announce.cache_clear()
    assert compiled.kernel(tripled)(1.5) == 4.5
    assert len(caplog.records) == 1


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with the code of a kernel, alone in its folder."""
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    assert compiled.kernel(tripled)(1.5) == 4.5
    (path,) = tmp_path.iterdir()
    return path


@pytest.mark.parametrize("damage", ["empty", "truncated", "longer", "random", "bit of code", "bit of digest", "pipe"])
def test_damaged_code_is_compiled_again_and_that_is_said(damage: str, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    content, middle = kept.read_bytes(), kept.stat().st_size // 2
    flipped = {"bit of code": middle, "bit of digest": -1}
    if damage == "pipe":
        kept.unlink()
        os.mkfifo(kept)
    elif damage in flipped:
        changed = bytearray(content)
        changed[flipped[damage]] ^= 4
        kept.write_bytes(changed)
    else:
        damaged = {"empty": b"", "truncated": content[:middle], "longer": content + b"\0", "random": os.urandom(len(content))}
        kept.write_bytes(damaged[damage])
    caplog.clear()
    made = compiled.kernel(tripled)
    assert made(1.5) == 4.5 and not made.stats.cache_hits
    assert f"{kept}: was damaged, or belongs to something else; it is compiled again" in caplog.messages
    if damage != "pipe":  # which is not replaced
        again = compiled.kernel(tripled)
        assert again(1.5) == 4.5 and again.stats.cache_hits


def test_code_that_cannot_be_kept_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr("sim.files.atomic.os.fsync", full)
    assert compiled.kernel(tripled)(1.5) == 4.5
    assert f"{tmp_path}: compiled code cannot be kept there: No space left on device; DAARNA_CACHE" in caplog.text
    assert not list(tmp_path.iterdir())
