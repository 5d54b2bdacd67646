"""The battery passes, a planted wrong expectation fails it, and the report says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim import library
from sim.cli import make_app
from sim.proofs import Effort, Finding, Result, registry, report
from sim.proofs.closed import customers
from sim.proofs.report import as_data, page, write_report
from sim.proofs.run import Battery, run_battery, run_entry
from sim.scenario.load import load
from tests.conftest import ROOT

CLOSED = [one.id for one in registry().values() if one.group == "closed form"]


def invoke(*args: str) -> Any:
    return CliRunner().invoke(make_app(), ["validate", *args])


@pytest.mark.parametrize("name", CLOSED)
def test_a_closed_form_is_reproduced(name: str) -> None:
    result = run_entry(registry()[name], Effort(quick=True))
    bad = [finding for finding in result.findings if not finding.passes]
    assert result.passes, result.error or bad


@pytest.mark.slow
def test_the_quick_battery_passes() -> None:
    battery = run_battery(registry(), quick=True)
    assert battery.passes, [one.entry.id for one in battery.results if not one.passes]


@pytest.mark.slow
def test_quick_scores_are_those_of_a_right_model() -> None:
    """Over other seeds too, fewer entries fail than false alarms allow."""
    for seed in (2, 3):
        battery = run_battery(registry(), quick=True, seed=seed, groups=["closed form"])
        assert battery.passes, [one.entry.id for one in battery.results if not one.passes]


def test_a_planted_wrong_expectation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retention that the scenario does not have: the same entry no longer passes, and the command's exit status is 1."""
    lapse = customers.certain
    monkeypatch.setattr(customers, "certain", lambda probability: lapse(1.1 * probability))
    found = invoke("--quick", "--only", "clv-multiple")
    assert found.exit_code == 1
    assert "0 of 1 entries pass; 1 FAIL" in found.output and "expected 2.6667, found 2." in found.output


def test_the_command_writes_a_report_that_is_the_same_each_time(tmp_path: Path) -> None:
    chosen = ["--quick", *(word for name in ("bgnbd-silent", "nbd-counts", "clv-continuous") for word in ("--only", name))]
    for name in "ab":
        assert invoke(*chosen, "--out", str(tmp_path / name / "validation.md")).exit_code == 0
    one, other = (sorted(path for path in (tmp_path / name).rglob("*") if path.is_file()) for name in "ab")
    figures = ["validation-clv-continuous.png", "validation-nbd.png", "validation-z.png"]
    assert [path.name for path in one] == [*figures, "validation.md"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    text = (tmp_path / "a" / "validation.md").read_text(encoding="utf-8")
    assert "**All entries pass.**" in text and "![" in text and "Ehrenberg" in text


def test_the_report_shows_what_fails(tmp_path: Path) -> None:
    one = registry()["bgnbd-silent"]
    wrong = Result(one, (Finding("lapses", 1.0, 0.0, 0.1, 0), Finding("sign", (0.0, 1.0), 2.0, 0.1, 5)))
    broken = Result(registry()["nbd-counts"], (), error="ValueError: no")
    battery = Battery((wrong, broken), Effort())
    text = page(battery, [])
    assert "**2 of 2 entries fail: bgnbd-silent, nbd-counts.**" in text
    assert "FAIL (2 of 2)" in text and "Ended with ValueError: no" in text
    assert not as_data(battery)["passes"]
    assert write_report(battery, tmp_path / "r.md")[0].exists()


def test_json() -> None:
    data = json.loads(invoke("--quick", "--only", "bgnbd-silent", "--json").stdout)
    assert data["passes"] and data["entries"][0]["findings"][0]["expected"] == 0.0


def test_wrong_names_and_missing_settings_are_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert 'found "nbd-count"; did you mean "nbd-counts"?' in str(invoke("--only", "nbd-count").exception)
    library.folder.cache_clear()
    monkeypatch.setattr("sim.library.resources.files", lambda package: tmp_path / package)
    assert "the library that comes with daarna is not there" in str(invoke("--only", "bgnbd-silent").exception)
    library.folder.cache_clear()


def test_every_setting_exists_and_says_why() -> None:
    for one in registry().values():
        for file in one.setting.split(","):
            path = ROOT / file.strip()
            assert path.exists(), (one.id, file)
            if path.parent.name == library.INNER:
                scenario = load(path)
                assert scenario.title and scenario.question and scenario.sources
        assert one.title and one.source and one.explanation, one.id


def test_the_published_report_is_of_the_entries_there_are() -> None:
    text = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert [one for one in registry() if f"{{ #{one} }}" not in text] == [], f"run  {report.COMMAND}"
