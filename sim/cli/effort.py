"""The options of the commands that simulate: how many runs (for :func:`sim.study.precision.goal_of`), and how."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

Runs = Annotated[int | None, typer.Option(help="Runs per scenario; 200 unless --precision is given.")]
PrecisionTargets = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        metavar="OUTCOME=WIDTH",
        help="Instead of --runs: simulate until the 95% interval's half-width is reached, as a share of the value (npv=2%) or in its "
        "unit (q05(npv)=5000, P(npv<0)=.02); several by comma or by repeating the option.",
    ),
]
MaxRuns = Annotated[int | None, typer.Option(help="With --precision: end there all the same; 10000 by default.")]
Rule = Annotated[
    str | None, typer.Option(help="With --precision: batches (default), or hoad for the rule of Hoad, Robinson & Davies.")
]
Seed = Annotated[int, typer.Option(help="Key of all random numbers.")]
Engine = Annotated[str, typer.Option(help="compiled or mesa: both give identical tables.")]
Workers = Annotated[int | None, typer.Option(help="Threads; all cores by default.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the study; a killed study goes on there.")]
Customers = Annotated[bool, typer.Option(help="Keep every customer's account.")]
Figures = Annotated[bool, typer.Option(help="Write figures.")]


def hush(context: typer.Context, quiet: bool) -> bool:
    """Let the log, too, say only what is wrong while the command runs."""
    if quiet:
        log = logging.getLogger("sim")
        context.call_on_close(partial(log.setLevel, log.level))
        log.setLevel(logging.ERROR)
    return quiet


Quiet = Annotated[bool, typer.Option(help="Print only what is wrong.", callback=hush)]
