"""The command ``daarna``: thin; nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

INTERRUPTED = 130  # typer's exit status after Ctrl-C


def make_app() -> typer.Typer:
    """The command with its subcommands; each registers itself."""
    import typer

    from sim.cli import (
        calibrate,
        cite,
        compare,
        explain,
        library,
        memo,
        optimise,
        plot,
        run,
        scenarios,
        sweep,
        understand,
        validate,
    )
    from sim.cli.options import Commands, common

    app = typer.Typer(
        cls=Commands,
        name="daarna",
        help="What a sales incentive scheme does to the customers a firm signs, and to its book over the years.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain messages, one sentence each
    )
    app.callback()(common)
    for command in (
        run,
        compare,
        sweep,
        understand,
        optimise,
        explain,
        calibrate,
        plot,
        memo,
        cite,
        validate,
        scenarios,
        library,
    ):
        command.register(app)
    return app


def main() -> None:
    """Entry point: 0 done, 2 the input is wrong, 1 anything else; one message, never a traceback."""
    from sim.cli.streams import guarded

    # before NumPy is loaded: threads of its linear algebra that wait for each other's tiny matrices triple the time of a fit
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with guarded():
        _start()


def _start() -> None:
    import warnings

    from sim.cli.terminal import prepare
    from sim.errors import DaarnaError, InputError
    from sim.texts import message

    prepare()
    if sys.flags.optimize > 1:
        print(
            "python -OO: expected python or python -O, since -OO takes out the texts that help and measures consist of",
            file=sys.stderr,
        )
        sys.exit(2)
    warnings.formatwarning = lambda message, *_, **__: f"{message}\n"  # a line, as all messages
    try:
        make_app()(prog_name="daarna")
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except DaarnaError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, SystemExit) as left:
        if isinstance(left, SystemExit) and left.code != INTERRUPTED:
            raise
        print("interrupted", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("DAARNA_DEBUG"):
            raise
        what = f"unexpected {type(error).__name__}: {error} (DAARNA_DEBUG=1 shows where)"
        print(message("\n".join([what, *getattr(error, "__notes__", [])])), file=sys.stderr)
        sys.exit(1)
