"""All figures of a study as files."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.drivers import drivers
from sim.plots.frame import origin, version
from sim.plots.persistency import persistency
from sim.plots.profit_by_year import profit_by_year
from sim.plots.profit_distribution import profit_distribution
from sim.plots.promised_realised import promised_realised
from sim.plots.results import Results
from sim.plots.style import style
from sim.plots.time_use import time_use
from sim.plots.whale import whale

DPI = 240


class Draw(Protocol):
    """A figure of a study."""

    def __call__(self, study: Results, ax: Axes | None = None) -> Axes:
        """Draw into `ax`, or into a figure of its own."""
        ...


#: Every figure by name, in the order in which they tell the story.
FIGURES: Mapping[str, Draw] = {
    "profit_by_year": profit_by_year,
    "profit_distribution": profit_distribution,
    "promised_realised": promised_realised,
    "drivers": drivers,
    "persistency": persistency,
    "time_use": time_use,
    "whale": whale,
}


def draw_study(study: Results, folder: str | os.PathLike[str]) -> list[Path]:
    """Write every figure as PNG (240 dpi) and SVG; the same study gives the same files.

    Parameters
    ----------
    study : the study to draw.
    folder : where to; made if it is not there.  Figures of the same name are replaced, each at once,
        so that nobody meets half a file.

    Returns
    -------
    The files, ``profit_by_year.png``, ``profit_by_year.svg``, and so on in the order of `FIGURES`.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in FIGURES.items():
        with style():
            ax = draw(study)
            _settle(ax)
            for kind in ("png", "svg"):
                written.append(_save(ax, target / f"{name}.{kind}", kind, study))
    return written


def _settle(ax: Axes) -> None:
    """Find the places once, for both formats: with a layout engine, each would be drawn twice."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine(None)


def _save(ax: Axes, path: Path, kind: str, study: Results) -> Path:
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    title = ax.get_title(loc="left").replace("\n", " ")
    half = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        fast = {"pil_kwargs": {"compress_level": 3}} if kind == "png" else {}
        figure.savefig(half, format=kind, dpi=DPI, metadata=_metadata(kind, title, study), **fast)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    return path


def _metadata(kind: str, title: str, study: Results) -> dict[str, str | None]:
    """What a reader finds in the file's properties; no date, so that the same study gives the same file."""
    common: dict[str, str | None] = {"Title": title, "Description": origin(study)}
    if kind == "svg":
        return {**common, "Creator": version(), "Date": None}
    return {**common, "Software": version(), "Scenario": ", ".join(study.names), "Seed": str(study.seed)}
