"""A memo of a study as files: HTML, Markdown, PDF, and its tables as CSV and LaTeX."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

from sim.errors import InputError
from sim.files.atomic import make_folder, write_file
from sim.files.csv_file import as_csv
from sim.files.embedded_record import token
from sim.memo import findings, setting
from sim.memo.blocks import Memo, Paragraph, Points, Section, Table
from sim.memo.drives import DRIVES, Drives, drives
from sim.memo.findings import Numbers
from sim.memo.html import html
from sim.memo.markdown import markdown
from sim.memo.typeset import pdf
from sim.plots import draw_study
from sim.plots.carried import refuse_others
from sim.recipes.sweep import given_points, means_of, write_figures
from sim.study import Study
from sim.study.labels import closed
from sim.sweeps import Sweep
from sim.sweeps.results import open_sweep
from sim.texts import tex

KINDS = ("html", "md", "pdf")
FIGURES = "figures"
TABLES = "tables"


def _drives(sweep: Sweep) -> Drives | None:
    """What drives the result; where the sweep cannot say it, the memo does without, and a warning says why."""
    try:
        return drives(sweep)
    except InputError as error:
        warnings.warn(f'{sweep.folder}: the memo is without "{DRIVES}": {error}', stacklevel=3)
        return None


def compose(numbers: Numbers, drives: Drives | None = None) -> Memo:
    """What the memo says; with a sweep, also of what drives the result."""
    study = numbers.study
    known = [closed(str(scenario["title"])) for scenario in study.scenarios]
    title = known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}?"
    each = " each" if len(known) > 1 else ""
    subtitle = f"A simulation study with daarna {study.about['daarna']}: {study.about['runs']:,} runs{each}, {str(study.about['date'])[:10]}"
    sections = (
        Section("Question", (Paragraph(setting.question(study)),)),
        setting.scenarios(study),
        findings.findings(numbers),
        *([drives.section] if drives else []),
        Section("The model in a paragraph", (Paragraph(setting.MODEL),)),
        setting.assumptions(study),
        setting.limits(numbers),
        setting.references(study),
        setting.provenance(study),
    )
    return Memo(title, subtitle, tuple(findings.summary(numbers)), sections)


def write_memo(study: Study, folder: Path, kinds: Sequence[str] = KINDS, sweep: Path | None = None) -> list[Path]:
    """Write the memo of a study, its figures and its tables.

    Parameters
    ----------
    study : Study
        What it is about.
    folder : Path
        Where to: ``memo.html`` (needs nothing beside it), ``memo.md``, ``memo.pdf``, ``figures/``, ``tables/``.
    kinds : sequence of {"html", "md", "pdf"}
        Which.
    sweep : Path, optional
        Folder of a finished sweep: the memo then also says what drives the result.

    Returns
    -------
    The memo's files.

    Raises
    ------
    OSError
        When they cannot be written.
    InputError, StudyError
        When there is no finished sweep in the folder, or none that a memo is written of.
    """
    swept = open_sweep(sweep) if sweep else None
    refuse_others((folder / f"memo.{kind}" for kind in KINDS), study.about, sweep=swept.about if swept else None)
    for inner in (folder, folder / FIGURES, folder / TABLES):
        make_folder(inner)
    found = _drives(swept) if swept else None
    numbers = Numbers(study)
    memo = compose(numbers, found)
    draw_figures(memo, study, folder / FIGURES, found)
    carries = swept_record(found) if found else None
    written = []
    for kind in kinds:
        written.append(write_file(folder / f"memo.{kind}", render(memo, study, kind, folder / FIGURES, carries)))
    _write_tables(memo, numbers, folder / TABLES)
    return written


def draw_figures(memo: Memo, study: Study, folder: Path, found: Drives | None = None) -> None:
    """The figures that a memo shows: the study's, and those of a sweep."""
    swept = found.figures if found else {}
    draw_study(study, folder, ("png", "svg"), [one.name for one in memo.pictures() if one.name not in swept])
    if found is None:
        return

    write_figures(swept, folder, found.sweep)


def render(memo: Memo, study: Study, kind: str, figures: Path, swept: dict[str, Any] | None = None) -> bytes:
    """The memo in one form, as the bytes of its file; the same study gives the same bytes."""
    mark = token(record(memo, study, swept))
    if kind == "pdf":
        return pdf(memo, figures, mark)
    if kind == "html":
        return html(memo, figures, mark).encode()

    return markdown(memo, FIGURES, mark).encode()


def record(memo: Memo, study: Study, swept: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a memo carries: what made the study and the sweep, and what the memo says of each."""
    own = [one for one in memo.sections if one.heading != DRIVES]
    shown = _said(own)
    made = {
        "thing": "memo",
        "title": memo.title,
        "matplotlib": matplotlib.__version__,
        "study": study.about,
        "shown": {**shown, "texts": [memo.title, memo.subtitle, *memo.summary, *shown["texts"]]},
    }
    return made if swept is None else made | {"sweep": swept, "drives": _said([one for one in memo.sections if one not in own])}


def _said(sections: Sequence[Section]) -> dict[str, Any]:
    """Lists and tables of sections, as texts."""
    part = Memo("", "", (), tuple(sections))
    texts = [text for section in sections for block in section.blocks if isinstance(block, Points) for text in block.items]
    return {"texts": texts, "tables": {table.name: [list(row) for row in table.rows] for table in part.tables()}}


def swept_record(found: Drives) -> dict[str, Any]:
    """What a memo carries of a sweep, so that it can be made again."""
    sweep = found.sweep
    return {"sweep": sweep.about, "points": given_points(sweep), "means": means_of(sweep, [found.outcome])}


def _write_tables(memo: Memo, numbers: Numbers, folder: Path) -> None:
    """LaTeX of the tables as printed; CSV of the numbers as they are."""
    make_folder(folder)
    exact = {"summary": numbers.summary}
    if numbers.comparison:
        exact["differences"] = numbers.comparison.differences
    for name, frame in exact.items():
        write_file(folder / f"{name}.csv", as_csv(frame))
    for table in memo.tables():
        write_file(folder / f"{table.name}.tex", as_latex(table))


def as_latex(table: Table) -> str:
    """The table as a LaTeX ``table`` for the package booktabs."""
    layout = "l" * table.left + "r" * (len(table.columns) - table.left)
    head, *body = [" & ".join(map(tex, row)) + r" \\" for row in (table.columns, *table.rows)]
    lines = [
        r"\begin{table}", r"\centering\small", rf"\caption{{{tex(table.caption)}}}", rf"\label{{tab:{table.name}}}",
        rf"\begin{{tabular}}{{{layout}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}", r"\end{table}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
