"""The command as a process: killed, interrupted, started twice, piped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from tests.conftest import ROOT
from tests.study.worlds import TINY_FILE, values

RUNS = 40
HELD = """
import sys
from sim.study.study_folder import StudyFolder
put, kept = StudyFolder.put, []
def held(*arguments):
    put(*arguments)
    kept.append(arguments)
    len(kept) == 3 and sys.stdin.read()
StudyFolder.put = held
"""  # a kill finds the command at work: after the third part it waits until its input ends
START = "from sim.cli import main; main()"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY_FILE)
    return path


def start(program: str, scenario: Path, out: Path, *more: str, runs: int | None = RUNS) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, "run", str(scenario), "--out", str(out), "--workers", "1", "--no-figures"]
    return subprocess.Popen(
        [*command, *(["--runs", str(runs)] if runs else []), *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def parts(out: Path) -> int:
    return len(list(out.glob("parts/*.arrow")))


def wait_for_parts(process: subprocess.Popen[str], out: Path, number: int) -> None:
    while parts(out) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_killed_in_use_and_continued(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "study"
    process = start(HELD + START, scenario, out)
    wait_for_parts(process, out, 3)
    with pytest.raises(sim.InputError, match=rf"another process \({process.pid}\) is writing a study there"):
        sim.run(sim.load(scenario), runs=RUNS, out=out)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert parts(out) == 3
    with pytest.raises(sim.DaarnaError, match="no whole study"):
        sim.open(out)

    process = start(START, scenario, out)
    printed, errors = process.communicate()
    assert process.returncode == 0
    assert errors == f"6 of {RUNS} runs are in {out} already; going on from there\n"  # and no bar: it is piped
    assert "npv" in printed
    assert printed.endswith(f"{RUNS} runs, seed 1, compiled engine; study: {out}\n")
    sim.run(sim.load(scenario), runs=RUNS, out=tmp_path / "through")
    assert values(out) == values(tmp_path / "through")


def test_interrupted_and_continued(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "study"
    process = start(HELD + START, scenario, out)
    wait_for_parts(process, out, 3)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None and process.stderr.readline().startswith("stopping: ")
    printed, errors = process.communicate()  # which ends its input
    assert process.returncode == 1
    assert printed == ""
    assert "Traceback" not in errors
    assert f"interrupted\n{2 * parts(out)} of {RUNS} runs are safe in {out}; the same command goes on from there\n" in errors
    sim.run(sim.load(scenario), runs=RUNS, out=out)
    sim.run(sim.load(scenario), runs=RUNS, out=tmp_path / "through")
    assert values(out) == values(tmp_path / "through")


def test_starting_loads_nothing_heavy() -> None:
    asked = "import sim.cli, sim, sys; print(sorted({'numba', 'numpy', 'pandas', 'pyarrow', 'mesa', 'scipy', 'matplotlib'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT, check=True)
    assert told.stdout == "[]\n"
