"""``daarna cite`` and ``daarna verify``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.effort import hush
from sim.cli.terminal import say, say_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(cite)
    app.command()(verify)


def cite(
    thing: Annotated[
        str, typer.Argument(help="A folder of a study, a sweep or a design, a figure, a memo, a table, or STUDY:OUTCOME.")
    ],
    form: Annotated[str, typer.Option("--format", help="text, bibtex or csl (CSL-JSON).")] = "text",
) -> None:
    """Print the citation of a study, a sweep, a design, a figure or a number."""
    import sim.proofs.recipe  # noqa: F401 - the kind of the figures of the battery
    from sim.cite.citable import find
    from sim.cite.reference import FORMS
    from sim.errors import InputError

    if form not in FORMS:
        raise InputError(f'--format: found "{form}", allowed is one of {", ".join(FORMS)}')
    say(FORMS[form](find(thing)))


def verify(
    thing: Annotated[Path, typer.Argument(help="A folder of a study, a sweep or a design, a figure, a memo or a table.")],
    quick: Annotated[bool, typer.Option(help="Make only a sample of the runs again.")] = False,
    data: Annotated[list[Path] | None, typer.Option(help="A log that a forecast was made from; may be repeated.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Make it again however long it takes.")] = False,
    quiet: Annotated[bool, typer.Option(help="Say nothing; the exit status tells.", callback=hush)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
) -> None:
    """Make a result again from what it carries; exit status 0 when it is identical, 1 when it is not, or another version made it."""
    import sim.proofs.recipe  # noqa: F401 - the kind of the figures of the battery
    from sim.cite import verify as make_again
    from sim.cli.progress import progress_bar

    with progress_bar(quiet or as_json, thing) as (progress, _):
        verdict = make_again(thing, quick, progress, data or (), yes)
    if as_json:
        say_json(asdict(verdict) | {"identical": verdict.identical})
    elif not quiet:
        say(str(verdict))
    if not verdict.identical:
        raise typer.Exit(1)
