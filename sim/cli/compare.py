"""``daarna compare``: schemes against a base, run by run on common random numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.effort import Customers, Engine, Figures, MaxRuns, Out, PrecisionTargets, Quiet, Rule, Seed, Workers
from sim.cli.library import named
from sim.cli.progress import interruptible, progress_bar
from sim.cli.run import draw, usual_folder
from sim.cli.terminal import say, say_json

if TYPE_CHECKING:
    from sim.scenario.model import Scenario
    from sim.study.comparison import Comparison
    from sim.study.equal_pay import EqualPay
    from sim.study.precision import Precision


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compare)


def compare(
    base: Annotated[Path, named("The scenario that the others are compared with.", "BASE")],
    other: Annotated[list[Path], named("The others; several are ranked.", "OTHER")],
    runs: Annotated[int | None, typer.Option(help="Pairs of runs; 1000 unless --precision is given.")] = None,
    precision: PrecisionTargets = None,
    max_runs: MaxRuns = None,
    rule: Rule = None,
    seed: Seed = 1,
    outcome: Annotated[str, typer.Option(help="What the verdict and the ranking are about.")] = "npv",
    level: Annotated[float, typer.Option(help="Of all intervals.")] = 0.95,
    equal_pay: Annotated[bool, typer.Option("--equal-pay", help="Rescale the others to the base's expected pay first.")] = False,
    rescale: Annotated[str | None, typer.Option(help="What --equal-pay rescales: variable (the default) or salary.")] = None,
    engine: Engine = "compiled",
    workers: Workers = None,
    out: Out = None,
    customers: Customers = False,
    figures: Figures = True,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Compare schemes run by run: paired differences with intervals, who is better, how sure, and runs saved."""
    from sim.analysis.differences import check_level
    from sim.analysis.outcomes import directed
    from sim.errors import InputError
    from sim.scenario.load import load
    from sim.study.comparison import PAIRS, check_pairs
    from sim.study.precision import goal_of
    from sim.study.results import check_months
    from sim.study.run import check

    chosen = [load(path) for path in (base, *other)]
    goal = goal_of(runs, precision or None, max_runs, rule, difference=True)
    pairs = PAIRS if runs is None else runs
    check_pairs(pairs)
    check(chosen, pairs, seed, engine, workers, None)
    check_months((one.name, one.months) for one in chosen)
    if goal:
        goal.check(chosen)
    check_level(level)
    directed(outcome, max(one.months for one in chosen))
    if rescale and not equal_pay:
        raise InputError("--rescale: says what --equal-pay rescales; give both, or neither")
    matched = _match(chosen, pairs, seed, rescale or "variable", workers, quiet) if equal_pay else []
    chosen = [chosen[0], *(one.scenario for one in matched)] if matched else chosen
    comparison, folder = _compared(chosen, matched, pairs, goal, seed, level, engine, workers, customers, out, quiet)
    if as_json:
        say_json(_as_data(comparison, outcome, folder))
    elif not quiet:
        from sim.cli.paired_report import print_comparison
        from sim.cli.report import print_attained

        print_comparison(comparison, outcome)
        print_attained(comparison.study)
        say(f"{comparison.study.about['runs']} pairs of runs, seed {seed}, {engine} engine; study: {folder}")
    if figures:
        draw(comparison.study, folder / "figures")
        if not quiet and not as_json:
            say(f"figures: {folder / 'figures'}")


def _match(chosen: list[Scenario], runs: int, seed: int, rescale: str, workers: int | None, quiet: bool) -> list[EqualPay]:
    from sim.study.equal_pay import LEAST_RUNS, equal_pay

    if not quiet:
        print("rescaling pay until it is the base's", file=sys.stderr)
    with interruptible():
        return [equal_pay(one, chosen[0], max(runs, LEAST_RUNS), seed, rescale, workers=workers) for one in chosen[1:]]


def _compared(
    chosen: list[Scenario], matched: list[EqualPay], pairs: int, goal: Precision | None, seed: int, level: float, engine: str,
    workers: int | None, customers: bool, out: Path | None, quiet: bool,
) -> tuple[Comparison, Path]:  # fmt: skip
    from sim.study import run
    from sim.study.comparison import Comparison

    runs = None if goal else pairs
    folder = out or usual_folder(chosen, runs, seed, engine, customers, goal)
    with interruptible(), progress_bar(quiet, folder, growing=goal is not None) as (progress, looked):
        study = run(
            chosen, runs, seed, engine, workers, customers, progress=progress, out=folder, precision=goal, looked=looked,
            equal_pay=matched,
        )  # fmt: skip
    return Comparison(study, level, matched), folder


def _as_data(comparison: Comparison, outcome: str, folder: Path) -> dict[str, Any]:
    from sim.study.comparison import cautions

    study = comparison.study
    return {
        "study": str(folder),
        **{key: study.about[key] for key in ("names", "runs", "seed", "engine", "content_hash")},
        "currency": study.currency,
        "level": comparison.level,
        "equal_pay": [one.about() for one in comparison.equal_pay],
        "summary": study.summary().to_dict("records"),
        "differences": comparison.differences.to_dict("records"),
        "dominance": comparison.dominance.to_dict("records"),
        "outcome": outcome,
        "ranking": comparison.ranking(outcome).to_dict("records"),
        "verdict": comparison.verdict(outcome),
        "cautions": cautions(study),
    }
