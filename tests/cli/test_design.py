"""``daarna design``: what it prints and writes, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from tests.design.worlds import TINY_BASE, TINY_PROBLEM

Daarna = Callable[..., int]


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command, in a folder with a problem; returns its exit status."""
    (tmp_path / "tiny.toml").write_text(TINY_BASE)
    (tmp_path / "problem.toml").write_text(TINY_PROBLEM)
    return command


def test_prints_the_front_and_writes_a_scheme_that_runs(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("design", "problem.toml", "--out", "d", "--workers", "1") == 0
    printed = capsys.readouterr()
    assert "16 schemes x 4 runs, then a choice and a report: about" in printed.err
    for words in ("(recommended)", "commission: clawback.months", "npv (max)", "less the base's", "as the search saw it",
                  "rep_pay_mean ≥ base", "P(on the front, limits kept)", "gain over the base in the search less that on fresh runs"):  # fmt: skip
        assert words in printed.out, words
    assert {path.name for path in Path("d").iterdir()} == {
        "design.json", "front.csv", "tried.csv", "recommended.toml", "schemes", "figures", "evaluations", "ro-crate-metadata.json"
    }  # fmt: skip
    assert (Path("d") / "figures" / "pareto.svg").exists()
    assert daarna("run", "d/recommended.toml", "--runs", "12", "--seed", "3", "--out", "s", "--no-figures") == 0
    answer = json.loads(Path("d/design.json").read_text())
    found = next(scheme for scheme in answer["schemes"] if scheme["scheme"] == answer["recommended"])
    assert sim.open("s").runs["npv"].mean() == pytest.approx(found["objectives"][0]["value"])


def test_json_is_the_whole_answer_and_quiet_says_nothing(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        daarna("design", "problem.toml", "--json", "--quiet", "--out", "d", "--runs", "6", "--evaluations", "8", "--no-figures")
        == 0
    )
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert printed.err == "" and answer["seeds"] == {"search": 1, "choice": 2, "report": 3}
    assert answer["problem"]["effort"]["report_runs"] == 6 and answer["problem"]["effort"]["evaluations"] == 8
    assert set(answer["chosen"]) == {"mean", "worst", "regret"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("proble.toml",), 'proble.toml: there is no such file; did you mean "problem.toml"?'),
        (("problem.toml", "--runs", "1"), "--runs: found 1, allowed is greater than or equal to 2"),
        (("problem.toml", "--workers", "0"), "workers: found 0, allowed is at least 1"),
        (("problem.toml", "--seed", "-1"), "seed: found -1, allowed is 0 to"),
        (("tiny.toml",), 'tiny.toml: unknown key "months"'),
    ],
)
def test_wrong_input_ends_with_two(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert daarna("design", *arguments, "--quiet") == 2
    assert said in capsys.readouterr().err


def test_a_family_without_a_feasible_scheme_ends_with_two(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("problem.toml").write_text(TINY_PROBLEM.replace('at_least = "base"', "at_least = 1e6"))
    assert daarna("design", "problem.toml", "--quiet", "--out", "d", "--workers", "1") == 2
    assert "no scheme of the family was found that keeps all limits; the nearest misses rep_pay_mean" in capsys.readouterr().err


def test_says_when_limits_leave_the_search_no_room(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    """Pay at least the base's and at most the base's: the base alone, of 40 schemes."""
    both = TINY_PROBLEM.replace("[effort]", '[[constraints]]\noutcome = "rep_pay_mean"\nat_most = "base"\n[effort]')
    Path("problem.toml").write_text(both)
    assert daarna("design", "problem.toml", "--evaluations", "40", "--out", "d", "--workers", "1", "--no-figures") == 0
    assert "only 1 of 40 schemes tried kept the limits with confidence 0.95" in capsys.readouterr().out
