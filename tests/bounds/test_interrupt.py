"""Ctrl-C is heard at once, whatever is being simulated: within two seconds, which only a quiet machine can show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

# a single run that would take hours: nothing is ever finished
ENDLESS = "months = 1200\n[reps]\ncount = 2000\n[customers]\nat_start = 2000\n[market]\nleads_per_month = 1000.0\n"
LOADED = "from sim.engine import load_kernel; load_kernel(); print('ready', flush=True)\n"
COMMAND = "import sys; from sim.cli import main; sys.argv[1:] = sys.argv[1:]; main()"
API = "import sim, sys; sim.run(sim.load(sys.argv[1]), runs=2, engine=sys.argv[2])"
MAIN_THREAD = "import sim, sys; from sim.engine import simulate; simulate(sim.load(sys.argv[1]), 1, range(1, 3))"
SWEEP = """
import sim, sys
design = sim.Design(sim.load(sys.argv[1]), [sim.Factor(path="reps.salary", levels=[1000, 2000])], "grid", runs=2)
sim.sweep(design, out=sys.argv[2], workers=2)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
PROGRAMS = {
    "run": (COMMAND, ["run", "{file}", "--runs", "2", "--out", "{out}"]),
    "api": (API, ["{file}", "compiled"]),
    "mesa": (API, ["{file}", "mesa"]),
    "main thread": (MAIN_THREAD, ["{file}"]),
    "sweep": (SWEEP, ["{file}", "{out}"]),
}


def seconds_to_end(name: str, tmp_path: Path) -> float:
    """Start a program, interrupt it, and see it end as it should."""
    file = tmp_path / "endless.toml"
    file.write_text(ENDLESS, encoding="utf-8")
    program, given = PROGRAMS[name]
    process = subprocess.Popen(
        [sys.executable, "-c", LOADED + program, *(one.format(file=file, out=tmp_path / "out") for one in given)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(0.7)
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1]
    took = time.monotonic() - began
    assert process.returncode != 0
    assert name != "run" or ("Traceback" not in errors and "interrupted" in errors)
    return took


@pytest.mark.parametrize("name", ["run", "api"])
def test_ctrl_c_ends_what_would_take_hours(name: str, tmp_path: Path) -> None:
    seconds_to_end(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_ctrl_c_is_heard_within_two_seconds(name: str, tmp_path: Path) -> None:
    """The least of three, and half a second more for starting to end."""
    assert min(seconds_to_end(name, tmp_path) for _ in range(3)) < 2.5
