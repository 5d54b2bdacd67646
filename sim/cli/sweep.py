"""``daarna sweep``: simulate a design over parameters; the same command again goes on where a killed one stopped."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.effort import Quiet, Workers
from sim.cli.library import named
from sim.cli.progress import interruptible, progress_bar
from sim.cli.terminal import cell, make_console, say, say_json
from sim.number_text import duration
from sim.texts import plain

if TYPE_CHECKING:
    from sim.sweeps import Design, Sweep

SHOWN = ("npv", "customers_end", "churn_rate", "satisfaction", "rep_pay_mean")  # where a design names no outcomes
TOLD = 3  # failing points that are named


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sweep)


def sweep(
    design: Annotated[Path, named("The design: what is varied, and how.")],
    workers: Workers = None,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler that does the work: tcp://…")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the sweep; a killed sweep goes on there.")] = None,
    part: Annotated[str | None, typer.Option(help="K/N: only every N-th point, beside the other parts.")] = None,
    slurm_script: Annotated[
        Path | None, typer.Option(help="Write a script for Slurm and stop: a job array, or Dask if it ends in .py.")
    ] = None,
    tasks: Annotated[int, typer.Option(help="Jobs of the Slurm script; --workers are the cores of each.")] = 16,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it will take and stop.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate every point of a design on common random numbers; print a summary; write the runs."""
    from sim.errors import InputError
    from sim.sweeps.design_file import load

    loaded = load(design)
    _check(workers, dask, part, tasks)
    folder = out or _usual_folder(loaded, design)
    if slurm_script is not None:
        _write_script(slurm_script, loaded, design, folder, tasks, workers or 4)
        if not quiet:
            say(f"script: {slurm_script}")
        return
    if dry_run:
        say(_estimate(loaded, 0, len(loaded) * loaded.runs, workers))
        return
    if part is not None:
        _run_part(loaded, folder, part, workers, quiet)
        return
    with _executor(dask) as executor, interruptible(), _bar(loaded, folder, quiet, workers, executor) as (progress, _):
        from sim.sweeps.execute import sweep as run_sweep

        result = run_sweep(loaded, folder, executor, workers, progress=progress)
    if as_json:
        say_json(_as_data(result, folder))
    elif not quiet:
        _print_summary(result)
        say(f"{len(loaded):,} points, {loaded.runs} runs each, seed {loaded.seed}; sweep: {folder}")
    if not quiet:
        _tell_failures(result)
    if len(result.failures) == len(loaded):
        raise InputError(f"{design}: no point could be simulated; the first says: {result.failures['error'][0]}")


def _check(workers: int | None, dask: str | None, part: str | None, tasks: int) -> None:
    from sim.errors import InputError
    from sim.whole_number import whole

    if dask and workers:
        raise InputError("--workers and --dask: allowed is one of the two; the cluster says how many workers it has")
    if dask and part:
        raise InputError("--part and --dask: allowed is one of the two; a cluster does all parts")
    if part is not None and not re.fullmatch(r"[1-9]\d{0,6}/[1-9]\d{0,6}", part):
        raise InputError(f'--part: found "{part}", allowed is K/N, as in 3/16')
    if part is not None:
        number, parts = map(int, part.split("/"))
        if number > parts:
            raise InputError(f"--part: found {part}, allowed is 1/{parts} to {parts}/{parts}")
    whole("--tasks", tasks, 1)
    if workers is not None:
        whole("--workers", workers, 1)


def _usual_folder(design: Design, file: Path) -> Path:
    """A folder for sweeps of this file over this base and seed; points may be added to it."""
    from sim import library
    from sim.study.provenance import digest
    from sim.sweeps.record import about
    from sim.sweeps.sweep_folder import DETERMINING

    told = about(design)
    return Path("sweeps") / f"{library.file(file).stem[:80]}-{digest([told[key] for key in DETERMINING])[:8]}"


def _bar(loaded: Design, folder: Path, quiet: bool, workers: int | None, executor: Any) -> Any:
    from sim.sweeps.pool import slots_of

    slots = slots_of(executor, workers)() if executor else workers

    def before(done: int, total: int) -> None:
        if done < total:
            print(_estimate(loaded, done, total, slots), file=sys.stderr, flush=True)

    return progress_bar(quiet, folder, before)


def _estimate(design: Design, done: int, total: int, workers: int | None) -> str:
    """What is left to do, in words: points × runs × cost."""
    from sim.sweeps.execute import seconds_per_run
    from sim.sweeps.pool import cores

    slots = workers or cores()
    cost = seconds_per_run(design)
    size = f"{len(design):,} points × {design.runs} runs = {len(design) * design.runs:,} runs"
    if cost is None:
        return f"{size}; the points tried all fail, so the time is not known"
    left = f", of which {total - done:,} are left" if done else ""
    return f"{size}{left}: about {duration((total - done) * cost / slots)} on {slots} core{'s' if slots > 1 else ''} ({cost:.2g} s a run)"


def _run_part(design: Design, folder: Path, part: str, workers: int | None, quiet: bool) -> None:
    from sim.sweeps.execute import sweep_part

    number, parts = map(int, part.split("/"))
    with interruptible(), progress_bar(quiet, folder) as (progress, _):
        failing = sweep_part(design, folder, number, parts, workers, progress=progress)
    if not quiet:
        told = f"; {failing} of its points fail" if failing else ""
        say(f"part {part} is in {folder}{told}; when all parts are, the same command without --part makes the tables")


def _write_script(file: Path, design: Design, path: Path, folder: Path, tasks: int, cores: int) -> None:
    from sim.files.atomic import check_file, write_file, writing
    from sim.sweeps.execute import seconds_per_run
    from sim.sweeps.slurm import script

    file = check_file(file)
    seconds = (seconds_per_run(design) or 1.0) * len(design) * design.runs
    with writing(file):
        write_file(file, script(file, path, folder, tasks, cores, seconds))


@contextmanager
def _executor(address: str | None) -> Iterator[Any]:
    """The executor of a Dask cluster, or none."""
    if address is None:
        yield None
        return
    from sim.errors import InputError

    try:
        from dask.distributed import Client
    except ImportError:
        raise InputError('--dask: the package distributed is not installed; pip install "daarna[dask]"') from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--dask: no scheduler answers at {address}: {' '.join(str(error).split()) or type(error).__name__}"
        ) from None
    with client:
        yield client.get_executor()


def _print_summary(result: Sweep) -> None:
    """Where each outcome is lowest and highest, mean ± Monte Carlo standard error."""
    from rich.table import Table

    from sim.cli.terminal import print_table
    from sim.number_text import plus_minus

    good = result.points[result.points["status"] == "ok"]
    if good.empty:
        return
    table = Table("outcome", "lowest", "at", "highest", "at", box=None, pad_edge=False)
    for outcome in _shown(result):
        rows = result.summary([outcome]).dropna(subset="mean")
        if rows.empty:
            continue
        cells = [outcome]
        means = rows["mean"]
        for number in (int(means.argmin()), int(means.argmax())):
            row: Any = rows.iloc[number]
            at: Any = result.points.iloc[int(row["point"])]
            values = ", ".join(f"{name} = {cell(at[name])}" for name in result.factors)
            cells += [plus_minus(row["mean"], row["standard_error"]), values]
        table.add_row(*cells)
    console = make_console(160)
    console.print("mean over the runs of a point ± Monte Carlo standard error")
    print_table(table, console)


def _shown(result: Sweep) -> list[str]:
    there = result.outcomes()
    return [name for name in result.about["design"]["outcomes"] or SHOWN if name in there] or there[:5]


def _tell_failures(result: Sweep) -> None:
    failures = result.failures
    for _, row in failures.head(TOLD).iterrows():
        say(f"point {row['point']} fails: {plain(row['error'])}", err=True)
    if len(failures) > TOLD:
        print(f"{len(failures)} points fail in all; points.parquet says why", file=sys.stderr)


def _as_data(result: Sweep, folder: Path) -> dict[str, Any]:
    return {
        "sweep": str(folder),
        **{key: result.about[key] for key in ("runs", "seed", "design_hash")},
        "points": result.points.to_dict("records"),
        "summary": result.summary(_shown(result)).to_dict("records"),
    }
