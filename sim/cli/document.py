"""The page of commands, made from the commands themselves.

``python -m sim.cli.document docs/commands.md`` writes the page; a test compares what is committed with what is made here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.texts import markdown_table

COMMAND = "python -m sim.cli.document docs/commands.md"
HEAD = f"""# Commands

Made from the code by `{COMMAND}`; do not edit it by hand.

Exit status: 0 done; 2 the input is wrong, with one message that names file, place, what was found and what is allowed; 1 anything else, with
what is safe on disk. Long work shows its progress on a terminal; piped output has none. Ctrl-C leaves a study that the same command continues.
"""


def page() -> str:
    """The page as Markdown."""
    import click
    import typer

    from sim.cli import make_app

    group: Any = typer.main.get_command(make_app())
    context = click.Context(group)
    parts = [
        HEAD,
        *(_command(name, one) for name in group.list_commands(context) if not (one := group.get_command(context, name)).hidden),
    ]
    return "\n".join(parts)


def _command(name: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    usage = " ".join([f"daarna {name}", *(_usage(one) for one in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"## daarna {name}", "", command.help or "", "", f"```\n{usage}\n```", ""]
    return "\n".join([*lines, markdown_table(("", "default", ""), _rows(arguments, options))])


def _usage(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return (f"{name}…" if argument.nargs == -1 else name) if argument.required else f"[{name}]"


def _rows(arguments: list[Any], options: list[Any]) -> Iterator[tuple[str, str, str]]:
    for one in arguments:
        yield one.metavar or one.name.upper(), "", one.help or ""
    for one in options:
        names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
        default = "" if one.default in (None, False, ()) or callable(one.default) else f"`{one.default}`"
        yield names, default, one.help or ""


if __name__ == "__main__":
    from sim.files.atomic import write_file

    text = page()
    if sys.argv[1:]:
        write_file(Path(sys.argv[1]), text)
    else:
        print(text, end="")
