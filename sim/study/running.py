"""Running a study: chunks over workers, kept in memory or on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.study import engines, record
from sim.study.frames import kept, to_arrow
from sim.study.plan import Chunk, Plan, plan
from sim.study.pool import in_parallel, in_turn
from sim.study.store import Folder, open_study
from sim.study.study import InMemory, Study

Progress = Callable[[int, int], None]  # runs done, runs in all
Keep = Callable[[Chunk, dict[str, pa.Table]], None]


def run(
    scenarios: Scenario | Sequence[Scenario],
    runs: int = 200,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    customers: bool = False,
    model: type | None = None,
    progress: Progress | None = None,
    out: str | os.PathLike[str] | None = None,
) -> Study:
    """Simulate one or more scenarios many times.

    Run number r meets the same prospects, contacts and moods in every scenario (common random numbers),
    and depends on scenario, seed and r only: not on engine, workers or the number of runs.

    Parameters
    ----------
    scenarios : Scenario or sequence of Scenario
        What is simulated, in one currency.  Names that occur twice get -2, -3, …
    runs : int
        Per scenario.
    seed : int
        Key of all random draws, 0 ≤ seed < 2⁶³.
    engine : {"compiled", "mesa"}
        The fast one, or the Mesa model a researcher can subclass.
    workers : int, optional
        Threads of the compiled engine, by default one per processor; processes of the Mesa engine, by
        default none but the caller's.
    customers : bool
        Whether to keep every customer's account.
    model : type, optional
        A subclass of `sim.BookModel`, for ``engine="mesa"``.
    progress : callable, optional
        Called with (runs done, runs in all): once before work begins, then after every chunk.
    out : path, optional
        Folder to write the study to as it grows.  An unfinished study of the same inputs goes on where it
        stopped, a complete one is opened.  Without it all tables stay in memory.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        When an argument is out of range, or the folder cannot be used.
    StudyError
        When another process is writing the folder.
    """
    asked = plan(scenarios, runs, seed, engine, customers, model)
    count = _workers(asked, workers)
    if out is None:
        return _in_memory(asked, count, progress)
    return _on_disk(asked, count, progress, Path(out))


def _in_memory(asked: Plan, workers: int, progress: Progress | None) -> Study:
    done: dict[Chunk, dict[str, pa.Table]] = {}
    begun = record.record_of(asked)
    _carry_out(asked, asked.chunks(), workers, done.__setitem__, progress)
    pieces = {table: [done[chunk][table] for chunk in sorted(done)] for table in kept(asked.customers)}
    return Study({**begun, "status": record.COMPLETE}, InMemory(pieces))


def _on_disk(asked: Plan, workers: int, progress: Progress | None, out: Path) -> Study:
    folder = Folder(out)
    with folder.claimed():
        if not folder.begin(asked):
            with _says_what_is_safe(folder, asked.total), folder.writing(asked.total):
                _carry_out(asked, folder.missing(asked), workers, folder.pieces.put, progress)
                folder.finish(asked)
        return open_study(out)


@contextmanager
def _says_what_is_safe(folder: Folder, total: int) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{folder.safe(total)}; the same command goes on") from None
    except InputError:
        raise
    except Exception as error:
        error.add_note(f"{folder.safe(total)}; the same command goes on")
        raise


def _carry_out(
    asked: Plan, jobs: list[Chunk], workers: int, keep: Keep, progress: Progress | None
) -> None:
    """Compute the chunks and keep each as soon as it is finished."""
    count = asked.total - sum(len(chunk.runs) for chunk in jobs)

    def compute_and_keep(chunk: Chunk) -> None:
        keep(chunk, to_arrow(asked, chunk, engines.simulate(asked, chunk)))

    def tick(chunk: Chunk, _: Any = None) -> None:
        nonlocal count
        count += len(chunk.runs)
        if progress:
            progress(count, asked.total)

    def keep_and_tick(chunk: Chunk, results: Any) -> None:
        keep(chunk, to_arrow(asked, chunk, results))
        tick(chunk)

    if progress:
        progress(count, asked.total)
    workers = min(workers, len(jobs))
    if workers > 1 and asked.engine == "mesa":
        context = get_context("spawn")  # the same everywhere; a fork would copy running threads
        with ProcessPoolExecutor(workers, mp_context=context) as processes:
            in_parallel(processes, workers, jobs, partial(engines.simulate, asked), keep_and_tick)
        return
    alone = jobs[:1] if workers > 1 else jobs  # compiles before threads begin, where Ctrl-C still works
    in_turn(alone, compute_and_keep, tick)
    if jobs[len(alone) :]:
        with ThreadPoolExecutor(workers, thread_name_prefix="daarna") as threads:
            in_parallel(threads, workers, jobs[len(alone) :], compute_and_keep, tick)


def _workers(asked: Plan, workers: int | None) -> int:
    if workers is None:
        return 1 if asked.engine == "mesa" else os.cpu_count() or 1
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise InputError(f"workers: found {workers!r}; allowed are whole numbers from 1")
    own = asked.model
    if workers > 1 and own is not None and (own.__module__ == "__main__" or "<locals>" in own.__qualname__):
        raise InputError(
            "workers: a model defined in a notebook or script cannot be sent to other processes; "
            "put it in a module, or leave out workers"
        )
    return workers
