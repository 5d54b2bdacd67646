"""``daarna sensitivity`` and ``daarna discover``: what a finished sweep says of its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.terminal import cell, make_console, say, say_json

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.sweeps import Sweep

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
    from sim.recipes.sweep import draw_sensitivity
    from sim.understand.method import by_method

    opened, data, asked = _opened(sweep, outcome, pair, base, other)
    column = "difference" if pair else outcome
    kind, result = by_method(data, column)
    told = {"outcome": column, "method": data.about["design"]["method"], **_noise(getattr(result, "noise", None))}
    told |= {"note": unsure} if (unsure := getattr(result, "unsure", "")) else {}
    tables = {"table": result.table} | ({"second": result.second} if getattr(result, "second", None) is not None else {})
    _tell(told, tables, as_json)
    if figures:
        name = _named("sensitivity", f"difference of {outcome}" if pair else outcome, asked)
        drawn = {name: (lambda: draw_sensitivity(kind, result), {"figure": "sensitivity"})}
        _draw(drawn, opened, asked, as_json)


def discover(
    sweep: Folder,
    condition: Annotated[str, typer.Argument(help='Such as "npv > 0"; with --pair, "difference > 0".')],
    outcome: Outcome = "npv", pair: Pair = "", base: Base = "", other: Other = "",
    boxes: Annotated[int, typer.Option(help="At most so many.")] = 1,
    density: Annotated[float | None, typer.Option(help="Least density of a box, 0 to 1.")] = None,
    figures: Figures = True, as_json: Json = False,
) -> None:  # fmt: skip
    """Under which conditions something happens: boxes in the parameters' space, by PRIM (needs daarna[discovery])."""
    from functools import partial

    from sim.plots.discovery import box, tradeoff
    from sim.understand import prim

    opened, data, asked = _opened(sweep, outcome, pair, base, other)
    found = prim(data, condition, boxes, density)
    told = {"condition": condition, "points": len(found.points), "share": found.share, "sign not established": found.unsure}
    tables = {f"box {k + 1}: {one}": one.limits for k, one in enumerate(found.boxes)}
    told |= {} if tables else {"boxes": f"none was found: {found.why_none}"}
    _tell(told | ({"note": found.small} if tables and found.small else {}), tables, as_json)
    if figures:
        asked |= {"condition": condition, "boxes": boxes, "density": density}
        drawn = {
            _named(f"{name}-{k + 1}", condition, asked): (partial(draw, found, number=k), {"figure": name, "number": k})
            for name, draw in (("box", box), ("tradeoff", tradeoff))
            for k in range(len(found.boxes))
        }
        _draw(drawn, opened, asked, as_json)


def _opened(folder: Path, outcome: str, pair: str, base: str, other: str) -> tuple[Sweep, Any, dict[str, Any]]:
    """The sweep; what is analysed, itself or the paired difference of an outcome in it; and what is asked, as figures carry it."""
    from sim.sweeps import open_sweep
    from sim.understand import paired

    sweep = open_sweep(folder)
    if not pair:
        return sweep, sweep, {"outcome": outcome, "pair": None}
    data = paired(sweep, pair, base or None, other or None, outcome)
    return sweep, data, {"outcome": outcome, "pair": [pair, data.base, data.other]}


def _noise(noise: Any) -> dict[str, Any]:
    if noise is None:
        return {}
    return {"chance, of a run's variance": noise.share_of_run, "chance, of the means' variance": noise.share_of_means}


def _tell(told: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], as_json: bool) -> None:
    if as_json:
        say_json(dict(told) | {name: table.to_dict("records") for name, table in tables.items()})
        return
    from rich.table import Table

    from sim.cli.terminal import print_table

    for key, value in told.items():
        say(f"{key}: {value:.3g}" if isinstance(value, float) else f"{key}: {value}")
    console = make_console(160)
    for name, frame in tables.items():
        if name != "table":
            say(f"\n{name}")
        shown = Table(*map(str, frame), box=None)
        for row in frame.itertuples(index=False):
            shown.add_row(*(cell(value) for value in row))
        print_table(shown, console)


def _named(kind: str, text: str, asked: Mapping[str, Any]) -> str:
    """Name of a figure's files: no two requests share it, and it is short and safe whatever the text."""
    from sim.study.provenance import digest

    slug = re.sub(r"[^a-z0-9_]+", "-", text.lower())[:40].strip("-")
    return f"{kind}-{slug}" if slug == text else f"{kind}-{slug}-{digest(asked)[:8]}"


def _draw(
    figures: Mapping[str, tuple[Callable[[], Axes], dict[str, Any]]], sweep: Sweep, asked: dict[str, Any], quiet: bool
) -> None:
    """Figures by name, each with what it asks beside `asked`, into the sweep's folder."""
    from sim.files.atomic import make_folder, writing
    from sim.recipes.sweep import write_figures
    from sim.sweeps.record import CRATE, write_crate

    target = sweep.folder / "figures"
    with writing(target, "the sweep itself is whole"):
        make_folder(target)
        write_figures({name: (draw, asked | own) for name, (draw, own) in figures.items()}, target, sweep)
        if (sweep.folder / CRATE).exists():
            write_crate(sweep.folder, sweep.about)
    if not quiet and figures:
        say(f"figures: {target}")
