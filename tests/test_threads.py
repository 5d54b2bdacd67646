"""Wherever in the main thread Ctrl-C strikes, it is heard, and no thread is left behind."""

from __future__ import annotations

import dis
import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from types import CodeType, FrameType
from typing import Any

import pytest

import sim
from sim import engine
from sim.design.evaluate import Evaluator, Simulated
from sim.threads import Threads, finished_by_now, undisturbed

MINUTES = sim.Scenario(months=1200, reps={"count": 60}, customers={"at_start": 2000}, market={"leads_per_month": 1000.0})
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")


@functools.cache
def hears(code: CodeType) -> frozenset[int]:
    """Where in a function Python looks for signals: at its start, after calls, and when it goes round a loop."""
    found, before = set(), ""
    for one in dis.get_instructions(code):
        if one.opname in ("RESUME", "JUMP_BACKWARD") or before.startswith("CALL"):
            found.add(one.offset)
        before = one.opname
    return frozenset(found)


def interrupted(work: Callable[[], Any], number: int) -> str:
    """Where Ctrl-C struck: at the `number`-th place that hears it once there is a pool; empty if there are fewer.

    Where the main thread waits, Ctrl-C comes in any case; what is beyond is then struck by a second one.
    """
    met, place = -1, ""
    waiting = threading.Timer(0.1, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal met, place
        if met < 0 and frame.f_code is ThreadPoolExecutor.__init__.__code__:
            met, above = 0, frame
            while above.f_code is not interrupted.__code__:
                above.f_trace, above.f_trace_opcodes, above.f_trace_lines = trace, True, False
                assert above.f_back
                above = above.f_back
        if met < 0:
            return None
        if frame.f_code is finished_by_now.__code__ and not waiting.ident:
            waiting.start()
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode" and frame.f_lasti in hears(frame.f_code):
            met += 1
            if met == number:
                place = f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}"
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    with pytest.raises(KeyboardInterrupt):
        try:
            work()
        finally:
            sys.settrace(before)
            waiting.cancel()
    return place


def all_ended(there: set[threading.Thread]) -> bool:
    """Whether within ten seconds no thread is left but those that were there (one struck before it began has no number)."""
    last = time.monotonic() + 10.0
    while {one for one in threading.enumerate() if one.ident} - there:
        if time.monotonic() > last:
            return False
        time.sleep(0.01)
    return True


def studied() -> None:
    sim.run(MINUTES, runs=2, workers=2)


def searched() -> None:
    Evaluator(Simulated(MINUTES, ("npv",)), ["npv"], workers=2).samples([{}], 1, 2)


def alone() -> None:
    engine.simulate(MINUTES, 1, range(1, 3))


@pytest.mark.parametrize(
    ("work", "every"),
    [(studied, 15), *(pytest.param(work, 1, marks=pytest.mark.slow) for work in (studied, searched, alone))],
)
def test_wherever_ctrl_c_strikes_it_is_heard_and_no_thread_stays(
    work: Callable[[], None], every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the standard library's pool: a thread that nobody stops, an error of a lock, or a wait without end."""
    monkeypatch.setattr(engine, "GRACE", 0.0)
    engine.load_kernel()
    for number in count(1, every):
        there = set(threading.enumerate())
        place = interrupted(work, number)
        assert all_ended(there), place
        if not place:
            break
    assert number > 150


def test_what_is_undisturbed_hears_ctrl_c_at_its_end() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("within")
    assert done == ["within"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_only_the_main_thread_is_left_undisturbed_and_nothing_fails_elsewhere() -> None:
    with Threads(2) as pool:
        assert list(pool.map(lambda number: list(Threads(1).map(abs, [-number])), range(3))) == [[0], [1], [2]]
