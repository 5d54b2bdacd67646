"""``daarna run``: simulate, print the answer, write a study with its figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from sim.study import Study

GROUPS = {
    "profit": ("npv", "promised_profit", "realised_profit", "share_loss_making", "bad_debt_ratio", "cost_to_serve"),
    "customers": ("signings", "lapses", "customers_end", "churn_rate", "persistency_12", "persistency_24", "satisfaction"),
    "reps": ("rep_pay_mean", "variable_share", "rep_turnover", "hunting_share", "nurturing_share"),
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    scenario: Annotated[list[Path], typer.Argument(help="Scenario files (TOML); several share their random numbers.")],
    runs: Annotated[int, typer.Option(help="Runs per scenario.")] = 200,
    seed: Annotated[int, typer.Option(help="Key of all random numbers.")] = 1,
    engine: Annotated[Literal["compiled", "mesa"], typer.Option(help="Both give identical tables.")] = "compiled",
    workers: Annotated[int | None, typer.Option(help="Threads; all cores by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the study.")] = None,
    customers: Annotated[bool, typer.Option(help="Keep every customer's account.")] = False,
    figures: Annotated[bool, typer.Option(help="Write figures.")] = True,
    quiet: Annotated[bool, typer.Option(help="Print only what is wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate scenarios; print outcomes with Monte Carlo standard errors; write a study."""
    from sim.scenario import load
    from sim.study.store import content_hash

    loaded = [load(path) for path in scenario]
    mark = content_hash([one.canonical() for one in loaded], seed, runs)[:8]
    folder = out or Path("studies") / f"{'-vs-'.join(one.name for one in loaded)[:80]}-{mark}"
    if not quiet:
        _announce_compilation()
    study = _simulate(loaded, runs, seed, engine, workers, customers, quiet)
    if as_json:
        typer.echo(study.summary().to_json(orient="records", indent=1))
    elif not quiet:
        print_summary(study)
    study.save(folder)
    if figures:
        from sim.plots import draw_study

        draw_study(study, folder / "figures")
    if not quiet and not as_json:
        typer.echo(f"\nStudy: {folder}" + (f"  (figures in {folder / 'figures'})" if figures else ""))


def _announce_compilation() -> None:
    from sim.compiled import cache_folder

    if not any(cache_folder().rglob("*.nbc")):
        print("Compiling the model once (about a minute); later starts take it from disk.", file=sys.stderr)


def _simulate(loaded: list[Any], runs: int, seed: int, engine: str, workers: int | None, customers: bool, quiet: bool) -> Study:
    from sim.study import run as run_study

    if quiet or not sys.stderr.isatty():
        return run_study(loaded, runs, seed, engine, workers, customers)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("runs", total=runs * len(loaded))
        return run_study(
            loaded,
            runs,
            seed,
            engine,
            workers,
            customers,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def print_summary(study: Study) -> None:
    """The outcomes with their standard errors, scenario beside scenario."""
    from rich.console import Console
    from rich.table import Table

    from sim.tables import RUNS_FIRST, RUNS_REST

    summary = study.summary().set_index(["scenario", "outcome"])
    gaps = study.differences().set_index(["scenario", "outcome"]) if len(study.names) > 1 else None
    units = {column.name: column.unit.replace("money", study.currency) for column in RUNS_FIRST + RUNS_REST}
    n = int(summary["n"].max())
    table = Table(title=f"{n} runs, seed {study.seed}; mean ± Monte Carlo standard error", title_justify="left")
    table.add_column("outcome")
    table.add_column("unit")
    for name in study.names:
        table.add_column(name, justify="right")
        if len(study.names) == 1:
            table.add_column("5% to 95% of runs", justify="right")
    for name in study.names[1:]:
        table.add_column(f"{name} less {study.names[0]}", justify="right")
    for outcomes in GROUPS.values():
        for outcome in outcomes:
            cells = [outcome, units[outcome]]
            for name in study.names:
                row = summary.loc[(name, outcome)]
                cells.append(plus_minus(row["mean"], row["standard_error"]))
                if len(study.names) == 1:
                    cells.append(f"{number(row['q05'])} to {number(row['q95'])}")
            for name in study.names[1:]:
                assert gaps is not None
                row = gaps.loc[(name, outcome)]
                cells.append(plus_minus(row["mean"], row["standard_error"]))
            table.add_row(*cells)
        table.add_section()
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)


def number(value: float) -> str:
    """A number with four significant digits, thousands separated."""
    if value != value:
        return "n/a"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def plus_minus(mean: float, error: float) -> str:
    """Mean ± standard error."""
    return (
        number(mean)
        if error != error
        else f"{number(mean)} ± {error:,.2g}"
        if abs(error) < 100
        else f"{number(mean)} ± {error:,.0f}"
    )
