"""``daarna run``: simulate, print the answer, write a study with its figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.progress import announce_compilation, interruptible, progress_bar, without_nan

if TYPE_CHECKING:
    from sim.study import Study


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    scenario: Annotated[list[Path], typer.Argument(help="Scenario files (TOML); several share their random numbers.")],
    runs: Annotated[int, typer.Option(help="Runs per scenario.")] = 200,
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

    loaded = [load(path) for path in scenario]
    if not quiet:
        announce_compilation()
    from sim.study import run as run_study

    folder = out or _usual_folder(loaded, runs, seed, engine, customers)
    with interruptible(), progress_bar(quiet, folder) as progress:
        study = run_study(loaded, runs, seed, engine, workers, customers, progress=progress, out=folder)
    if as_json:
        typer.echo(_as_json(study, folder))
    elif not quiet:
        from sim.cli.report import print_summary

        print_summary(study)
        each = " of each scenario" if len(loaded) > 1 else ""
        typer.echo(f"{runs} runs{each}, seed {seed}, {engine} engine; study: {folder}")
    if figures:
        _draw(study, folder)
        if not quiet and not as_json:
            typer.echo(f"figures: {folder / 'figures'}")


def _usual_folder(loaded: list[Any], runs: int, seed: int, engine: str, customers: bool) -> Path:
    """A folder for exactly this study: its name has a hash of all that determines the numbers."""
    from sim.study.provenance import identity, record

    mark = identity(record(loaded, seed, runs, engine, customers, None))[:8]
    return Path("studies") / f"{'-vs-'.join(one.name for one in loaded)[:80]}-{mark}"


def _draw(study: Study, folder: Path) -> None:
    from sim.errors import StudyError
    from sim.plots import draw_study

    try:
        draw_study(study, folder / "figures")
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(f"{folder / 'figures'}: cannot be written: {reason}; the study is whole in {folder}") from None


def _as_json(study: Study, folder: Path) -> str:
    several = len(study.names) > 1
    answer = {
        "study": str(folder),
        **{key: study.about[key] for key in ("names", "runs", "seed", "engine", "content_hash")},
        "currency": study.currency,
        "summary": study.summary().to_dict("records"),
        "differences": study.differences().to_dict("records") if several else [],
    }
    return json.dumps(without_nan(answer), indent=1, allow_nan=False)
