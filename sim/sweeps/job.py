"""What a worker does, be it a thread, a process or a machine: simulate some pieces, write one file, return a receipt."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.errors import DaarnaError, StudyError
from sim.scenario.model import Scenario
from sim.sweeps.factor import Factor
from sim.sweeps.parts import write_part
from sim.sweeps.point import make_scenario, mapping

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
    source: str | None  # of the model, as its folder says
    mark: str  # what its parts' names begin with
    model: Model | None = None

    def work(self, pieces: Sequence[Piece]) -> Receipt:
        """Simulate pieces and have their results safe on disk.

        Raises
        ------
        OSError
            When the part cannot be written.
        StudyError
            When the folder of the sweep is not to be seen from here.
        """
        began = time.perf_counter()
        parts = Path(self.folder) / "parts"
        self._check(parts)
        frames, failures = [], []
        for piece in pieces:
            try:
                frames.append((piece.address, self.simulate(piece)))
            except Exception as error:  # whatever it is, it is this point's alone
                failures.append((piece.address, _told(error)))
        if frames:
            write_part(parts, self.mark, frames)
        return Receipt(sum(piece.runs for piece in pieces), time.perf_counter() - began, tuple(failures))

    def _check(self, parts: Path) -> None:
        if not parts.is_dir():
            host = platform.node()
            raise StudyError(
                f"{parts}: is not there for worker {os.getpid()} on {host}; all workers must see the folder of the sweep"
            )
        if self.source is not None:
            from sim.compiled import source_hash

            if source_hash() != self.source:
                raise StudyError(
                    f"worker {os.getpid()} on {platform.node()} has another version of daarna; install the same on all"
                )

    def simulate(self, piece: Piece) -> Columns:
        """The runs table of a piece, column by column: ``run``, then the outcomes."""
        numbers = range(piece.first, piece.last + 1)
        if self.model is not None:
            return _checked(self.model(mapping(self.factors, piece.row), self.seed, numbers), numbers)
        assert self.base is not None
        return run_columns_of(make_scenario(self.base, self.factors, piece.row), self.seed, numbers)


def run_columns_of(scenario: Scenario, seed: int, numbers: range) -> Columns:
    """The runs table of :func:`sim.engine.simulate`, without the time it takes to make data frames and other tables."""
    from sim.engine.kernel import simulate_runs, workspace
    from sim.engine.results import new_output, runs_columns
    from sim.scenario.record import build

    runs = np.array(numbers, np.int64)
    output, ready = new_output(scenario.months, runs.size), build(scenario)
    simulate_runs(ready, seed, runs, False, output, *workspace(ready))
    return runs_columns(runs, output)


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
