"""A sweep cut into batches, handed to an executor, be it threads, processes or a Dask cluster; receipts taken back."""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from queue import SimpleQueue
from typing import Any, cast

from sim.errors import StudyError, WorkerError
from sim.sweeps.job import Job, Piece, Receipt
from sim.threads import Finished, finished_by_now, undisturbed, watched

log = logging.getLogger(__name__)
ASK_AGAIN = 5.0  # seconds between questions for the size of a cluster
ALONE = 120.0  # seconds without a worker, after which that is said
Done = tuple[tuple[Piece, ...], Receipt]
SHORTEST, LONGEST = 2.0, 60.0  # seconds of work in a batch
SHARE = 1 / 500  # of the work done so far: a long sweep has longer batches, and fewer files


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def slots_of(pool: Executor, workers: int | None) -> Callable[[], int]:
    """How many batches an executor works on at a time; a Dask cluster may grow, so it is asked now and then."""
    client: Any = getattr(pool, "_client", None)
    if workers or client is None:
        fixed: int = workers or getattr(pool, "_max_workers", None) or cores()
        return lambda: fixed
    known, asked, seen = 1, -ASK_AGAIN, time.monotonic()

    def ask() -> int:
        nonlocal known, asked, seen
        now = time.monotonic()
        if now - asked > ASK_AGAIN:
            try:
                known, asked = sum(client.nthreads().values()), now
            except OSError as error:
                raise StudyError(f"the Dask scheduler does not answer: {_why(error)}") from None
            if known:
                seen = now
            elif now - seen > ALONE:  # a queue may take hours to give any, so this is no error
                warnings.warn(
                    "the Dask cluster has had no worker for a while; waiting for one (what is finished is safe)", stacklevel=2
                )
                seen = now
        return max(1, known)

    return ask


def in_parallel(pool: Executor, job: Job, batches: Batches, slots: Callable[[], int]) -> Iterator[Done]:
    """Each batch with its receipt, as they are finished; two are handed out per worker, so that none waits.

    A worker that cannot do the work at all is said, and left out for the others if it is one of a Dask cluster.

    A batch whose workers die (Dask says so after three of them) is tried again point by point, and a point that
    kills its workers is a failing one.

    Raises
    ------
    OSError
        When a worker cannot write.
    StudyError
        When the executor itself is broken, or its workers cannot do the work.
    """
    bad: set[str] = set()  # workers that cannot do the work
    waiting: dict[Future[Receipt], tuple[Piece, ...]] = {}
    again: deque[tuple[Piece, ...]] = deque()
    finished: Finished[Receipt] = SimpleQueue()
    try:
        while True:
            while len(waiting) < 2 * slots() and (pieces := again.popleft() if again else batches.next()):
                with undisturbed():
                    handed = pool.submit(job.work, pieces)
                waiting[handed] = pieces
                watched(handed, finished)
            if not waiting:
                return
            if (future := finished_by_now(finished)) is None:
                continue
            pieces = waiting.pop(future)
            error = _error(future)
            if error is None:
                receipt = future.result()
                batches.learn(receipt)
            elif isinstance(error, WorkerError):
                pool = _without(pool, error, bad)
                again.append(pieces)
                continue
            elif type(error).__name__ != "KilledWorker":
                raise _meant(error)
            elif len(pieces) > 1:
                again.extend((piece,) for piece in pieces)
                continue
            else:
                receipt = Receipt(pieces[0].runs, 0.0, ((pieces[0].address, "the workers that simulated it died"),))
            yield pieces, receipt
    except RuntimeError as error:  # of submit: the pool is shut down or broken
        raise _meant(error) from None
    finally:
        with undisturbed():
            for future in waiting:
                future.cancel()


def _without(pool: Executor, error: WorkerError, bad: set[str]) -> Executor:
    """An executor for the same cluster but for the worker that the error is of, which is said once; raises it where there is no other."""
    client: Any = getattr(pool, "_client", None)
    if client is None or not error.address:
        raise error
    others = set(client.nthreads()) - bad - {error.address}
    if not others:
        raise error
    if error.address not in bad:
        log.warning(f"{error}; its points are left to the other workers")
        bad.add(error.address)
    return cast(Executor, client.get_executor(workers=sorted(others)))


def _error(future: Future[Receipt]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _meant(error: BaseException) -> BaseException:
    """The error to raise for one of a batch: as it is, or as one that says that the executor failed."""
    ours = isinstance(error, OSError | StudyError) and not type(error).__module__.startswith("distributed")
    if ours or not isinstance(error, Exception | CancelledError):
        return error
    return StudyError(f"the executor cannot do the work: {type(error).__name__}: {_why(error)}")


def _why(error: BaseException) -> str:
    """What an error says; of one that says nothing, what it means."""
    return " ".join(str(error).split()) or (
        "the work was cancelled, as it is when the scheduler has died"
        if isinstance(error, CancelledError)
        else "no reason is given"
    )


class Batches:
    """Batches of pieces of about equal work, sized by what earlier ones took.

    Parameters
    ----------
    pieces : iterator of Piece
        What is to be done, in order.
    """

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._rest: Piece | None = None
        self._seconds = self._runs = self._spent = 0.0

    def learn(self, receipt: Receipt) -> None:
        """Take in what a batch took; the last ones count most."""
        self._spent += receipt.seconds
        self._seconds = 0.7 * self._seconds + receipt.seconds
        self._runs = 0.7 * self._runs + receipt.runs

    def next(self) -> tuple[Piece, ...]:
        """The next batch; empty when there is no more.  Until something is known of the work, it is a single run."""
        wanted = min(LONGEST, max(SHORTEST, SHARE * self._spent))
        room = max(1, int(wanted * self._runs / self._seconds)) if self._seconds else 1
        found: list[Piece] = []
        while room > 0 and (piece := self._rest or next(self._pieces, None)):
            self._rest = None
            if piece.runs > 2 * room:
                self._rest = piece
                if found:
                    break
                self._rest = piece._replace(first=piece.first + room)  # a point too large for a batch
                piece = piece._replace(last=piece.first + room - 1)
            found.append(piece)
            room -= piece.runs
        return tuple(found)
