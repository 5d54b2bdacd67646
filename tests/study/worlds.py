"""The small scenarios of the tests of studies, and what it is for two studies on disk to be equal."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sim.scenario.model import Scenario
from sim.study.parquet import TABLES

run_module = import_module("sim.study.run")  # the name in the package is the function's

SMALL = Scenario(title="Small", months=14, reps={"count": 2}, customers={"at_start": 10}, scheme={"components": [{"rate": 0.2}]})
OTHER = SMALL.with_(title="Other", scheme={"components": []})
TINY = SMALL.with_(title="Tiny", months=3, reps={"count": 1}, customers={"at_start": 4})
LONGER = TINY.with_(title="Longer", months=13)

TINY_FILE = """
title = "Tiny"
months = 3
reps = { count = 1 }
customers = { at_start = 4 }
[[scheme.components]]
rate = 0.2
"""


def contents(folder: Path) -> dict[str, bytes]:
    """The Parquet files of a finished study, which leaves nothing else but its record, its crate and figures."""
    names = {path.name for path in folder.iterdir()}
    assert names - {"figures", "study.json", "ro-crate-metadata.json", *(f"{table}.parquet" for table in TABLES)} == set()
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
