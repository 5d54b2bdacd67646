"""A comparison on the terminal: the verdict, paired differences outcome by outcome, and the ranking of many."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from sim.analysis.differences import labelled
from sim.analysis.paired import wilson
from sim.cli.report import Block, by_scenario, tables
from sim.cli.terminal import make_console, print_table
from sim.number_text import plus_minus, significant, span

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.study.comparison import Comparison

FEW_RUNS = 30  # pairs: with fewer, a sample hardly shows how skewed an outcome is
MOST_NAMED = 5  # outcomes in a warning


def print_comparison(comparison: Comparison, outcome: str = "npv") -> None:
    """Verdict, then for each other scheme a table of paired differences; with several, which is best."""
    console = make_console()
    for text in (*map(str, comparison.equal_pay), *comparison.verdict(outcome).splitlines()):
        console.print(textwrap.fill(text, console.width))
    joint = len(comparison.others) > 1
    console.print()
    for text in _meaning(comparison).splitlines():
        console.print(textwrap.fill(text, console.width))
    for name, rows in by_scenario(comparison.differences).items():
        console.print(f"\n{name} less {comparison.base}")
        for table in tables(comparison.study, _blocks(comparison, rows), console):
            print_table(table, console)
    if joint:
        _print_ranking(comparison, outcome, console)


def _meaning(comparison: Comparison) -> str:
    over, n = len(comparison.others), int(comparison.study.about["runs"])
    unseen = 1 - 0.05 ** (1 / n)  # the share p of runs with (1 - p)^n = .05
    few = (
        f"; with {n} pairs of runs the intervals lean on normal differences, and an event in {unseen:.0%} of runs goes unseen in one "
        "study of twenty"
        if n < FEW_RUNS
        else ""
    )
    return (
        f"difference ± Monte Carlo standard error, paired run by run; interval ({labelled(comparison.level, over)}); share of runs "
        f"in which the other is better ({comparison.level:.0%} interval of each alone); relative to the base's mean where that is above zero; runs that "
        f"independent samples would need beyond these for the same error{few}{warning(comparison.differences)}"
    )


def warning(table: pd.DataFrame) -> str:
    """Of the outcomes whose differences are too skewed for so few runs; empty where there are none."""
    skewed = table[table["skewed"].notna()].groupby("outcome", sort=False)["skewed"].max()
    if skewed.empty:
        return ""
    shown = ", ".join(f"{outcome} ({significant(runs)})" for outcome, runs in skewed.head(MOST_NAMED).items())
    more = f" and {len(skewed) - MOST_NAMED} more" if len(skewed) > MOST_NAMED else ""
    return (
        f"\nFEW RUNS OF SKEWED DIFFERENCES: {shown}{more}; in brackets the runs that would do. Their intervals are bootstrap-t and may hold "
        "a few per cent less often than they say; an event so rare that no run shows it is in none of them"
    )


def _blocks(comparison: Comparison, rows: dict[str, dict[str, Any]]) -> list[Block]:
    """A block of one column for each thing to be said of a difference."""
    cells = {
        comparison.base: lambda row: significant(row["base_mean"]) if row["n"] else "n/a",
        "difference": lambda row: plus_minus(row["mean"], row["standard_error"]),
        f"{comparison.level:.0%} interval": lambda row: span(row["low_joint"], row["high_joint"]),
        "better in runs": lambda row: _share(row["better"], row["better_low"], row["better_high"]),
        "relative": lambda row: _per_cent(row["relative"], row["relative_high"] - row["relative_low"]),
        "runs saved": _saved,
    }
    return [[(heading, {outcome: cell(row) for outcome, row in rows.items()})] for heading, cell in cells.items()]


def _share(share: float, low: float, high: float) -> str:
    """A share of runs with its interval; neither more nor less is better where there is none."""
    return "" if math.isnan(share) else f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f})"


def _per_cent(value: float, width: float) -> str:
    """A relative difference with the decimals that its interval leaves."""
    if math.isnan(value):
        return "n/a"
    return f"{value:+.{0 if width > 0.04 else 1}%}"


def _saved(row: dict[str, Any]) -> str:
    if math.isnan(row["runs_saved"]):
        return "n/a"
    return f"{row['runs_saved']:,.0f} (× {row['variance_ratio']:.1f})" if math.isfinite(row["runs_saved"]) else "all: no noise"


def _print_ranking(comparison: Comparison, outcome: str, console: Console) -> None:
    from rich import box
    from rich.table import Table

    from sim.study.comparison import probability

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("scheme", overflow="fold")
    for heading in ("mean", "P(best)", "best in runs", "less the best other"):
        table.add_column(heading, justify="right", overflow="fold")
    runs = int(comparison.study.about["runs"])
    for row in comparison.ranking(outcome).to_dict("records"):
        if not math.isnan(row["p_best"]):
            best = _share(row["share_best"], *wilson(row["share_best"], runs, comparison.level))
            figures = (probability(row["p_best"]), best, span(row["gap_low"], row["gap_high"]))
            table.add_row(row["scenario"], plus_minus(row["mean"], row["standard_error"]), *figures)
    console.print(f"\nby expected {outcome}, best first; intervals hold jointly for all")
    print_table(table, console)
