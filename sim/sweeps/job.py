"""What a worker does, be it a thread, a process or a machine: simulate some pieces, write one file, return a receipt."""

from __future__ import annotations

import hashlib
import inspect
import os
import platform
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numba.core.errors import NumbaError

from sim.engine import compute, simulate
from sim.engine.results import runs_columns
from sim.errors import DaarnaError, WorkerError
from sim.observables import needs_customers, observe
from sim.scenario.model import Scenario
from sim.scenario.record import build
from sim.sources import source_hash
from sim.study.provenance import installed
from sim.sweeps.factor import Factor
from sim.sweeps.parts import write_part
from sim.sweeps.point import make_scenario, mapping

MACHINE = (OSError, MemoryError, ImportError, SystemError, NumbaError)  # errors that are never a point's
PACKAGES = ("numpy", "scipy", "numba", "llvmlite")
Model = Callable[..., pd.DataFrame]
Columns = dict[str, np.ndarray]


class Piece(NamedTuple):
    """Runs `first` to `last` of a point."""

    address: bytes
    row: tuple[Any, ...]  # codes of the point
    first: int
    last: int

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.last - self.first + 1


class Receipt(NamedTuple):
    """What became of some pieces: the results themselves are in the part the worker wrote."""

    runs: int  # simulated, or failed
    seconds: float
    failures: tuple[tuple[bytes, str], ...]  # address of the point, and its error


@dataclass(frozen=True)
class Job:
    """All that the pieces of a sweep have in common; it can be pickled."""

    folder: str
    base: Scenario | None
    factors: tuple[Factor, ...]
    seed: int
    program: dict[str, str]  # what numbers depend on beside the design, as who leads has it: see `program`
    mark: str  # what its parts' names begin with
    model: Model | None = None
    observables: tuple[str, ...] = ()  # recorded beside the columns of the runs table
    stop: np.ndarray | None = field(default=None, compare=False)  # ends the runs under way in threads of this process

    def __dask_tokenize__(self) -> str:
        """No two calls are the same to Dask: it would answer a retry with the error of the first try."""
        return uuid.uuid4().hex

    def work(self, pieces: Sequence[Piece]) -> Receipt:
        """Simulate pieces and have their results safe on disk.

        Raises
        ------
        OSError
            When the part cannot be written.
        WorkerError
            When the folder of the sweep is not to be seen from here, or this worker or its machine cannot simulate.
        """
        began = time.perf_counter()
        parts = Path(self.folder) / "parts"
        self._check(parts)
        frames, failures = [], []
        for piece in pieces:
            try:
                frames.append((piece.address, self.simulate(piece)))
            except MACHINE as error:
                raise _broken(_told(error)) from None
            except Exception as error:  # whatever it is, it is this point's alone
                failures.append((piece.address, _told(error)))
        if frames:
            write_part(parts, self.mark, frames)
        return Receipt(sum(piece.runs for piece in pieces), time.perf_counter() - began, tuple(failures))

    def _check(self, parts: Path) -> None:
        """See that the folder is there, that the program is the one of who leads, and that it can simulate at all."""
        if not parts.is_dir():
            raise _broken(f"{parts}: is not there; all workers must see the folder of the sweep")
        here = program(self.model)
        for name, there in self.program.items():
            if here.get(name) != there:
                raise _broken(f"has another {name} ({here.get(name)}; expected {there}); install the same on all")
        if self.model is None:
            try:
                load_kernel()
            except Exception as error:  # whatever it is, no point is to blame
                raise _broken(f"the model cannot be loaded: {_told(error)}") from None

    def simulate(self, piece: Piece) -> Columns:
        """The runs table of a piece, column by column: ``run``, then the outcomes."""
        numbers = range(piece.first, piece.last + 1)
        if self.model is not None:
            return _checked(self.model(mapping(self.factors, piece.row), self.seed, numbers), numbers)
        assert self.base is not None
        scenario = make_scenario(self.base, self.factors, piece.row)
        if self.observables:
            return observed(scenario, self.seed, numbers, self.observables)
        return run_columns_of(scenario, self.seed, numbers, self.stop)


@cache
def load_kernel() -> None:
    """Simulate a month, once in the life of a process, so that what is wrong with compiled code or machine shows before any point."""
    run_columns_of(Scenario(months=1), 1, range(1, 2))


def program(model: Model | None) -> dict[str, str]:
    """All that numbers depend on beside the design, by name: sources, the user's function, packages whose bits may differ."""
    own = {} if model is None else {"version of the model function": source_of(model)}
    return {"version of daarna": source_hash(), **own, **{name: installed(name) for name in PACKAGES}}


def source_of(model: Model) -> str:
    """First 16 hex digits of the SHA-256 of the source of a user's function."""
    try:
        source = inspect.getsource(model if inspect.isroutine(model) else type(model))
    except (OSError, TypeError):
        source = "not known"
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def _broken(why: str) -> WorkerError:
    """The error of this worker, with its address if it is Dask's."""
    address = ""
    if "distributed" in sys.modules:
        with suppress(ValueError):  # not in a task of Dask
            address = str(sys.modules["distributed"].get_worker().address)
    return WorkerError(f"worker {os.getpid()} on {platform.node()}: {why}", address)


def run_columns_of(scenario: Scenario, seed: int, numbers: range, stop: np.ndarray | None = None) -> Columns:
    """The runs table of :func:`sim.engine.simulate`, without the time it takes to make data frames and other tables."""
    runs = np.array(numbers, np.int64)
    output, _, _ = compute(scenario, build(scenario), seed, runs, False, stop)
    return runs_columns(scenario, runs, output)


def observed(scenario: Scenario, seed: int, numbers: range, names: Sequence[str]) -> Columns:
    """The runs table, and observables of all tables (:mod:`sim.observables`)."""
    tables = simulate(scenario, seed, numbers, needs_customers(names))
    columns = {str(name): tables.runs[name].to_numpy() for name in tables.runs}
    return columns | {name: observe(tables, name) for name in names}


def _checked(frame: Any, numbers: range) -> Columns:
    """What a user's function returned, if it is a runs table of these runs."""
    if not isinstance(frame, pd.DataFrame) or "run" not in frame or len(frame.columns) < 2:
        raise DaarnaError("model: must return a data frame with the column run and at least one outcome")
    if list(frame["run"]) != list(numbers):
        raise DaarnaError(f"model: must return one row for each run from {numbers.start} to {numbers.stop - 1}, in order")
    for name in frame:
        if name in ("address", "point") or not pd.api.types.is_numeric_dtype(frame[name]):
            raise DaarnaError(f'model: returned the column "{name}", allowed are outcomes that are numbers')
    outcomes = {str(name): frame[name].to_numpy(float) for name in frame if name != "run"}
    return {"run": np.array(numbers, np.int64), **outcomes}


def _told(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, DaarnaError) else f"{type(error).__name__}: {text}"
