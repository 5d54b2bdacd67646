"""Fingerprints of the tables of every scenario of the library: the same to the last bit on every machine and with every version allowed.

python -m tests.fingerprints FILE              # writes them as JSON
python -m tests.fingerprints FILE FILE…        # compares files that there are; exit status 1 where they differ
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import sim
from sim.study.parquet import fingerprint
from tests.conftest import ROOT

RUNS, MONTHS, SEATS = 2, 30, 2
MESA = ("baseline", "au-life-reform")  # by the Mesa model as well


def made() -> dict[str, str]:
    """By scenario, engine and table."""
    found = {}
    for path in sorted((ROOT / "scenarios").glob("*.toml")) + sorted((ROOT / "scenarios" / "schemes").glob("*.toml")):
        scenario = sim.load(path)
        small = scenario.with_(months=min(MONTHS, scenario.months), reps={"count": min(SEATS, scenario.reps.count)})
        for engine in ("compiled", "mesa")[: 1 + (path.stem in MESA)]:
            tables = sim.run(small, runs=RUNS, seed=1, engine=engine, customers=True).tables
            found |= {f"{path.stem} {engine} {name}": fingerprint(tables[name]) for name in tables}
    return found


def unlike(files: list[Path]) -> list[str]:
    """What differs between the first file and the others."""
    first, *others = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [
        f"{file}: {name}: expected {first.get(name)}, as in {files[0]}, got {other.get(name)}"
        for file, other in zip(files[1:], others, strict=True)
        for name in sorted(first.keys() | other.keys())
        if first.get(name) != other.get(name)
    ]


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[1:]]
    if len(given) == 1:
        given[0].write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8")
    else:
        sys.exit("\n".join(unlike(given)) or None)
