"""Running a study: chunks of runs in parallel threads; results do not depend on chunks or workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.study.results import Study

CHUNK = 8
TABLES = ("runs", "months", "cohorts", "whale", "customers")


def run(
    scenarios: Scenario | Sequence[Scenario],
    runs: int = 200,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    customers: bool = False,
    model: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Simulate scenarios on common random numbers.

    Parameters
    ----------
    scenarios : Scenario or sequence of Scenario
        What is simulated; run k of every scenario meets the same prospects and moods.
    runs, seed : int
        Number of runs, and the key of all draws (0 <= seed < 2**63).
    engine : {"compiled", "mesa"}
        The compiled ensemble, or the Mesa model; their tables are identical.
    workers : int, optional
        Threads; all cores by default.  The results do not depend on it.
    customers : bool
        Whether to keep every customer's account.
    model : type, optional
        A subclass of :class:`sim.BookModel`, for ``engine="mesa"``.
    progress : callable, optional
        Called with (runs finished, runs in all).

    Raises
    ------
    InputError
        When an argument is out of bounds.
    """
    chosen = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    _check(chosen, runs, seed, engine, workers, model)
    names = _unique([scenario.name for scenario in chosen])
    parts: dict[int, list[Any]] = {index: [] for index in range(len(chosen))}
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        jobs: list[tuple[int, int, Future[Any]]] = []
        for index, scenario in enumerate(chosen):
            for start in range(1, runs + 1, CHUNK):
                numbers = range(start, min(start + CHUNK, runs + 1))
                jobs.append((index, len(numbers), pool.submit(_simulate, scenario, seed, numbers, engine, customers, model)))
        finished = 0
        try:
            for index, size, job in jobs:
                parts[index].append(job.result())
                finished += size
                if progress:
                    progress(finished, runs * len(chosen))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    tables: dict[str, Any] = {}
    for table in TABLES:
        frames = []
        for index, name in enumerate(names):
            for part in parts[index]:
                frame = getattr(part, table)
                if frame is not None:
                    frame.insert(0, "scenario", name)
                    frames.append(frame)
        tables[table] = pd.concat(frames, ignore_index=True) if frames else None
    return Study(names, [scenario.canonical() for scenario in chosen], seed, engine, **tables)


def _simulate(scenario: Scenario, seed: int, numbers: range, engine: str, customers: bool, model: Any) -> Any:
    if engine == "mesa":
        from sim import book

        return book.simulate(scenario, seed, numbers, customers, model)
    from sim import engine as compiled

    return compiled.simulate(scenario, seed, numbers, customers)


def _check(chosen: list[Scenario], runs: int, seed: int, engine: str, workers: int | None, model: Any) -> None:
    if not chosen:
        raise InputError("run: no scenario was given")
    if runs < 1:
        raise InputError(f"runs: found {runs}, allowed is at least 1")
    if not 0 <= seed < 2**63:
        raise InputError(f"seed: found {seed}, allowed is 0 to {2**63 - 1}")
    if engine not in ("compiled", "mesa"):
        raise InputError(f"engine: found '{engine}', allowed is compiled or mesa")
    if workers is not None and workers < 1:
        raise InputError(f"workers: found {workers}, allowed is at least 1")
    if model is not None and engine != "mesa":
        raise InputError("model: a BookModel subclass runs with engine = 'mesa' only")
    if len({scenario.currency for scenario in chosen}) > 1:
        raise InputError("scenarios with different currencies cannot be compared in one study")


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return out
