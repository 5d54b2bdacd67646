"""A pytest plugin that runs the collected tests once without a mutant, and then once for every mutant, until one fails.

The baseline compiles what the tests call; then it takes their times and notes whose places each comes by.  A mutant is a
process of its own: a fork of this one in which the mutant is on, and in which the tests that come by its place are run.
It is killed when a test fails, when the process dies, or when a test takes many times longer than without it.  Tests that
have killed mutants of the same file go first, then the quick before the slow.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

PATIENCE, LEAST = 8.0, 20  # a test that takes so many times as long, and so many seconds, hangs


class Mutation:
    """Runs the tests for every mutant; results go to a file, one JSON object a line."""

    def __init__(self, files: dict[int, str], results: Path, workers: int, until: float) -> None:
        self.files, self.results, self.workers, self.until = files, results, workers, until
        self.seconds: dict[str, float] = {}
        self.reached: dict[str, bytes] = {}  # by test: a byte for every mutant, 1 where its place was come by

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The baseline, then the mutants."""
        if session.testsfailed:
            raise session.Interrupted("collection failed")
        failed = [item.nodeid for item in session.items if not self._passes(item)]
        for name in failed:
            print("left out, for it fails without a mutant:", name, flush=True)
        items = [item for item in session.items if item.nodeid not in failed]
        if not items:
            raise session.Interrupted("no test passes without a mutant: nothing could kill one")
        print(f"baseline: {len(items)} tests, compiled, in {sum(self._again(item) for item in items):.0f} s", flush=True)
        running: dict[int, int] = {}
        for number, file in self.files.items():
            if time.time() > self.until:
                print("out of time before mutant", number, flush=True)
                break
            running[self._fork(number, self._ordered(items, number, file))] = number
            if len(running) >= self.workers:
                self._wait(running)
        while running:
            self._wait(running)
        return True

    def _passes(self, item: pytest.Item) -> bool:
        began = time.perf_counter()
        if hasattr(item, "_request"):
            item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, nextitem=None, log=False)
        self.seconds[item.nodeid] = time.perf_counter() - began
        return all(not report.failed for report in reports)

    def _again(self, item: pytest.Item) -> float:
        reached = sys.modules["sim.switch"].REACHED
        ctypes.memset(reached, 0, len(reached))
        assert self._passes(item), item.nodeid
        self.reached[item.nodeid] = bytes(reached)
        return self.seconds[item.nodeid]

    def _ordered(self, items: list[pytest.Item], number: int, file: str) -> list[pytest.Item]:
        lines = self.results.read_text(encoding="utf-8").splitlines() if self.results.exists() else []
        kills = Counter(one["by"] for one in map(json.loads, lines) if self.files.get(one["number"]) == file)
        mine = [item for item in items if self.reached[item.nodeid][number]]
        return sorted(mine, key=lambda item: (-kills[item.nodeid], self.seconds[item.nodeid]))

    def _write(self, **result: Any) -> None:
        with self.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")

    def _fork(self, number: int, items: list[pytest.Item]) -> int:
        began = time.perf_counter()
        if child := os.fork():
            return child
        sys.modules["sim.switch"].MUTANT.value = number
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        at = Path(f"{self.results}.{number}")
        for item in items:
            at.write_text(item.nodeid, encoding="utf-8")
            signal.alarm(int(max(LEAST, PATIENCE * self.seconds[item.nodeid])))
            try:
                passed = self._passes(item)
            except BaseException:
                passed = False
            if not passed:
                self._write(number=number, fate="killed", by=item.nodeid, seconds=time.perf_counter() - began)
                os._exit(1)
        self._write(number=number, fate="survived", by="", seconds=time.perf_counter() - began)
        os._exit(0)

    def _wait(self, running: dict[int, int]) -> None:
        child, status = os.wait()
        number = running.pop(child)
        at = Path(f"{self.results}.{number}")
        if os.WIFSIGNALED(status):
            fate = "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "crash"
            self._write(number=number, fate=fate, by=at.read_text(encoding="utf-8"), seconds=0.0)
        at.unlink(missing_ok=True)


def main() -> int:
    """Run in the copy: ``runner.py PLAN``, the plan being a JSON file."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    import sim.switch  # noqa: F401

    plugin = Mutation({number: file for number, file in plan["mutants"]}, Path(plan["results"]), plan["workers"], plan["until"])
    return int(pytest.main(["-p", "no:cacheprovider", "-q", "-n0", "--no-header", *plan["tests"]], plugins=[plugin]))


if __name__ == "__main__":
    raise SystemExit(main())
