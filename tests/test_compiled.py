"""What the compiler is told, where it works, and where its code is kept and taken from."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from sim import code_cache, compiler
from sim.compiled import Kernel, borrowed, own_copy, still_used
from sim.compiler import Place
from sim.errors import RuleError
from sim.files.atomic import lock
from tests import kernels

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


@numba.njit
def read_freed() -> float:
    """What a borrowed view shows after the last use of its owner, once much else has been written."""
    owned = np.full(1000, 1.0)
    view = borrowed(owned)
    written = 0.0
    for k in range(50):
        written += np.full(1000, 2.0 + k)[k]
    return view.sum()


@numba.njit
def read_kept() -> float:
    """The same, but for the last line."""
    owned = np.full(1000, 1.0)
    view = borrowed(owned)
    written = 0.0
    for k in range(50):
        written += np.full(1000, 2.0 + k)[k]
    seen = view.sum()
    still_used(owned)
    return seen


def test_what_is_still_used_is_not_freed_while_a_borrowed_view_of_it_is_read() -> None:
    assert read_kept() == 1000.0
    assert read_freed() != 1000.0  # else this test shows nothing


def fresh(function: Any) -> Any:
    """A compiled function as a new process has it, in the place of the one in its module."""
    return Kernel(function.py_func)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty place that code is kept in, and a compiler that has not been heard of."""
    place = Place(tmp_path / "code")
    monkeypatch.setattr(code_cache, "_only", None)
    code_cache.use_only(place)
    monkeypatch.setattr(compiler, "_announced", False)
    monkeypatch.setattr(compiler, "_running", None)
    yield place
    if compiler._running:
        compiler._running.end()


@pytest.fixture
def tripled(place: Place, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What makes `tripled` anew, as a new process has it."""

    def make() -> Any:
        monkeypatch.setattr(kernels, "tripled", Kernel(kernels.tripled.py_func))
        return kernels.tripled

    return make


def test_another_process_compiles_once_and_that_is_said_once(
    tripled: Any, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    made = tripled()
    assert made(1.5) == 4.5 and made(2) == 6  # for whole numbers it is compiled once more
    assert made.stats.cache_hits.total() == 2 and not made.stats.cache_misses
    assert caplog.messages == [compiler.COMPILING] and len(list(place.folder.iterdir())) == 2
    again = tripled()
    assert again(1.5) == 4.5 and again.stats.cache_hits.total() == 1
    assert caplog.messages == [compiler.COMPILING]


def test_what_another_process_compiles_is_waited_for_and_taken(tripled: Any, place: Place) -> None:
    assert tripled()(1.5) == 4.5
    (kept,) = place.folder.iterdir()
    content, asked, found = kept.read_bytes(), len(compiler.asked), []
    kept.unlink()
    with lock(place.folder, f"{kernels.__name__}.tripled.lock"):
        late = Thread(target=lambda: found.append(tripled()(1.5)))
        late.start()
        late.join(0.5)
        assert not found
        kept.write_bytes(content)  # as the other does
    late.join(60)
    assert found == [4.5] and len(compiler.asked) == asked


def test_settings_of_numba_do_not_reach_the_compiler(tripled: Any, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    monkeypatch.setenv("NUMBA_OPT", "nonsense")
    before = dict(os.environ)
    made = tripled()
    assert made(1.5) == 4.5 and made.stats.cache_hits
    assert dict(os.environ) == before


def test_a_rule_called_from_python_is_kept_and_one_without_a_name_is_not(place: Place) -> None:
    kernels.halved.__dict__.pop("public", None)
    assert kernels.halved(3.0) == 1.5 and kernels.halved.public.stats.cache_hits
    assert len(list(place.folder.iterdir())) == 1
    assert Kernel(lambda x: 3.0 * x)(1.5) == 4.5 and Kernel(lambda x: 4.0 * x)(1.5) == 6.0
    assert len(list(place.folder.iterdir())) == 1


def test_what_cannot_be_compiled_is_an_error_here(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuleError, match=r"kernels.py:\d+: numba cannot compile this rule: .*no_such_thing"):
        kernels.wrong(1.5)


def test_where_no_process_can_be_started_it_is_compiled_here(tripled: Any, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    made = tripled()
    assert made(1.5) == 4.5 and not made.stats.cache_hits
    assert tripled()(1.5) == 4.5 and len(list(place.folder.iterdir())) == 1


def test_a_compiler_that_nobody_asks_ends(tripled: Any, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "IDLE", 0.01)
    assert tripled()(1.5) == 4.5 and compiler._running is not None
    assert compiler._running._process.wait(10) == 0


def test_a_compiler_that_ends_as_it_is_asked_is_no_error(tripled: Any, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer may strike between the question whether it is there and the request."""
    ended = compiler.Compiler(place)
    ended.end()
    monkeypatch.setattr(compiler, "_running", ended)
    monkeypatch.setattr(ended, "serves", lambda where: True)
    assert tripled()(2.0) == 6.0


def test_code_for_a_level_is_taken_where_the_processor_has_it(
    tripled: Any, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, *_ = code_cache.fitting()
    at_work = compiler.Compiler(Place(place.folder, mine))
    assert at_work.ask(kernels.tripled.py_func, (numba.float64,)) == ""
    at_work.end()
    monkeypatch.setattr(code_cache, "_only", None)
    monkeypatch.setattr(code_cache, "INSTALLED", place.folder)
    monkeypatch.setenv("DAARNA_CACHE", str(tmp_path / "own"))
    code_cache._usual_places.cache_clear()
    try:
        made = tripled()
        assert made(1.5) == 4.5 and made.stats.cache_hits
        monkeypatch.setattr(code_cache, "fitting", list)  # a processor that has none
        code_cache._usual_places.cache_clear()
        made = tripled()
        assert made(1.5) == 4.5 and len(list((tmp_path / "own").rglob("*.code"))) == 1
    finally:
        code_cache._usual_places.cache_clear()


def test_where_nothing_can_be_kept_it_lasts_as_long_as_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Above all it is not kept beside the sources."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("DAARNA_CACHE", str(tmp_path / "file"))
    folder = code_cache._own_folder()
    assert caplog.messages == [
        f"{code_cache.cache_folder()}: compiled code cannot be kept there: File exists; DAARNA_CACHE names another folder"
    ]
    assert folder.is_dir() and tmp_path not in folder.parents and folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["empty", "truncated", "longer", "random", "bit of code", "bit of digest", "pipe"])
def test_damaged_code_is_compiled_again_and_that_is_said(
    damage: str, tripled: Any, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    assert tripled()(1.5) == 4.5
    (kept,) = place.folder.iterdir()
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
    assert tripled()(1.5) == 4.5
    assert f"{kept}: was damaged, or belongs to something else; it is compiled again" in caplog.messages
    if damage != "pipe":  # which is not replaced
        caplog.clear()
        assert tripled()(1.5) == 4.5 and not caplog.messages


def test_code_that_cannot_be_kept_is_used_all_the_same(
    tripled: Any, place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "executable", "/no/such/python")
    monkeypatch.setattr("sim.files.atomic.os.fsync", full)
    assert tripled()(1.5) == 4.5
    assert f"{place.folder}: compiled code cannot be kept there: No space left on device; DAARNA_CACHE" in caplog.text
    assert not list(place.folder.iterdir())
