"""``daarna optimise``: what it prints and writes, and its exit status."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.files import atomic
from tests.design.worlds import TINY_BASE, TINY_PROBLEM

Daarna = Callable[..., int]


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command, in a folder with a problem; returns its exit status."""
    (tmp_path / "tiny.toml").write_text(TINY_BASE)
    (tmp_path / "problem.toml").write_text(TINY_PROBLEM)
    return command


def test_prints_the_front_and_writes_a_scheme_that_runs(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("optimise", "problem.toml", "--out", "d", "--workers", "1") == 0
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
        daarna("optimise", "problem.toml", "--json", "--quiet", "--out", "d", "--runs", "6", "--evaluations", "8", "--no-figures")
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
        (("tiny.toml",), "tiny.toml: expected a problem, got a scenario"),
    ],
)
def test_wrong_input_ends_with_two(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert daarna("optimise", *arguments, "--quiet") == 2
    assert said in capsys.readouterr().err


def test_a_family_without_a_feasible_scheme_ends_with_two(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("problem.toml").write_text(TINY_PROBLEM.replace('at_least = "base"', "at_least = 1e6"))
    assert daarna("optimise", "problem.toml", "--quiet", "--out", "d", "--workers", "1") == 2
    assert "no scheme of the family was found that keeps all limits; the nearest misses rep_pay_mean" in capsys.readouterr().err


def test_says_when_limits_leave_the_search_no_room(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    """Pay at least the base's and at most the base's: the base alone, of 40 schemes."""
    both = TINY_PROBLEM.replace("[effort]", '[[constraints]]\noutcome = "rep_pay_mean"\nat_most = "base"\n[effort]')
    Path("problem.toml").write_text(both)
    assert daarna("optimise", "problem.toml", "--evaluations", "40", "--out", "d", "--workers", "1", "--no-figures") == 0
    assert "only 1 of 40 schemes tried kept the limits with confidence 0.95" in capsys.readouterr().out


SMALL = (
    "optimise",
    "problem.toml",
    "--quiet",
    "--workers",
    "1",
    "--runs",
    "4",
    "--evaluations",
    "8",
    "--no-figures",
    "--out",
    "d",
)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_command_leaves_the_same_files_and_others_are_refused(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert daarna(*SMALL) == 0
    before = files(tmp_path / "d")
    assert daarna(*SMALL) == 0
    assert files(tmp_path / "d") == before
    Path("problem.toml").rename("renamed.toml")
    assert daarna("optimise", "renamed.toml", *SMALL[2:]) == 0  # which the schemes' sources name
    before = files(tmp_path / "d")
    Path("problem.toml").write_text(TINY_PROBLEM.replace("at_least", "at_most"))
    for arguments, gap in (
        (SMALL, r"problem.constraints[0].at_least is"),
        (("design", "renamed.toml", *SMALL[2:], "--seed", "2"), "seed is 1 there and 2 here"),
        (("design", "renamed.toml", *SMALL[2:], "--runs", "5"), "problem.effort.report_runs is 4 there and 5 here"),
    ):
        assert daarna(*arguments) == 2
        said = capsys.readouterr().err
        assert "d: holds another design (" in said and gap in said, said
    assert files(tmp_path / "d") == before
    assert daarna("run", "tiny.toml", "--runs", "1", "--out", "d") == 2
    assert "holds design.json and no study.json" in capsys.readouterr().err
    assert files(tmp_path / "d") == before


def test_who_writes_second_is_refused(daarna: Daarna, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with atomic.lock(tmp_path / "d"):
        assert daarna(*SMALL) == 2
    assert re.search(r"d: another process \(\d+\) is writing a design there; wait for it, or choose", capsys.readouterr().err)


@pytest.mark.parametrize("name", [".npy", "tried.csv"])
def test_a_full_disk_is_one_message_and_the_same_command_goes_on(
    name: str, daarna: Daarna, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full while evaluations are kept, and while the answer is written."""
    assert daarna(*SMALL[:-1], "whole") == 0
    replace = os.replace

    def full(half: Path, path: Path) -> None:
        if path.name.endswith(name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(half, path)

    with monkeypatch.context() as patch:
        patch.setattr("sim.files.atomic.os.replace", full)
        assert daarna(*SMALL) == 1
    said = capsys.readouterr().err
    assert (
        "d: cannot be written: No space left on device; finished evaluations are safe in" in said and len(said.splitlines()) == 1
    )
    assert daarna("cite", "d") == 2
    assert "the design is not finished; the same command goes on" in capsys.readouterr().err
    assert daarna(*SMALL) == 0
    whole = files(tmp_path / "whole")
    for table in ("front.csv", "tried.csv", "recommended.toml"):
        assert (tmp_path / "d" / table).read_bytes() == whole[table]


def test_a_changed_file_of_an_answer_is_refused_and_told(
    daarna: Daarna, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert daarna(*SMALL) == 0
    for name in ("front.csv", "tried.csv", "recommended.toml"):
        path = tmp_path / "d" / name
        content = path.read_bytes()
        path.write_bytes(content.replace(b"1", b"2", 1))
        assert daarna(*SMALL) == 2
        assert f"{name}: was changed or is missing" in capsys.readouterr().err
        assert daarna("verify", "d", "--quick") == 1
        assert f"{name} was changed or is missing" in capsys.readouterr().out
        path.write_bytes(content)


def test_the_old_name_of_the_command_still_works(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("optimise", "design"):
        assert daarna(name, "problem.toml", "--evaluations", "1") == 2
        assert capsys.readouterr().err.startswith("--evaluations: found 1")
    assert daarna("--help") == 0
    said = capsys.readouterr().out
    assert re.search(r"^\W*optimise ", said, re.M) and not re.search(r"^\W*design ", said, re.M)
