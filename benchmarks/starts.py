"""What a user waits for: installing, the first start with and without what that compiled, the second, ``--help`` and ``import sim``."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.effort import Effort
from benchmarks.rows import Row
from benchmarks.worlds import FILE, ROOT

GROUP = "Starts"
DAARNA = ["-m", "sim.cli"]


class Start(NamedTuple):
    """Seconds until the first line stands on standard output, until the end, and of CPU time in all."""

    answer: float
    end: float
    cpu: float


def start(arguments: list[str], cache: str | None = None, sources: Path = ROOT) -> Start:
    """Start Python with these arguments, with a cache of compiled code of its own if one is named."""
    env = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(sources)} | ({"DAARNA_CACHE": cache} if cache else {})
    used, passed = _children(), time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as child:
        assert child.stdout is not None
        child.stdout.readline()
        answer = time.perf_counter() - passed
        child.stdout.read()
        if child.wait() != 0:
            raise RuntimeError(f"{' '.join(arguments)}: exit status {child.returncode}")
    return Start(answer, time.perf_counter() - passed, _children() - used)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(effort: Effort) -> list[Row]:
    """Starts of fresh processes; a study goes to a new folder each time, since one that is there would be read, not made."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:

        def study(name: str, cache: str | None, sources: Path = ROOT) -> Start:
            return start([*DAARNA, "run", str(FILE), "--out", str(Path(folder) / name)], cache, sources)

        cache = str(Path(folder) / "cache") if effort.first_start else None
        if effort.first_start:
            rows += _study("first start: run signature-bonus, nothing compiled (so it is after an edit)", [study("first", cache)])
            installed = Path(folder) / "installed"
            for part in ("sim", "scenarios"):
                shutil.copytree(ROOT / part, installed / part, ignore=shutil.ignore_patterns("__pycache__", "built"))
            made = start(["-m", "sim.build", str(installed / "sim" / "built")], str(Path(folder) / "unused"), installed)
            rows.append(Row(GROUP, "compiling when the package is built, for one kind of processor", made.cpu, "s", "CPU"))
            empty = str(Path(folder) / "empty")
            rows += _study("first start: run signature-bonus, compiled when built", [study("installed", empty, installed)])
        rows += _study("second start: run signature-bonus", [study(f"second-{k}", cache) for k in range(effort.repeats)])
    rows += _short("daarna --help", [start([*DAARNA, "--help"]) for _ in range(effort.repeats)])
    rows += _short("import sim", [start(["-c", "import sim"]) for _ in range(effort.repeats)])
    return rows


def _study(what: str, starts: list[Start]) -> list[Row]:
    answers, ends, cpu = zip(*starts, strict=True)
    note = f"200 runs, all cores; with the figures {statistics.median(ends):.1f} s"
    return [
        Row(GROUP, f"{what}: until the answer is printed", statistics.median(answers), "s", "wall", min(answers), note),
        Row(GROUP, f"{what}: all of it", statistics.median(cpu), "s", "CPU", min(cpu)),
    ]


def _short(what: str, starts: list[Start]) -> list[Row]:
    _, ends, cpu = zip(*starts, strict=True)
    return [
        Row(GROUP, what, statistics.median(ends), "s", "wall", min(ends), "a fresh process from start to end"),
        Row(GROUP, what, statistics.median(cpu), "s", "CPU", min(cpu)),
    ]
