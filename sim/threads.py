"""Threads that Ctrl-C does not damage.

KeyboardInterrupt strikes the main thread between any two calls, also within a pool of the standard library: a thread just started
is then unknown to its pool and works on; a lock just taken is never given back, and the pool waits for it forever.
So nothing strikes while a pool is at its own business, and the main thread waits for it within one call, of C's.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
Finished = SimpleQueue[Future[Result]]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C is heard after the block, not within: for what takes no time."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):  # then nothing is raised here
        yield
        return
    heard: list[Any] = []
    signal.signal(signal.SIGINT, lambda *given: heard.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if heard:
            handler(*heard[0])


class Threads(ThreadPoolExecutor):
    """A pool of threads that knows all its threads, whenever Ctrl-C comes."""

    def submit(self, work: Callable[..., Result], /, *given: Any, **named: Any) -> Future[Result]:
        """Hand in work."""
        with undisturbed():
            return super().submit(work, *given, **named)

    def map(self, work: Callable[..., Result], *given: Iterable[Any]) -> Iterator[Result]:  # type: ignore[override]
        """What `work` returns for each, in order; all is handed in at once."""
        finished: Finished[Result] = SimpleQueue()
        futures = [watched(self.submit(work, *one), finished) for one in zip(*given, strict=True)]
        return self._in_order(futures, finished)

    @staticmethod
    def _in_order(futures: list[Future[Result]], finished: Finished[Result]) -> Iterator[Result]:
        done: set[Future[Result]] = set()
        for future in futures:
            while future not in done:
                done.add(next_finished(finished))
            yield future.result()


def watched(future: Future[Result], finished: Finished[Result]) -> Future[Result]:
    """The future, which is put among those finished once it is."""
    with undisturbed():
        future.add_done_callback(finished.put)
    return future


def next_finished(finished: Finished[Result]) -> Future[Result]:
    """Wait for the next one that is finished."""
    while True:
        if future := finished_by_now(finished):
            return future


def finished_by_now(finished: Finished[Result], seconds: float = 1.0) -> Future[Result] | None:
    """The next one that is finished, if that is within a second: Windows hears Ctrl-C between waits."""
    try:
        return finished.get(timeout=seconds)
    except Empty:
        return None


__all__ = ["Finished", "Threads", "finished_by_now", "next_finished", "undisturbed", "watched"]
