"""``daarna optimise``: the Pareto front of a family of schemes, and the robust choice from it."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.effort import Quiet, Workers
from sim.cli.library import named
from sim.cli.terminal import make_console, say, say_json
from sim.number_text import duration

if TYPE_CHECKING:
    from sim.design import Answer
    from sim.design.case import Case
    from sim.design.problem import Problem

Progress = Callable[[str, int, int], None]
TRIAL_RUNS = 4  # simulated twice to say how long it will take
OWN_TIME = 0.01  # seconds the search itself takes per scheme, as measured (docs/designing.md)


def register(app: typer.Typer) -> None:
    """Add the command, also under its old name: a *design* is a sweep's."""
    app.command()(optimise)
    app.command(name="design", hidden=True)(optimise)


def optimise(
    problem: Annotated[Path, named("The problem; see docs/designing.md.")],
    base: Annotated[Path | None, typer.Option(help="Another scenario to vary, instead of the problem's base.")] = None,
    runs: Annotated[int | None, typer.Option(help="Runs per scheme and world in the report, instead of the problem's.")] = None,
    evaluations: Annotated[int | None, typer.Option(help="Schemes the search tries, instead of the problem's.")] = None,
    seed: Annotated[int, typer.Option(help="Of the search; seed + 1 chooses, seed + 2 reports.")] = 1,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the answer; a killed search goes on there.")] = None,
    figures: Annotated[bool, typer.Option(help="Write the figure of the front.")] = True,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Find the Pareto front of a family of schemes and the robust choice; report both on fresh runs."""
    from sim.design.answer_folder import EVALUATIONS, DesignFolder, as_data, recipe_of
    from sim.design.case import prepare
    from sim.design.problem import load
    from sim.design.solve import check, solve_case
    from sim.scenario.load import load as load_scenario
    from sim.study.provenance import digest

    asked = load(problem)
    asked = _with_effort(asked.with_base(base) if base else asked, runs, evaluations)
    check(seed, workers)
    threads = workers or os.cpu_count() or 1
    stem = f"{asked.file.stem}{f'-{asked.base_file.stem}' if base else ''}"
    plain = load_scenario(asked.base_file)
    told = recipe_of(asked, plain, seed)
    folder = out or Path("designs") / f"{stem[:80]}-{digest(told)[:8]}"
    case = prepare(asked, seed, threads, folder / EVALUATIONS, plain)
    for warning in asked.warnings():
        print(f"warning: {problem}: {warning}", file=sys.stderr)
    with DesignFolder(folder, told) as target:
        if not quiet:
            _say_how_long(case, seed, threads)
        try:
            with target.keeping(), _progress(quiet) as progress:
                answer = solve_case(case, seed, progress)
        except KeyboardInterrupt:
            print(target.safe(), file=sys.stderr)
            raise
        recommended = target.finish(answer)
        if figures and len(asked.objectives) > 1:
            _draw(answer, folder / "figures")
    if as_json:
        say_json(as_data(answer))
    elif not quiet:
        from sim.cli.optimise_report import print_answer

        print_answer(answer)
        say(f"recommended scheme: {recommended}; the front: {folder / 'schemes'}; all numbers: {folder / 'design.json'}")


def _with_effort(problem: Problem, runs: int | None, evaluations: int | None) -> Problem:
    """The problem with another effort."""
    from pydantic import ValidationError

    from sim.errors import InputError

    changes = {"report_runs": runs, "evaluations": evaluations}
    data = problem.effort.model_dump() | {key: value for key, value in changes.items() if value is not None}
    try:
        effort = type(problem.effort).model_validate(data)
    except ValidationError as error:
        wrong = error.errors()[0]
        option = {"report_runs": "--runs", "evaluations": "--evaluations"}.get(str(wrong["loc"][0]), "effort")
        raise InputError(
            f"{option}: found {wrong['input']}, allowed is {wrong['msg'].lower().removeprefix('input should be ')}"
        ) from None
    return problem.model_copy(update={"effort": effort})


def _say_how_long(case: Case, seed: int, threads: int) -> None:
    """An estimate, from a few runs of the base: simulated twice, the first time to compile and get ready."""
    from sim.design.solve import runs_needed

    spent = math.inf
    for _ in range(2):
        start = time.perf_counter()
        case.evaluator.evaluate({}, seed, range(1, TRIAL_RUNS + 1))
        spent = min(spent, time.perf_counter() - start)
    total, effort = runs_needed(case.problem), case.problem.effort
    seconds = total * spent / TRIAL_RUNS / threads + effort.evaluations * OWN_TIME
    worlds = len(case.evaluator.worlds)
    each = f" in {worlds} worlds" if worlds > 1 else ""
    print(
        f"{effort.evaluations:,} schemes x {effort.search_runs} runs{each}, then a choice and a report: about {duration(seconds)}",
        file=sys.stderr,
    )


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress | None]:
    """A bar with time left on a terminal, nothing where standard error is piped."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task("search", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)


def _draw(answer: Answer, folder: Path) -> None:
    from sim.design.answer_folder import write_crate
    from sim.files.atomic import writing
    from sim.recipes.design import write_front

    with writing(folder, f"the answer is whole in {folder.parent}"):
        write_front(answer, folder)
        write_crate(folder.parent)
