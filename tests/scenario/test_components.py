"""Components have names of their own, and are changed, added and taken out by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import InputError
from sim.scenario.model import Scenario
from tests.conftest import ROOT

SIGNATURE = ROOT / "scenarios" / "signature-bonus.toml"


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(f'extends = "{SIGNATURE.as_posix()}"\n{text}', encoding="utf-8")
    return file


def test_a_component_is_changed_added_and_taken_out_by_name(tmp_path: Path) -> None:
    text = """
[scheme]
remove = ["quarterly bonus"]
[scheme.change."signing commission"]
clawback = { months = 24 }
[[scheme.add]]
name = "trail"
measure = "initial_revenue"
rate = 0.1
trail_months = 12
"""
    base, made = sim.load(SIGNATURE), sim.load(written(tmp_path, text))
    commission, trail = made.scheme.components
    assert commission.model_dump(exclude={"clawback"}) == base.scheme.components[0].model_dump(exclude={"clawback"})
    assert (commission.clawback.months, trail.name, trail.trail_months) == (24, "trail", 12)
    said = "\n".join(made.origins)
    assert "changed in" in said and "(clawback)" in said and 'component "quarterly bonus": taken out' in said
    edits = {
        "remove": ["quarterly bonus"],
        "change": {"signing commission": {"clawback": {"months": 24}}},
        "add": [{"name": "trail", "measure": "initial_revenue", "rate": 0.1, "trail_months": 12}],
    }
    assert base.with_(scheme=edits).content_hash() == made.content_hash()


@pytest.mark.parametrize(
    ("scheme", "message"),
    [
        (
            {"remove": ["quartely bonus"]},
            'scheme.remove: found no component called "quartely bonus"; did you mean "quarterly bonus"?',
        ),
        ({"change": {"x": {"rate": 1.0}}}, 'scheme.change."x": found no component called "x"'),
        ({"change": {"quarterly bonus": {"bonu": 1.0}}}, 'scheme.components[1] "quarterly bonus", bonu: unknown key'),
        ({"change": {"quarterly bonus": 3}}, 'scheme.change."quarterly bonus": expected a table'),
        ({"add": [{"name": "quarterly bonus"}]}, "which is there already; use scheme.change"),
        ({"add": [{"rate": 0.1}], "components": []}, "components replaces the whole list"),
        ({"components": [{"name": "a"}, {"name": "a"}]}, 'found two components called "a"'),
        ({"change": {"quarterly bonus": {"name": "signing commission"}}}, 'found two components called "signing commission"'),
        ({"remove": "quarterly bonus"}, "scheme.remove: expected a list of names"),
    ],
)
def test_mistakes_name_the_place(scheme: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as found:
        sim.load(SIGNATURE).with_(scheme=scheme)
    assert message in str(found.value)


def test_components_added_without_a_name_are_numbered() -> None:
    made = sim.load(SIGNATURE).with_(scheme={"add": [{"rate": 0.1}, {"name": "trail", "rate": 0.2}, {"rate": 0.3}]})
    assert [one.name for one in made.scheme.components[2:]] == ["commission", "trail", "commission 2"]


def test_a_mistake_in_a_change_is_in_the_file_that_changes(tmp_path: Path) -> None:
    file = written(tmp_path, '[scheme.change."quarterly bonus"]\nbonus = -1.0\n')
    with pytest.raises(InputError, match="at least 0") as found:
        sim.load(file)
    assert str(found.value).startswith(f"{file}: ")


def test_components_without_a_name_are_numbered() -> None:
    made = Scenario(scheme={"components": [{"rate": 0.1}, {"name": "bonus", "rate": 0.2}, {"rate": 0.3}]})
    assert [one.name for one in made.scheme.components] == ["commission", "bonus", "commission 2"]
    again = Scenario.model_validate(made.model_dump())
    assert again.content_hash() == made.content_hash()
    assert made.with_(scheme={"remove": ["commission"]}).scheme.components[1].name == "commission 2"
