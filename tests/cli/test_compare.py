"""``daarna compare``: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli.paired_report import print_comparison
from sim.number_text import plus_minus
from tests.study.worlds import OTHER, SMALL, TINY_FILE, run_module

Daarna = Callable[..., int]


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command, in a folder with three scenarios; returns its exit status."""
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "none.toml").write_text('extends = "tiny.toml"\ntitle = "None"\nscheme = { components = [] }\n')
    (tmp_path / "half.toml").write_text('extends = "tiny.toml"\ntitle = "Half"\nscheme = { components = [{ rate = 0.1 }] }\n')
    return command


def test_prints_the_verdict_the_differences_and_where_the_study_is(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("compare", "tiny.toml", "none.toml", "--runs", "40", "--out", "s", "--no-figures") == 0
    printed = capsys.readouterr().out
    pair = sim.Comparison(sim.open("s"))
    row = pair.differences.set_index("outcome").loc["npv"]
    assert " ".join(pair.verdict().split()) in " ".join(printed.split())
    assert "none less tiny" in printed and plus_minus(row["mean"], row["standard_error"]) in printed
    assert printed.endswith("40 pairs of runs, seed 1, compiled engine; study: s\n")
    assert "P(best)" not in printed


def test_several_are_ranked_by_the_outcome_asked(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("compare", "tiny.toml", "none.toml", "half.toml", "--runs", "10", "--out", "s", "--no-figures")
    assert daarna(*arguments, "--outcome", "satisfaction") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "by expected satisfaction, best first" in printed and "P(best)" in printed
    assert "95%, joint over 2 schemes" in printed and "lean on normal differences" in printed and "goes unseen in one" in printed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "_simulate", lambda *a: 1 // 0)  # all runs are there already
        assert daarna(*arguments) == 0


def test_json_is_exact_and_quiet_is_quiet(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    files = ("tiny.toml", "none.toml", "half.toml")
    assert daarna("compare", *files, "--runs", "6", "--out", "s", "--no-figures", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    pair = sim.Comparison(sim.open("s"))
    expected = pair.differences.set_index(["scenario", "outcome"])["mean"]
    found = {(row["scenario"], row["outcome"]): row["mean"] for row in told["differences"]}
    assert found["half", "npv"] == expected["half", "npv"]
    assert [row["scenario"] for row in told["ranking"]] == list(pair.ranking()["scenario"])
    assert len(told["dominance"]) == len(pair.dominance) and told["verdict"] == pair.verdict()
    assert (told["runs"], told["level"], told["equal_pay"]) == (6, 0.95, [])
    assert daarna("compare", *files, "--runs", "6", "--out", "s", "--no-figures", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_equal_pay_is_said_and_the_same_command_goes_on(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("compare", "tiny.toml", "half.toml", "--runs", "20", "--equal-pay", "--no-figures", "--workers", "1")
    assert daarna(*arguments) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("half-equal-pay: variable pay × 2 ")  # the same scheme at half the rate
    assert daarna(*arguments, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["equal_pay"][0]["factor"] == pytest.approx(2.0, rel=0.01)
    (folder,) = Path("studies").iterdir()  # the second found the first's study
    assert folder.name.startswith("tiny-vs-half-equal-pay-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny.toml"], "OTHER"),
        (["tiny.toml", "gone.toml"], "gone.toml: there is no such file"),
        (["tiny.toml", "none.toml", "--runs", "0"], "runs: found 0, allowed is 2 to 2147483647"),
        (
            ["tiny.toml", "none.toml", "--runs", "1"],
            "runs: found 1, allowed is 2 to 2147483647: an interval needs two pairs of runs",
        ),
        (["tiny.toml", "none.toml", "--runs", "ten"], '--runs: found "ten", allowed is a whole number'),
        (["tiny.toml", "none.toml", "--level", "high"], '--level: found "high", allowed is a number'),
        (["tiny.toml", "none.toml", "--level", "95"], "level: found 95"),
        (["tiny.toml", "none.toml", "--outcome", "signings"], 'found "signings", of which neither more nor less is better'),
        (["tiny.toml", "none.toml", "--outcome", "nvp"], 'did you mean "npv"'),
        (["tiny.toml", "none.toml", "--equal-pay"], "none has no variable pay that could be rescaled"),
        (["tiny.toml", "half.toml", "--equal-pay", "--rescale", "all"], "found 'all', allowed is variable or salary"),
        (["tiny.toml", "half.toml", "--rescale", "salary"], "--rescale: says what --equal-pay rescales"),
    ],
)
def test_wrong_input_is_one_message_and_status_2(
    arguments: list[str], message: str, daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    assert daarna("compare", *arguments) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert not Path("studies").exists()


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("others", [[OTHER], [OTHER, SMALL.with_(title="Twin")]], ids=["two", "three"])
def test_no_line_is_wider_than_the_terminal(
    width: int, others: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_comparison(sim.compare(SMALL, *others, runs=5, workers=1))
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= width
    assert "…" not in printed and "nan" not in printed and "inf" not in printed.replace("information", "")


def test_ten_years_are_not_compared_with_two(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("longer.toml").write_text('extends = "tiny.toml"\nmonths = 14\n')
    for more in ([], ["--equal-pay"]):
        assert daarna("compare", "tiny.toml", "longer.toml", "--runs", "2", "--out", "s", *more) == 2
        assert capsys.readouterr().err.startswith("months: found 3 months in tiny, 14 months in longer, allowed is one length")
    assert not Path("s").exists()
