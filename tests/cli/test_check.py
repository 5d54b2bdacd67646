"""``daarna check``: whatever kind of file it is, one line that says it is good, or what is wrong with it and where."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
KINDS = {  # a good file of each kind; a word of it, misspelt; what the message must name
    "signature-bonus.toml": ("title =", "tilte =", '"title"'),
    "designs/pay.toml": ("leads_per_month", "leads_per_mouth", '"leads_per_month"'),
    "problems/short-and-long-run.toml": ("[signing commission]", "[signing comission]", '"signing commission"'),
    "predictions/au-life-reform.toml": ('outcome = "signings"', 'outcome = "singings"', '"signings"'),
    "hypotheses/e1-revenue-pay.toml": ('npv = "', 'npw = "', '"npv"'),
}


@pytest.mark.parametrize("file", KINDS)
def test_a_file_of_each_kind_is_checked_as_such(
    file: str, command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SCENARIOS, tmp_path / "scenarios", ignore=shutil.ignore_patterns("data"))
    place = tmp_path / "scenarios" / file
    assert command("check", str(place)) == 0
    assert capsys.readouterr().out.startswith(f"{place}: ok (")
    word, misspelt, named = KINDS[file]
    text = place.read_text(encoding="utf-8")
    assert word in text
    place.write_text(text.replace(word, misspelt, 1), encoding="utf-8")
    assert command("check", str(SCENARIOS / "salary-only.toml"), str(place)) == 2
    said = capsys.readouterr()
    assert said.out.count(": ok (") == 1, "the good one is still said to be good"
    assert said.err.count("\n") == 1 and str(place) in said.err and named in said.err
