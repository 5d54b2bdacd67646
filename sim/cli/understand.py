"""``daarna sensitivity`` and ``daarna discover``: what a finished sweep says of its parameters."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

Folder = Annotated[Path, typer.Argument(metavar="SWEEP", help="Folder of a finished sweep.")]
Outcome = Annotated[str, typer.Option(help="Column of the runs table.")]
Pair = Annotated[
    str, typer.Option(help="Factor with two levels, such as scheme: the outcome is the paired difference between them.")
]
Base = Annotated[str, typer.Option(help="With --pair: the level that is taken away; the first if not given.")]
Other = Annotated[str, typer.Option(help="With --pair: the level it is taken from; the second if not given.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Figures = Annotated[bool, typer.Option(help="Write figures into the sweep's folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sensitivity)
    app.command()(discover)


def sensitivity(
    sweep: Folder, outcome: Outcome = "npv", pair: Pair = "", base: Base = "", other: Other = "",
    figures: Figures = True, as_json: Json = False,
) -> None:  # fmt: skip
    """Which parameters an outcome depends on, by the sweep's method: Sobol' indices, elementary effects, or from any sample."""
    from sim import understand
    from sim.plots import sensitivity as draw
    from sim.plots.tornado import tornado as draw_tornado

    data, outcome = _opened(sweep, outcome, pair, base, other)
    method = data.about["design"]["method"]
    if method == "sobol":
        result: Any = understand.sobol(data, outcome)
        figure: Any = draw.indices
    elif method == "morris":
        result, figure = understand.morris(data, outcome), draw.effects
    elif method == "table" and len(data.points) == 2 * len(data.factors) + 1:
        result, figure = understand.tornado(data, outcome), draw_tornado
    else:
        result, figure = understand.given(data, outcome), draw.indices
    told = {"outcome": outcome, "method": method, **_noise(getattr(result, "noise", None))}
    tables = {"table": result.table} | ({"second": result.second} if getattr(result, "second", None) is not None else {})
    _tell(told, tables, as_json)
    if figures:
        _draw({f"sensitivity-{outcome}": figure(result)}, sweep, data.about, as_json)


def discover(
    sweep: Folder,
    condition: Annotated[str, typer.Argument(help='Such as "npv > 0"; with --pair, "difference > 0".')],
    outcome: Outcome = "npv", pair: Pair = "", base: Base = "", other: Other = "",
    boxes: Annotated[int, typer.Option(help="At most so many.")] = 1,
    density: Annotated[float | None, typer.Option(help="Least density of a box, 0 to 1.")] = None,
    figures: Figures = True, as_json: Json = False,
) -> None:  # fmt: skip
    """Under which conditions something happens: boxes in the parameters' space, by PRIM (needs daarna[discovery])."""
    from sim.plots.discovery import box, tradeoff
    from sim.understand import prim

    data, _ = _opened(sweep, outcome, pair, base, other)
    found = prim(data, condition, boxes, density)
    told = {"condition": condition, "points": len(found.points), "share": found.share, "sign not established": found.unsure}
    tables = {f"box {k + 1}: {one}": one.limits for k, one in enumerate(found.boxes)}
    _tell(told | ({} if tables else {"boxes": "none was found"}), tables, as_json)
    if figures:
        drawn = {f"box-{k + 1}": box(found, number=k) for k in range(len(found.boxes))}
        drawn |= {f"tradeoff-{k + 1}": tradeoff(found, number=k) for k in range(len(found.boxes))}
        _draw(drawn, sweep, data.about, as_json)


def _opened(folder: Path, outcome: str, pair: str, base: str, other: str) -> tuple[Any, str]:
    """The sweep, or the paired difference of an outcome in it; and the outcome to analyse."""
    from sim.sweeps import open_sweep
    from sim.understand import paired

    data = open_sweep(folder)
    return (paired(data, pair, base or None, other or None, outcome), "difference") if pair else (data, outcome)


def _noise(noise: Any) -> dict[str, Any]:
    if noise is None:
        return {}
    return {"chance, of a run's variance": noise.share_of_run, "chance, of the means' variance": noise.share_of_means}


def _tell(told: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], as_json: bool) -> None:
    if as_json:
        frames = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        typer.echo(json.dumps({key: None if value != value else value for key, value in told.items()} | frames, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    for key, value in told.items():
        typer.echo(f"{key}: {value:.3g}" if isinstance(value, float) else f"{key}: {value}")
    console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160, highlight=False)
    for name, frame in tables.items():
        if name != "table":
            typer.echo(f"\n{name}")
        shown = Table(*map(str, frame), box=None)
        for row in frame.itertuples(index=False):
            shown.add_row(*(_cell(value) for value in row))
        console.print(shown)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _draw(figures: Mapping[str, Any], folder: Path, about: Mapping[str, Any], quiet: bool) -> None:
    from sim.errors import StudyError
    from sim.plots.draw import write_figure

    target = folder / "figures"
    try:
        target.mkdir(exist_ok=True)
        for name, ax in figures.items():
            for kind in ("png", "svg"):
                record = {"thing": "figure of a sweep", "sweep": about}
                write_figure(ax.figure, target / f"{name}.{kind}", record, {"Description": about["command"]})
    except OSError as error:
        raise StudyError(f"{target}: cannot be written: {error.strerror or error}") from None
    if not quiet and figures:
        typer.echo(f"figures: {target}")
