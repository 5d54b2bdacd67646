"""``daarna check``, ``describe`` and ``schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)
    app.command()(describe)
    app.command()(schema)


def check(files: Annotated[list[Path], typer.Argument(help="Scenario files.")]) -> None:
    """Validate scenario files."""
    from sim.errors import InputError
    from sim.scenario.load import load

    bad = False
    for file in files:
        try:
            scenario = load(file)
        except InputError as error:
            print(error, file=sys.stderr)
            bad = True
        else:
            typer.echo(f"{file}: ok ({scenario.title})")
    if bad:
        raise typer.Exit(2)


def describe(scenario: Annotated[Path, typer.Argument(help="A scenario file.")]) -> None:
    """Print every parameter with unit, value, meaning and source."""
    from rich.console import Console
    from rich.table import Table

    from sim.scenario.describe import parameters
    from sim.scenario.load import load

    loaded = load(scenario)
    table = Table("parameter", "value", "unit", "allowed", "meaning", "source", title=loaded.title, title_justify="left")
    for row in parameters(loaded):
        table.add_row(row.path, row.value, row.unit.replace("money", loaded.currency), row.bounds, row.meaning, row.source)
    Console(width=None if sys.stdout.isatty() else 220).print(table)


def schema() -> None:
    """Print the JSON Schema of a scenario file, for editors."""
    from sim.scenario.model import Scenario

    made = Scenario.model_json_schema()
    made["properties"]["extends"] = {"type": "string", "description": "scenario file that says everything not said here"}
    typer.echo(json.dumps(made, indent=1))
