"""The JSON Schema is valid, accepts the library, and refuses what loading refuses."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sim.cli import main
from sim.scenario.model import Scenario
from tests.conftest import LIBRARY

SCHEMA: dict[str, Any] = Scenario.model_json_schema()


def test_the_schema_is_valid_and_says_which_draft() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["daarna", "schema"])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert ended.value.code == 0 and printed["properties"].keys() == SCHEMA["properties"].keys()


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_is_valid(path: Path) -> None:
    Draft202012Validator(SCHEMA).validate(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "data",
    [
        {"reps": {"salry": 1.0}},
        {"reps": {"salary": -1.0}},
        {"reps": {"salary": "1.5"}},
        {"reps": {"count": 1.5}},
        {"customers": {"at_start": 500_001}},
        {"reps": {"choice": {"rule": "logitt"}}},
        {"scheme": {"components": [{"measure": "turnover"}]}},
        {"scheme": {"components": [{"clawback": {"shape": "round"}}]}},
        {"extends": 3},
    ],
    ids=str,
)
def test_mistakes_are_refused(data: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_every_parameter_carries_unit_and_source() -> None:
    for group in [SCHEMA, *SCHEMA["$defs"].values()]:
        for name, entry in group["properties"].items():
            if name != "extends" and "$ref" not in entry:
                assert entry["unit"] and entry["source"] and entry["description"], (group["title"], name)
