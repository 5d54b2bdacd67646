"""A memo, written again from its study: what it says, its tables, and the file itself."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from sim.cite.pictures import unlike_shown
from sim.cite.recipes import kind_of
from sim.cite.things import Thing
from sim.cite.verdict import How, Verdict
from sim.study.results import Study


def memo(thing: Thing, how: How) -> None:
    """Make the study behind a memo again, write it, and compare."""
    _memo(thing, kind_of(thing.record).again(thing.record, how), how.verdict)


def _memo(thing: Thing, study: Study, verdict: Verdict) -> None:
    """Write a memo again from a study and compare what it says, its tables, and the file itself."""
    import matplotlib

    from sim.memo.findings import Numbers
    from sim.memo.write import FIGURES, compose, draw_figures, record, render

    memo, place = compose(Numbers(study)), thing.path.name
    there, here = thing.record["shown"], record(memo, study)["shown"]
    found = len(verdict.findings)
    verdict.findings += [f"{place}: {text}" for text in unlike_shown(there | {"numbers": {}}, here | {"numbers": {}})]
    for name in sorted({*there["tables"], *here["tables"]}):
        rows = [tables.get(name, []) for tables in (there["tables"], here["tables"])]
        for k in range(max(map(len, rows))):
            old, new = (" | ".join(table[k]) if k < len(table) else "nothing" for table in rows)
            if old != new:
                verdict.findings.append(f'{place}: table {name}, row {k + 1}: "{old}" there, "{new}" written again')
    if thing.record["sweep"]:
        verdict.findings += [f'{place}: does not say "{text}", which its record does: it was changed' for text in _unsaid(thing)]
        verdict.notes.append(f"{place}: what it says of the sweep {thing.record['sweep']} was not made again")
        return
    with tempfile.TemporaryDirectory() as folder:
        draw_figures(memo, study, Path(folder) / FIGURES)
        again = render(memo, study, thing.path.suffix[1:], Path(folder) / FIGURES)
    if again == thing.path.read_bytes():
        return
    verdict.findings += [f'{place}: does not say "{text}", which its record does: it was changed' for text in _unsaid(thing)]
    if len(verdict.findings) > found:
        return
    if thing.record["matplotlib"] != matplotlib.__version__ or verdict.versions:
        verdict.notes.append(
            f"{place}: texts and tables are identical; the file itself cannot be compared, since other versions made it"
        )
    else:
        verdict.findings.append(f"{place}: the file was changed: it is not the one that its numbers give")


def _unsaid(thing: Thing) -> Iterator[str]:
    """What a memo's record says and its text does not; a PDF's text is not read."""
    if thing.path.suffix == ".pdf":
        return
    text = thing.path.read_text(encoding="utf-8")
    text = unescape(text) if thing.path.suffix == ".html" else re.sub(r"\\(.)", r"\1", text)
    shown = thing.record["shown"]
    for said in (*shown["texts"], *(cell for rows in shown["tables"].values() for row in rows for cell in row)):
        if said not in text:
            yield said
