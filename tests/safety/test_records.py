"""A record is believed no further than its type: whatever stands in it, every command that opens it gives one message."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
import sim.proofs.recipe
from sim.cite import reference, verify
from sim.cite.citable import find
from sim.design.problem import Problem
from sim.errors import DaarnaError, InputError
from sim.files import embedded_record, untrusted
from sim.study.provenance import content_hash, digest, made_now, record
from sim.study.record_schema import SweepRecord, check_carried, check_study
from sim.sweeps.record import about

TINY = sim.Scenario().with_(title="Tiny", months=3, reps={"count": 1}, customers={"at_start": 4})
TEXTS = {"texts": ["a"], "numbers": {"0.line0": [[0.0, float("nan")]]}}


def study() -> dict[str, Any]:
    told = record([TINY, TINY.with_(title="Other")], 1, 2, "compiled", False, None)
    return json.loads(json.dumps(told | {"complete": True, "tables": {"runs": {"rows": 4, "sha256": "0" * 64}}}))


def sweep() -> dict[str, Any]:
    factors = [
        sim.Factor("perks", "firm.perks", low=0, high=300),
        sim.Factor("scheme", "scheme", levels={"a": {"components": []}, "b": TINY}),
    ]
    told = about(sim.Design(TINY, factors, "lhs", 4, runs=2))
    marks = {name: {"rows": 4, "sha256": "0" * 64} for name in ("runs", "points")}
    return json.loads(json.dumps(told | {"complete": True, "content_hash": "0" * 64, "tables": marks}))


def figure(recipe: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"thing": "figure", "title": "T", "matplotlib": "3", "shown": TEXTS, "recipe": recipe, "content_hash": digest(recipe)}
    return json.loads(json.dumps(made | {"made": made_now()} | more))


def answer(recipe: dict[str, Any], scheme: dict[str, Any]) -> dict[str, Any]:
    made = {"title": "T", "recipe": recipe, "content_hash": digest(recipe), "made": made_now(), "complete": True}
    return json.loads(json.dumps(made | {"problem": recipe["problem"], "schemes": [scheme], "recommended": "1", "files": {}}))


def records() -> dict[str, dict[str, Any]]:
    shop = {
        "kind": None,
        "unit": "week",
        "until": None,
        "setting": None,
        "term": None,
        "buckets": 3,
        "smoothing": 0.0,
        "money": "EUR",
    }
    asked = {"figure": "box", "outcome": "npv", "pair": None, "condition": "npv > 0", "boxes": 1, "density": None, "number": 0}
    follow = {
        "kind": "follow",
        "name": "tiny",
        "scenario": TINY.canonical(),
        "seed": 1,
        "run": 1,
        "months": 3,
        "rep": 0,
        "year": 1,
    }
    vary = [{"path": "firm.perks", "low": 0, "high": 1}]
    problem = Problem.model_validate(
        {"title": "T", "base": "tiny.toml", "vary": vary, "objectives": [{"outcome": "npv"}]}
    ).model_dump(mode="json")
    found = {"kind": "design", "problem": problem, "file": "p.toml", "name": "tiny", "base": TINY.canonical(), "seed": 1}
    scheme = {"scheme": "1", "parameters": {"firm.perks": 0.5}, "objectives": [{"outcome": "npv", "value": 1.0, "error": 0.1}]}
    said = {"texts": ["a"], "tables": {"t": [["a", "b"]]}}
    swept = {"sweep": sweep(), "points": None, "means": {"npv": [1.0, float("nan"), None, 2.0]}}
    return {
        "study.json": study(),
        "design.json": sweep(),
        "study.svg": {"thing": "figure", "figure": "whale", "title": "T", "matplotlib": "3", "study": study(), "shown": TEXTS},
        "follow.svg": figure(follow),
        "sweep.svg": figure({"kind": "sweep", "sweep": sweep(), "points": None, "asked": asked}, means=None),
        "forecast.svg": figure({"kind": "forecast", "logs": [{"file": "x", "sha256": "0" * 64}], "options": shop, "steps": 3, "runs": 5, "seed": 1}),
        "battery.svg": figure({"kind": "battery", "entries": ["a"], "quick": True, "seed": 1, "figure": "z"}, dpi=100),
        "design.svg": figure(found, answer={"schemes": [scheme], "base": {}}),
        "answer/design.json": answer(found, scheme),
        "memo.md": {"thing": "memo", "title": "T", "matplotlib": "3", "study": study(), "shown": said, "drives": said, "sweep": swept},
    }  # fmt: skip


RECORDS = records()
WRONG = [
    None,
    True,
    0,
    -1,
    2**70,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "a\nb",
    "\x1b[31m",
    "\ud800",
    [],
    [[1]],
    {},
    {"a": {}},
]
DEEP = ("scenarios", "scenario", "base", "machine", "versions")  # of which some parts are tried


def places(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of every value of a record, but for most of a scenario."""
    if at:
        yield at
    inner = found.items() if isinstance(found, dict) else enumerate(found[:2]) if isinstance(found, list) else ()
    for number, (key, value) in enumerate(inner):
        if not (set(at) & set(DEEP) and isinstance(key, str) and number > 4):
            yield from places(value, (*at, key))


def changed(found: Any, at: tuple[Any, ...], value: Any) -> Any:
    made = inside = copy.deepcopy(found)
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = value
    return made


def written(folder: Path, name: str, found: Any) -> Path:
    if name.endswith(".json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(found))
        return (folder / name).parent
    text = base64.b64encode(zlib.compress(json.dumps(found).encode())).decode()
    (folder / name).write_text(f"<svg>{embedded_record.MARK}{text};</svg>")
    return folder / name


def opened(path: Path) -> None:
    thing = find(str(path))
    for form in (reference.text, reference.bibtex, reference.csl_json):
        assert form(thing)
    if path.is_dir():
        sim.open(path)


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_is_of_its_type(name: str, tmp_path: Path) -> None:
    thing = find(str(written(tmp_path, name, RECORDS[name])))
    if not name.endswith(".json"):  # whose tables are looked at
        assert all(form(thing) for form in reference.FORMS.values()) and "\n" not in reference.text(thing)


@pytest.mark.parametrize("few", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", RECORDS)
def test_a_wrong_value_anywhere_gets_one_message(name: str, few: bool, tmp_path: Path) -> None:
    refused = 0
    every = list(places(RECORDS[name]))[:: 5 if few else 1]
    for number, at in enumerate(every):
        for value in WRONG[number % len(WRONG) :: 100 if few else 3]:  # others at the next place
            path = written(tmp_path, name, changed(RECORDS[name], at, value))
            try:
                opened(path)
            except DaarnaError as error:
                said = str(error)
                assert "\n" not in said and len(said) < 1500 and "\x1b" not in said, (at, value, said)
                refused += 1
    assert refused > len(every) / 2


def test_every_wrong_kind_of_value_is_refused_where_it_matters(tmp_path: Path) -> None:
    for name, at, value in (
        ("study.json", ("names",), True),
        ("study.json", ("scenarios",), {}),
        ("study.json", ("date",), 0),
        ("study.json", ("runs",), 2**31),
        ("study.json", ("scenarios", 0, "title"), "a\x1b[31m"),
        ("design.json", ("design", "factors", 0, "paths"), "firm.perks"),
        ("sweep.svg", ("recipe", "asked", "figure"), "__class__"),
        ("forecast.svg", ("recipe", "options"), {"progress": 1}),
        ("battery.svg", ("dpi",), 10**6),
        ("follow.svg", ("recipe", "kind"), "os"),
        ("answer/design.json", ("recommended",), "2"),
        ("answer/design.json", ("recommended",), "x" * 100_000),
        ("answer/design.json", ("schemes", 0, "scheme"), "9" * 100_000),
        ("answer/design.json", ("recipe", "problem", "effort"), {}),
        ("design.svg", ("answer",), {}),
        ("design.svg", ("recipe", "problem", "effort", "report_runs"), 10**400),
    ):
        with pytest.raises(InputError, match=r"expected .*, got ") as error:
            find(str(written(tmp_path, name, changed(RECORDS[name], at, value))))
        assert len(str(error.value)) < 500 and "Input" not in str(error.value)
        (tmp_path / name).unlink()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("[" * 100 + "]" * 100, "deep"),
        ("[" * 1_000_000, "deep"),
        ('{"a":' * 100_000, "deep"),
        ('{"a": "\\ud800"}', "half a character"),
        ("1" * 5000, "digits"),
        ("nothing", "Expecting"),
    ],
)
def test_json_means_one_thing(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        untrusted.from_json(text)
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(InputError) as error:
        find(str(tmp_path))
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("text", ["", ";", "a" * 1_000_000, f"{embedded_record.MARK}" * 200_000])
def test_a_token_does_not_unpack_without_end(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_record, "LARGEST", 1 << 20)
    bomb = base64.b64encode(zlib.compress(b" " * (4 << 20) + b"{}")).decode()
    for content in (f"{embedded_record.MARK}{text}", f"{embedded_record.MARK}{bomb};{text}"):
        (tmp_path / "x.svg").write_text(content)
        with pytest.raises(InputError):
            find(str(tmp_path / "x.svg"))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("effort", "shown"), 10**400),
        (("effort", "shown"), 10**9),
        (("vary",), []),
        (("vary", 0, "low"), "x" * 100_000),
        (("criterion",), "x" * 100_000),
        (("uncertainty",), 3),
        (("objectives", 0, "weight"), -1),
    ],
)
def test_a_problem_that_is_none_is_told_in_words_of_our_own(at: tuple[Any, ...], value: Any, tmp_path: Path) -> None:
    for name in ("design.svg", "answer/design.json"):
        found = changed(RECORDS[name], ("recipe", "problem", *at), value)
        found["content_hash"] = digest(found["recipe"])
        with pytest.raises(InputError, match=r"the record's problem: .*(expected .*, got|found )") as error:
            verify(written(tmp_path, name, found))
        said = str(error.value)
        assert len(said) < 500 and "Input" not in said and "pydantic" not in said


def section(path: str, **inner: int) -> dict[str, Any]:
    """A factor whose one level is a section of a scenario."""
    none = dict.fromkeys(("low", "high", "steps")) | dict.fromkeys(("log", "scale", "whole", "crossed"), False)
    return {"name": path, "paths": [path], "levels": [{"label": "a", "value": inner}], **none}


def test_the_size_of_the_work_is_told_before_it_is_begun(tmp_path: Path) -> None:
    for name, change in (
        ("study.svg", lambda found: found["study"].update(runs=2**31 - 1, content_hash=content_hash(found["study"]["scenarios"], 1, 2**31 - 1))),
        ("sweep.svg", lambda found: found["recipe"]["sweep"].update(runs=2**31 - 1)),
        ("follow.svg", lambda found: found["recipe"].update(months=1200, scenario=sim.Scenario().with_(months=1200, reps={"count": 100}).canonical())),
        ("sweep.svg", lambda found: found["recipe"]["sweep"].update(points=10**6)),
        ("sweep.svg", lambda found: found["recipe"]["sweep"]["design"]["factors"].extend([section("reps", count=1000), section("customers", at_start=10**6)])),
        ("design.svg", lambda found: found["recipe"]["problem"]["effort"].update(evaluations=10**6)),
        ("design.svg", lambda found: found["recipe"]["problem"]["vary"].append({"path": "months", "levels": [1, 1200]})),
        ("design.svg", lambda found: found["recipe"]["problem"].update(uncertainty={"factors": [{"path": "months", "low": 3, "high": 1200}]})),
        ("battery.svg", lambda found: found["recipe"].update(entries=["a"] * 1000)),
        ("forecast.svg", lambda found: found["recipe"].update(runs=10**9)),
    ):  # fmt: skip
        found = copy.deepcopy(RECORDS[name])
        change(found)
        if "recipe" in found:
            found["content_hash"] = digest(found["recipe"])
        with pytest.raises(InputError, match="with --yes"):
            verify(written(tmp_path, name, found))


def test_another_versions_scenarios_are_held_to_what_is_shown_of_them() -> None:
    told = study() | {"daarna": "0.0.1"}
    told["scenarios"][0]["of_then"] = 1
    check_study(told, "x")
    with pytest.raises(InputError, match=r"x: scenarios.0.title: .* \(daarna 0.0.1 made it, here is"):
        check_study(changed(told, ("scenarios", 0, "title"), 3), "x")
    with pytest.raises(InputError, match="a scenario of this version"):
        check_study(changed(told, ("daarna",), sim.__version__), "x")
    assert SweepRecord.model_validate(sweep()) and check_carried(RECORDS["memo.md"], "x")
