"""Running a study: chunks of runs in parallel threads; results do not depend on chunks or workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sim import engine as compiled
from sim.engine import Tables, load_kernel, new_stop, stopping
from sim.engine.memory import check_memory, needed, threads_for
from sim.errors import InputError
from sim.files.atomic import place
from sim.scenario.base import shown
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.study.equal_pay import EqualPay
from sim.study.parquet import columns
from sim.study.precision import InterimAnalysis, Precision, goal_of
from sim.study.provenance import grow, record
from sim.study.results import Study, check_currency, matched_of
from sim.study.study_folder import Chunk, StudyFolder, tables_of
from sim.threads import Finished, Threads, next_finished, watched
from sim.whole_number import LAST_SEED, MOST_RUNS, whole

RUNS = 200  # unless a number or a precision is asked for
CHUNKS_PER_WORKER = 16  # enough that workers finish together
LARGEST_CHUNK = 64  # runs: what a kill may cost a worker


class Destination(Protocol):
    """Where finished runs go."""

    about: dict[str, Any]

    def gaps(self) -> Iterator[Chunk]:
        """Runs that are not there yet, in order."""

    def put(self, chunk: Chunk, tables: Tables) -> None:
        """Keep a finished chunk of runs; called by any thread."""

    def columns(self, outcomes: list[str]) -> dict[str, pd.DataFrame]:
        """Outcomes of the runs so far by scenario, run after run, when there are no gaps."""

    def finish(self) -> Mapping[str, pd.DataFrame]:
        """The study's tables by name, when there are no gaps left."""


def run(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    runs: int | None = None,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    customers: bool = False,
    model: Any = None,
    progress: Callable[[int, int], None] | None = None,
    out: str | Path | None = None,
    precision: str | Sequence[str] | Precision | None = None,
    max_runs: int | None = None,
    looked: Callable[[InterimAnalysis], None] | None = None,
    equal_pay: Sequence[EqualPay] = (),
) -> Study:
    """Simulate scenarios on common random numbers.

    Parameters
    ----------
    scenarios : Scenario, path of a scenario file, or sequence of them
        What is simulated; run k of every scenario meets the same prospects and moods.
    runs, seed : int
        Number of runs (200 unless `precision` finds it), and the key of all draws (0 <= seed < 2**63).
    engine : {"compiled", "mesa"}
        The compiled ensemble, or the Mesa model; their tables are identical.
    workers : int, optional
        Threads; all cores by default.  The results do not depend on it.
    customers : bool
        Whether to keep every customer's account.
    model : type, optional
        A subclass of :class:`sim.BookModel`, for ``engine="mesa"``.
    progress : callable, optional
        Called with (runs finished, runs in all), first with what is on disk already; with `precision` the
        runs in all are those expected from what is known so far.
    out : path, optional
        Folder of the study.  Finished runs are written there at once; the same call goes on where a killed
        one stopped, and memory does not grow with the number of runs.  Without it, the tables are in memory.
    precision : str, sequence of str or Precision, optional
        Instead of `runs`: half-widths of 95% intervals to reach, such as ``"npv=2%, P(npv < 0)=.02"``.  The runs
        grow in batches until all are reached in all scenarios; the result is the study of so many runs.
    max_runs : int, optional
        With `precision`: runs per scenario at which the study ends all the same (10,000 by default).
    looked : callable, optional
        With `precision`: called after every batch with what is reached so far.
    equal_pay : sequence of EqualPay, optional
        How scenarios among them were brought to the first one's pay: kept in the study, whose intervals allow for it.

    Raises
    ------
    InputError
        When an argument is out of bounds, or `out` cannot be written, holds something else or is in use.
    StudyError
        When the disk fills up; says what is safe.
    """
    chosen = listed(scenarios)
    goal = goal_of(runs, precision, max_runs)
    runs = goal.first if goal else RUNS if runs is None else runs
    runs, seed = check(chosen, runs, seed, engine, workers, model)
    if goal:
        goal.check(chosen)
    about = record(chosen, seed, runs, engine, customers, model, goal, equal_pay)

    stop = new_stop()

    def simulate(numbers: range, scenario: int) -> Tables:
        return _simulate(chosen[scenario], seed, numbers, engine, customers, model, stop)

    threads = _threads(chosen, runs, engine, customers, workers)
    folder = None if out is None else place(out)
    if folder is None:
        return _fill(_Memory(about), simulate, stop, threads, progress, goal, looked)
    with StudyFolder(folder, about) as kept:
        return _fill(kept, simulate, stop, threads, progress, goal, looked)


def _threads(chosen: list[Scenario], runs: int, engine: str, customers: bool, workers: int | None) -> int:
    """How many workers there is memory for, the compiled model being ready for them; 0 is this very thread.

    Mesa's runs are Python's: threads would not make them faster, and could not be stopped.
    """
    needs = [needed(one, min(runs, LARGEST_CHUNK), customers, engine) for one in chosen]
    for one, need in zip(chosen, needs, strict=True):
        check_memory(one, need)
    if engine == "mesa":
        return 0
    load_kernel()
    return threads_for(max(needs), workers or os.cpu_count() or 1)


def _fill(
    target: Destination,
    simulate: Callable[[range, int], Tables],
    stop: np.ndarray,
    threads: int,
    progress: Callable[[int, int], None] | None,
    goal: Precision | None,
    looked: Callable[[InterimAnalysis], None] | None,
) -> Study:
    """Simulate what is missing, in threads, and finish the study."""
    scenarios = len(target.about["names"])

    def work(chunk: Chunk) -> int:
        target.put(chunk, simulate(chunk.numbers, chunk.scenario))
        return len(chunk.numbers)

    pool = Threads(threads) if threads else _Here()
    with stopping(stop, pool):
        for gaps, expected in _batches(target, goal, looked):
            missing = sum(len(gap.numbers) for gap in gaps)
            done = target.about["runs"] * scenarios - missing
            if progress:
                progress(done, expected * scenarios)
            size = min(LARGEST_CHUNK, max(1, missing // (threads * CHUNKS_PER_WORKER))) if threads else 1
            for finished in _in_parallel(pool, work, _cut(gaps, size), ahead=max(1, 2 * threads)):
                done += finished
                if progress:
                    progress(done, expected * scenarios)
    tables = target.finish()
    return Study(target.about | {"complete": True}, tables)


def _batches(
    target: Destination, goal: Precision | None, looked: Callable[[InterimAnalysis], None] | None
) -> Iterator[tuple[list[Chunk], int]]:
    """Batch by batch the runs that are missing, and how many runs per scenario are expected in all.

    Without a goal there is one batch.  With one, what is on disk already is looked at as it was when it was made, so
    that the batches are the same; the last one is empty.
    """
    expected = target.about["runs"]
    if goal is None or target.about["complete"]:
        yield list(target.gaps()), expected
        return
    while True:
        if gaps := list(target.gaps()):
            yield gaps, expected
        look = goal.look(target.about["runs"], target.columns(goal.outcomes), matched_of(target.about))
        if looked:
            looked(look)
        expected = look.expected
        if look.finished:
            break
        grow(target.about, look.next_runs)
    target.about["reached"] = look.reached
    target.about["attained"] = [one.record() for one in look.attained]
    yield [], expected


def _cut(gaps: Iterable[Chunk], size: int) -> Iterator[Chunk]:
    for gap in gaps:
        for first in range(gap.first, gap.last + 1, size):
            yield Chunk(gap.scenario, first, min(first + size - 1, gap.last))


def _in_parallel(pool: Executor, work: Callable[[Chunk], int], chunks: Iterator[Chunk], ahead: int) -> Iterator[int]:
    """What `work` returns for each chunk, as it is finished; at most `ahead` chunks are handed out."""
    finished: Finished[int] = SimpleQueue()
    waiting = 0
    while True:
        for chunk in islice(chunks, ahead - waiting):
            watched(pool.submit(work, chunk), finished)
            waiting += 1
        if not waiting:
            return
        done = next_finished(finished).result()
        waiting -= 1
        yield done


class _Here(Executor):
    """Work is done when it is handed in, by the thread that hands it in: Ctrl-C reaches it."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done


class _Memory:
    """Finished runs in memory."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self._parts: dict[Chunk, Tables] = {}

    def gaps(self) -> Iterator[Chunk]:
        for scenario in range(len(self.about["names"])):
            last = max((chunk.last for chunk in self._parts if chunk.scenario == scenario), default=0)
            if last < self.about["runs"]:
                yield Chunk(scenario, last + 1, self.about["runs"])

    def put(self, chunk: Chunk, tables: Tables) -> None:
        self._parts[chunk] = tables

    def columns(self, outcomes: list[str]) -> dict[str, pd.DataFrame]:
        found: dict[str, list[pd.DataFrame]] = {name: [] for name in self.about["names"]}
        for chunk, part in sorted(self._parts.items()):
            found[self.about["names"][chunk.scenario]].append(part.runs[outcomes])
        return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}

    def finish(self) -> Mapping[str, pd.DataFrame]:
        longest = max(scenario["months"] for scenario in self.about["scenarios"])
        parts = sorted(self._parts.items())
        scenarios = pd.Series([self.about["names"][chunk.scenario] for chunk, _ in parts])
        tables = {}
        for name in tables_of(self.about):
            frames = [getattr(part, name) for _, part in parts]
            table = pd.concat(frames, ignore_index=True)
            table.insert(0, "scenario", scenarios.repeat([len(frame) for frame in frames]).array)
            tables[name] = table.reindex(columns=[column.name for column in columns(name, longest)])
        return tables


def _simulate(
    scenario: Scenario, seed: int, numbers: range, engine: str, customers: bool, model: Any, stop: np.ndarray
) -> Tables:
    if engine == "mesa":
        from sim import book

        return book.simulate(scenario, seed, numbers, customers, model)

    return compiled.simulate(scenario, seed, numbers, customers, stop)


def _is_model(model: Any) -> bool:
    from sim.book import BookModel

    return isinstance(model, type) and issubclass(model, BookModel)


def listed(scenarios: Any) -> list[Scenario]:
    """One scenario, or several, as a list; scenario files are read."""
    if isinstance(scenarios, Scenario | str | os.PathLike) or not isinstance(scenarios, Iterable):
        return [as_scenario(scenarios, "run")]
    return [as_scenario(one, "run") for one in scenarios]


def check(chosen: list[Scenario], runs: int, seed: int, engine: str, workers: int | None, model: Any) -> tuple[int, int]:
    """Refuse arguments that no study can be made of; runs and seed as plain whole numbers."""
    if not chosen:
        raise InputError("run: no scenario was given")
    numbers = whole("runs", runs, 1, MOST_RUNS), whole("seed", seed, 0, LAST_SEED)
    if engine not in ("compiled", "mesa"):
        raise InputError(f"engine: found '{engine}', allowed is compiled or mesa")
    if engine == "compiled" and os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        raise InputError("engine: expected mesa while NUMBA_DISABLE_JIT is set, got compiled: nothing is compiled then; unset it")
    if workers is not None:
        whole("workers", workers, 1)
    if model is not None and engine != "mesa":
        raise InputError("model: a BookModel subclass runs with engine = 'mesa' only")
    if model is not None and not _is_model(model):
        raise InputError(f"model: found {shown(model)}, allowed is a subclass of sim.BookModel")
    check_currency((scenario.name, scenario.currency) for scenario in chosen)
    return numbers
