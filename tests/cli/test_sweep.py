"""``daarna sweep``: what it prints, its exit status, and that a killed one goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.sweeps import load
from tests.conftest import ROOT
from tests.study.worlds import TINY_FILE
from tests.sweeps.worlds import contents

DESIGN = """
base = "tiny.toml"
runs = 2
outcomes = ["npv", "signings"]
[[factors]]
name = "reps"
path = "reps.count"
levels = [1, 2]
"""
FAILING = '[[factors]]\nname = "absent"\npath = "reps.absent"\nlevels = { none = [], second = [1] }\n'

Daarna = Callable[..., int]


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command, in a folder with a scenario and designs; returns its exit status."""
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "d.toml").write_text(DESIGN)
    (tmp_path / "f.toml").write_text(DESIGN + FAILING)
    return command


def test_says_what_it_will_take_what_came_of_it_and_where_it_is(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("sweep", "d.toml", "--out", "s", "--workers", "1") == 0
    told = capsys.readouterr()
    assert told.err.startswith("2 points × 2 runs = 4 runs: about a second on 1 core (")
    assert "reps = 1" in told.out
    assert "reps = 2" in told.out
    assert told.out.endswith("2 points, 2 runs each, seed 1; sweep: s\n")
    assert daarna("sweep", "d.toml", "--out", "s") == 0
    assert capsys.readouterr().err == "4 of 4 runs are in s already; nothing is left to simulate\n"


def test_a_longer_design_goes_on_in_the_usual_folder(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("sweep", "d.toml") == 0
    Path("d.toml").write_text(DESIGN.replace("[1, 2]", "[1, 2, 3]"))
    capsys.readouterr()
    assert daarna("sweep", "d.toml", "--workers", "2") == 0
    there = next(Path("sweeps").iterdir())
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"4 of 6 runs are in {there} already; going on from there"
    assert second.startswith("3 points × 2 runs = 6 runs, of which 2 are left: about a second on 2 cores")
    assert len(list(Path("sweeps").iterdir())) == 1


def test_a_failing_point_is_told_and_the_command_succeeds(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("sweep", "f.toml", "--out", "s", "--json") == 0
    told = capsys.readouterr()
    assert "point 1 fails: vary: reps.absent: found [1], but seats run from 0 to 0" in told.err
    answer = json.loads(told.out)
    assert [point["status"] for point in answer["points"]] == ["ok", "failed", "ok", "ok"]
    means = {(row["point"], row["outcome"]): row["mean"] for row in answer["summary"]}
    assert {outcome for _, outcome in means} == {"npv", "signings"}
    assert means[1, "npv"] is None
    assert means[0, "npv"] == sim.open("s").means(["npv"])["npv"][0]


def test_quiet_is_quiet_and_dry_run_does_nothing(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("sweep", "d.toml", "--out", "s", "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert daarna("sweep", "d.toml", "--out", "t", "--dry-run") == 0
    assert capsys.readouterr().out.startswith("2 points × 2 runs = 4 runs: about a second")
    assert not Path("t").exists()


def test_scripts_are_written(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("sweep", "d.toml", "--out", "s", "--slurm-script", "a.sh", "--tasks", "5", "--workers", "2") == 0
    text = Path("a.sh").read_text()
    assert "#SBATCH --array=1-5\n#SBATCH --cpus-per-task=2" in text
    assert 'daarna sweep d.toml --out s --part "$SLURM_ARRAY_TASK_ID/5"' in text
    assert daarna("sweep", "d.toml", "--out", "s", "--slurm-script", "a.py") == 0
    assert "minimum_jobs=16" in Path("a.py").read_text()
    assert not Path("s").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["e.toml"], "e.toml: there is no such file"),
        (["d.toml", "--workers", "0"], "--workers: found 0, allowed is at least 1"),
        (["d.toml", "--tasks", "0"], "--tasks: found 0, allowed is at least 1"),
        (["d.toml", "--part", "0/3"], '--part: found "0/3", allowed is K/N, as in 3/16'),
        (["d.toml", "--part", "4/3"], "--part: found 4/3, allowed is 1/3 to 3/3"),
        (["d.toml", "--dry-run", "--part", "4/3"], "--part: found 4/3, allowed is 1/3 to 3/3"),
        (["d.toml", "--tasks", "ten"], '--tasks: found "ten", allowed is a whole number'),
        (["d.toml", "--dask", "tcp://x", "--workers", "3"], "--workers and --dask: allowed is one of the two"),
        (["d.toml", "--dask", "nonsense:", "--out", "s"], "--dask: no scheduler answers at nonsense:"),
        (["d.toml", "--out", "tiny.toml"], "tiny.toml: the sweep cannot be written there: it is a file"),
        (["d.toml", "--slurm-script", "no/a.sh"], "no/a.sh: cannot be written: No such file or directory"),
    ],
)
def test_wrong_input_is_one_message_and_status_2(
    arguments: list[str], expected: str, daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    assert daarna("sweep", *arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[-1].startswith(expected)


def test_where_no_point_can_be_simulated_the_input_is_wrong(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("f.toml").write_text(DESIGN.replace("[1, 2]", "[1]") + FAILING.replace("none = [], ", ""))
    assert daarna("sweep", "f.toml", "--out", "s") == 2
    assert "f.toml: no point could be simulated; the first says: vary: reps.absent" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_killed_in_use_and_continued(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    levels = ", ".join(str(0.01 * number) for number in range(1, 41))
    (tmp_path / "d.toml").write_text(f'base = "tiny.toml"\nruns = 2\n[[factors]]\npath = "market.success"\nlevels = [{levels}]\n')
    held = (  # after the third part it waits for input
        "import sys\nfrom sim.sweeps import job, pool\npool.SHORTEST = 0.0\nwrite, kept = job.write_part, []\n"
        "def held(*arguments):\n    write(*arguments)\n    kept.append(arguments)\n    len(kept) == 3 and sys.stdin.read()\n"
        "job.write_part = held\nfrom sim.cli import main\nmain()\n"
    )
    command = [
        sys.executable,
        "-c",
        held,
        "sweep",
        str(tmp_path / "d.toml"),
        "--out",
        str(tmp_path / "s"),
        "--workers",
        "1",
        "--quiet",
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    while len(list(tmp_path.glob("s/parts/*.arrow"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    with pytest.raises(sim.InputError, match=rf"another process \({process.pid}\) is writing a sweep there"):
        sim.sweep(tmp_path / "d.toml", tmp_path / "s")
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    safe = len(list(tmp_path.glob("s/parts/*.arrow")))
    assert safe == 3
    told: list[tuple[int, int]] = []
    sim.sweep(tmp_path / "d.toml", tmp_path / "s", progress=lambda *now: told.append(now))
    assert safe <= told[0][0] <= 2 * safe
    sim.sweep(load(tmp_path / "d.toml"), tmp_path / "whole")
    assert contents(tmp_path / "s") == contents(tmp_path / "whole")
