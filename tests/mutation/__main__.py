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
TESTS = [
    *(f"tests/{name}" for name in ("rules", "scheme", "statements", "mechanisms", "theory")),
    "tests/test_accounts.py",
    "tests/test_outcomes.py",
]


def main() -> int:
    """Draw mutants, compile them together, run the tests for each, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=main.__doc__)
    parser.add_argument("--results", type=Path, default=Path("build/mutation.jsonl"), help="file the fates are added to")
    parser.add_argument("--size", type=int, default=400, help="mutants drawn, before the least of each file")
    parser.add_argument("--least", type=int, default=12, help="mutants drawn of each file, if it has them")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn")
    parser.add_argument("--survivors", action="store_true", help="run those that survived again, as after adding a test")
    parser.add_argument("--workers", type=int, default=2, help="mutants run at a time")
    parser.add_argument("--minutes", type=float, default=600.0, help="no mutant is begun after so long")
    parser.add_argument("--files", nargs="+", default=FILES, help="what is mutated")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="what may kill a mutant")
    parser.add_argument("--report", action="store_true", help="no run: print what the results come to")
    given = parser.parse_args()
    everything = population(ROOT, given.files)
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
    """Copy the project beside the results, write the switches, run the tests for every mutant still to do.

    The copy stays, so that a second run, as after adding tests, need not compile the same mutants again.
    """
    copy = given.results.resolve().with_suffix(".copy")
    copy.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        for name in ("sim", "tests", "scenarios"):
            shutil.copytree(ROOT / name, fresh / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", fresh)
        write(fresh, given.files, frozenset(one.number for one in chosen))
        bring_up_to_date(fresh, copy)
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


def bring_up_to_date(fresh: Path, copy: Path) -> None:
    """Make the copy like the fresh one; files that are the same are not touched, for numba looks at their times."""
    wanted = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    for path in sorted(wanted):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        if not (copy / path).exists() or (copy / path).read_bytes() != (fresh / path).read_bytes():
            shutil.copy2(fresh / path, copy / path)
    for path in copy.rglob("*.py"):
        if path.relative_to(copy) not in wanted:
            path.unlink()


if __name__ == "__main__":
    raise SystemExit(main())
