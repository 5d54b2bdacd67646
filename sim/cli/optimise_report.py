"""The answer of a design problem on the terminal: a column per scheme, in tables as wide as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.cli.paired_report import FEW_RUNS
from sim.cli.terminal import make_console, print_table
from sim.number_text import plus_minus, significant
from sim.study.comparison import probability

if TYPE_CHECKING:
    from rich.table import Table

    from sim.design import Answer
    from sim.design.answer import ReportedScheme

SCARCE = 0.05  # share of the schemes tried that keep the limits, below which this is said
Z = 1.959963984540054  # of a 95% interval
COLUMN = 20  # characters a scheme takes
WORDS = {
    "mean": "largest mean over worlds (Laplace)",
    "worst": "best worst case over worlds (Wald)",
    "regret": "least largest regret over worlds (Savage)",
}


def print_answer(answer: Answer) -> None:
    """The front with parameters, objectives and limits on fresh runs; what the search had promised; the choice."""

    console = make_console()
    effort = answer.problem.effort
    worlds = f" in each of {len(answer.worlds)} worlds" if len(answer.worlds) > 1 else ""
    console.print(
        f"{answer.problem.title}: {len(answer.tried)} schemes tried; mean ± Monte Carlo standard error over {effort.report_runs} fresh"
        f" runs{worlds}, seed {answer.seed + 2}"
    )
    columns = [*([answer.base] if answer.base is not None else []), *answer.schemes]
    label = max(len(name) for name, _ in _rows(answer, columns)) + 2
    each = max(1, (console.width - label) // COLUMN)
    for start in range(0, len(columns), each):
        print_table(_table(answer, columns[start : start + each]), console)
    for line in _conclusions(answer):
        console.print(line)


def _table(answer: Answer, columns: Sequence[ReportedScheme]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for scheme in columns:
        mark = " (recommended)" if scheme is answer.recommended else ""
        table.add_column("base" if scheme is answer.base else f"{scheme.name}{mark}", justify="right", no_wrap=True)
    for name, cells in _rows(answer, columns):
        if cells is None:
            table.add_section()
        else:
            table.add_row(name, *cells)
    return table


def _rows(answer: Answer, columns: Sequence[ReportedScheme]) -> Iterator[tuple[str, list[str] | None]]:
    """Name and cells of each row; None between groups of them."""
    for vary in answer.problem.vary:
        yield short(vary.path), [_shown(scheme.params.get(vary.path)) for scheme in columns]
    yield "", None
    for k, objective in enumerate(answer.problem.objectives):
        figures = [scheme.figures[k] for scheme in columns]
        yield f"{objective.outcome} ({objective.sense})", [plus_minus(one.value, one.error) for one in figures]
        if answer.base is not None:
            yield "  less the base's", [_difference(one.over_base, one.over_base_error) for one in figures]
        yield "  as the search saw it", [plus_minus(one.searched, one.searched_error) for one in figures]
    yield "", None
    for k, constraint in enumerate(answer.problem.constraints):
        against = "the base" if isinstance(constraint.limit, str) else "the limit"
        margins = [scheme.margins[k] for scheme in columns]
        yield constraint.text, [f"{'kept' if one.kept else 'NOT kept'}, P = {probability(one.probability)}" for one in margins]
        yield f"  less {against}", [plus_minus(one.value, one.error) for one in margins]
    if answer.problem.constraints:
        yield "", None
    yield (
        "P(on the front, limits kept)",
        ["" if scheme is answer.base else probability(scheme.front_probability) for scheme in columns],
    )


def _difference(value: float | None, error: float | None) -> str:
    return "" if value is None or error is None else plus_minus(value, error)


def _conclusions(answer: Answer) -> Iterator[str]:
    from sim.design.surface import Optimum

    kept, tried = sum(one.feasible for one in answer.tried), len(answer.tried)
    if kept < SCARCE * tried:
        yield (
            f"only {kept} of {tried} schemes tried kept the limits with confidence {answer.problem.effort.confidence:g}: they leave little"
            " room for the noise of the search; more search_runs, more evaluations or less confidence may find more"
        )
    if answer.problem.effort.report_runs < FEW_RUNS:
        yield f"with {answer.problem.effort.report_runs} fresh runs the errors lean on normal outcomes, and the probabilities are rough"
    for objective, (gap, error) in zip(answer.problem.objectives, answer.optimism, strict=True):
        over = "gain over the base" if answer.base is not None else "mean of the front"
        yield f"{objective.outcome}: {over} in the search less that on fresh runs {plus_minus(gap, error)} (above 0: flattered)"
    for criterion, k in answer.chosen.items():
        if len(answer.worlds) > 1 or criterion == answer.problem.criterion:
            words = WORDS[criterion] if len(answer.worlds) > 1 else "least shortfall from the best of each objective"
            yield f"{words}: scheme {answer.schemes[k].name}"
    if lost := _losing(answer):
        yield lost
    if isinstance(answer.optimum, Optimum):
        peak = answer.optimum
        found = ", ".join(
            f"{short(p)} = {plus_minus(v, e)}" for p, v, e in zip(peak.paths, peak.values, peak.errors, strict=True)
        )
        yield f"optimum of the response surface: {found} (lack of fit {peak.lack_of_fit:.1f} standard errors of a point)"
    elif answer.optimum is not None:
        yield f"no standard error of the optimum: {answer.optimum}"


def _losing(answer: Answer) -> str:
    """What is said where the npv of every scheme reported, and of the base, is below zero."""
    import pandas as pd

    from sim.study.comparison import losing

    for k, objective in enumerate(answer.problem.objectives):
        if objective.outcome == "npv":
            shown = [
                ("base" if one is answer.base else one.name, one.figures[k]) for one in (answer.base, *answer.schemes) if one
            ]
            rows = [(name, "npv", one.value, one.value - Z * one.error, one.value + Z * one.error) for name, one in shown]
            return losing(pd.DataFrame(rows, columns=["scenario", "outcome", "mean", "low", "high"]), answer.currency)
    return ""


def short(path: str) -> str:
    """A parameter's path without what every scheme begins with: ``signing commission: rate``."""
    return re.sub(r"^scheme\.components\[([^\]]*)\]\.", r"\1: ", path).removeprefix("scheme.")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return significant(value)
    return str(value)
