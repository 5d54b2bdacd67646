"""``daarna plot``: figures of a study on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.terminal import say

KINDS = ("png", "svg", "pdf")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plot)


def plot(
    study: Annotated[Path, typer.Argument(help="A study folder.")],
    figure: Annotated[list[str] | None, typer.Option(help="Which figure; may be repeated. All by default.")] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", help="png, svg or pdf; may be repeated. PNG and SVG by default.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the figures; figures/ of the study by default.")] = None,
) -> None:
    """Draw figures of a study; each carries what made it."""
    from sim.cli.run import draw
    from sim.errors import InputError
    from sim.files.atomic import followed
    from sim.plots import figures_of
    from sim.study import open as open_study
    from sim.texts import nearest

    study = followed(study)
    opened = open_study(study)
    there = figures_of(opened)
    for name in figure or ():
        if name not in there:
            hint = nearest(name, there) or f"; there are {', '.join(there)}"
            raise InputError(f'--figure: found "{name}", which is no figure{hint}')
    for kind in form or ():
        if kind not in KINDS:
            raise InputError(f'--format: found "{kind}", allowed is one of {", ".join(KINDS)}')
    folder = out or study / "figures"
    for path in draw(opened, folder, form or KINDS[:2], figure):
        say(path)
