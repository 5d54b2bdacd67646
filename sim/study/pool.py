"""Chunks over workers: the first failure stops the handing out, and nothing finished is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from sim.study.plan import Chunk

HANDED_OUT = 2  # chunks per worker, so that none waits and an interrupt finds few under way
LOOK_UP = 1.0  # seconds after which a waiting main thread looks for Ctrl-C (Windows does not wake it)


def in_turn(jobs: Sequence[Chunk], job: Callable[[Chunk], Any], done: Callable[[Chunk, Any], None]) -> None:
    """Do the jobs one after the other in the calling thread."""
    for chunk in jobs:
        done(chunk, job(chunk))


def in_parallel(
    executor: Executor,
    workers: int,
    jobs: Sequence[Chunk],
    job: Callable[[Chunk], Any],
    done: Callable[[Chunk, Any], None],
) -> None:
    """Do the jobs on an executor; `done` is called in the calling thread, in order of completion.

    On any failure, Ctrl-C included, no further job is begun, those under way are waited for and counted,
    and the failure is raised.
    """
    waiting = iter(jobs)
    under_way: dict[Future[Any], Chunk] = {}
    try:
        _hand_out(executor, workers * HANDED_OUT, waiting, under_way, job)
        while under_way:
            ready, _ = wait(under_way, timeout=LOOK_UP, return_when=FIRST_COMPLETED)
            _collect(ready, under_way, done)
            _hand_out(executor, workers * HANDED_OUT, waiting, under_way, job)
    except BaseException:
        for future in under_way:
            future.cancel()
        ready, _ = wait(under_way)
        _collect({f for f in ready if not f.cancelled() and f.exception() is None}, under_way, done)
        raise


def _hand_out(
    executor: Executor,
    room: int,
    waiting: Iterator[Chunk],
    under_way: dict[Future[Any], Chunk],
    job: Callable[[Chunk], Any],
) -> None:
    while len(under_way) < room:
        chunk = next(waiting, None)
        if chunk is None:
            return
        under_way[executor.submit(job, chunk)] = chunk


def _collect(
    ready: set[Future[Any]], under_way: dict[Future[Any], Chunk], done: Callable[[Chunk, Any], None]
) -> None:
    for future in sorted(ready, key=lambda f: under_way[f]):
        chunk = under_way.pop(future)
        done(chunk, future.result())
