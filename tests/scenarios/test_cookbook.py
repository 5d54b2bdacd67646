"""The plans of the cookbook: each is valid, runs, and what it is about happens; the page says what the files say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from sim.proofs import cookbook
from sim.trace import PayMonth
from sim.trace.model import follow
from tests.conftest import ROOT
from tests.scenarios.test_sources import NO_NUMBER, has_source, values

FOLDER = ROOT / "scenarios" / "schemes"
FILES = sorted(FOLDER.glob("*.toml"))
plans = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_there_are_twenty_and_all_are_on_the_page() -> None:
    assert sorted(cookbook.PLANS) == [path.stem for path in FILES] and len(FILES) == 20


@plans
def test_every_value_has_a_source(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    places = list(values({key: value for key, value in data.items() if key not in NO_NUMBER}))
    assert all(has_source(place, data["sources"]) for place in places)
    assert all(any(place.startswith(source) for place in places) for source in data["sources"])
    allowed = r"assumed|a choice|Instrument 2017/510|2-4 years|4-5 years|\b(19|20)\d\d\b"
    assert all(re.search(allowed, text) for text in data["sources"].values())


@plans
def test_a_plan_runs_and_every_line_of_it_does_something(path: Path) -> None:
    """Two short runs: each component pays, each factor moves, what is claimed back or held back is more than nothing."""
    scenario = cookbook.read(path.stem, FOLDER).scenario.with_(months=27, reps={"count": 3})
    pages = [page for run in (1, 2) for page in follow(scenario, run=run).pay]
    assert all(page.adds_up() for page in pages)
    for i, component in enumerate(scenario.scheme.components):
        lines = [line for page in pages for line in page.lines if line.component == i]
        if component.combine != "add":
            assert len({line.award for line in lines}) > 1, component.name
            continue
        assert sum(line.paid for line in lines) > 0, component.name
        if component.cap:
            assert any(line.award < line.uncapped for line in lines)
        if component.deferral.share:
            assert sum(line.held_back for line in lines) > 0 and sum(line.vested for line in lines) > 0
            assert sum(line.forfeited for line in lines) + sum(sum(page.lost_leaving) for page in pages) > 0
        if component.clawback.months:
            assert claimed(pages, i) > 0
    if scenario.reps.subsidy:
        assert sum(page.subsidy for page in pages) > 0


def claimed(pages: list[PayMonth], component: int) -> int:
    return sum(claim.claimed for page in pages for claim in page.claims if claim.component == component)


def committed() -> str:
    return (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")


def test_the_page_says_what_the_files_say() -> None:
    made = cookbook.page([cookbook.read(name, FOLDER) for name in cookbook.PLANS], cookbook.measured(committed()))
    assert made == committed(), f"run  {cookbook.COMMAND}"


@pytest.mark.slow
def test_the_numbers_of_the_page_are_those_that_are_simulated() -> None:
    assert cookbook.measure([cookbook.read(name, FOLDER) for name in cookbook.PLANS]) == cookbook.measured(committed())
