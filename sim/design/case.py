"""A problem made ready: everything it names is there, and schemes can be simulated and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.design.evaluate import Evaluation, Evaluator, Sample, Simulated
from sim.design.outcomes import columns
from sim.design.problem import Problem, Range, Vary
from sim.design.space import Axis, Params, Space, axis, sample
from sim.design.statistic import Statistic, Value, parse
from sim.errors import InputError
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scenario.path import get, vary

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Limit:
    """A constraint: sign x (statistic - limit) >= 0; the limit is a number, or the base's value (None)."""

    statistic: Statistic
    sign: float
    number: float | None


@dataclass(frozen=True)
class JudgedScheme:
    """What a sample says of a scheme."""

    gains: tuple[Value, ...]  # objectives, larger is better
    margins: tuple[Value, ...]  # constraints: at least 0 where they are kept

    def vector(self) -> Array:
        """The objectives, larger is better."""
        return np.array([gain.value for gain in self.gains])

    @property
    def defined(self) -> bool:
        """Whether every objective is."""
        return not bool(np.isnan(self.vector()).any())

    def slack(self, z: float) -> Array:
        """Margins less z standard errors; NaN, which is undefined, keeps no limit."""
        found = np.array([margin.value - z * margin.error for margin in self.margins])
        return np.where(np.isnan(found), -np.inf, found)


@dataclass(frozen=True)
class Case:
    """The problem, with what it takes to evaluate and judge a scheme."""

    problem: Problem
    space: Space
    evaluator: Evaluator
    objectives: tuple[Statistic, ...]
    senses: tuple[float, ...]
    limits: tuple[Limit, ...]
    base: Evaluator | None  # of the base as it is, without the problem's components
    start: Params | None  # the base's own values of what is varied, if the family has them
    scenario: Scenario | None
    plain: Scenario | None  # the base as it is

    def judge(self, sample: Sample, base: Sample | None) -> JudgedScheme:
        """Objectives and margins of a scheme from its sample, and the base's on the same random numbers."""
        gains = tuple(_signed(sense, statistic.of(sample)) for sense, statistic in zip(self.senses, self.objectives, strict=True))
        margins = []
        for limit in self.limits:
            value = limit.statistic.of(sample)
            if limit.number is None:
                assert base is not None
                margins.append(_signed(limit.sign, value - limit.statistic.of(base)))
            else:
                margins.append(_signed(limit.sign, value - limit.number))
        return JudgedScheme(gains, tuple(margins))

    def by_world(self, sample: Sample) -> Array:
        """Objectives in each world, larger is better: shape [worlds, objectives]."""
        worlds = range(len(self.evaluator.worlds))
        return np.array(
            [
                [
                    sense * statistic.of(sample, slice(world, world + 1)).value
                    for sense, statistic in zip(self.senses, self.objectives, strict=True)
                ]
                for world in worlds
            ]
        )


def _signed(sign: float, value: Value) -> Value:
    return value if sign > 0 else Value(-value.value, -value.influence)


def prepare(problem: Problem, seed: int, workers: int, folder: Path | None = None, base: Scenario | None = None) -> Case:
    """Read the base, unless it is given, and check that every path, value and outcome of the problem is there.

    Raises
    ------
    InputError
        One message: file, place, what was found, what is allowed.
    """
    file = str(problem.file)
    plain = base or load(problem.base_file)
    family = _family(problem, plain)
    known = columns(plain.months)
    objectives, limits = _statistics(problem, file, list(known))
    axes = _axes(problem.vary, family, f"{file}: vary")
    unknown = _axes(problem.uncertainty.factors, plain, f"{file}: uncertainty")
    worlds = sample(unknown, problem.uncertainty.worlds, seed, problem.uncertainty.sampling) if unknown else [{}]
    _check_ends(family, [*axes, *unknown], file)
    now = {one.path: get(family, one.path) for one in axes}
    space = Space(tuple(axes))
    names = sorted({name for one in (*objectives, *(limit.statistic for limit in limits)) for name in one.expression.outcomes})
    varied, fixed = (Evaluator(Simulated(one, tuple(names)), names, worlds, workers, folder) for one in (family, plain))
    return Case(
        problem, space, varied, objectives, _senses(problem), limits, fixed, now if space.point(now) is not None else None, family, plain,
    )  # fmt: skip


def plugged(problem: Problem, evaluate: Evaluation, outcomes: Sequence[str], seed: int = 1, workers: int = 1) -> Case:
    """A problem with an evaluation of the caller's own: paths are names of its parameters, all of them real numbers.

    Constraints against the base, factors and whole numbers need a scenario; here levels stand for the latter.
    """
    file = str(problem.file)
    objectives, limits = _statistics(problem, file, list(outcomes))
    if any(limit.number is None for limit in limits):
        raise InputError(f'{file}: constraints: found "base", but an evaluation of one\'s own has no base: give a number')
    space = Space(tuple(axis(one.path, one.low, one.high, one.log, one.levels, 0.0, f"{file}: vary") for one in problem.vary))
    unknown = [axis(one.path, one.low, one.high, one.log, (), 0.0, file) for one in problem.uncertainty.factors]
    worlds = sample(unknown, problem.uncertainty.worlds, seed, problem.uncertainty.sampling) if unknown else [{}]
    return Case(
        problem, space, Evaluator(evaluate, list(outcomes), worlds, workers), objectives, _senses(problem), limits, None, None, None, None
    )  # fmt: skip


def _family(problem: Problem, base: Scenario) -> Scenario:
    if not problem.components:
        return base

    lines = [*base.model_dump()["scheme"]["components"], *(one.model_dump() for one in problem.components)]
    return vary(base, {"scheme.components": lines}, f"{problem.file}: components")


def _senses(problem: Problem) -> tuple[float, ...]:
    return tuple(1.0 if objective.sense == "max" else -1.0 for objective in problem.objectives)


def _statistics(problem: Problem, file: str, known: list[str]) -> tuple[tuple[Statistic, ...], tuple[Limit, ...]]:
    def read(text: str, place: str) -> Statistic:
        return parse(text, known, f"{file}: {place}: outcome")

    objectives = tuple(read(one.outcome, f"objectives[{k}]") for k, one in enumerate(problem.objectives))
    limits = tuple(
        Limit(read(one.outcome, f"constraints[{k}]"), one.sign, None if isinstance(one.limit, str) else float(one.limit))
        for k, one in enumerate(problem.constraints)
    )
    return objectives, limits


def _axes(ranges: Sequence[Range], scenario: Scenario, where: str) -> list[Axis]:
    """The axes of parameters of a scenario; whole numbers are so because the scenario's are."""
    found = []
    for one in ranges:
        try:
            now = get(scenario, one.path)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        found.append(axis(one.path, one.low, one.high, one.log, one.levels if isinstance(one, Vary) else (), now, where))
    return found


def _check_ends(scenario: Scenario, axes: Sequence[Axis], file: str) -> None:
    """Each end of each interval, and each level, makes a scenario."""
    for one in axes:
        for value in one.levels or (one.value(0.0), one.value(1.0)):
            vary(scenario, {one.path: value}, f"{file}: {one.path} = {value}")
