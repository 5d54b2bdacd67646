"""Is it what it says it is?  A study, a table, a figure or a memo is made again from what it carries, and compared number by number.

What may be found: the record was changed (its content hash says so), a file was changed (its fingerprint says
so), the numbers do not come out again, or a picture is not the one that these numbers give.
"""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim import __version__
from sim.cite.things import PICTURES, Thing, find
from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.study.parquet import TABLES, file_fingerprint, fingerprint
from sim.study.provenance import PACKAGES, content_hash, identity, installed
from sim.study.results import Study
from sim.study.run import run

SAMPLE = 10  # runs of a scenario that --quick makes again
CHUNK = 64  # runs made again at a time
TOLD = 12  # differences that are told one by one

Progress = Callable[[int, int], None]


@dataclass
class Verdict:
    """What came out.

    Attributes
    ----------
    thing : str
        What was verified.
    checked : list of str
        What was made again and compared.
    findings : list of str
        What differs; empty if nothing does.
    notes : list of str
        What could not be compared, and why.
    versions : list of (name, there, here)
        Packages of other versions than here.
    """

    thing: str
    checked: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def identical(self) -> bool:
        """Whether everything that was compared is the same to the last bit."""
        return not self.findings

    def __str__(self) -> str:
        """The verdict in words."""
        lines = [f"{self.thing}: {'identical' if self.identical else 'NOT identical'}"]
        lines += [f"  compared: {text}" for text in self.checked]
        lines += [f"  {text}" for text in self.findings[:TOLD]]
        if len(self.findings) > TOLD:
            lines.append(f"  … and {len(self.findings) - TOLD:,} more differences")
        lines += [f"  note: {text}" for text in self.notes]
        lines += [f"  {name}: {there} there, {here} here" for name, there, here in self.versions]
        return "\n".join(lines)


def verify(thing: str | Path, quick: bool = False, progress: Progress | None = None) -> Verdict:
    """Make a study, a table, a figure or a memo again from what it carries, and compare.

    Parameters
    ----------
    thing : str or Path
        A study folder, a figure (PNG, SVG, PDF), a memo (HTML, Markdown, PDF) or a table (Parquet).
    quick : bool
        Make a sample of ten runs of each scenario again, not all.  A figure or memo shows all runs, and is always verified in full.
    progress : callable, optional
        Called with (runs made again, runs in all).

    Raises
    ------
    InputError
        When there is no such thing, it carries no provenance, or it was made by a model that is not here.
    """
    found = find(str(thing))
    verdict = Verdict(str(found.path), versions=_versions(found))
    _check_record(found, verdict)
    if found.about["model"] is not None:
        raise InputError(
            f"{found.path}: was made by {found.about['model']['name']}, which its record names and does not contain; "
            "run that model again, and compare with sim.study.parquet.fingerprint"
        )
    if found.kind in ("figure", "memo"):
        study = _again(found, verdict, progress)
        _check_tables(study, verdict)
        (_picture if found.kind == "figure" else _memo)(found, study, verdict)
    elif found.kind == "table":
        _tables(found, {found.path.stem: found.path}, verdict, quick, progress)
    else:
        _folder(found, verdict, quick, progress)
    return verdict


def _versions(thing: Thing) -> list[tuple[str, str, str]]:
    there = {**thing.about["versions"], "model source": thing.about["source"]}
    from sim.compiled import source_hash

    here = {"daarna": __version__, "python": platform.python_version(), "model source": source_hash()}
    here |= {name: installed(name) for name in PACKAGES}
    return [(name, there.get(name, "not known"), now) for name, now in here.items() if there.get(name) != now]


def _check_record(thing: Thing, verdict: Verdict) -> None:
    about = thing.about
    if content_hash(about["scenarios"], about["seed"], about["runs"]) != about["content_hash"]:
        verdict.findings.append(
            "the record was changed: its content hash is not that of its scenarios, seed and number of runs; below, what they give"
        )


def scenarios(about: dict[str, Any]) -> list[Scenario]:
    """The scenarios of a record, ready to be simulated.

    Raises
    ------
    InputError
        When they are no valid scenarios.
    """
    made = []
    for name, full in zip(about["names"], about["scenarios"], strict=True):
        try:
            scenario = Scenario.model_validate(full)
        except ValueError as error:
            raise InputError(f"the record's scenario {name} is none that this version of daarna knows: {error}") from None
        scenario._name = name
        made.append(scenario)
    return made


def _folder(thing: Thing, verdict: Verdict, quick: bool, progress: Progress | None) -> None:
    paths = {name: path for name in TABLES if (path := thing.path / f"{name}.parquet").exists()}
    for name, kept in thing.about["tables"].items():
        if name not in paths:
            verdict.findings.append(f"{name}.parquet is missing")
        elif file_fingerprint(paths[name]) != kept["sha256"]:
            verdict.findings.append(f"{name}.parquet was changed: its fingerprint is not the one in study.json")
    _tables(thing, paths, verdict, quick, progress)
    pictures = [path for path in sorted((thing.path / "figures").glob("*")) if path.suffix in PICTURES]
    if pictures and set(thing.about["tables"]) <= set(paths):
        from sim.study.store import open_study

        study = open_study(thing.path)
        for path in pictures:
            try:
                drawn = find(str(path))
            except InputError as error:
                verdict.findings.append(str(error))
                continue
            if identity(drawn.about) != identity(thing.about):
                verdict.findings.append(f"{path.name}: is a figure of another study, or its record was changed")
            _picture(drawn, study, verdict)
        verdict.checked.append(f"{len(pictures)} figures, drawn again")


def _tables(thing: Thing, paths: dict[str, Path], verdict: Verdict, quick: bool, progress: Progress | None) -> None:
    """Simulate again, chunk by chunk, and compare with the rows in the files."""
    made = 0
    chunks = list(_chunks(thing.about, quick))
    total = sum(len(numbers) for _, numbers in chunks)
    ready = scenarios(thing.about)
    if progress:
        progress(0, total)
    for place, numbers in chunks:
        again = _simulate(thing.about, ready[place], numbers)
        for name, path in paths.items():
            verdict.findings += _differences(name, thing.about["names"][place], path, getattr(again, name))
        made += len(numbers)
        if progress:
            progress(made, total)
    sample = f"a sample of {made:,} of {thing.about['runs'] * len(ready):,}" if quick else f"all {made:,}"
    verdict.checked.append(f"{', '.join(paths)}: {sample} runs, made again from the record")


def _chunks(about: dict[str, Any], quick: bool) -> Iterator[tuple[int, range]]:
    runs = about["runs"]
    for place in range(len(about["names"])):
        if quick:
            for number in sorted({int(k) for k in np.linspace(1, runs, min(runs, SAMPLE))}):
                yield place, range(number, number + 1)
        else:
            for first in range(1, runs + 1, CHUNK):
                yield place, range(first, min(first + CHUNK, runs + 1))


def _simulate(about: dict[str, Any], scenario: Scenario, numbers: range) -> Any:
    """With the compiled engine: the Mesa model gives the same tables, and takes hundreds of times as long."""
    from sim.engine import simulate

    return simulate(scenario, about["seed"], numbers, about["customers"])


def _differences(table: str, scenario: str, path: Path, again: pd.DataFrame) -> Iterator[str]:
    first, last = int(again["run"].min()), int(again["run"].max())
    try:
        rows = [("scenario", "=", scenario), ("run", ">=", first), ("run", "<=", last)]
        there = pq.read_table(path, filters=rows).to_pandas()
    except (OSError, pa.ArrowException) as error:
        yield f"{path}: cannot be read: {error}"
        return
    if len(there) != len(again):
        yield f"{table}, {scenario}, runs {first} to {last}: {len(there):,} rows there, {len(again):,} made again"
        return
    for column in again:
        if column not in there:
            yield f"{table}: has no column {column}"
            continue
        old, new = there[column].to_numpy(), again[column].to_numpy()
        for k in np.flatnonzero((old != new) & ~(pd.isna(old) & pd.isna(new))):
            yield f"{table}, {scenario}, run {again['run'].iloc[k]}, {column}: {old[k]} there, {new[k]} made again ({_gap(old[k], new[k])})"


def _gap(old: Any, new: Any) -> str:
    gap = float(old) - float(new)
    return f"{gap:+.6g}, {gap / abs(float(new)):+.2%}" if new else f"{gap:+.6g}"


def _again(thing: Thing, verdict: Verdict, progress: Progress | None) -> Study:
    """The study behind a figure or a memo, simulated again."""
    about = thing.about
    made = run(scenarios(about), about["runs"], about["seed"], customers=about["customers"], progress=progress)
    total = about["runs"] * len(about["names"])
    verdict.checked.append(f"all {total:,} runs behind it, made again, and the {thing.kind}, {_DONE[thing.kind]} again")
    return Study(about, made.tables)


_DONE = {"figure": "drawn", "memo": "written"}


def _check_tables(study: Study, verdict: Verdict) -> None:
    for name, kept in study.about.get("tables", {}).items():
        if fingerprint(study.tables[name]) != kept["sha256"]:
            verdict.findings.append(f"the study's table {name} does not come out again: its fingerprint is another")


def _picture(thing: Thing, study: Study, verdict: Verdict) -> None:
    """Draw a figure from a study and compare texts, numbers and the picture itself."""
    import matplotlib

    from sim.plots import figures_of
    from sim.plots.carried import shown
    from sim.plots.draw import drawn, save

    name, place = thing.record["figure"], thing.path.name
    if name not in figures_of(study):
        verdict.findings.append(f"{place}: says it is the figure {name}, which there is not")
        return
    figure = drawn(study, name)
    found = len(verdict.findings)
    verdict.findings += [f"{place}: {text}" for text in _unlike(thing.record["shown"], shown(figure))]
    with tempfile.TemporaryDirectory() as folder:
        again = save(figure, Study(thing.about, study.tables), name, Path(folder) / f"{name}{thing.path.suffix}")
        same = _same_picture(thing.path, again)
    if same or len(verdict.findings) > found:
        return
    if thing.record["matplotlib"] != matplotlib.__version__:
        versions = f"matplotlib {thing.record['matplotlib']} drew it, {matplotlib.__version__} is here"
        verdict.notes.append(f"{place}: texts and numbers are identical; the picture itself cannot be compared ({versions})")
    else:
        verdict.findings.append(f"{place}: the picture was changed: it is not the one that its numbers and texts give")


def _memo(thing: Thing, study: Study, verdict: Verdict) -> None:
    """Write a memo again from a study and compare what it says, its tables, and the file itself."""
    import matplotlib

    from sim.memo.findings import Numbers
    from sim.memo.write import FIGURES, compose, draw_figures, record, render

    memo, place = compose(Numbers(study)), thing.path.name
    there, here = thing.record["shown"], record(memo, study)["shown"]
    found = len(verdict.findings)
    verdict.findings += [f"{place}: {text}" for text in _unlike(there | {"numbers": {}}, here | {"numbers": {}})]
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


def _unlike(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
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
    if a.read_bytes() == b.read_bytes():
        return True
    if a.suffix != ".png":
        return False
    from matplotlib.image import imread

    return np.array_equal(imread(a), imread(b))
