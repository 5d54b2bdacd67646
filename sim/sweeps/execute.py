"""Running a sweep: batches of points in threads, in processes or on a cluster; results depend on none of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path

from sim.errors import InputError, StudyError
from sim.sweeps.about import about
from sim.sweeps.batches import Batches
from sim.sweeps.design import Design
from sim.sweeps.job import Job, Model, Piece, Receipt
from sim.sweeps.parts import MERGE
from sim.sweeps.read import load
from sim.sweeps.results import Sweep, open_sweep
from sim.sweeps.store import PARTS, SweepFolder

Progress = Callable[[int, int], None]


def sweep(
    design: Design | str | Path,
    out: str | Path | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    model: Model | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Simulate all points of a design on common random numbers.

    Parameters
    ----------
    design : Design or path
        What is simulated; a path is read with :func:`sim.sweeps.load`.
    out : path, optional
        Folder of the sweep.  Finished points are safe there at once; the same call goes on where a killed one
        stopped, and a changed design simulates only what is not there.  Without it, a temporary folder that goes
        with the result.
    executor : concurrent.futures.Executor, optional
        Where the work is done; threads of this process by default.  Its workers write into `out` themselves, so
        they must see it.  For Dask: ``client.get_executor()``.  It is not shut down.
    workers : int, optional
        Threads, or for an `executor` the number of its workers if it does not tell; all cores by default.
    model : callable, optional
        Takes the place of the simulation: ``model(point, seed, runs)`` gets a mapping name of factor -> value, the
        seed, and a range of run numbers, and returns a data frame: ``run``, and columns of outcomes.
    progress : callable, optional
        Called with (runs finished, runs in all), first with what is on disk already.

    Raises
    ------
    InputError
        When the design is wrong, or `out` cannot be written, holds something else or is in use.
    StudyError
        When the disk fills up or the executor breaks; says what is safe.
    """
    chosen = design if isinstance(design, Design) else load(design)
    if model is None and chosen.base is None:
        raise InputError("base: found none; a design without a model needs the scenario that every point starts from")
    if workers is not None and workers < 1:
        raise InputError(f"workers: found {workers}, allowed is at least 1")
    if out is None:
        temporary = tempfile.TemporaryDirectory(prefix="daarna-sweep-")
        result = _sweep(chosen, Path(temporary.name), executor, workers, model, progress)
        result._keeps = temporary
        return result
    return _sweep(chosen, Path(out), executor, workers, model, progress)


def _sweep(
    design: Design, out: Path, executor: Executor | None, workers: int | None, model: Model | None, progress: Progress | None
) -> Sweep:
    with SweepFolder(out, design, about(design, model)) as folder:
        if not folder.about["complete"]:
            job = Job(str(out.absolute()), design.base, design.factors, design.seed, model)
            _fill(folder, job, executor, workers, progress)
            folder.finish()
        elif progress:
            progress(folder.total, folder.total)
    return open_sweep(out)


def _fill(folder: SweepFolder, job: Job, executor: Executor | None, workers: int | None, progress: Progress | None) -> None:
    """Simulate what is missing."""
    if progress:
        progress(folder.done, folder.total)
    copies = _copies(folder)
    pool = executor or ThreadPoolExecutor(workers or os.cpu_count() or 1)
    slots = workers or getattr(pool, "_max_workers", None) or os.cpu_count() or 1
    batches = Batches(folder.missing())
    written = 0
    try:
        for pieces, receipt in _in_parallel(pool, job, batches, 2 * slots):
            folder.failures.update(receipt.failures)
            folder.done += sum(piece.runs * copies.get(piece.address, 1) for piece in pieces)
            written += 1
            if written % MERGE == 0 and len(list((folder.folder / PARTS).glob("*.arrow"))) > 2 * MERGE:
                folder.tidy()
            if progress:
                progress(folder.done, folder.total)
    except OSError as error:
        raise StudyError(f"{folder.folder}: cannot be written: {error.strerror or error}; {folder.safe()}") from None
    finally:
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)  # batches under way are finished and kept


def _copies(folder: SweepFolder) -> dict[bytes, int]:
    """How many points have the same content, where it is more than one."""
    from collections import Counter

    return {address: number for address, number in Counter(folder.addresses).items() if number > 1}


def _in_parallel(pool: Executor, job: Job, batches: Batches, ahead: int) -> Iterator[tuple[tuple[Piece, ...], Receipt]]:
    """Each batch with its receipt, as they are finished; at most `ahead` batches are handed out."""
    waiting: dict[Future[Receipt], tuple[Piece, ...]] = {}
    try:
        while True:
            while len(waiting) < ahead and (pieces := batches.next()):
                waiting[pool.submit(job.work, pieces)] = pieces
            if not waiting:
                return
            finished, _ = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)  # Windows hears Ctrl-C between waits
            for future in finished:
                pieces, receipt = waiting.pop(future), future.result()
                batches.learn(receipt)
                yield pieces, receipt
    finally:
        for future in waiting:
            future.cancel()
