"""What was found, in sentences and tables made from the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.differences import labelled
from sim.analysis.outcomes import KNOWN
from sim.memo.blocks import Block, Paragraph, Picture, Points, Section, Table
from sim.memo.words import called, difference, interval, number
from sim.plots.draw import waterfalls
from sim.plots.results import labels_of
from sim.study import Study
from sim.study.comparison import Comparison, best, cautions, losing, of_pairs
from sim.tables import SHOWN

if TYPE_CHECKING:
    import pandas as pd


#: Outcomes shown elsewhere that a memo leaves out: another of their group says nearly the same.
UNTOLD = ("lapses", "churn_rate", "persistency_12", "sales_force_cost")
MAIN = ("npv", "share_loss_making", "signings", "rep_pay_mean")
CAPTIONS = {
    "profit_by_year": "Profit of the book by year; bands are the spread between runs.",
    "profit_distribution": "Discounted profit of the book over the runs.",
    "paired_differences": "Paired differences, outcome by outcome.",
    "waterfall": "Where the difference in profit comes from: what each driver adds, with paired 95% intervals;",
    "promised_realised": "Profit promised when customers signed, and realised on the same customers in the same years, by year of signing.",
    "drivers": "What the profit is made of: the drivers of the book's profitability.",
    "persistency": "Customers still there, by years since signing.",
    "time_use": "How reps spend their time.",
    "whale": "Concentration of profit: share of all profit earned by the most profitable customers.",
}


class Numbers:
    """The numbers that a memo of a study is made from.

    Attributes
    ----------
    study : the study.
    titles : what every scenario is called, by name.
    comparison : of its scenarios with the first; nothing where it has one.
    level : the summary by scenario and outcome, with units.
    gaps : paired differences by scenario and outcome.
    groups, told : the outcomes that the memo speaks of, as far as the study has them.
    """

    def __init__(self, study: Study) -> None:
        self.study, self.titles = study, labels_of(study)
        self.comparison = Comparison(study) if len(study.names) > 1 else None
        self.summary = study.summary()
        units = {name: column.unit.replace("money", study.currency) for name, column in KNOWN.items()}
        self.level = {key: {**row, "unit": units[key[1]]} for key, row in _by_outcome(self.summary).items()}
        self.gaps = _by_outcome(self.comparison.differences) if self.comparison else {}
        there = set(study.outcomes()) - set(UNTOLD)  # a study of an earlier version may lack one
        self.groups = {group: tuple(outcome for outcome in shown if outcome in there) for group, shown in SHOWN.items()}
        self.told = tuple(outcome for told in self.groups.values() for outcome in told)


def _by_outcome(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    rows = ({str(key): value for key, value in row.items()} for row in table.to_dict("records"))
    return {(row["scenario"], row["outcome"]): row for row in rows}


def summary(numbers: Numbers) -> Iterator[str]:
    """The few sentences that stand at the beginning."""
    known, comparison = numbers.titles, numbers.comparison
    if lost := losing(
        numbers.summary.assign(scenario=numbers.summary["scenario"].map(known)), numbers.study.currency, called("npv")
    ):
        yield re.sub(r"(?<!\w)-(?=\d)", "−", lost)
    if comparison is None:
        name = numbers.study.names[0]
        yield from (_level(numbers.level[name, outcome], known[name]) for outcome in MAIN)
        yield from cautions(numbers.study)
        return
    for name in comparison.others:
        for outcome in MAIN:
            yield difference(numbers.gaps[name, outcome], known[name], known[comparison.base], comparison.level)
    if len(comparison.others) > 1:
        what = f"the expected {called('npv')}"
        yield f"{best(comparison.ranking('npv'), what, comparison.level, known)}."
    yield from cautions(numbers.study)


def findings(numbers: Numbers) -> Section:
    """All findings: a list per comparison, the tables, and the figures."""
    blocks: list[Block] = []
    known, comparison = numbers.titles, numbers.comparison
    if comparison is not None:
        for name in comparison.others:
            for group, told in numbers.groups.items():
                gaps = [numbers.gaps[name, outcome] for outcome in told]
                sentences = [difference(gap, known[name], known[comparison.base], comparison.level) for gap in gaps]
                if "npv" in told:
                    npv = numbers.gaps[name, "npv"]
                    better = of_pairs(npv, comparison.level)
                    sentences.insert(1, f"Run by run, {known[name]} has the higher {called('npv')} in {better}.")
                blocks += [
                    Paragraph(f"The {group} under {known[name]}, compared with {known[comparison.base]}:"),
                    Points(tuple(sentences)),
                ]
    else:
        name = numbers.study.names[0]
        blocks.append(Points(tuple(_level(numbers.level[name, outcome], known[name]) for outcome in numbers.told)))
    blocks += [Picture("profit_by_year", CAPTIONS["profit_by_year"]), outcomes(numbers)]
    if comparison is not None:
        blocks += [Picture("paired_differences", CAPTIONS["paired_differences"]), differences(numbers, comparison)]
    for name, other in zip(waterfalls(numbers.study), [*known.values()][1:], strict=True):
        blocks.append(Picture(name, f"{CAPTIONS['waterfall']} {other} less {next(iter(known.values()))}."))
    blocks.append(years(numbers))
    others = ("profit_distribution", "promised_realised", "drivers", "persistency", "time_use", "whale")
    return Section("Findings", (*blocks, *(Picture(name, CAPTIONS[name]) for name in others)))


def _level(row: Mapping[str, Any], title: str) -> str:
    what, unit = called(row["outcome"]), row["unit"]
    if row["n"] < 2 or not row["standard_error"] > 0:
        return (
            f"The {what} under {title} is {number(row['mean'], 0, unit)} in every run."
            if row["n"]
            else f"The {what} is undefined in every run."
        )
    mean, span = number(row["mean"], row["standard_error"], unit), interval(row["low"], row["high"], unit)
    runs = interval(row["q05"], row["q95"], unit)
    return f"The expected {what} under {title} is {mean} (95% interval {span}); nine runs in ten lie within {runs}."


def outcomes(numbers: Numbers) -> Table:
    """Every outcome of every scenario: mean, 95% interval and quantiles over runs."""
    known, level = numbers.titles, numbers.level
    rows = []
    for outcome in numbers.told:
        for k, name in enumerate(known):
            if not (row := level[name, outcome])["n"]:
                continue
            what = f"{called(outcome)} ({row['unit']})" if not k else ""
            spread = (row["q95"] - row["q05"]) / 20
            quantiles = (number(row[q], spread) for q in ("q05", "q50", "q95"))
            rows.append(
                (
                    what,
                    known[name],
                    number(row["mean"], row["standard_error"] or 0.0),
                    interval(row["low"], row["high"], ""),
                    *quantiles,
                )
            )
    columns = ("outcome", "scenario", "mean", "95% interval of the mean", "5% of runs", "median", "95% of runs")
    return Table("outcomes", "Outcomes over all runs.", columns, tuple(rows), left=2)


def differences(numbers: Numbers, comparison: Comparison) -> Table:
    """Paired differences of every scenario to the base."""
    known = numbers.titles
    several = len(comparison.others) > 1
    rows = []
    for outcome in numbers.told:
        for k, name in enumerate(comparison.others):
            row = numbers.gaps[name, outcome]
            if row["n"] < 2:
                continue
            what = f"{called(outcome)} ({row['unit']})" if not k else ""
            cells = (number(row["mean"], row["standard_error"]), interval(row["low_joint"], row["high_joint"], ""))
            better = "" if row["better"] != row["better"] else f"{row['better']:.0%}"
            rows.append((what, *([known[name]] if several else []), *cells, better))
    names = " and ".join(known[name] for name in comparison.others)
    caption = f"Paired differences, {names} less {known[comparison.base]}, on common random numbers"
    caption += "."
    columns = (
        "outcome",
        *(["scenario"] if several else []),
        "difference",
        f"interval ({labelled(comparison.level, len(comparison.others))})",
        "better in runs",
    )
    return Table("differences", caption, columns, tuple(rows), left=2 if several else 1)


def years(numbers: Numbers) -> Table:
    """Profit of every year: mean with its 95% interval, and the difference to the base."""
    known, study = numbers.titles, numbers.study
    base, *others = study.names
    rows = []
    for year in range(1, 1 + sum(name.startswith("profit_year_") for name in study.outcomes())):
        outcome = f"profit_year_{year}"
        cells = [_plus_minus(numbers.level[name, outcome]) for name in study.names]
        cells += [_plus_minus(numbers.gaps[name, outcome]) for name in others]
        rows.append((str(year), *cells))
    columns = ("year", *known.values(), *(f"{known[name]} less {known[base]}" for name in others))
    over = f"; of differences: {labelled(0.95, len(others))}" if others else ""
    caption = f"Profit of the book by year, mean ± half-width of its 95% interval ({study.currency}; each year alone{over})."
    return Table("years", caption, columns, tuple(rows), left=1)


def _plus_minus(row: Mapping[Any, Any]) -> str:
    if not row["n"]:
        return "n/a"
    low, high = ("low_joint", "high_joint") if "low_joint" in row else ("low", "high")
    half = (row[high] - row[low]) / 2
    return f"{number(row['mean'], half)} ± {number(half, half)}" if half > 0 else number(row["mean"])
