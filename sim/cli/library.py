"""``daarna library`` and ``daarna new``; completion of library names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.terminal import say, say_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(name="library")(list_library)
    app.command()(new)


def complete(incomplete: str) -> list[str]:
    """What a file's name, or a name of the library, may go on with."""
    from sim import library

    here = Path(incomplete).parent if not incomplete.endswith("/") else Path(incomplete)
    files = [path.as_posix() + ("/" if path.is_dir() else "") for path in here.glob("*") if not path.name.startswith(".")]
    prefix = library.PREFIX if incomplete.startswith(library.PREFIX) else ""
    return [one for one in (*sorted(files), *(prefix + name for name in library.names())) if one.startswith(incomplete)]


def named(help: str, metavar: str | None = None) -> Any:
    """An argument that is a file or a name of the library."""
    return typer.Argument(help=f"{help} A file, or a name of the library.", metavar=metavar, autocompletion=complete)


def list_library(
    everything: Annotated[bool, typer.Option("--all", help="Also the settings of the validation battery.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of them as JSON, with their paths.")] = False,
) -> None:
    """List what comes with the program: scenarios, schemes, designs, problems, hypotheses, data.

    A name works wherever a file does: daarna run signature-bonus, extends = "library:baseline".
    """
    from sim.library import INNER, items

    found = items()
    if as_json:
        told = [
            {"name": one.name, "kind": one.kind, "title": one.title, "about": one.about, "path": str(one.path)} for one in found
        ]
        say_json(told)
        return
    from rich import box
    from rich.table import Table

    from sim.cli.terminal import make_console, print_table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("name", "kind", "title", "about"):
        table.add_column(heading, no_wrap=heading == "name", overflow="fold")
    for one in found:
        if everything or one.kind != INNER:
            table.add_row(one.name, one.kind, one.title, one.about)
    print_table(table, make_console())


def new(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    source: Annotated[
        str, typer.Option("--from", metavar="NAME", help="What to begin from: a name of the library.", autocompletion=complete)
    ],
) -> None:
    """Start a file of your own from the library.

    A scenario becomes a file that extends the library's and repeats in comments what that one says, ready to be changed: what you
    change is all it says. Anything else is copied.
    """
    from sim.errors import InputError
    from sim.files.atomic import write_new, writing
    from sim.library import PREFIX, begun, find, reference
    from sim.scenario.base import shown

    found = find(source.removeprefix(PREFIX), "--from: ")
    if file.is_dir() or file.suffix != found.suffix or file.name.startswith(PREFIX):
        got = "a folder" if file.is_dir() else shown(file.name)
        raise InputError(f"{file}: expected the name of a file that ends in {found.suffix}, as in my-{found.name}, got {got}")
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}; make it first")
    content = begun(found)
    with writing(file):
        try:
            write_new(file, content)
        except FileExistsError:
            raise InputError(f"{file}: is there already; name another file") from None
    say(f"{file}: begun from {reference(found)}")
