"""Enough runs and no more: targets for half-widths, and how many runs they take.

The runs grow in batches.  After each batch every target is looked at in every scenario; the size of the next batch follows
from the results alone, so that a study that was interrupted and goes on becomes the study it would have been.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim import formula
from sim.analysis.differences import Matched
from sim.analysis.estimators import CONFIDENCE, Estimate
from sim.analysis.expression import TAIL, Columns, Expression, of_node
from sim.analysis.paired import NONE, Extra, interval, quantile, spread
from sim.analysis.skew import COCHRAN, runs_for
from sim.analysis.stopping import (
    CONSTANT,
    EVENTS,
    FIRST,
    GROWTH,
    LEAST,
    STEP,
    expected_size,
    look_ahead_limit,
    next_size,
    replications,
    runs_for_events,
)
from sim.errors import InputError
from sim.scenario.base import shown
from sim.scenario.model import Scenario
from sim.tables import run_columns
from sim.texts import nearest
from sim.whole_number import MOST_RUNS, whole

MAX_RUNS = 10_000
RULES = ("batches", "hoad")
EXAMPLES = "OUTCOME=WIDTH such as npv=2%, q05(npv)=5000 or P(npv < 0)=.02"


@dataclass(frozen=True)
class PrecisionTarget:
    """A half-width that an estimate's 95% interval is to have.

    Attributes
    ----------
    expression : Expression
        The estimate.
    width : float
        Half-width: in the estimate's unit, or as a share of its absolute value.
    relative : bool
        Which of the two.
    difference : bool
        Whether it is about the paired difference of every scenario to the first; relative is then to the first's value.
    """

    expression: Expression
    width: float
    relative: bool = False
    difference: bool = False

    @classmethod
    def parse(cls, text: str, difference: bool = False) -> PrecisionTarget:
        """Read a target such as ``npv=2%``; within ``difference(…)`` it is about the paired difference."""
        name, sign, given = text.rpartition("=")
        text, last = text.strip()[: formula.SHORT], given.strip()[: formula.SHORT]
        width = formula.number(given)
        if not sign or not name.strip():
            raise InputError(f"precision: found '{text}', allowed is {EXAMPLES}")
        if not (width > 0.0 and math.isfinite(width)):
            raise InputError(f"precision: {text}: found width '{last}', allowed is a number above 0, or 2%")
        try:
            node = formula.parse(name)
            if node.kind == "call" and node.value == "difference" and len(node.parts) == 1:
                node, difference = node.parts[0], True
            expression = of_node(node)
        except InputError as error:
            raise InputError(f"precision: {error}") from None
        return cls(expression, width, given.strip().endswith("%"), difference)

    @property
    def name(self) -> str:
        """The estimate, in its usual spelling."""
        return f"difference({self.expression})" if self.difference else str(self.expression)

    def __str__(self) -> str:
        """The target in its usual spelling."""
        return f"{self.name}={f'{100 * self.width:.12g}%' if self.relative else f'{self.width:.12g}'}"


@dataclass(frozen=True)
class Attained:
    """How far a target is reached in a scenario.

    Attributes
    ----------
    target, scenario : str
        Which target, and where.
    estimate : Estimate
        Of the quantity, or of its difference to the first scenario's.
    allowed : float
        The half-width asked for, in the estimate's unit.
    expected : float
        Runs it is expected to take, maybe infinite; no more than there are if it is reached.
    needed : int or None
        By the rule of Hoad, Robinson & Davies, the number of replications it took.
    """

    target: str
    scenario: str
    estimate: Estimate
    allowed: float
    expected: float
    reached: bool
    needed: int | None = None

    def record(self) -> dict[str, Any]:
        """For ``study.json``, which has no word for infinite."""
        one = self.estimate
        numbers = {
            "value": one.value,
            "standard_error": one.standard_error,
            "low": one.low,
            "high": one.high,
            "half_width": one.half_width,
            "allowed": self.allowed,
        }
        finite = {key: value if math.isfinite(value) else None for key, value in numbers.items()}
        counts = {"n": one.n, "undefined": one.undefined, "reached": self.reached}
        needed = {} if self.needed is None else {"replications": self.needed}
        return {"target": self.target, "scenario": self.scenario, **finite, **counts, **needed}


@dataclass(frozen=True)
class InterimAnalysis:
    """What is known after so many runs.

    Attributes
    ----------
    runs : int
        Runs per scenario so far.
    attained : tuple of Attained
        Per target and scenario.
    next_runs : int
        Runs per scenario at the next look; `runs` if there is none.
    expected : int
        Runs per scenario it is expected to take in all.
    """

    runs: int
    attained: tuple[Attained, ...]
    next_runs: int
    expected: int

    @property
    def reached(self) -> bool:
        """Whether all targets are reached."""
        return all(one.reached for one in self.attained)

    @property
    def finished(self) -> bool:
        """Whether there are enough runs, or as many as are allowed."""
        return self.next_runs == self.runs

    def farthest(self) -> Attained:
        """The target that is expected to take most runs."""
        return max(self.attained, key=lambda one: (not one.reached, one.expected))


@dataclass(frozen=True)
class Precision:
    """How precise a study is to be, and how many runs it may take.

    Attributes
    ----------
    targets : tuple of Target
        All are to be reached, in all scenarios.
    max_runs : int
        Runs per scenario at which the study ends, reached or not.
    rule : {"batches", "hoad"}
        Looks at growing batches, or after every run with the look-ahead of Hoad, Robinson & Davies (2010).
    """

    targets: tuple[PrecisionTarget, ...]
    max_runs: int = MAX_RUNS
    rule: str = "batches"

    @classmethod
    def parse(
        cls,
        given: str | Sequence[str] | Precision,
        max_runs: int | None = None,
        rule: str | None = None,
        difference: bool = False,
    ) -> Precision:
        """Read targets such as ``"npv=2%, P(npv < 0)=.02"``, one text or several.

        Parameters
        ----------
        difference : bool
            Whether all targets are about the paired differences to the first scenario.

        Raises
        ------
        InputError
            When a target, the maximum or the rule is none; says what is allowed.
        """
        if isinstance(given, Precision):
            targets, rule = given.targets, rule or given.rule
            max_runs = given.max_runs if max_runs is None else max_runs
        else:
            texts = [given] if isinstance(given, str) else list(given) if isinstance(given, Sequence) else [given]
            if not all(isinstance(text, str) for text in texts):
                raise InputError(f"precision: found {shown(given)}, allowed is {EXAMPLES}")
            one_by_one = [part for text in texts for part in formula.pieces(text)]
            found = [PrecisionTarget.parse(part, difference) for part in one_by_one]
            targets = tuple({str(target): target for target in found}.values())
        precision = cls(targets, MAX_RUNS if max_runs is None else max_runs, rule or RULES[0])
        precision._check()
        return precision

    def _check(self) -> None:
        if not self.targets:
            raise InputError(f"precision: found no target, allowed is {EXAMPLES}")
        whole("max_runs", self.max_runs, 2, MOST_RUNS)
        if self.rule not in RULES:
            raise InputError(f"rule: found '{self.rule}', allowed is {' or '.join(RULES)}{nearest(self.rule, RULES)}")
        for target in self.targets:
            if self.rule == "hoad" and target.expression.kind not in ("mean", "P"):
                raise InputError(
                    f"precision: {target}: the rule hoad is for means and probabilities; batches is for all estimates"
                )

    def check(self, scenarios: Sequence[Scenario]) -> None:
        """InputError unless every target is about outcomes that all these scenarios have."""
        outcomes = [column.name for column in run_columns(min(scenario.months for scenario in scenarios))]
        for target in self.targets:
            try:
                target.expression.check(outcomes)
            except InputError as error:
                raise InputError(f"precision: {error}") from None
            if target.difference and len(scenarios) < 2:
                raise InputError(f"precision: {target}: there is one scenario, and no other that differs")

    @property
    def first(self) -> int:
        """Runs per scenario at the first look."""
        return min(FIRST, self.max_runs)

    @property
    def outcomes(self) -> list[str]:
        """The columns of the runs table that the targets are about."""
        return list(dict.fromkeys(one for target in self.targets for one in target.expression.outcomes))

    def record(self) -> dict[str, Any]:
        """For ``study.json``: all that determines how many runs there will be."""
        return {
            "targets": [str(target) for target in self.targets],
            "max_runs": self.max_runs,
            "rule": self.rule,
            "confidence": CONFIDENCE,
            "first": FIRST,
            "growth": GROWTH,
            "step": STEP,
            "constant": CONSTANT,
            "events": EVENTS,
            "least": LEAST,
            "tail": TAIL,
        }

    def look(self, runs: int, columns: Mapping[str, Columns], matched: Mapping[str, Matched] | None = None) -> InterimAnalysis:
        """What is known after `runs` runs per scenario, and how many there are to be at the next look.

        Parameters
        ----------
        columns : mapping
            By scenario, the first one the base of differences: values of the outcomes, run after run.
        matched : mapping, optional
            How scenarios were brought to the base's pay: half-widths of mean differences hold the error of the match.
        """
        attained = tuple(
            self._attained(target, name, columns, _extra(target, (matched or {}).get(name)))
            for target in self.targets
            for name in self._where(target, columns)
        )
        expected = max(one.expected for one in attained)
        done = all(one.reached for one in attained) or runs >= self.max_runs
        if done:
            return InterimAnalysis(runs, attained, runs, runs)
        following = next_size(runs, expected, self.max_runs)
        return InterimAnalysis(runs, attained, following, max(following, math.ceil(min(expected, self.max_runs))))

    @staticmethod
    def _where(target: PrecisionTarget, columns: Mapping[str, Columns]) -> list[str]:
        return list(columns)[1:] if target.difference else list(columns)

    def _attained(self, target: PrecisionTarget, name: str, columns: Mapping[str, Columns], extra: Extra) -> Attained:
        ours, base = columns[name], next(iter(columns.values()))
        found = _difference(target, ours, base, extra) if target.difference else target.expression.of(ours)
        compared = target.expression.of(base).value if target.difference else found.value
        allowed = target.width * abs(compared) if target.relative else target.width
        n = found.n + found.undefined
        floor = quantile(CONFIDENCE, extra.freedom) * math.sqrt(extra.variance) if extra.variance else 0.0
        own, rest = (math.sqrt(max(width**2 - floor**2, 0.0)) for width in (found.half_width, allowed))  # what runs make smaller
        expected = expected_size(n, own, rest, self._least(target, allowed, ours, base))
        if self.rule == "batches":
            return Attained(str(target), name, found, allowed, expected, expected <= n)
        solved = self._replications(target, ours, base)
        if solved is None:
            expected = max(expected, n) + look_ahead_limit(n) + 1.0
        return Attained(str(target), name, found, allowed, expected, expected <= n, solved)

    @staticmethod
    def _least(target: PrecisionTarget, allowed: float, ours: Columns, base: Columns) -> int:
        """Runs below which the half-width is no guide to when to stop: rare events, and skewed outcomes (Cochran's rule)."""
        if target.expression.kind not in ("mean", "P"):
            return max(LEAST, target.expression.least_runs)
        values = target.expression.per_run(ours)
        values = values - target.expression.per_run(base) if target.difference else values
        known = values[~np.isnan(values)]
        if target.expression.kind == "mean":
            least = max(LEAST, float(runs_for(known[:, None], COCHRAN)[0]))
        else:
            happened = int(np.count_nonzero(known))
            seen = happened if target.difference else min(happened, known.size - happened)
            least = runs_for_events(known.size, seen, allowed)
        return math.ceil(least) if math.isfinite(least) else MOST_RUNS

    @staticmethod
    def _replications(target: PrecisionTarget, ours: Columns, base: Columns) -> int | None:
        """Number of replications by Hoad, Robinson & Davies' rule, runs in which the outcome is undefined included."""
        values = target.expression.per_run(ours)
        of = target.expression.per_run(base) if target.difference else values
        values = values - of if target.difference else values
        defined = np.flatnonzero(~np.isnan(values))
        solved = replications(values[defined], target.width, target.relative, FIRST, of=of[defined])
        return int(defined[solved.needed - 1]) + 1 if solved else None


def _difference(target: PrecisionTarget, ours: Columns, base: Columns, extra: Extra) -> Estimate:
    found = target.expression.difference(ours, base)
    if not extra.variance or found.n < 2:
        return found
    values, others = (target.expression.per_run(one) for one in (ours, base))
    known = np.isfinite(values - others)
    gaps = (values - others)[known]
    scale = float(np.abs([values[known], others[known]]).max())
    allowing = interval(gaps, spread(gaps, scale), CONFIDENCE, extra)
    return replace(found, standard_error=allowing["standard_error"], low=allowing["low"], high=allowing["high"])


def _extra(target: PrecisionTarget, match: Matched | None) -> Extra:
    """The error that matching pay adds to a target: to differences of means."""
    mean = target.difference and target.expression.kind == "mean"
    return match.extra(target.expression.outcomes[0]) if match and mean else NONE


def goal_of(
    runs: int | None,
    precision: str | Sequence[str] | Precision | None,
    max_runs: int | None,
    rule: str | None = None,
    difference: bool = False,
) -> Precision | None:
    """The precision asked for; None if it is a number of runs.

    Raises
    ------
    InputError
        When both are given, or a maximum or a rule without a precision, or a precision that is none.
    """
    if precision is None:
        for name, given in (("max_runs", max_runs), ("rule", rule)):
            if given is not None:
                raise InputError(f"{name}: goes with a precision; for a fixed number of runs give runs alone")
        return None
    if runs is not None:
        raise InputError("runs and precision: give one of them; with a precision the number of runs is found, up to max_runs")
    return Precision.parse(precision, max_runs, rule, difference)
