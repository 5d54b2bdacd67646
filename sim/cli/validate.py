"""``daarna validate``: why a simulated number should be believed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.effort import hush
from sim.cli.terminal import make_console, print_table, say, say_json

if TYPE_CHECKING:
    from sim.proofs import Battery, Entry


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(validate)


def validate(
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the runs, without the longest entries: for CI.")] = False,
    hypotheses: Annotated[bool, typer.Option("--hypotheses", help="The hypotheses only: --group hypothesis.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="An entry by its id; may be repeated.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="A group of entries, such as closed form; may be repeated.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the report there (Markdown), its figures in figures/ beside it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Key of all random numbers; same seed, same report.")] = 1,
    workers: Annotated[int | None, typer.Option(help="Threads; all cores by default.")] = None,
    names: Annotated[bool, typer.Option("--list", help="Name the entries and do nothing.")] = False,
    quiet: Annotated[bool, typer.Option(help="Print only what fails.", callback=hush)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check the model against closed forms, data, other models and published patterns; exit status 1 if an entry fails."""
    from sim.cli.progress import interruptible
    from sim.files.atomic import check_file
    from sim.proofs import registry, run_battery
    from sim.proofs.report import as_data, write_report
    from sim.proofs.run import choose
    from sim.whole_number import LAST_SEED, whole

    whole("--seed", seed, 0, LAST_SEED)
    if workers is not None:
        whole("--workers", workers, 1)
    if out is not None:
        out = check_file(out, made=True)
    groups = [*(group or []), *(["hypothesis"] if hypotheses else [])]
    entries = registry()
    if names:
        _print_names(choose(entries, quick, only or (), groups)[0])
        return
    with interruptible(), _bar(quiet) as progress:
        battery = run_battery(entries, quick, seed, only or (), groups, workers, progress)
    if as_json:
        say_json(as_data(battery))
    else:
        _print(battery, quiet)
    if out is not None:
        write_report(battery, out)
        if not quiet and not as_json:
            say(f"report: {out}")
    if not battery.passes:
        raise typer.Exit(1)


@contextmanager
def _bar(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Entries finished, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task("entries", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_names(entries: list[Entry]) -> None:
    from rich import box
    from rich.table import Table

    from sim.cli.terminal import make_console, print_table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("entry", "group", "title"):
        table.add_column(heading)
    for one in entries:
        table.add_row(one.id, one.group, one.title)
    print_table(table, make_console())


def _print(battery: Battery, quiet: bool) -> None:
    """A row per entry, then every finding that fails."""
    from rich import box
    from rich.table import Table

    from sim.proofs.report import cells, largest, left_out, seen, verdict

    console = make_console()
    if not quiet:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("entry", "title"):
            table.add_column(heading)
        for heading in ("findings", "largest |z|", "seconds"):
            table.add_column(heading, justify="right")
        table.add_column("sees a steady fault of")
        table.add_column("verdict")
        for one in battery.results:
            count = str(len(one.findings))
            title = one.entry.title
            table.add_row(one.entry.id, title, count, largest(one), f"{one.seconds:.1f}", seen(one), verdict(one))
        print_table(table, console)
    for one in battery.results:
        if one.error:
            say(f"{one.entry.id}: ended with {one.error}")
        for finding in one.findings:
            if not finding.passes:
                _, expected, found, error, z, _, note = cells(finding)
                score = f", z {z}" if z else ""
                remark = f" ({note})" if note else ""
                say(f"{one.entry.id}: {finding.quantity}: expected {expected}, found {found} ± {error}{score}{remark}")
    if not quiet:
        good = sum(one.passes for one in battery.results)
        total = len(battery.results)
        failing = [f"{total - good} FAIL"] if good < total else []
        missing = [left_out(battery)] if battery.left_out else []
        say("; ".join([f"{good} of {total} entries pass", *failing, *missing]))
