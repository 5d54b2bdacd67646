"""What each liberty taken with numba and LLVM gains: the model compiled without it, in a copy of the sources.

``python -m benchmarks.tricks [NAME…]`` takes some minutes for each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.report import as_markdown
from benchmarks.rows import Row
from benchmarks.worlds import ROOT

GROUP = "Without it"


class Trick(NamedTuple):
    """What is changed in a source to do without."""

    file: str
    there: str
    instead: str


TRICKS = {
    "nothing left out": Trick("llvm.py", "import annotations", "import annotations"),
    "a target of our own": Trick("compiler_process.py", 'compiled.Compiled.targetdescr = llvm.Target("cpu")', "del llvm"),
    "rules without wrappers": Trick(
        "compiled.py", '"no_cpython_wrapper": True, "no_cfunc_wrapper": True', '"no_cpython_wrapper": False, "no_cfunc_wrapper": False'
    ),
    "numba's level 2": Trick("compiler.py", '"NUMBA_OPT": "2"', '"NUMBA_OPT": "3"'),
    "borrowed": Trick("llvm.py", "view.meminfo = view.meminfo.type(None)", "context.nrt.incref(builder, kind, array)"),
    "what is off is known to be": Trick("engine/shelf.py", "scratch.off[0] == 1", "scratch.off[0] == 2"),
    "fetch_ahead": Trick("llvm.py", "for line in range(5):", "for line in range(0):"),
}  # fmt: skip

MEASURED = """
import json, resource, sys, time
from benchmarks.clock import timed
from benchmarks.worlds import SEED, customer_months, world
from sim import compiler, engine
engine.load_kernel()
if compiler._running:
    compiler._running.end()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
found = [used.ru_utime + used.ru_stime]
for at_start in (60, 1000):
    scenario = world(at_start, 120)
    runs = range(1, 2 + 3_000_000 // customer_months(engine.simulate(scenario, SEED, range(1, 2)).months))
    lived = customer_months(engine.simulate(scenario, SEED, runs).months)
    found.append(timed(lambda: engine.simulate(scenario, SEED, runs), 7).least / lived * 1e9)
print(json.dumps(found))
"""


def measure(names: Sequence[str] = tuple(TRICKS)) -> list[Row]:
    """CPU seconds of compiling, and the least nanoseconds of a customer-month in a small and a large book."""
    rows = []
    for name in names:
        trick = TRICKS[name]
        with tempfile.TemporaryDirectory() as folder:
            for part in ("sim", "scenarios", "benchmarks"):
                shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "built"))
            source = Path(folder) / "sim" / trick.file
            source.write_text(source.read_text(encoding="utf-8").replace(trick.there, trick.instead), encoding="utf-8")
            env = os.environ | {"PYTHONPATH": folder, "DAARNA_CACHE": str(Path(folder) / "cache")}
            done = subprocess.run([sys.executable, "-c", MEASURED], env=env, cwd=folder, stdout=subprocess.PIPE, check=True)
        compiling, small, large = json.loads(done.stdout)
        rows.append(Row(GROUP, f"{name}: compiling the model", compiling, "s", "CPU"))
        rows.append(Row(GROUP, f"{name}: 60 customers a rep at the start", small, "ns", "CPU", small))
        rows.append(Row(GROUP, f"{name}: 1,000 customers a rep at the start", large, "ns", "CPU", large))
    return rows


if __name__ == "__main__":
    print(as_markdown({}, measure(sys.argv[1:] or tuple(TRICKS))))
