"""All figures of a study as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.files.atomic import make_folder, replacing
from sim.plots.carried import metadata, provenance, title_of
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
from sim.plots.waterfall import waterfall
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


def waterfalls(study: Results) -> Mapping[str, Draw]:
    """From the first scenario to each other: ``waterfall`` where there are two, else ``waterfall-2``, ``waterfall-3``, …"""
    base, *others = study.names

    def to(other: str) -> Draw:
        return lambda study, ax=None: waterfall(study, base, other, ax)

    return {"waterfall" if len(others) == 1 else f"waterfall-{k}": to(other) for k, other in enumerate(others, 2)}


def figures_of(study: Results) -> Mapping[str, Draw]:
    """The figures that a study of so many scenarios has."""
    return {**FIGURES, **PAIRED, **waterfalls(study)} if len(study.names) > 1 else FIGURES


def draw_study(
    study: Results,
    folder: str | os.PathLike[str],
    kinds: Sequence[str] = ("png", "svg"),
    names: Sequence[str] | None = None,
) -> list[Path]:
    """Write figures of a study as files; the same study gives the same files.

    Each carries what made it (:mod:`sim.plots.carried`): ``daarna cite`` and ``daarna verify`` take a figure alone.

    Parameters
    ----------
    study : the study to draw.
    folder : where to; made if it is not there.  Figures of the same name are replaced, each at once,
        so that nobody meets half a file.
    kinds : formats: ``png`` (240 dpi), ``svg``, ``pdf``.
    names : which figures, in the order of `figures_of`; all by default.

    Returns
    -------
    The files, ``profit_by_year.png``, ``profit_by_year.svg``, and so on in the order of `figures_of`.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """
    target = Path(folder)
    make_folder(target)
    written = []
    for name in figures_of(study) if names is None else names:
        with style():
            figure = drawn(study, name)
            written += [save(figure, study, name, target / f"{name}.{kind}") for kind in kinds]
    return written


def drawn(study: Results, name: str) -> Figure:
    """A figure of a study, in its final layout."""
    return settled(lambda: figures_of(study)[name](study))


def save(figure: Figure, study: Results, name: str, path: Path) -> Path:
    """Write a figure of a study, with what made it inside; the format is the path's suffix."""
    about = {"Description": origin(study), "Scenario": ", ".join(study.names), "Seed": str(study.seed)}
    return write_figure(figure, path, provenance(study, name, figure), about)


def write_figure(figure: Figure, path: Path, record: Mapping[str, Any], about: Mapping[str, str], dpi: int | None = None) -> Path:
    """Write any figure, whole or not at all, with a record of what made it inside.

    Parameters
    ----------
    figure : what is written.
    path : where to; its suffix is the format: png, svg or pdf.
    record : what it carries; ``thing`` says what it is a figure of.
    about : what a reader finds among the file's properties, ``Description`` at least.
    dpi : of a PNG; 240 if not given.
    """
    kind = path.suffix[1:]
    title = title_of(figure)
    how: dict[str, Any] = {"dpi": dpi or DPI, "pil_kwargs": {"compress_level": 3}} if kind == "png" else {}
    # no date, so that the same study gives the same file
    how["metadata"] = metadata(kind, {"Title": title, **about}, dict(record), version())
    with style(), replacing(path) as file:
        figure.savefig(file, format=kind, **how)
    return path


def settled(draw: Callable[[], Axes]) -> Figure:
    """The figure of what is drawn, in its final layout, found once for all formats: with a layout engine, each would be drawn twice."""
    with style():
        figure = draw().get_figure(root=True)
        assert isinstance(figure, Figure)
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
        figure.set_layout_engine(None)
    return figure
