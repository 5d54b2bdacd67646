"""Mutation testing of rules, scheme and accounts:  ``python -m tests.mutation --help``."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutation.mutants import Mutant, population, sample, write
from tests.mutation.report import report

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "sim" / "rules").glob("*.py")),
    "sim/scheme/measures.py",
    "sim/scheme/settle.py",
    "sim/accounts.py",
]
# what the rules are for, not how they are run: no comparison of the two engines, no stored results
TESTS = ["tests/scheme", "tests/statements", "tests/test_accounts.py", "tests/mechanisms", "tests/theory"]


def main() -> int:
    """Draw mutants, compile them together, run the tests for each, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=main.__doc__)
    parser.add_argument("--results", type=Path, default=Path("mutation.jsonl"), help="file the fates are added to")
    parser.add_argument("--size", type=int, default=240, help="mutants drawn, before the least of each file")
    parser.add_argument("--least", type=int, default=8, help="mutants drawn of each file, if it has them")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn")
    parser.add_argument("--survivors", action="store_true", help="run those that survived again, as after adding a test")
    parser.add_argument("--workers", type=int, default=2, help="mutants run at a time")
    parser.add_argument("--minutes", type=float, default=600.0, help="no mutant is begun after so long")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="what may kill a mutant")
    parser.add_argument("--report", action="store_true", help="no run: print what the results come to")
    given = parser.parse_args()
    everything = population(ROOT, FILES)
    chosen = sample(everything, given.size, given.least, given.seed)
    if not given.report:
        fates = read_fates(given.results)
        todo = [one for one in chosen if fates.get(one.number, {"fate": "survived"})["fate"] == "survived"]
        if not given.survivors:
            todo = [one for one in todo if one.number not in fates]
        random.Random(given.seed).shuffle(todo)  # so that those run when time is up are a sample too
        run(chosen, todo, given)
    print(report(everything, chosen, read_fates(given.results)))
    return 0


def read_fates(path: Path) -> dict[int, dict[str, str]]:
    """The last fate of every mutant run so far."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {one["number"]: one for one in map(json.loads, lines)}


def run(chosen: list[Mutant], todo: list[Mutant], given: argparse.Namespace) -> None:
    """Copy the project, write the switches, run the tests for every mutant still to do."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("sim", "tests", "scenarios", "pyproject.toml"):
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(place, copy / name)
        write(copy, FILES, frozenset(one.number for one in chosen))
        plan = {
            "mutants": [(one.number, one.file) for one in todo],
            "results": str(given.results.resolve()),
            "workers": given.workers,
            "until": time.time() + 60 * given.minutes,
            "tests": given.tests,
        }
        (copy / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        command = [sys.executable, "-m", "tests.mutation.runner", "plan.json"]
        subprocess.run(command, cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, check=False)


if __name__ == "__main__":
    raise SystemExit(main())
