"""A memo, written again from its study and its sweep: what it says, its tables, and the file itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cite.citable import Thing
from sim.cite.pictures import unlike_shown
from sim.files.untrusted import RECORD, read_bytes, read_text
from sim.recipes.kinds import kind_of
from sim.recipes.verdict import How, Verdict
from sim.study.results import Study

if TYPE_CHECKING:
    from sim.memo.blocks import Memo
    from sim.memo.drives import Drives


def memo(thing: Thing, how: How) -> None:
    """Make the study and the sweep behind a memo again, write it, and compare what it says, its tables, and the file itself."""
    from sim.memo.drives import drives
    from sim.memo.findings import Numbers
    from sim.memo.write import compose, record
    from sim.recipes.sweep import sweep_again

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
    from sim.memo.write import FIGURES, draw_figures, render

    with tempfile.TemporaryDirectory() as folder:
        draw_figures(written, study, Path(folder) / FIGURES, found)
        again = render(written, study, thing.path.suffix[1:], Path(folder) / FIGURES, thing.record.get("sweep"))
    return again == read_bytes(thing.path)


def _say_why(thing: Thing, verdict: Verdict) -> None:
    """The file is another, and nothing that it says."""
    import matplotlib

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
