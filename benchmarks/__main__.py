"""``python -m benchmarks [--quick] [--large] [--only NAME…] [--out FILE]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import floor, growth, large, memory, mesa, speed, starts, sweeps, threads
from benchmarks.alone import alone
from benchmarks.effort import FULL, QUICK
from benchmarks.machine import machine
from benchmarks.report import as_json, as_markdown
from benchmarks.rows import Row

ALL = {
    "speed": speed.measure,
    "mesa": mesa.measure,
    "floor": floor.measure,
    "threads": threads.measure,
    "growth": growth.measure,
    "memory": memory.measure,
    "starts": starts.measure,
    "sweeps": sweeps.measure,
}


def main() -> None:
    """Measure, one benchmark after another, and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast daarna is, measured.")
    parser.add_argument("--quick", action="store_true", help="smaller, in less than a minute once the model is compiled")
    parser.add_argument("--large", action="store_true", help="also a million customers for ten years")
    parser.add_argument("--only", nargs="+", choices=ALL, default=list(ALL), help="these benchmarks only")
    parser.add_argument("--out", type=Path, help="write Markdown to this file, and JSON beside it (.json)")
    asked = parser.parse_args()
    about, rows = machine(), list[Row]()
    alone("ready")
    effort = QUICK if asked.quick else FULL
    for name, measure in ALL.items():
        if name in asked.only:
            print(f"{name} …", file=sys.stderr)
            rows += measure(effort)
    if asked.large:
        print("large …", file=sys.stderr)
        rows += large.measure(FULL)
    if asked.out is None:
        print(as_markdown(about, rows), as_json(about, rows), sep="\n")
        return
    asked.out.write_text(as_markdown(about, rows), encoding="utf-8")
    asked.out.with_suffix(".json").write_text(as_json(about, rows), encoding="utf-8")


if __name__ == "__main__":
    main()
