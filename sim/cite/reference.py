"""References to studies, figures and numbers, in the forms that memos, LaTeX and reference managers take."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.analysis.differences import labelled
from sim.analysis.outcomes import KNOWN
from sim.cite.citable import Thing
from sim.number_text import decimals, fixed, plus_minus, significant
from sim.recipes.kinds import kind_of
from sim.study.comparison import cautions
from sim.study.parquet import Marks
from sim.study.provenance import AUTHOR, PROGRAM, RECORD, identity
from sim.study.results import Study, open_study
from sim.study.study_folder import check_tables
from sim.sweeps.results import Sweep
from sim.tables import Column
from sim.texts import tex


def text(thing: Thing) -> str:
    """The reference as a sentence, and for an outcome the sentences a memo needs."""
    fields = _fields(thing)
    reference = (
        f"{fields['author']} ({fields['year']}). {fields['title']}. Simulated with {PROGRAM.partition(':')[0]} {thing.about['daarna']}; "
        f"{fields['note']}. {fields['id']}."
    )
    return "\n".join([*sentences(thing), reference])


def bibtex(thing: Thing) -> str:
    """The reference as a BibTeX entry."""
    fields = _fields(thing)
    key = str(fields["id"]).replace(":", "-")
    lines = {
        "author": "{" + AUTHOR + "}",
        "title": tex(fields["title"]),
        "year": str(fields["year"]),
        "howpublished": tex(f"Simulation study, {fields['id']}"),
        "note": tex(" ".join([*sentences(thing), f"{PROGRAM}, version {thing.about['daarna']}; {fields['note']}."])),
    }
    return "@misc{" + key + ",\n" + ",\n".join(f"  {name} = {{{value}}}" for name, value in lines.items()) + "\n}"


def csl_json(thing: Thing) -> str:
    """The reference as CSL-JSON, a list of one item."""
    fields, made = _fields(thing), _date(thing.about)
    item = {
        "id": fields["id"],
        "type": "figure" if thing.kind == "figure" else "dataset",
        "title": fields["title"],
        "author": [{"literal": AUTHOR}],
        "issued": {"date-parts": [[made.year, made.month, made.day]]} if made else {"literal": "no date"},
        "version": str(thing.about["daarna"]),
        "number": fields["id"],
        "medium": "computer simulation",
        "note": " ".join([*sentences(thing), f"{fields['note']}."]),
    }
    return json.dumps([item], indent=1, ensure_ascii=False)


FORMS = {"text": text, "bibtex": bibtex, "csl": csl_json}


def sentences(thing: Thing) -> list[str]:
    """For an outcome of a study: value, interval, number of runs, scenario and seed, in a sentence per scenario."""
    if not thing.outcome:
        return []
    study = open_study(thing.path)
    return [*_levels(study, thing.outcome), *_differences(study, thing.outcome), *cautions(study)]


def _levels(study: Study, outcome: str) -> Iterator[str]:
    rows = study.summary()
    for row in _records(rows[rows["outcome"] == outcome]):
        yield f"{_meaning(outcome)} ({outcome}) under {_title(study, row['scenario'])}: {_estimate(study, outcome, row)}."


def _differences(study: Study, outcome: str) -> Iterator[str]:
    if len(study.names) == 1:
        return
    rows = study.differences()
    for row in _records(rows[rows["outcome"] == outcome]):
        names = f"{_title(study, row['scenario'])} less {_title(study, row['base'])}"
        yield f"Paired difference in {outcome}, {names}: {_estimate(study, outcome, row)}."


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _estimate(study: Study, outcome: str, row: dict[str, Any]) -> str:
    mean, error, n = row["mean"], row["standard_error"], row["n"]
    if mean != mean:
        return "undefined in every run"
    unit = _column(outcome).unit.replace("money", study.currency)
    if n == 1:
        return f"{significant(mean)} {unit} in the one run there is, seed {study.seed}, which says nothing of chance"
    if not error > 0:
        return f"{plus_minus(mean, error)} {unit} in every one of {n:,} runs, seed {study.seed}"
    places = decimals(row["high"] - mean, 2)
    ends = ("low_joint", "high_joint") if "joint_over" in row else ("low", "high")
    low, high = (fixed(row[end], places) for end in ends)
    said = labelled(0.95, row.get("joint_over", 1))
    return f"{fixed(mean, places)} {unit} (confidence interval {low} to {high}: {said}; mean of {n:,} runs, seed {study.seed})"


def _column(outcome: str) -> Column:
    return KNOWN.get(outcome, Column(outcome, "", outcome))


def _meaning(outcome: str) -> str:
    words = _column(outcome).meaning
    return words[0].upper() + words[1:]


def _title(study: Study, name: str) -> str:
    return str(study.scenarios[study.names.index(name)]["title"])


def _fields(thing: Thing) -> dict[str, Any]:
    _check_tables(thing)
    kind, made = kind_of(thing.record), _date(thing.about)
    title = subject = kind.subject(thing.recipe)
    if thing.kind in ("figure", "memo"):
        title = f"{thing.record['title']} [{thing.kind}], from {subject}"
    elif thing.kind == "table":
        title = f"{thing.path.stem} [table], from {subject}"
    elif thing.kind == "study":
        title = subject.removeprefix("the study ")
    note = f"{kind.note(thing.recipe)}, model source {thing.about['source'] or 'of the user'}"
    mark = f"daarna:{kind.identity(thing.record)[:12]}"
    return {"id": mark, "author": AUTHOR, "year": made.year if made else "n.d.", "title": title, "note": note}


def _check_tables(thing: Thing) -> None:
    """Refuse to give an identifier to a study or sweep whose tables are not those that it is the identifier of.

    Raises
    ------
    InputError, StudyError
        When a table was changed or cannot be read.
    """
    if thing.kind == "study":
        check_tables(thing.path, thing.about)
    elif thing.kind == "sweep":
        Sweep(thing.path, thing.recipe["sweep"]).check()
    elif thing.kind == "table" and (thing.path.parent / RECORD).exists():
        beside = open_study(thing.path.parent)
        if identity(beside.about) == identity(thing.about) and thing.path.stem in beside.tables:
            Marks(thing.path.parent / RECORD, beside.about).check(thing.path.stem)


def _date(about: dict[str, Any]) -> datetime.date | None:
    return datetime.datetime.fromisoformat(about["date"]).date() if "date" in about else None
