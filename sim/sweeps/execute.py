"""Running a sweep: batches of points in threads, in processes or on a cluster; results depend on none of them. What it will take."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

from sim.engine import load_kernel, new_stop, stopping
from sim.errors import InputError, StudyError
from sim.files.atomic import place
from sim.scenario.base import shown
from sim.sweeps.design import Design, observables
from sim.sweeps.design_file import load
from sim.sweeps.job import Job, Model, Piece, program
from sim.sweeps.pool import Batches, cores, in_parallel, slots_of
from sim.sweeps.record import about
from sim.sweeps.results import Sweep, open_sweep
from sim.sweeps.sweep_folder import SweepFolder
from sim.threads import Threads
from sim.whole_number import whole

Progress = Callable[[int, int], None]
SAMPLE = 5  # points that are tried
ENOUGH = 2.0  # seconds of trying


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
        Where the work is done; threads of this process by default.  Its workers write into the folder themselves,
        so they must see it.  For Dask: ``client.get_executor()``.  It is not shut down.
    workers : int, optional
        Threads, or the number of workers of an `executor` that does not tell; all cores by default.
    model : callable, optional
        Takes the place of the simulation: ``model(point, seed, runs)`` gets a mapping name of factor -> value (the
        label, of a level), the seed and a range of run numbers, and returns a data frame: ``run`` and outcomes.  A
        row must depend on point, seed and run number only: a point's runs may be asked for in several calls.
    progress : callable, optional
        Called with (runs finished, runs in all), first with what is on disk already.

    Returns
    -------
    Sweep
        A point that cannot be simulated is among its failures, with its error; the others do not suffer.  The next
        call tries it again.

    Raises
    ------
    InputError
        When the design is wrong, or `out` cannot be written, holds something else or is in use.
    StudyError
        When the disk fills up or the executor breaks; says what is safe.
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor: found {shown(executor)}, allowed is a concurrent.futures.Executor")
    chosen = _checked(design, workers, model)
    if out is not None:
        return _sweep(chosen, place(out), executor, workers, model, progress)
    temporary = tempfile.TemporaryDirectory(prefix="daarna-sweep-", ignore_cleanup_errors=True)
    result = _sweep(chosen, Path(temporary.name), executor, workers, model, progress)
    result._keeps = temporary
    return result


def sweep_part(
    design: Design | str | Path,
    out: str | Path,
    part: int,
    parts: int,
    workers: int | None = None,
    model: Model | None = None,
    progress: Progress | None = None,
) -> int:
    """Simulate every so-many-th point of a design into its folder; several parts may run at once, on many machines.

    When all are done, :func:`sweep` makes the tables, and simulates what is still missing.

    Parameters
    ----------
    design, out, workers, model, progress
        As for :func:`sweep`.
    part, parts : int
        Which part, from 1, and of how many.

    Returns
    -------
    int
        Number of points that failed.

    Raises
    ------
    InputError, StudyError
        As for :func:`sweep`; also when the same part is being simulated.
    """
    chosen = _checked(design, workers, model)
    if not 1 <= part <= parts:
        raise InputError(f"part: found {part}/{parts}, allowed is 1/{parts} to {parts}/{parts}")
    with SweepFolder(place(out), chosen, about(chosen, model), (part, parts)) as folder:
        if not folder.about["complete"]:
            _fill(folder, _job(folder, model), None, workers, progress)
        return len(folder.failures)


def _checked(design: Design | str | Path, workers: int | None, model: Model | None) -> Design:
    if not isinstance(design, Design | str | Path):
        raise InputError(f"design: found a {type(design).__name__}, allowed is a sim.Design, or the path of a design file")
    chosen = design if isinstance(design, Design) else load(design)
    if model is None and chosen.base is None:
        raise InputError("base: found none; a design without a model needs the scenario that every point starts from")
    if model is not None and not callable(model):
        raise InputError(f"model: found {shown(model)}, allowed is a function of point, seed and runs")
    if workers is not None:
        whole("workers", workers, 1)
    return chosen


def _sweep(
    design: Design, out: Path, executor: Executor | None, workers: int | None, model: Model | None, progress: Progress | None
) -> Sweep:
    with SweepFolder(out, design, about(design, model)) as folder:
        if not folder.about["complete"]:
            _fill(folder, _job(folder, model), executor, workers, progress)
            folder.finish()
        elif progress:
            progress(folder.total, folder.total)
    result = open_sweep(out)
    result.__dict__["design"] = design
    return result


def _job(folder: SweepFolder, model: Model | None) -> Job:
    design = folder.design

    return Job(
        str(folder.folder.absolute()),
        design.base,
        design.factors,
        design.seed,
        program(model),
        folder.mark,
        model,
        observables(design),
        new_stop(),
    )


def _fill(folder: SweepFolder, job: Job, executor: Executor | None, workers: int | None, progress: Progress | None) -> None:
    """Simulate what is missing; results are written by the workers, only receipts come back."""
    if progress:
        progress(folder.done, folder.total)
    copies = {address: number for address, number in Counter(folder.mine()).items() if number > 1}
    try:
        with _workers(executor, workers, job) as pool:
            for pieces, receipt in in_parallel(pool, job, Batches(folder.missing()), slots_of(pool, workers)):
                folder.failures.update(receipt.failures)
                folder.done += sum(piece.runs * copies.get(piece.address, 1) for piece in pieces)
                folder.tidy()
                if progress:
                    progress(folder.done, folder.total)
    except OSError as error:
        raise StudyError(f"{folder.folder}: cannot be written: {error.strerror or error}; {folder.safe()}") from None
    except StudyError as error:
        raise StudyError(f"{error}; {folder.safe()}") from None


@contextmanager
def _workers(executor: Executor | None, workers: int | None, job: Job) -> Iterator[Executor]:
    """The user's executor, or threads that end with the block."""
    if executor is not None:
        yield executor
        return

    if job.model is None:
        load_kernel()
    assert job.stop is not None
    pool = Threads(workers or cores())
    with stopping(job.stop, pool):
        yield pool


def seconds_per_run(design: Design, model: Model | None = None) -> float | None:
    """Time of one run on one core: the mean over a few points spread over the design; None if they all fail.

    Parameters
    ----------
    design : Design
        What is to be simulated.
    model : callable, optional
        What takes the place of the simulation.
    """
    job = Job("", design.base, design.factors, design.seed, {}, "", model, observables(design))
    last = len(design) - 1
    times: list[float] = []
    for number in range(SAMPLE):
        piece = Piece(b"", design.row(last * number // (SAMPLE - 1)), 1, 1)
        try:
            if not times:
                job.simulate(piece)  # the first time includes loading the kernel
            began = time.perf_counter()
            job.simulate(piece)
        except Exception:  # a failing point: it will be recorded as one
            continue
        times.append(time.perf_counter() - began)
        if sum(times) > ENOUGH or last == 0:
            break
    return sum(times) / len(times) if times else None
