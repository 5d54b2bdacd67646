"""The compiled ensemble: many runs over the same rules, without the GIL."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import cache, lru_cache
from queue import SimpleQueue
from typing import Any

import numpy as np

from sim.engine.memory import check_memory, needed
from sim.engine.results import Output, Tables, check_money, new_output, tables
from sim.errors import DaarnaError, StudyError
from sim.scenario.model import Scenario
from sim.scenario.record import Setup, build
from sim.threads import Finished, Threads, next_finished, undisturbed, watched

log = logging.getLogger(__name__)

EXACT = 2.0**53  # hundredths: sums of whole numbers are exact as far as that
GRACE = 1.0  # seconds that runs under way are given after Ctrl-C


@lru_cache(maxsize=64)
def _setup(canonical: str) -> Setup:
    return build(Scenario.model_validate_json(canonical))


def setup(scenario: Scenario) -> Setup:
    """The scenario as the rules read it (kept for the next chunk of the same scenario)."""
    return _setup(scenario.model_dump_json())


def new_stop() -> np.ndarray:
    """What ends runs under way, wherever they are, when its one number is set to 1."""
    return np.zeros(1, np.int64)


@contextmanager
def stopping(stop: np.ndarray, pool: Executor) -> Iterator[None]:
    """The threads of a pool end with the block: after an error or Ctrl-C what is under way has a second to be finished and kept.

    Another Ctrl-C ends it at once.
    """
    try:
        yield
    finally:
        try:
            late = threading.Timer(GRACE, stop.fill, [1])
            with undisturbed():
                late.start()
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            stop.fill(1)
            raise
        late.cancel()


@cache
def load_kernel() -> None:
    """Have the compiled model ready, compiled now if need be: in the thread that asks, so that Ctrl-C is heard meanwhile."""
    from sim.engine.kernel import simulate_runs, workspace

    least = setup(Scenario(months=1))
    simulate_runs(least, 1, np.zeros(0, np.int64), False, new_output(1, 0), *workspace(least, new_stop()))


def compute(
    scenario: Scenario,
    ready: Setup,
    seed: int,
    numbers: np.ndarray,
    customers: bool,
    stop: np.ndarray | None = None,
    by_block: bool = True,
) -> tuple[Output, np.ndarray, np.ndarray]:
    """The runs `numbers`: their output, customers' records and where each run's end.

    Raises
    ------
    InputError
        When there is not enough memory for it.
    StudyError
        When `stop` was set, another thread having been asked to end.
    """
    from sim.engine.kernel import simulate_runs, workspace

    check_memory(scenario, needed(scenario, numbers.size, customers))
    load_kernel()
    flag = new_stop() if stop is None else stop
    output = new_output(scenario.months, numbers.size)

    def work() -> Any:
        return simulate_runs(ready, seed, numbers, customers, output, *workspace(ready, flag, by_block))

    kept, ends, services = _listening(work, flag) if threading.current_thread() is threading.main_thread() else work()
    if flag[0]:
        raise StudyError("stopped before the runs under way were finished")
    _check_exact(scenario, output)
    check_money(output)
    return output._replace(services=services), kept, ends


def _listening(work: Any, stop: np.ndarray) -> Any:
    """Do it in another thread: while compiled code runs in the main one, Python does not hear Ctrl-C."""
    finished: Finished[Any] = SimpleQueue()
    with Threads(1) as pool:
        try:
            watched(pool.submit(work), finished)
            return next_finished(finished).result()
        except BaseException:
            stop[0] = 1
            raise


def _check_exact(scenario: Scenario, output: Output) -> None:
    """Say so where sums are so large that they are no longer exact to the hundredth, and let nothing out that is no number."""
    largest = max(np.abs(part).max(initial=0.0) for part in (output.months.view("f8"), output.profit_years, output.cohorts))
    if not np.isfinite(largest):
        raise DaarnaError(f"{scenario.name}: the accounts came to numbers beyond all bounds; please report the scenario")
    if largest > EXACT:
        _say_inexact(scenario.name, scenario.currency)


@cache
def _say_inexact(name: str, currency: str) -> None:
    log.warning(
        f"{name}: amounts of more than {EXACT / 100:,.0f} {currency} are no longer exact to the hundredth; count money in thousands"
    )


def simulate(
    scenario: Scenario, seed: int, runs: range, customers: bool = False, stop: np.ndarray | None = None, by_block: bool = True
) -> Tables:
    """Simulate runs of a scenario with the compiled engine.

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    seed : int
        Key of all draws, 0 <= seed < 2**63.
    runs : range
        Run numbers; each run depends on (scenario, seed, run number) only.
    customers : bool
        Whether to return every customer's account.
    stop : array, optional
        See :func:`new_stop`.
    by_block : bool
        Whether customers to whom nothing happens go through the month by the block; without it every customer takes every
        step, which is slower and must give the same (for tests).

    Returns
    -------
    Tables
        Data frames in the scenario's currency.

    Raises
    ------
    InputError, StudyError
        As :func:`compute`.
    """
    numbers = np.array(runs, np.int64)
    output, kept, ends = compute(scenario, setup(scenario), seed, numbers, customers, stop, by_block)
    return tables(scenario, numbers, output, np.split(kept, ends[:-1]) if customers else None)


__all__ = ["Tables", "compute", "load_kernel", "new_stop", "setup", "simulate", "stopping"]
