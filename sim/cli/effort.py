"""How many runs: the options of the commands that simulate, for :func:`sim.study.precision.goal_of`."""

from __future__ import annotations

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
