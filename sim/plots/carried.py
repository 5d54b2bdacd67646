"""What a figure shows, as texts and numbers: carried inside its file, and compared when it is drawn again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import InputError
from sim.files.atomic import check_file, refuse_link
from sim.files.embedded_record import carried, token
from sim.study.provenance import identity


def shown(figure: Figure) -> dict[str, Any]:
    """Texts (title, labels, legend, notes; not the ticks) and numbers (points of lines, areas, bars and marks) of a figure."""
    texts = [text.get_text() for text in figure.texts]
    numbers: dict[str, list[list[float]]] = {}
    for place, ax in enumerate(figure.findobj(Axes)):  # insets too
        texts += _texts(ax)
        for kind, points in _numbers(ax):
            numbers[f"{place}.{kind}"] = np.round(points, 12).tolist()
    return {"texts": [text for text in texts if text.strip()], "numbers": numbers}


def title_of(figure: Figure) -> str:
    """The title of a figure's first axes, in a line."""
    return str(figure.axes[0].get_title(loc="left")).replace("\n", " ")


def _texts(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    entries = [text.get_text() for text in legend.get_texts()] if legend else []
    titles = [ax.get_title(loc=where) for where in ("left", "center", "right")]
    return [*titles, ax.get_xlabel(), ax.get_ylabel(), *entries, *(text.get_text() for text in ax.texts)]


def _numbers(ax: Axes) -> list[tuple[str, np.ndarray]]:
    """Name and points [n, 2] of everything drawn on the axes, in data units."""
    found = [(f"line{k}", np.asarray(line.get_xydata(), float)) for k, line in enumerate(ax.lines)]
    for k, patch in enumerate(ax.patches):
        path = patch.get_patch_transform().transform_path(patch.get_path())
        found.append((f"patch{k}", np.asarray(path.vertices, float)))
    for k, collection in enumerate(ax.collections):
        found += [(f"area{k}.{j}", np.asarray(path.vertices, float)) for j, path in enumerate(collection.get_paths())]
        found.append((f"marks{k}", np.ma.filled(np.ma.asarray(collection.get_offsets(), float), np.nan)))
    return [(name, points) for name, points in found if points.size]


def provenance(study: Any, name: str, figure: Figure) -> dict[str, Any]:
    """The record a figure of a study carries: what made the study, which figure it is, and what it shows."""
    return {
        "thing": "figure",
        "figure": name,
        "title": title_of(figure),
        "matplotlib": matplotlib.__version__,
        "study": getattr(study, "about", None),
        "shown": shown(figure),
    }


def metadata(kind: str, about: dict[str, str], record: dict[str, Any], program: str) -> dict[str, Any]:
    """Keywords for ``savefig``: `about` (Title, Description …) and the token where the format has room for it.

    Parameters
    ----------
    kind : ``png``, ``svg`` or ``pdf``.
    about : what a reader finds among the file's properties.
    record : see :func:`provenance`.
    program : name and version of the program.
    """
    if kind == "png":
        return {**about, "Software": program, "Provenance": token(record)}
    if kind == "svg":
        return {
            "Title": about["Title"],
            "Description": about["Description"],
            "Creator": program,
            "Date": None,
            "Source": token(record),
        }
    return {
        "Title": about["Title"], "Subject": about["Description"], "Creator": program, "Keywords": token(record), "CreationDate": None,
    }  # fmt: skip


def refuse_others(paths: Iterable[Path], about: Mapping[str, Any], **more: Mapping[str, Any] | None) -> None:
    """Refuse figures or memos that cannot be written, or would replace those of another study, before anything is drawn.

    Parameters
    ----------
    paths : files to be written.
    about : record of the study that they will be of.
    more : other records that they may carry, such as that of a ``sweep``; None, as there, goes with any.

    Raises
    ------
    InputError
        When one is there that carries another, or its place cannot be written.
    """
    for path in paths:
        refuse_link(path.parent)
        check_file(path, made=True)
        try:
            there = carried(path) if path.is_file() else None
            others = [
                what for what, mine in {"study": about, **more}.items()
                if there and mine and isinstance(its := there.get(what), dict) and _content(its) != _content(mine)
            ]  # fmt: skip
        except (OSError, InputError, ValueError, TypeError):  # it is damaged: made again
            continue
        if others:
            raise InputError(f"{path}: is there already, of another {others[0]}; choose another --out, or remove it first")


def _content(about: Mapping[str, Any]) -> str:
    inner = about.get("sweep", about)  # a memo carries a sweep beside its means
    return str(inner["content_hash"]) if "design_hash" in inner else identity(dict(inner))
