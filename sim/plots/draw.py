"""All figures of a study as files."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.drivers import drivers
from sim.plots.frame import origin, version
from sim.plots.paired import paired_differences
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

#: And those that compare scenarios with the first: of a study of several.
PAIRED: Mapping[str, Draw] = {"paired_differences": paired_differences}


def draw_study(study: Results, folder: str | os.PathLike[str]) -> list[Path]:
    """Write every figure as PNG (240 dpi) and SVG; the same study gives the same files.

    Parameters
    ----------
    study : the study to draw.
    folder : where to; made if it is not there.  Figures of the same name are replaced, each at once,
        so that nobody meets half a file.

    Returns
    -------
    The files, ``profit_by_year.png``, ``profit_by_year.svg``, and so on in the order of `FIGURES`, then of `PAIRED`.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    source = origin(study)
    figures = {**FIGURES, **PAIRED} if len(study.names) > 1 else FIGURES
    for name, draw in figures.items():
        with style():
            ax = draw(study)
            figure = _settled(ax)
            # what a reader finds in the file's properties; no date, so that the same study gives the same file
            about = {"Title": ax.get_title(loc="left").replace("\n", " "), "Description": source}
            png = {**about, "Software": version(), "Scenario": ", ".join(study.names), "Seed": str(study.seed)}
            svg = {**about, "Creator": version(), "Date": None}
            written += [
                _save(figure, target / f"{name}.png", dpi=DPI, metadata=png, pil_kwargs={"compress_level": 3}),
                _save(figure, target / f"{name}.svg", metadata=svg),
            ]
    return written


def _settled(ax: Axes) -> Figure:
    """The figure, its places found once for both formats: with a layout engine, each would be drawn twice."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine(None)
    return figure


def _save(figure: Figure, path: Path, **how: Any) -> Path:
    half = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        figure.savefig(half, format=path.suffix[1:], **how)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    return path
