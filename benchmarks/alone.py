"""Work done in a process of its own, so that nothing done before is in its memory or its time.

``python -m benchmarks.alone TASK ARGUMENTS`` prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def alone(task: str, **arguments: Any) -> dict[str, float]:
    """Do a task of this module in a fresh process; returns what it measured."""
    command = [sys.executable, "-m", "benchmarks.alone", task, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def peak_memory() -> float:
    """Most memory this process has held, in MiB.

    Linux counts what the parent held before the process became itself into ru_maxrss, so its own mark is read first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 1024)


def ready() -> dict[str, float]:
    """The kernel compiled and on disk: a process that has compiled runs a tenth slower."""
    from benchmarks.worlds import SEED, world
    from sim import engine

    engine.simulate(world(1, 1), SEED, range(1, 2))
    return {}


def study(runs: int, months: int) -> dict[str, float]:
    """A study on disk, by one thread."""
    import sim
    from benchmarks.worlds import SEED, world

    with tempfile.TemporaryDirectory() as folder:
        sim.run(world(60, months), runs=runs, seed=SEED, workers=1, out=Path(folder) / "study")
        return {"peak": peak_memory()}


def book(at_start: int, months: int) -> dict[str, float]:
    """One run of a large book."""
    from benchmarks.worlds import SEED, customer_months, world
    from sim import engine

    engine.simulate(world(1, 1), SEED, range(1, 2))  # reads or compiles the kernel
    before = peak_memory()
    scenario = world(at_start, months)
    passed, cpu = time.perf_counter(), time.process_time()
    tables = engine.simulate(scenario, SEED, range(1, 2))
    return {
        "wall": time.perf_counter() - passed,
        "cpu": time.process_time() - cpu,
        "customer_months": customer_months(tables.months),
        "before": before,
        "peak": peak_memory(),
    }


def mesa(months: int, repeats: int) -> dict[str, float]:
    """Run 1 of each Mesa model, each time in a model newly built."""
    import pandas as pd

    from benchmarks.clock import timed
    from benchmarks.own import MODELS
    from benchmarks.worlds import SEED, customer_months, world

    scenario, found = world(60, months), dict[str, float]()
    for name, model in MODELS.items():
        model(scenario, rng=SEED).run_all()  # compiles the rules one by one
        seconds, lived = [], 0
        for _ in range(repeats):
            made = model(scenario, rng=SEED)
            seconds.append(timed(made.run_all, 1).least)
            lived = customer_months(pd.DataFrame(made.output.months[0]))
        found |= {f"{name} median": statistics.median(seconds), f"{name} least": min(seconds), f"{name} customer-months": lived}
    return found


TASKS: dict[str, Callable[..., dict[str, float]]] = {"ready": ready, "study": study, "book": book, "mesa": mesa}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
