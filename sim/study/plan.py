"""What a study is to compute: scenarios, seed, runs, engine - and the chunks the work is cut into."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.study.provenance import code_hash

ENGINES = ("compiled", "mesa")
SEED_BELOW = 2**63
RUNS_AT_MOST = 2**31  # run numbers address random draws as 32-bit counters
CHUNK_WORK = 12_000  # rep-months per chunk: some tenths of a second for the compiled engine
CHUNK_AT_MOST = 50  # runs


@dataclass(frozen=True, order=True)
class Chunk:
    """Runs `first`, …, `stop` - 1 of one scenario: computed, and written to disk, in one go."""

    scenario: int  # place in the plan, from 0
    first: int
    stop: int

    @property
    def runs(self) -> range:
        """The run numbers."""
        return range(self.first, self.stop)


@dataclass(frozen=True)
class Plan:
    """Everything a study's numbers depend on.  Make one with :func:`plan`."""

    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    seed: int
    runs: int
    engine: str = "compiled"
    customers: bool = False
    model: type | None = None  # a BookModel, for engine "mesa"

    @property
    def currency(self) -> str:
        """Of all money in the study."""
        return self.scenarios[0].currency

    @property
    def total(self) -> int:
        """Runs of all scenarios together."""
        return self.runs * len(self.scenarios)

    @property
    def content_hash(self) -> str:
        """SHA-256 of what was asked: names and content of the scenarios, seed, runs - whatever the engine."""
        scenarios = [[name, s.content_hash()] for name, s in zip(self.names, self.scenarios, strict=True)]
        return _digest({"scenarios": scenarios, "seed": self.seed, "runs": self.runs})

    def inputs(self) -> dict[str, Any]:
        """What must be the same for a study on disk to be continued; the number of runs may grow."""
        return {
            "scenarios": {
                name: scenario.content_hash()
                for name, scenario in zip(self.names, self.scenarios, strict=True)
            },
            "seed": self.seed,
            "engine": self.engine,
            "model": _model(self.model),
            "customers": self.customers,
            "code": code_hash(),
        }

    def folder_name(self) -> str:
        """A name that two different studies never share: the scenarios, and eight digits of a hash."""
        shown = "-vs-".join(self.names[:3]) + (f"-and-{len(self.names) - 3}-more" if self.names[3:] else "")
        return f"{shown[:100]}-{_digest({**self.inputs(), 'content': self.content_hash})[:8]}"

    def chunks(self) -> list[Chunk]:
        """The work, in order.  The cuts do not depend on workers, so that a killed study finds its pieces."""
        made = []
        for k, scenario in enumerate(self.scenarios):
            work = scenario.months * scenario.reps.count
            size = 1 if self.engine == "mesa" else max(1, min(CHUNK_AT_MOST, CHUNK_WORK // work))
            cuts = range(0, self.runs, size)
            made += [Chunk(k, first, min(first + size, self.runs)) for first in cuts]
        return made


def plan(
    scenarios: Scenario | Sequence[Scenario],
    runs: int,
    seed: int,
    engine: str = "compiled",
    customers: bool = False,
    model: type | None = None,
) -> Plan:
    """Check what was asked and make a plan of it.

    Raises
    ------
    InputError
        No scenario, different currencies, runs or seed out of range, unknown engine, a model without mesa.
    """
    given = (scenarios,) if isinstance(scenarios, Scenario) else tuple(scenarios)
    if not given:
        raise InputError("no scenario was given; give at least one")
    for thing in given:
        if not isinstance(thing, Scenario):
            raise InputError(f"found {thing!r} where a scenario was expected; sim.load reads one from a file")
    _whole("runs", runs, 1, RUNS_AT_MOST)
    _whole("seed", seed, 0, SEED_BELOW)
    if engine not in ENGINES:
        raise InputError(f"engine: found {engine!r}; allowed are {' and '.join(map(repr, ENGINES))}")
    if model is not None and engine != "mesa":
        raise InputError('model: a model of your own needs engine="mesa"')
    currencies = sorted({scenario.currency for scenario in given})
    if len(currencies) > 1:
        raise InputError(f"scenarios of one study share a currency; found {' and '.join(currencies)}")
    names = unique([scenario.name for scenario in given])
    return Plan(names, given, int(seed), int(runs), engine, bool(customers), model)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, with -2, -3, … after those that were there before."""
    taken: list[str] = []
    for name in names:
        candidate, count = name, 1
        while candidate in taken or (count > 1 and candidate in names):
            count += 1
            candidate = f"{name}-{count}"
        taken.append(candidate)
    return tuple(taken)


def _whole(name: str, value: Any, least: int, below: int) -> None:
    whole = hasattr(value, "__index__") and not isinstance(value, bool)
    if not whole or not least <= int(value) < below:
        raise InputError(f"{name}: found {value!r}; allowed are whole numbers from {least} to {below - 1}")


def _model(model: type | None) -> str | None:
    """A model by name and by what it says, since a notebook's class changes under the same name."""
    if model is None:
        return None
    try:
        source = inspect.getsource(model)
    except (OSError, TypeError):
        source = ""
    return f"{model.__module__}.{model.__qualname__} {hashlib.sha256(source.encode()).hexdigest()[:16]}"


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
