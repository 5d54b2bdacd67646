"""``daarna memo``: a study as a memo that can be sent out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.terminal import say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(memo)


def memo(
    study: Annotated[Path, typer.Argument(help="A study folder.")],
    form: Annotated[list[str] | None, typer.Option("--format", help="html, md or pdf; may be repeated. All by default.")] = None,
    sweep: Annotated[
        Path | None, typer.Option(help="Folder of a finished sweep: the memo also says what drives the result.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the memo; memo/ of the study by default.")] = None,
) -> None:
    """Write a memo of a study: HTML, Markdown and PDF, with figures, tables and provenance."""
    from sim.errors import InputError
    from sim.files.atomic import followed, writing
    from sim.memo.write import KINDS, write_memo
    from sim.study import open as open_study
    from sim.study.crate import CRATE, write_crate

    for kind in form or ():
        if kind not in KINDS:
            raise InputError(f'--format: found "{kind}", allowed is one of {", ".join(KINDS)}')
    study = followed(study)
    opened, folder = open_study(study), out or study / "memo"
    with writing(folder, "the study itself is whole"):
        written = write_memo(opened, folder, form or KINDS, sweep)
        if (study / CRATE).exists():
            write_crate(study, opened.about)
    for path in written:
        say(path)
