"""The designs of the tests of sweeps, and what it is for two sweeps on disk to be equal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.sweeps import Design, Factor
from tests.study.worlds import TINY

RATE = "scheme.components[commission].rate"


def tiny_design(points: int = 6, runs: int = 3, **more: Any) -> Design:
    """Pay and number of reps in the smallest world, of two lengths."""
    factors = [
        Factor("rate", RATE, low=0.0, high=0.4),
        Factor("reps", "reps.count", low=1, high=2),
        Factor("months", "months", levels=[3, 13]),
    ]
    return Design(TINY, factors, points=points, runs=runs, **more)


def listed(*values: float, runs: int = 3) -> Design:
    """A design without a scenario: the points of one factor x."""
    return Design(factors=[Factor("x")], method="list", table=[{"x": value} for value in values], runs=runs)


def planted(point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """y = x + noise that depends on seed and run only; square = x²; a point below zero fails."""
    if point["x"] < 0:
        raise ValueError(f"x is {point['x']}")
    noise = [np.random.default_rng([seed, run]).normal() for run in runs]
    return pd.DataFrame({"run": list(runs), "y": point["x"] + np.array(noise), "square": point["x"] ** 2})


class Counted:
    """The planted model, counting the runs it simulates of each x."""

    def __init__(self) -> None:
        self.runs: dict[float, list[int]] = {}

    def __call__(self, point: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
        self.runs.setdefault(point["x"], []).extend(runs)
        return planted(point, seed, runs)


def contents(folder: Path) -> dict[str, bytes]:
    """The tables of a finished sweep, which leaves nothing else but its record and its crate."""
    assert {path.name for path in folder.iterdir()} == {"design.json", "runs.parquet", "points.parquet", "ro-crate-metadata.json"}
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
