"""``daarna run``: simulate, print the answer, write a study with its figures."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.effort import MaxRuns, PrecisionTargets, Rule, Runs

if TYPE_CHECKING:
    from sim.study import Study
    from sim.study.precision import Look, Precision

Progress = Callable[[int, int], None]
Looked = Callable[["Look"], None]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    scenario: Annotated[list[Path], typer.Argument(help="Scenario files (TOML); several share their random numbers.")],
    runs: Runs = None,
    precision: PrecisionTargets = None,
    max_runs: MaxRuns = None,
    rule: Rule = None,
    seed: Annotated[int, typer.Option(help="Key of all random numbers.")] = 1,
    engine: Annotated[str, typer.Option(help="compiled or mesa: both give identical tables.")] = "compiled",
    workers: Annotated[int | None, typer.Option(help="Threads; all cores by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the study; a killed study goes on there.")] = None,
    customers: Annotated[bool, typer.Option(help="Keep every customer's account.")] = False,
    figures: Annotated[bool, typer.Option(help="Write figures.")] = True,
    quiet: Annotated[bool, typer.Option(help="Print only what is wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate scenarios; print outcomes with Monte Carlo standard errors; write a study."""
    from sim.scenario.load import load
    from sim.study.precision import goal_of

    loaded = [load(path) for path in scenario]
    goal = goal_of(runs, precision or None, max_runs, rule)
    if not quiet:
        _announce_compilation()
    from sim.study import run as run_study

    folder = out or _usual_folder(loaded, runs, seed, engine, customers, goal)
    with _interruptible(), _progress(quiet, folder, growing=goal is not None) as (progress, looked):
        study = run_study(
            loaded, runs, seed, engine, workers, customers, progress=progress, out=folder, precision=goal, looked=looked
        )
    if as_json:
        typer.echo(_as_json(study, folder))
    elif not quiet:
        from sim.cli.report import print_attained, print_summary

        print_summary(study)
        print_attained(study)
        each = " of each scenario" if len(loaded) > 1 else ""
        typer.echo(f"{study.about['runs']} runs{each}, seed {seed}, {engine} engine; study: {folder}")
    if figures:
        draw(study, folder / "figures")
        if not quiet and not as_json:
            typer.echo(f"figures: {folder / 'figures'}")


def _usual_folder(
    loaded: list[Any], runs: int | None, seed: int, engine: str, customers: bool, goal: Precision | None = None
) -> Path:
    """A folder for exactly this study: its name has a hash of all that determines the numbers."""
    from sim.study.provenance import identity, record
    from sim.study.run import RUNS

    mark = identity(record(loaded, seed, RUNS if runs is None else runs, engine, customers, None, goal))[:8]
    return Path("studies") / f"{'-vs-'.join(one.name for one in loaded)[:80]}-{mark}"


def _announce_compilation() -> None:
    from sim.compiled import cache_folder

    if not any(cache_folder().rglob("*.nbc")):
        print("Compiling the model once (about 40 seconds); later starts take it from disk.", file=sys.stderr)
        gc.disable()  # numba makes millions of objects that stay: looking for garbage among them costs seconds


def draw(study: Study, folder: Path, kinds: Sequence[str] = ("png", "svg"), names: Sequence[str] | None = None) -> list[Path]:
    """Write figures of a study to a folder, and into its crate if they stand there.

    Raises
    ------
    StudyError
        When they cannot be written.
    """
    from sim.errors import StudyError
    from sim.plots import draw_study
    from sim.study.crate import CRATE, write_crate

    try:
        written = draw_study(study, folder, kinds, names)
        if (folder.parent / CRATE).exists():
            write_crate(folder.parent, study.about)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written: {error.strerror or error}; the study itself is whole") from None
    return written


def _as_json(study: Study, folder: Path) -> str:
    several = len(study.names) > 1
    answer = {
        "study": str(folder),
        **{key: study.about[key] for key in ("names", "runs", "seed", "engine", "content_hash")},
        "currency": study.currency,
        **{key: study.about[key] for key in ("precision", "reached", "attained") if study.about.get("precision")},
        "summary": study.summary().to_dict("records"),
        "differences": study.differences().to_dict("records") if several else [],
    }
    return json.dumps(_without_nan(answer), indent=1, allow_nan=False)


def _without_nan(value: Any) -> Any:
    """JSON has no word for an undefined number but null."""
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if value != value else value


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C finishes and keeps the runs under way; a second one leaves at once; both say what is safe."""

    def stop(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("stopping: the runs under way are finished first (Ctrl-C again leaves at once)", file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        print("\n".join(["interrupted", *getattr(interrupt, "__notes__", [])]), file=sys.stderr, flush=True)
        os._exit(1)  # at once: an ordinary exit would wait for threads that are still simulating
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(quiet: bool, folder: Path, growing: bool) -> Iterator[tuple[Progress | None, Looked | None]]:
    """A bar with time left on a terminal, nothing where standard error is piped, but for what is there already.

    Where the number of runs is being found, the bar ends where it is expected, and says how far the targets are.
    """
    if quiet:
        yield None, None
        return

    def say_what_is_there(done: int, total: int) -> None:
        if done:
            rest = "nothing is left to simulate" if done == total else "going on from there"
            of_all = f"about {total}" if growing and done < total else str(total)
            print(f"{done} of {of_all} runs are in {folder} already; {rest}", file=sys.stderr)

    if not sys.stderr.isatty():
        first: list[Progress] = [say_what_is_there]
        yield (lambda done, total: first.pop()(done, total) if first else None), None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        known = ["runs"]

        def show(done: int, total: int) -> None:
            if not bar.tasks:
                say_what_is_there(done, total)
                bar.add_task(known[0], total=total, completed=done)
            else:
                bar.update(bar.tasks[0].id, completed=done, total=total, description=known[0])

        def tell(look: Look) -> None:
            from sim.cli.report import how_far

            known[0] = how_far(look)

        yield show, tell
