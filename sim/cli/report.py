"""The answer on the terminal: outcomes with their standard errors, in tables as wide as it is."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import least_width, make_console, print_table
from sim.number_text import decimals, fixed, plus_minus, significant, span
from sim.study.comparison import cautions, losing
from sim.tables import OUTCOMES, SHOWN

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.study import Study
    from sim.study.precision import InterimAnalysis

BEYOND = 20  # runs, of which one is expected beyond the 5% point
NARROWEST = 16  # of a column, so that its heading reads

Block = list[tuple[str, dict[str, str]]]  # columns that stand together: heading, and cell by outcome


def print_summary(study: Study) -> None:
    """Mean ± standard error and 5% to 95% of runs by scenario; with several, paired differences to the first."""
    console = make_console()
    several = len(study.names) > 1
    console.print("mean ± Monte Carlo standard error" + ("; differences are paired, run by run" if several else ""))
    if few := few_runs(int(study.about["runs"])):
        console.print(textwrap.fill(few, console.width))
    for blocks in (_outcomes(study), _differences(study) if several else []):
        for table in tables(study, blocks, console):
            print_table(table, console)
    if found := losing(study.summary(), study.currency):
        console.print(textwrap.fill(found, console.width))
    for text in cautions(study):
        console.print(textwrap.fill(text, console.width))
    if found := unlike_lengths(study):
        console.print(f"NOT ALIKE: {found}; differences between totals, such as npv, are of different times")


def few_runs(runs: int) -> str:
    """What so few runs cannot carry; nothing where they do."""
    if runs == 1:
        return "One run says nothing of chance: there is no standard error, and the range is that one run."
    if runs < BEYOND:
        return f"{runs} runs do not reach the 5% and 95% points, for which {BEYOND} are the least: the range is about that of what was seen."
    return ""


def unlike_lengths(study: Study) -> str:
    """How many months the scenarios run, where that differs between them."""
    from sim.study.results import lengths, unlike

    return unlike(lengths(study))


def how_far(look: InterimAnalysis) -> str:
    """The target that is farthest from being reached, after so many runs: for the progress bar."""
    one = look.farthest()
    name = one.target.rpartition("=")[0]
    return f"runs: {one.scenario} {name} ± {_half_width(one.estimate.half_width)}, wanted ± {_half_width(one.allowed)}"


def print_attained(study: Study) -> None:
    """Half-widths reached against those wanted, by target and scenario, and whether the study is precise enough."""
    from rich import box
    from rich.table import Table

    if not study.about.get("precision"):
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("wanted", "scenario"):
        table.add_column(heading, no_wrap=True)
    for heading in ("estimate", "half-width", "wanted at most", "runs that count", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in study.about["attained"]:
        value, half, allowed = (math.nan if one[key] is None else one[key] for key in ("value", "half_width", "allowed"))
        widths = (f"± {_half_width(half)}", f"± {_half_width(allowed)}")
        table.add_row(one["target"], one["scenario"], significant(value), *widths, str(one["n"]), _verdict(one))
    console = make_console()
    print_table(table, console)
    missed = sum(not one["reached"] for one in study.about["attained"])
    if missed:
        asked = study.about["precision"]["max_runs"]
        many = f"{missed} of {len(study.about['attained'])} targets are"
        console.print(f"NOT PRECISE ENOUGH: {many} missed at the maximum of {asked} runs; --max-runs allows more", soft_wrap=True)
    if missed and study.matched:
        runs = min(one.runs for one in study.matched.values())
        told = (
            f"Half-widths at equal pay hold the error of the match on {runs:,} runs, which more runs compared do not make smaller"
        )
        console.print(told, soft_wrap=True)


def _verdict(one: dict[str, Any]) -> str:
    if not one["reached"]:
        return "MISSED"
    return f"reached, {one['replications']} replications" if "replications" in one else "reached"


def _half_width(half: float) -> str:
    return fixed(half, decimals(half, 3)) if math.isfinite(half) and half else "0" if half == 0.0 else "unbounded"


def _outcomes(study: Study) -> list[Block]:
    """For each scenario a block of two columns: mean ± standard error, and the runs' range."""
    blocks = []
    for name, rows in by_scenario(study.summary()).items():
        means = {outcome: plus_minus(row["mean"], row["standard_error"]) for outcome, row in rows.items()}
        spans = {outcome: span(row["q05"], row["q95"]) for outcome, row in rows.items()}
        blocks.append([(name, means), ("5% to 95% of runs", spans)])
    return blocks


def _differences(study: Study) -> list[Block]:
    """For each scenario but the first a block of one column: its difference to the first."""
    blocks: list[Block] = []
    for name, rows in by_scenario(study.differences()).items():
        means = {outcome: plus_minus(row["mean"], row["standard_error"]) for outcome, row in rows.items()}
        blocks.append([(f"{name} less {study.names[0]}", means)])
    return blocks


def by_scenario(frame: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of a table by scenario and outcome."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["scenario"], {})[row["outcome"]] = row
    return found


def tables(study: Study, blocks: list[Block], console: Console) -> Iterator[Table]:
    """As many blocks of columns beside each other as fit; the others in further tables below."""
    while blocks:
        taken = len(blocks)
        while taken > 1 and least_width(_table(study, blocks[:taken])) > console.width:
            taken -= 1
        yield _table(study, blocks[:taken])
        blocks = blocks[taken:]


def _table(study: Study, blocks: list[Block]) -> Table:
    from rich import box
    from rich.table import Table

    columns = [column for block in blocks for column in block]
    units = {column.name: column.unit.replace("money", study.currency) for column in OUTCOMES}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("outcome", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for heading, cells in columns:
        widest = max(NARROWEST, *map(len, cells.values()))
        table.add_column(heading, justify="right", max_width=widest, overflow="fold")
    for outcomes in SHOWN.values():
        for outcome in outcomes:
            if all(outcome in cells for _, cells in columns):  # a study of an earlier version may lack one
                table.add_row(outcome, units[outcome], *(cells[outcome] for _, cells in columns))
        table.add_section()
    return table
