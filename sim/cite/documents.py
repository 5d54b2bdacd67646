"""Figures, drawn again, and memos, written again: what they say, what they show, and the file itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.image import imread

from sim.cite.citable import PICTURES, Thing, find
from sim.errors import InputError
from sim.files.untrusted import RECORD, read_bytes, read_text
from sim.memo.blocks import Memo
from sim.memo.drives import Drives, drives
from sim.memo.findings import Numbers
from sim.memo.write import FIGURES, compose, draw_figures, record, render
from sim.plots import carried
from sim.plots.draw import save
from sim.plots.fonts import beyond
from sim.recipes import write
from sim.recipes.kinds import kind_of
from sim.recipes.sweep import sweep_again
from sim.recipes.verdict import CannotVerifyError, How, Verdict
from sim.study.provenance import content_hash, digest
from sim.study.results import Study

SIZED = 24  # bytes of a PNG up to and with its width and height
MORE = ("means", "answer", "dpi")  # what a figure carries beside its recipe and what it shows


def figure(thing: Thing, how: How) -> None:
    """Make the results behind a figure again, draw it, and compare."""
    results = kind_of(thing.record).again(thing.record, how)
    if results is not None:
        compare_picture(thing, results, how.verdict)


def figures_beside(thing: Thing, results: Callable[[], Any], verdict: Verdict) -> None:
    """The figures in a folder, drawn again from its results."""
    pictures = [path for path in sorted((thing.path / "figures").glob("*")) if path.suffix in PICTURES]
    opened = results() if pictures else None
    for path in pictures:
        try:
            drawn = find(str(path))
            kind = kind_of(drawn.record)
            if drawn.recipe["kind"] != thing.recipe["kind"] or kind.identity(drawn.record) != kind.identity(thing.record):
                verdict.findings.append(f"{path.name}: is a figure of another {thing.kind}, or its record was changed")
                continue
            check_record(drawn, verdict)
            compare_picture(drawn, opened, verdict)
        except InputError as error:
            verdict.findings.append(f"{path.name}: {error}")
    if pictures:
        verdict.checked.append(f"{len(pictures)} figures, drawn again")


def check_record(thing: Thing, verdict: Verdict) -> None:
    """Whether the record is as it was written, as far as a hash of it tells.

    Raises
    ------
    CannotVerifyError
        When what it describes is not contained in it.
    """
    if "recipe" in thing.record:
        if "content_hash" in thing.record and digest(thing.recipe) != thing.record["content_hash"]:
            verdict.findings.append("the record was changed: its content hash is not that of its recipe; below, what it gives")
        return
    about = thing.about
    if content_hash(about["scenarios"], about["seed"], about["runs"]) != about["content_hash"]:
        verdict.findings.append(
            "the record was changed: its content hash is not that of its scenarios, seed and number of runs; below, what they give"
        )
    if about["model"] is not None:
        raise CannotVerifyError(
            f"was made by {about['model']['name']}, which its record names and does not contain; "
            "run that model again, and compare with sim.study.parquet.fingerprint"
        )


def compare_picture(thing: Thing, results: Any, verdict: Verdict) -> None:
    """Draw a figure from its results, and compare texts, numbers and the picture itself."""
    place, found = thing.path.name, len(verdict.findings)
    again = kind_of(thing.record).draw(results, thing.recipe)
    verdict.findings += [f"{place}: {text}" for text in unlike_shown(thing.record["shown"], carried.shown(again))]
    with tempfile.TemporaryDirectory() as folder:
        path = _written(thing, again, results, Path(folder) / f"again{thing.path.suffix}")
        same = _same_picture(thing.path, path)
    if same or len(verdict.findings) > found:
        return
    if thing.record["matplotlib"] != matplotlib.__version__:
        versions = f"matplotlib {thing.record['matplotlib']} drew it, {matplotlib.__version__} is here"
        verdict.notes.append(f"{place}: texts and numbers are identical; the picture itself cannot be compared ({versions})")
    elif beyond(" ".join(thing.record["shown"]["texts"])):
        other = "it holds letters that are drawn in the fonts of each machine"
        verdict.notes.append(f"{place}: texts and numbers are identical; the picture itself is not the same, as {other}")
    else:
        verdict.findings.append(f"{place}: the picture was changed: it is not the one that its numbers and texts give")


def _written(thing: Thing, again: Any, results: Any, path: Path) -> Path:
    """The figure drawn again as a file, with the record that the file there should carry."""
    if "recipe" not in thing.record:
        return save(again, Study(thing.about, results.tables), thing.record["figure"], path)
    more = {key: value for key, value in thing.record.items() if key in MORE}
    return write(again, path, thing.recipe, thing.about, **more)


def unlike_shown(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Differences of what two figures show: see :func:`sim.plots.carried.shown`."""
    for k in range(max(len(old["texts"]), len(new["texts"]))):
        there, here = (texts[k] if k < len(texts) else "nothing" for texts in (old["texts"], new["texts"]))
        if there != here:
            yield f'text "{there}" there, "{here}" drawn again'
    for part in sorted({*old["numbers"], *new["numbers"]}):
        a, b = (np.array(numbers.get(part, []), float) for numbers in (old["numbers"], new["numbers"]))
        if a.shape != b.shape:
            yield f"{part}: {len(a)} points there, {len(b)} drawn again"
            continue
        for k, axis in zip(*np.nonzero((a != b) & ~(np.isnan(a) & np.isnan(b))), strict=True):
            yield f"{part}, point {k + 1}, {'xy'[axis]}: {a[k, axis]:.12g} there, {b[k, axis]:.12g} drawn again"


def _same_picture(a: Path, b: Path) -> bool:
    """The same bytes; for a PNG the same pixels are enough."""
    there, here = read_bytes(a), b.read_bytes()
    if there == here:
        return True
    if (
        a.suffix != ".png" or there[:SIZED] != here[:SIZED]
    ):  # so that no picture is unpacked that is larger than the one drawn again
        return False
    try:
        return np.array_equal(imread(a), imread(b))
    except (OSError, ValueError, SyntaxError):  # as Pillow says that a file was cut or is none
        return False


def memo(thing: Thing, how: How) -> None:
    """Make the study and the sweep behind a memo again, write it, and compare what it says, its tables, and the file itself."""
    verdict, there, swept = how.verdict, thing.record, thing.record.get("sweep")
    study = kind_of(there).again(there, how)
    sweep = sweep_again(swept["sweep"], swept["points"], swept["means"], how) if swept else None
    found = drives(sweep) if sweep else None
    written, before = compose(Numbers(study), found), len(verdict.findings)
    here = record(written, study, swept if found else None)
    for part in ("shown", "drives"):
        if part in here:
            verdict.findings += [f"{thing.path.name}: {text}" for text in _unlike(there[part], here[part])]
    if swept and not found:
        verdict.findings += _not_said(thing)
    elif not _same_file(thing, written, study, found):
        verdict.findings += _not_said(thing)
        if len(verdict.findings) == before:
            _say_why(thing, verdict)


def _unlike(there: dict[str, Any], here: dict[str, Any]) -> Iterator[str]:
    yield from unlike_shown(there | {"numbers": {}}, here | {"numbers": {}})
    for name in sorted({*there["tables"], *here["tables"]}):
        rows = [tables.get(name, []) for tables in (there["tables"], here["tables"])]
        for k in range(max(map(len, rows))):
            old, new = (" | ".join(table[k]) if k < len(table) else "nothing" for table in rows)
            if old != new:
                yield f'table {name}, row {k + 1}: "{old}" there, "{new}" written again'


def _same_file(thing: Thing, written: Memo, study: Study, found: Drives | None) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        draw_figures(written, study, Path(folder) / FIGURES, found)
        again = render(written, study, thing.path.suffix[1:], Path(folder) / FIGURES, thing.record.get("sweep"))
    return again == read_bytes(thing.path)


def _say_why(thing: Thing, verdict: Verdict) -> None:
    """The file is another, and nothing that it says."""
    place = thing.path.name
    if thing.record["matplotlib"] != matplotlib.__version__ or verdict.versions:
        verdict.notes.append(
            f"{place}: texts and tables are identical; the file itself cannot be compared, since other versions made it"
        )
    else:
        verdict.findings.append(f"{place}: the file was changed: it is not the one that its numbers give")


def _not_said(thing: Thing) -> list[str]:
    return [f'{thing.path.name}: does not say "{text}", which its record does: it was changed' for text in _unsaid(thing)]


def _unsaid(thing: Thing) -> Iterator[str]:
    """What a memo's record says and its text does not; a PDF's text is not read."""
    if thing.path.suffix == ".pdf":
        return
    text = read_text(thing.path, RECORD)
    text = unescape(text) if thing.path.suffix == ".html" else re.sub(r"\\(.)", r"\1", text)
    for shown in (thing.record["shown"], thing.record.get("drives", {"texts": [], "tables": {}})):
        for said in (*shown["texts"], *(cell for rows in shown["tables"].values() for row in rows for cell in row)):
            if said not in text:
                yield said
