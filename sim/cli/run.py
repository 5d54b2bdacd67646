"""``daarna run``: simulate, print the answer, write a study with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.effort import Customers, Engine, Figures, MaxRuns, Out, PrecisionTargets, Quiet, Rule, Runs, Seed, Workers
from sim.cli.library import named
from sim.cli.progress import interruptible, progress_bar
from sim.cli.terminal import say, say_json

if TYPE_CHECKING:
    from sim.study import Study
    from sim.study.precision import Precision


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    scenario: Annotated[list[Path], named("Scenarios; several share their random numbers.")],
    runs: Runs = None,
    precision: PrecisionTargets = None,
    max_runs: MaxRuns = None,
    rule: Rule = None,
    seed: Seed = 1,
    engine: Engine = "compiled",
    workers: Workers = None,
    out: Out = None,
    customers: Customers = False,
    figures: Figures = True,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate scenarios; print outcomes with Monte Carlo standard errors; write a study."""
    from sim.scenario.load import load
    from sim.study.precision import goal_of

    loaded = [load(path) for path in scenario]
    goal = goal_of(runs, precision or None, max_runs, rule)
    from sim.study import run as run_study

    folder = out or usual_folder(loaded, runs, seed, engine, customers, goal)
    with interruptible(), progress_bar(quiet, folder, growing=goal is not None) as (progress, looked):
        study = run_study(
            loaded, runs, seed, engine, workers, customers, progress=progress, out=folder, precision=goal, looked=looked
        )
    if as_json:
        say_json(_as_data(study, folder))
    elif not quiet:
        from sim.cli.report import print_attained, print_summary

        print_summary(study)
        print_attained(study)
        each = " of each scenario" if len(loaded) > 1 else ""
        say(f"{study.about['runs']} runs{each}, seed {seed}, {engine} engine; study: {folder}")
    if figures:
        draw(study, folder / "figures")
        if not quiet and not as_json:
            say(f"figures: {folder / 'figures'}")


def usual_folder(
    loaded: list[Any], runs: int | None, seed: int, engine: str, customers: bool, goal: Precision | None = None
) -> Path:
    """A folder for exactly this study: its name has a hash of all that determines the numbers."""
    from sim.study.provenance import identity, record
    from sim.study.run import RUNS

    mark = identity(record(loaded, seed, RUNS if runs is None else runs, engine, customers, None, goal))[:8]
    return Path("studies") / f"{'-vs-'.join(one.name for one in loaded)[:80]}-{mark}"


def draw(study: Study, folder: Path, kinds: Sequence[str] = ("png", "svg"), names: Sequence[str] | None = None) -> list[Path]:
    """Write figures of a study to a folder, and into its crate if they stand there.

    Raises
    ------
    InputError, StudyError
        When they cannot be written.
    """
    from sim.files.atomic import writing
    from sim.plots import draw_study, figures_of
    from sim.plots.carried import refuse_others
    from sim.study.crate import CRATE, write_crate

    refuse_others((folder / f"{name}.{kind}" for name in names or figures_of(study) for kind in kinds), study.about)
    with writing(folder, "the study itself is whole"):
        written = draw_study(study, folder, kinds, names)
        if (folder.parent / CRATE).exists():
            write_crate(folder.parent, study.about)
    return written


def _as_data(study: Study, folder: Path) -> dict[str, Any]:
    from sim.cli.report import unlike_lengths
    from sim.study.comparison import cautions

    several = len(study.names) > 1
    unlike = unlike_lengths(study)
    return {
        "study": str(folder),
        **{key: study.about[key] for key in ("names", "runs", "seed", "engine", "content_hash")},
        "currency": study.currency,
        **{key: study.about[key] for key in ("precision", "reached", "attained") if study.about.get("precision")},
        "summary": study.summary().to_dict("records"),
        "differences": study.differences().to_dict("records") if several else [],
        "cautions": cautions(study),
        **({"months_differ": unlike} if unlike else {}),
    }
