"""``daarna explain``: how every line of a rep's pay came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.effort import Seed
from sim.cli.library import named
from sim.cli.terminal import say, say_json

if TYPE_CHECKING:
    from sim.trace import Trace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    scenario: Annotated[Path, named("The scenario.")],
    rep: Annotated[int, typer.Option(help="Seat, from 0, as in the column rep of the customers table.")] = 0,
    year: Annotated[int | None, typer.Option(help="Year of the run, from 1 (1 by default).")] = None,
    run: Annotated[int, typer.Option(help="Run number, from 1.")] = 1,
    seed: Seed = 1,
    month: Annotated[int | None, typer.Option(help="One month of the run, instead of a year.")] = None,
    customer: Annotated[int | None, typer.Option(help="A customer's account page instead, by number.")] = None,
    customers: Annotated[
        bool, typer.Option("--customers", help="List the seat's customers, to pick one for --customer.")
    ] = False,
    figure: Annotated[Path | None, typer.Option(help="Also draw it: a file .png, .svg or .pdf.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the statement as JSON.")] = False,
) -> None:
    """Print a statement of pay: how every line of a rep's pay came about, component by component.

    With --customers: the customers of the seat.  With --customer: what happened to a customer, and the money in and out.
    """
    from sim.scenario.load import load

    loaded = load(scenario)
    figure = _check_options(customer, figure, year, month, as_json)
    from sim.trace.model import follow
    from sim.trace.record import check_seat, months_of_year
    from sim.trace.statement import as_data, statement

    check_seat(loaded, rep)
    first, last = months_of_year(loaded, year, month)
    if customers:
        _list(follow(loaded, run=run, seed=seed, months=None if year is None else last, customers="all"), rep)
        return
    if customer is not None:
        from sim.trace.account import account_page

        trace = follow(loaded, run=run, seed=seed, months=None if year is None else last, customers=[customer])
        say(account_page(trace, customer))
    else:
        trace = follow(loaded, run=run, seed=seed, months=last)
        if as_json:
            say_json(as_data(trace, rep, first, last))
        else:
            say(statement(trace, rep, first, last))
    if figure is not None:
        _draw(trace, figure, rep, -(-last // 12), customer)
        say(f"figure: {figure}", err=True)


def _list(trace: Trace, rep: int) -> None:
    """The customers of a seat, a line each."""
    from rich import box
    from rich.table import Table

    from sim.cli.terminal import make_console, print_table

    found = trace.customers()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in found:
        table.add_column(str(name), justify="left" if name == "status" else "right")
    for row in found[found["rep"] == rep].itertuples(index=False):
        table.add_row(*(f"{one:,.2f}" if isinstance(one, float) else str(one) for one in row))
    print_table(table, make_console())


def _check_options(customer: int | None, figure: Path | None, year: int | None, month: int | None, as_json: bool) -> Path | None:
    from sim.cli.plot import KINDS
    from sim.errors import InputError
    from sim.files.atomic import check_file

    if figure is not None and figure.suffix[1:] not in KINDS:
        raise InputError(f'--figure: found "{figure.name}", allowed is a file that ends in .{", .".join(KINDS)}')
    if year is not None and month is not None:
        raise InputError("--year and --month: found both, allowed is one of the two; a month is counted over the whole run")
    if customer is not None and (as_json or month is not None):
        raise InputError(
            f"--customer: found beside {'--json' if as_json else '--month'}, which is of a rep's statement; leave one of them out"
        )
    return None if figure is None else check_file(figure)


def _draw(trace: Trace, path: Path, rep: int, year: int, customer: int | None) -> None:
    from sim.files.atomic import writing
    from sim.recipes import write
    from sim.recipes.follow import draw, recipe
    from sim.study.provenance import made_now

    told = recipe(trace, rep=rep, year=year) if customer is None else recipe(trace, customer=customer)
    with writing(path):
        write(draw(trace, told), path, told, made_now())
