"""What is said of an option whose value is of the wrong kind: what was found and what is allowed, for all options of all commands."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sim.cli.terminal import say

ALLOWED = {"int": "a whole number", "float": "a number", "bool": "true or false", "path": "a file or folder"}


class Commands(TyperGroup):
    """The subcommands; a value of the wrong kind is answered as everywhere in daarna."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an empty text, which the parser would take for the current folder: it is what an unset variable of a shell leaves."""
        for before, one in pairwise(["daarna", *args]):
            name, sign, given = one.partition("=")
            if not one or (sign and not given and name.startswith("--")):
                from sim.errors import InputError

                where = name or (before if before.startswith("--") else args[0]) or "daarna"
                raise InputError(f"{where}: found an empty text, allowed is a file, folder or name (the current folder is .)")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from sim.errors import InputError

            told = wrong_value(error)
            if told is None:
                raise
            raise InputError(told) from None


def wrong_value(error: typer.BadParameter) -> str | None:
    """The message about a value of the wrong kind, which typer's parser (pydantic) reports in its own words; None of other errors."""
    from pydantic import ValidationError

    from sim.scenario.base import shown

    cause = error.__cause__
    detail = cause.errors(include_url=False)[0] if isinstance(cause, ValidationError) else None
    kind = detail["type"].split("_")[0] if detail else ""
    if detail is None or kind not in ALLOWED or error.param is None:
        return None
    name = max(error.param.opts, key=len)
    return f"{name}: found {shown(detail['input'])}, allowed is {ALLOWED[kind]}"


def _print_version(asked: bool) -> None:
    if asked:
        from sim import __version__
        from sim.sources import source_hash

        say(f"daarna {__version__}, model {source_hash()}")
        raise typer.Exit


def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version, and the hash of the model's sources.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What a sales incentive scheme does to the customers a firm signs, and to its book over the years."""
