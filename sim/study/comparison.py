"""Schemes compared on common random numbers: :func:`compare` simulates, :class:`Comparison` says what the pairs say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.differences import Matched, check_level, differences
from sim.analysis.dominance import dominance
from sim.analysis.outcomes import directed, outcomes_of, samples
from sim.analysis.paired import NONE
from sim.analysis.ranking import ranking
from sim.errors import InputError
from sim.files.atomic import place
from sim.scenario.base import shown
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.study.comparable import check_months, lengths
from sim.study.unequal_cost import unequal_costs
from sim.tables import Column
from sim.whole_number import MOST_RUNS, whole

if TYPE_CHECKING:
    from sim.study import Study
    from sim.study.equal_pay import EqualPay
    from sim.study.precision import Precision

PAIRS = 1000  # pairs of runs, where nothing is said


def check_pairs(pairs: int) -> None:
    """Refuse a number of pairs of runs of which no interval can be made."""
    try:
        whole("runs", pairs, 2, MOST_RUNS)
    except InputError as error:
        raise InputError(f"{error}: an interval needs two pairs of runs") from None


class Comparison:
    """What a study's pairs of runs say of its schemes; the first scenario is the base.

    A pure function of the study: with more runs, make another one.

    Parameters
    ----------
    study : Study
        Of two scenarios or more.
    level : float
        Of all intervals, and of what is said of dominance.
    equal_pay : sequence of EqualPay
        How the other schemes were rescaled to the base's pay, if they were.

    Raises
    ------
    InputError
        When the study has one scenario only, its scenarios run different numbers of months, or the level is no probability.
    """

    def __init__(self, study: Study, level: float = 0.95, equal_pay: Sequence[EqualPay] = ()) -> None:
        from sim.study.results import Study as Made

        if not isinstance(study, Made):
            raise InputError(f"Comparison: expected a study, as sim.run or sim.open gives it, got {shown(study)}")
        if len(study.names) < 2:
            raise InputError(f"compare: expected a base and at least one other scenario, got one ({study.names[0]})")
        check_level(level)
        check_months(lengths(study))
        self.study = study
        self.level = level
        self.equal_pay = tuple(equal_pay)

    def __repr__(self) -> str:
        """The comparison in a line, and one for each scheme that does not cost what the base does."""
        line = f"<Comparison of {', '.join(self.others)} with {self.base}: {self.study.about['runs']} pairs of runs>"
        return "\n".join([line, *unequal_costs(self.study)])

    @property
    def base(self) -> str:
        """Name of the scenario that the others are compared with."""
        return self.study.names[0]

    @property
    def others(self) -> list[str]:
        """Names of the others."""
        return self.study.names[1:]

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Paired differences, a row per other scenario and outcome: see :func:`sim.analysis.differences.differences`."""
        return self.differences_of()

    def differences_of(self, outcomes: Sequence[str] | None = None, family: str = "schemes") -> pd.DataFrame:
        """Paired differences of some outcomes, or with another family of joint intervals."""
        study = self.study
        return differences(study.runs, study.names, study.currency, self.level, outcomes, family, self.matched)

    @property
    def matched(self) -> dict[str, Matched]:
        """How the others were brought to the base's pay, by name."""
        return {one.scenario.name: one.matched for one in self.equal_pay} or self.study.matched

    @cached_property
    def dominance(self) -> pd.DataFrame:
        """Stochastic dominance of every outcome with a better side: see :func:`sim.analysis.dominance.dominance`."""
        columns = [column for column in outcomes_of(self.study.runs) if column.better]
        values = samples(self.study.runs, self.study.names, columns)
        found = [
            dominance(values[0, :, j], values[k, :, j], column.better, self.level).assign(scenario=name, outcome=column.name)
            for k, name in enumerate(self.others, 1)
            for j, column in enumerate(columns)
        ]
        table = pd.concat(found, ignore_index=True).assign(base=self.base)
        first = ["scenario", "base", "outcome"]
        return table[[*first, *(name for name in table if name not in first)]]

    def ranking(self, outcome: str = "npv") -> pd.DataFrame:
        """All schemes by the mean of an outcome, with the probability of being best: :func:`sim.analysis.ranking.ranking`.

        Raises
        ------
        InputError
            When there is no such outcome, or neither more nor less of it is better.
        """
        column = self.directed(outcome)
        values = samples(self.study.runs, self.study.names, [column])[:, :, 0]
        extras = [self.matched[name].extra(outcome) if name in self.matched else NONE for name in self.study.names]
        return ranking(values, self.study.names, column.better, self.level, extras)

    def directed(self, outcome: str) -> Column:
        """The outcome with its unit and better side: see :func:`sim.analysis.outcomes.directed`."""
        return directed(outcome, max(one["months"] for one in self.study.scenarios))

    def verdict(self, outcome: str = "npv") -> str:
        """The answer in a few sentences made from the numbers: see :func:`sim.study.verdict.verdict`."""
        from sim.study.verdict import verdict

        return verdict(self, outcome)


def compare(
    base: Scenario | str | Path,
    *others: Scenario | str | Path,
    runs: int | None = None,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    customers: bool = False,
    model: Any = None,
    progress: Callable[[int, int], None] | None = None,
    out: str | Path | None = None,
    level: float = 0.95,
    equal_pay: bool | str = False,
    precision: str | Sequence[str] | Precision | None = None,
    max_runs: int | None = None,
) -> Comparison:
    """Simulate a base and other scenarios on common random numbers, and compare them run by run.

    Parameters
    ----------
    base, *others : Scenario, or path of a scenario file
        What is compared; every other with the base.
    runs : int, optional
        Pairs of runs; 1000 unless a precision is given.
    seed, engine, workers, customers, model, progress, out
        As for :func:`sim.run`; run k of all scenarios is a pair.
    precision, max_runs
        As for :func:`sim.run`, but that an outcome alone means its paired difference to the base: ``npv=5000``, or
        ``npv=2%`` of the base's value.
    level : float
        Of all intervals.
    equal_pay : bool or {"variable", "salary"}
        Rescale every other scheme first so that a rep's expected pay is the base's: its variable pay (also for True),
        or its salary.  See :func:`sim.study.equal_pay.equal_pay`.

    Returns
    -------
    Comparison
        ``.differences``, ``.dominance``, ``.ranking()``, ``.verdict()``, and the study: ``.study``.

    Raises
    ------
    InputError
        When an argument is out of bounds, the scenarios have different currencies or months, or pay cannot be made equal.
    StudyError
        When the disk fills up; says what is safe.
    """
    from sim.study import run
    from sim.study.precision import goal_of
    from sim.study.run import check

    chosen = [as_scenario(one, "compare") for one in (base, *others)]
    if not others:
        raise InputError("compare: expected a base and at least one other scenario, got the base alone")
    check_level(level)
    goal = goal_of(runs, precision, max_runs, difference=True)
    pairs = PAIRS if runs is None else runs
    check_pairs(pairs)
    check(chosen, pairs, seed, engine, workers, model)
    check_months((one.name, one.months) for one in chosen)
    folder = None if out is None else place(out)
    if equal_pay and model is not None:
        raise InputError(
            "equal_pay: pay is matched under daarna's own rules, not under another BookModel; rescale the schemes yourself"
        )
    matched: list[EqualPay] = []
    if equal_pay:
        from sim.study.equal_pay import LEAST_RUNS
        from sim.study.equal_pay import equal_pay as match

        what = "variable" if equal_pay is True else equal_pay
        matched = [match(one, chosen[0], max(pairs, LEAST_RUNS), seed, what, workers=workers) for one in chosen[1:]]
        chosen = [chosen[0], *(one.scenario for one in matched)]
    study = run(
        chosen, None if goal else pairs, seed, engine, workers, customers, model, progress, folder, precision=goal,
        equal_pay=matched,
    )  # fmt: skip
    return Comparison(study, level, matched)
