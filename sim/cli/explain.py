"""``daarna explain``: how every line of a rep's pay came about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    scenario: Annotated[Path, typer.Argument(help="A scenario file.")],
    rep: Annotated[int, typer.Option(help="Seat, from 0, as in the column rep of the customers table.")] = 0,
    year: Annotated[int | None, typer.Option(help="Year of the run, from 1 (1 by default).")] = None,
    run: Annotated[int, typer.Option(help="Run number, from 1.")] = 1,
    seed: Annotated[int, typer.Option(help="Key of all random numbers.")] = 1,
    month: Annotated[int | None, typer.Option(help="One month of the run, instead of a year.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the statement as JSON.")] = False,
) -> None:
    """Print a statement of pay: how every line of a rep's pay came about, component by component."""
    from sim.scenario.load import load

    loaded = load(scenario)
    from sim.cli.run import _announce_compilation
    from sim.trace.model import check_seat, follow, months_of_year
    from sim.trace.statement import as_data, statement

    check_seat(loaded, rep)
    first, last = months_of_year(loaded, year, month)
    _announce_compilation()
    trace = follow(loaded, run=run, seed=seed, months=last)
    if as_json:
        typer.echo(json.dumps(as_data(trace, rep, first, last), indent=1, allow_nan=False))
    else:
        typer.echo(statement(trace, rep, first, last))
