"""Schemes compared on common random numbers: :func:`compare` simulates, :class:`Comparison` says what the pairs say, in numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.differences import Matched, check_level, differences, labelled
from sim.analysis.dominance import CROSSING, ESTABLISHED, dominance
from sim.analysis.outcomes import KNOWN, directed, outcomes_of, samples
from sim.analysis.paired import NONE
from sim.analysis.ranking import ranking
from sim.errors import InputError
from sim.files.atomic import place
from sim.number_text import significant, span
from sim.scenario.base import shown
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.study import Study, run
from sim.study.equal_pay import LEAST_RUNS, PAY, EqualPay
from sim.study.equal_pay import equal_pay as match
from sim.study.precision import Precision, goal_of
from sim.study.results import Study as Made
from sim.study.results import check_months, lengths
from sim.study.run import check
from sim.tables import LESS, Column
from sim.whole_number import MOST_RUNS, whole

if TYPE_CHECKING:
    import pandas as pd


PAIRS = 1000  # pairs of runs, where nothing is said
ORDERS = {1: "first", 2: "second"}
COST = "sales_force_cost"
MATERIAL = 0.02  # of the base's cost: below that a difference is too small to speak of
REMEDY = "daarna compare --equal-pay takes it out"


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
        """The comparison in a line, and one for each thing that whoever reads an answer of it must know."""
        line = f"<Comparison of {', '.join(self.others)} with {self.base}: {self.study.about['runs']} pairs of runs>"
        return "\n".join([line, *cautions(self.study)])

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
        """The answer in a few sentences made from the numbers: see :func:`sim.study.comparison.verdict`."""
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
        what = "variable" if equal_pay is True else equal_pay
        matched = [match(one, chosen[0], max(pairs, LEAST_RUNS), seed, what, workers=workers) for one in chosen[1:]]
        chosen = [chosen[0], *(one.scenario for one in matched)]
    study = run(
        chosen, None if goal else pairs, seed, engine, workers, customers, model, progress, folder, precision=goal,
        equal_pay=matched,
    )  # fmt: skip
    return Comparison(study, level, matched)


def verdict(comparison: Comparison, outcome: str = "npv") -> str:
    """A sentence or two per other scheme, with several one on which is best, and whether they cost the same.

    What is said to be higher or lower is so at the comparison's level, jointly for all its schemes.
    """
    column = comparison.directed(outcome)
    rows = comparison.differences_of([outcome]).to_dict("records")
    said = [_difference(row, column, comparison.level) + _dominance(comparison, column, k) for k, row in enumerate(rows, 1)]
    best = [_best(comparison, outcome)] if len(rows) > 1 else []
    lost = losing(comparison.study.summary(), comparison.study.currency)
    return "\n".join([*said, *best, *([lost] if lost else []), *cautions(comparison.study)])


def losing(summary: pd.DataFrame, currency: str, what: str = "npv", level: float = 0.95) -> str:
    """What is said where the mean npv of every scheme is below zero; nothing where one is not.

    Parameters
    ----------
    summary : rows of scenarios and outcomes with ``mean``, ``low`` and ``high``, the ends of its interval.
    currency, level : of the amounts, and of the intervals.
    what : how npv is called.
    """
    rows = summary[summary["outcome"] == "npv"]
    if rows.empty or not (rows["mean"] < 0).all():
        return ""
    best = max(rows.to_dict("records"), key=lambda row: float(row["mean"]))
    who = f"{best['scenario']} loses" if len(rows) == 1 else "Every scheme loses"
    sure = "" if (rows["high"] < 0).all() else f", though that is not established at {level:.0%}"
    whose = f"its expected {what} is" if len(rows) == 1 else f"the highest expected {what} is that of {best['scenario']},"
    interval = (
        f" ({level:.0%} interval {span(best['low'], best['high'])})"
        if np.isfinite(best["high"]) and best["low"] < best["high"]
        else ""
    )
    return f"{who} money{sure}: {whose} {significant(best['mean'])} {currency}{interval}."


def _difference(row: Mapping[Any, Any], column: Column, level: float) -> str:
    name, base, what = row["scenario"], row["base"], column.name
    if np.isnan(row["standard_error"]):
        return f"{name} against {base}: {what} is defined in {row['n']} pairs of runs, too few to say anything."
    if row["standard_error"] == 0:
        return f"{name} against {base}: {what} {'is the same' if row['mean'] == 0 else 'differs by the same'} in every run."
    if row["low_joint"] <= 0 <= row["high_joint"]:
        widest = max(abs(row["low_joint"]), abs(row["high_joint"]))
        size = f"; a difference of more than {_amount(widest, row['unit'])} either way is not compatible with these runs"
        text = f"no difference in {what} is established ({labelled(level, row['joint_over'])}) between {name} and {base}{size}."
        return text[0].upper() + text[1:]
    low, high = sorted((abs(row["low_joint"]), abs(row["high_joint"])))
    way = "higher" if row["mean"] > 0 else "lower"
    good = "better" if (row["mean"] > 0) != (column.better == LESS) else "worse"
    share = f"It is better in {of_pairs(row, level)}."
    span = f"{_amount(low, row['unit'])} to {_amount(high, row['unit'])}"
    return f"{name} is {good} than {base}: its expected {what} is {way} by {span} ({labelled(level, row['joint_over'])}). {share}"


def of_pairs(row: Mapping[Any, Any], level: float) -> str:
    """In how many pairs of runs a scheme is better, and the probability that this leaves open (Wilson): 0 of 20 is no probability of 0."""
    n, times = int(row["n"]), round(row["better"] * row["n"])
    return (
        f"{times:,} of {n:,} pairs of runs (probability {probability_span(row['better_low'], row['better_high'])}, {level:.0%})"
    )


def probability_span(low: float, high: float) -> str:
    """Such as 0.84 to 1.00, for an interval of a probability."""
    return f"{low:.2f} to {high:.2f}" if high - low >= 0.02 else f"{low:.3f} to {high:.3f}"


def _amount(value: float, unit: str) -> str:
    """Three digits with the unit; shares and scores are numbers."""
    return significant(value, 3) + ("" if unit in ("share", "score") else f" {unit}")


def _dominance(comparison: Comparison, column: Column, k: int) -> str:
    values = samples(comparison.study.runs, comparison.study.names, [column])[:, :, 0]
    table = dominance(values[0], values[k], column.better, comparison.level)
    names = {ESTABLISHED[0]: comparison.study.names[k], ESTABLISHED[1]: comparison.base}
    for order, found in zip(table["order"], table["verdict"], strict=True):
        if found in names:
            who = "everyone" if order == 1 else "everyone averse to risk"
            return f" {names[found]} dominates at {ORDERS[order]} order, which {who} prefers (between the 5% and 95% quantiles)."
    if (table["verdict"] == CROSSING).all():
        return " Neither dominates the other, at first or second order: the choice depends on the attitude to risk."
    return ""


def _best(comparison: Comparison, outcome: str) -> str:
    table = comparison.ranking(outcome)
    return "" if table["p_best"].isna().all() else f"{best(table, f'expected {outcome}', comparison.level)}."


def best(table: pd.DataFrame, what: str, level: float, known: Mapping[str, str] | None = None) -> str:
    """Which scheme is best, or which cannot be told apart, from :func:`sim.analysis.ranking.ranking`; `known` gives titles."""
    rows = table[table["may_be_best"].astype(bool)].to_dict("records")
    names = [(known or {}).get(row["scenario"], row["scenario"]) for row in rows]
    if len(rows) > 1:
        shown = ", ".join(f"{name} ({probability(row['p_best'])})" for name, row in zip(names, rows, strict=True))
        return f"Best in {what} at {level:.0%}: cannot be told apart: {shown}; in brackets the probability of each to be the best"
    return f"Best in {what}: {names[0]}, with probability {probability(rows[0]['p_best'])}; at {level:.0%} no other may be"


def probability(p: float) -> str:
    """A probability with two decimals, and neither 0 nor 1, which draws cannot show."""
    return "above 0.99" if p > 0.99 else "below 0.01" if p < 0.01 else f"{p:.2f}"


def cautions(study: Study) -> list[str]:
    """What a reader of any answer of a study must know: schemes that do not cost the same, reps who cannot live on their pay."""
    return [*unequal_costs(study), *underpaid(study)]


def unequal_costs(study: Study) -> list[str]:
    """A sentence for every scheme whose expected cost of the sales force differs from the first one's.

    Cost is salaries, subsidy, commission less clawback, and hiring, discounted to the start.  It differs if it does by more than
    2% of the base's, and by more than two standard errors of the paired difference.
    """
    if len(study.names) < 2 or COST not in study.runs:
        return []
    values = samples(study.runs, study.names, [KNOWN[COST]])[:, :, 0]
    base, said = values[0].mean(), []
    for name, other in zip(study.names[1:], values[1:], strict=True):
        gap = other - values[0]
        error = gap.std(ddof=1) / np.sqrt(gap.size) if gap.size > 1 else 0.0
        if abs(gap.mean()) > max(MATERIAL * abs(base), 2.0 * error):
            share = f" ({gap.mean() / base:+.0%})" if base else ""
            said.append(
                f"The schemes do not cost the same: the sales force of {name} costs {other.mean():,.0f} {study.currency}, discounted, "
                f"that of {study.names[0]} {base:,.0f}{share}; so differences are of what is paid as well as of how: {REMEDY}."
            )
    return said


def underpaid(study: Study) -> list[str]:
    """A sentence for every scheme under which mean pay lies below living expenses, by more than two standard errors."""
    said = []
    for name, scenario in zip(study.names, study.scenarios, strict=True):
        if "reps" not in scenario or PAY not in study.runs:
            continue
        reps, pay = scenario["reps"], study.runs.loc[study.runs["scenario"] == name, PAY]
        error = pay.std(ddof=1) / np.sqrt(pay.size) if pay.size > 1 else 0.0
        if pay.mean() + 2.0 * error < reps["expenses"]:
            anyway = reps.get("hiring_rate", 1.0) == 1.0
            said.append(
                f"Reps of {name} earn less than they live on: {pay.mean():,.0f} {study.currency} a month on average, of "
                f"{reps['expenses']:,.0f}"
                + ("; that others take their place all the same is assumed (reps.hiring_rate = 1)." if anyway else ".")
            )
    return said
