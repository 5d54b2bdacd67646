"""``daarna check``, ``describe`` and ``schema``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.library import named
from sim.cli.terminal import make_console, say, say_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)
    app.command()(describe)
    app.command()(schema)


def check(
    files: Annotated[list[Path], named("Scenarios, designs of sweeps, problems of design, hypotheses, predictions.")],
) -> None:
    """Validate files: scenarios, designs of sweeps, problems of design, hypotheses, predictions."""
    from sim.errors import InputError

    bad = False
    for file in files:
        try:
            title, warnings = _title(file)
        except InputError as error:
            print(error, file=sys.stderr)
            bad = True
        else:
            for warning in warnings:
                say(f"warning: {file}: {warning}")
            say(f"{file}: ok ({title})")
    if bad:
        raise typer.Exit(2)


def _title(file: Path) -> tuple[str, list[str]]:
    """What a valid file is called, and what in it cannot work; which kind it is shows in what it has."""
    from sim import library
    from sim.files.toml_file import read_toml
    from sim.scenario.warnings import warnings

    has = read_toml(library.file(file), "a scenario")
    if "claims" in has:
        from sim.proofs.registered import load as load_hypothesis

        return load_hypothesis(file).title, []
    if "predictions" in has:
        from sim.proofs.predictions import load as load_predictions

        return load_predictions(file).title, []
    if "vary" in has:
        from sim.design.case import prepare
        from sim.design.problem import load as load_problem

        case = prepare(load_problem(file), seed=1, workers=1)
        return case.problem.title, case.problem.warnings()
    if "factors" in has or "table" in has:
        from sim.sweeps.design_file import load as load_design

        design = load_design(file)
        return design.title, [f"base: {text}" for text in warnings(design.base)] if design.base else []
    from sim.scenario.load import load

    scenario = load(file)
    return scenario.title, warnings(scenario)


def describe(scenario: Annotated[Path, named("The scenario.")]) -> None:
    """Print every parameter with unit, value, meaning and source."""
    from rich.table import Table

    from sim.cli.terminal import print_table
    from sim.scenario.describe import parameters
    from sim.scenario.load import load

    loaded = load(scenario)
    table = Table("parameter", "value", "unit", "allowed", "meaning", "source", title=loaded.title, title_justify="left")
    for row in parameters(loaded):
        table.add_row(row.path, row.value, row.unit.replace("money", loaded.currency), row.bounds, row.meaning, row.source)
    console = make_console(220)
    print_table(table, console)
    for origin in loaded.origins:
        console.print(origin)


def schema() -> None:
    """Print the JSON Schema of a scenario file, for editors."""
    from sim.scenario.model import Scenario

    made = Scenario.model_json_schema()
    made["properties"]["extends"] = {
        "type": "string",
        "description": "scenario that says everything not said here: a file, or library:NAME",
    }
    say_json(made)
