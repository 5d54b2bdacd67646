"""``daarna run --precision``: what it prints, and what goes on after a kill."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

import sim
from sim.cli.report import how_far
from sim.study.precision import InterimAnalysis
from tests.cli.test_processes import HELD, START, scenario, start, wait_for_parts
from tests.cli.test_run import Daarna, daarna
from tests.study.worlds import values

__all__ = ["daarna", "scenario"]  # fixtures


def test_the_number_of_runs_is_found_and_half_widths_are_printed_beside_targets(
    daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    files, wanted = ("tiny.toml", "other.toml"), ("--precision", "npv=1%,lapses=.2", "--precision", "difference(npv)=100")
    assert daarna("run", *files, *wanted, "--no-figures", "--out", "s") == 0
    printed = capsys.readouterr().out
    about = sim.open("s").about
    assert printed.endswith(f"{about['runs']} runs of each scenario, seed 1, compiled engine; study: s\n")
    rows = [line for line in printed.splitlines() if "reached" in line]
    assert [row.split()[:2] for row in rows] == [
        ["npv=1%", "tiny"],
        ["npv=1%", "other"],
        ["lapses=0.2", "tiny"],
        ["lapses=0.2", "other"],
        ["difference(npv)=100", "other"],
    ]
    assert "MISSED" not in printed
    assert daarna("run", *files, "--runs", str(about["runs"]), "--no-figures", "--quiet", "--out", "fixed") == 0
    assert values(Path("fixed")) == values(Path("s"))


def test_a_missed_target_is_said_clearly(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("run", "tiny.toml", "--precision", "npv=.01%", "--max-runs", "60", "--no-figures", "--out", "s")
    assert daarna(*arguments) == 0
    printed = capsys.readouterr().out
    assert "MISSED" in printed
    assert "NOT PRECISE ENOUGH: 1 of 1 targets are missed at the maximum of 60 runs; --max-runs allows more\n" in printed
    assert printed.endswith("60 runs, seed 1, compiled engine; study: s\n")
    assert daarna(*arguments) == 0
    assert capsys.readouterr().err == "60 of 60 runs are in s already; nothing is left to simulate\n"
    assert daarna(*arguments, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["reached"], told["attained"][0]["reached"]) == (60, False, False)
    assert told["precision"]["targets"] == ["npv=0.01%"]


def test_the_usual_folder_is_another_for_another_precision(daarna: Daarna) -> None:
    for more in (["--precision", "npv=5%"], ["--precision", "mean(npv)=5%"], ["--precision", "npv=6%"], ["--runs", "50"], []):
        assert daarna("run", "tiny.toml", "--no-figures", "--quiet", *more) == 0
    assert len(list(Path("studies").iterdir())) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--precision", "npv=2%", "--runs", "10"], "runs and precision: give one of them"),
        (["--max-runs", "10"], "max_runs: goes with a precision"),
        (["--rule", "hoad"], "rule: goes with a precision"),
        (["--precision", "nvp=2%"], "precision: nvp: found 'nvp', which is no outcome of a run; did you mean \"npv\"?"),
        (["--precision", "npv"], "precision: found 'npv', allowed is OUTCOME=WIDTH"),
        (["--precision", "npv=2%", "--rule", "magic"], "rule: found 'magic', allowed is batches or hoad"),
    ],
)
def test_wrong_input_is_one_message_and_status_2(
    arguments: list[str], message: str, daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    assert daarna("run", "tiny.toml", "--out", "s", *arguments) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""
    assert not Path("s").exists()


def test_the_bar_tells_the_target_that_is_farthest_off(daarna: Daarna) -> None:
    looks: list[InterimAnalysis] = []
    sim.run(sim.load("tiny.toml"), precision="npv=90%, P(npv < 0)=.001, lapses=.3", max_runs=51, looked=looks.append)
    assert how_far(looks[0]) == "runs: tiny P(npv < 0) ± 0.0357, wanted ± 0.00100"  # Wilson's, of 50 in 50


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_killed_in_its_second_batch_and_continued(scenario: Path, tmp_path: Path) -> None:
    out, wanted = tmp_path / "study", ("--precision", "npv=.6%", "--max-runs", "120")
    process = start(HELD.replace("== 3", "== 20") + START, scenario, out, *wanted, runs=None)
    wait_for_parts(process, out, 20)  # of the first 50 runs 3 by 3 there are 17 parts
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with pytest.raises(sim.DaarnaError, match="no whole study"):
        sim.open(out)

    process = start(START, scenario, out, *wanted, runs=None)
    printed, errors = process.communicate()
    assert process.returncode == 0
    assert "runs are in" in errors and "going on from there" in errors and "of about" in errors
    study = sim.open(out)
    assert study.about["runs"] > 50
    assert printed.endswith(f"{study.about['runs']} runs, seed 1, compiled engine; study: {out}\n")
    sim.run(sim.load(scenario), precision="npv=.6%", max_runs=120, out=tmp_path / "through")
    assert values(out) == values(tmp_path / "through")
