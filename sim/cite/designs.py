"""A design's folder: the answer is found again from its problem, or, in a hurry, the schemes that it reports."""

from __future__ import annotations

from typing import Any

from sim.cite.citable import Thing
from sim.cite.pictures import figures_beside
from sim.design.answer_folder import changed
from sim.errors import InputError
from sim.files.untrusted import read_bytes
from sim.recipes.design import answer_again, case_of
from sim.recipes.verdict import How, Verdict

OWN = (
    "schema_version",
    "recipe",
    "content_hash",
    "made",
    "files",
    "complete",
)  # keys of design.json that are no part of the answer


def design_folder(thing: Thing, how: How) -> None:
    """Find an answer again, compare its files, and draw its figure."""
    there = {key: value for key, value in thing.record.items() if key not in OWN}
    how.verdict.findings += [
        f"{name} was changed or is missing: it is not the one recorded" for name in changed(thing.path, thing.record)
    ]
    _check_schemes(thing, there, how.verdict)
    answer = answer_again(thing.recipe, there, how)
    if answer is None:
        return
    for name, frame in (("front.csv", answer.front), ("tried.csv", answer.points)):
        path = thing.path / name
        if not path.exists():
            how.verdict.findings.append(f"{name} is missing")
        elif read_bytes(path) != frame.to_csv(index=False).encode():
            how.verdict.findings.append(f"{name} was changed: it is not the one that the answer gives")
    figures_beside(thing, lambda: answer, how.verdict)


def _check_schemes(thing: Thing, there: dict[str, Any], verdict: Verdict) -> None:
    """Whether the scenarios in the folder are the schemes that the record reports."""
    from sim.scenario.load import load
    from sim.scenario.path import vary

    family = case_of(thing.recipe).scenario
    assert family is not None
    schemes = {one["scheme"]: one["parameters"] for one in there["schemes"]}
    files = {f"schemes/scheme-{name}.toml": params for name, params in schemes.items()}
    for name, params in {**files, "recommended.toml": schemes[there["recommended"]]}.items():
        try:
            found = load(thing.path / name)
        except InputError as error:
            verdict.findings.append(f"{name} cannot be read: {error}")
            continue
        if found.content_hash() != vary(family, params).content_hash():
            verdict.findings.append(f"{name} was changed, or the base that it extends: it is not the scheme reported")
    verdict.checked.append(f"{len(files) + 1} scenario files, read as the schemes reported")
