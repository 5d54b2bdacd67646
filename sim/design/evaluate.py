"""Evaluating schemes on common random numbers: every scheme meets the same runs in the same worlds."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.design.outcomes import table
from sim.design.space import Params
from sim.engine import load_kernel, new_stop, simulate, stopping
from sim.files.atomic import make_folder, read_sealed, write_sealed
from sim.scenario.model import Scenario
from sim.scenario.path import vary
from sim.sources import source_hash
from sim.study.work_folder import tell_damaged
from sim.threads import Threads

Array = NDArray[np.float64]
Sample = dict[str, Array]  # outcome -> [worlds, runs]
CHUNK = 64  # runs that a thread takes at a time


class Evaluation(Protocol):
    """What a scheme brings: a function of its parameters, a seed and run numbers.

    Run k of a seed must meet the same chance whatever the parameters (common random numbers).
    """

    def __call__(self, params: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        """A row per run, in order: ``run`` and a column per outcome."""
        ...


@dataclass(frozen=True)
class Simulated:
    """Evaluation by simulating a scenario with parameters set by path."""

    scenario: Scenario
    outcomes: tuple[str, ...]
    stop: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64), compare=False)  # ends runs under way

    def __call__(self, params: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        """Outcomes of the scenario with these parameters; see :func:`sim.scenario.path.vary`."""
        return table(simulate(vary(self.scenario, params), seed, runs, stop=self.stop), self.outcomes)

    @property
    def identity(self) -> str:
        """What determines the numbers, beside parameters, seed and runs."""
        return f"{self.scenario.content_hash()} {source_hash()} {','.join(self.outcomes)}"


class Evaluator:
    """Samples of many schemes, in threads; what has been simulated is kept, on disk too if a folder is given.

    A search that was killed goes through the same schemes again and finds them there, since it is
    determined by its seed.  The results do not depend on the number of threads.
    """

    def __init__(
        self,
        evaluate: Evaluation,
        outcomes: Sequence[str],
        worlds: Sequence[Params] = ({},),
        workers: int = 1,
        folder: Path | None = None,
    ) -> None:
        self.evaluate, self.outcomes, self.worlds, self.workers = evaluate, tuple(outcomes), tuple(worlds), workers
        self._kept: dict[str, Array] = {}
        identity = getattr(evaluate, "identity", None)
        self._folder = folder if identity else None
        self._identity = str(identity)

    def samples(self, schemes: Sequence[Params], seed: int, runs: int, done: Callable[[int], None] | None = None) -> list[Sample]:
        """Runs 1 to `runs` of every scheme in every world; `done` is told of runs (worlds x runs) that were not there before."""
        found: list[Sample] = []
        if isinstance(self.evaluate, Simulated):
            load_kernel()
        pool = Threads(self.workers)
        with stopping(getattr(self.evaluate, "stop", new_stop()), pool):
            for scheme in schemes:
                before = len(self._kept)
                found.append(self._sample(pool, scheme, seed, runs))
                if done and len(self._kept) > before:
                    done(len(self.worlds) * runs)
        return found

    def _sample(self, pool: Threads, scheme: Params, seed: int, runs: int) -> Sample:
        key = hashlib.sha256(json.dumps([self._identity, self.worlds, scheme, seed, runs], sort_keys=True).encode()).hexdigest()
        made = self._kept.get(key)
        if made is None:
            made = self._read(key, runs)
        if made is None:
            size = min(CHUNK, -(-runs // self.workers))
            parts = [range(first, min(first + size, runs + 1)) for first in range(1, runs + 1, size)]
            work = [(world, part) for world in self.worlds for part in parts]
            frames = list(pool.map(lambda one: self._part({**one[0], **scheme}, seed, one[1]), work))
            made = np.concatenate(frames, axis=1).reshape(len(self.outcomes), len(self.worlds), runs)
            self._write(key, made)
        self._kept[key] = made
        return dict(zip(self.outcomes, made, strict=True))

    def _part(self, params: Params, seed: int, numbers: range) -> Array:
        frame = self.evaluate(params, seed, numbers)
        return frame[list(self.outcomes)].to_numpy(float).T

    def _read(self, key: str, runs: int) -> Array | None:
        if self._folder is None:
            return None
        path = self._path(key)
        content = read_sealed(path, key)
        try:
            made: Array = np.load(io.BytesIO(content or b""), allow_pickle=False)
        except (ValueError, EOFError, MemoryError):  # not whole, or an array of objects
            if path.exists():
                tell_damaged(path)
            return None
        return made if made.shape == (len(self.outcomes), len(self.worlds), runs) else None

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key[:32]}.npy"

    def _write(self, key: str, made: Array) -> None:
        if self._folder is None:
            return
        content = io.BytesIO()
        np.save(content, made)
        make_folder(self._folder)
        write_sealed(self._path(key), content.getvalue(), key)
