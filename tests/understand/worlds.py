"""Functions whose sensitivities are known, as models of a sweep, with noise of a chosen kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.sweeps import Design, Factor, Sweep, sweep

Point = Mapping[str, Any]
Model = Callable[[Point, int, range], pd.DataFrame]

A, B = 7.0, 0.1
ISHIGAMI_VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 1 / 2
FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}
CUBE = tuple(Factor(name, low=-np.pi, high=np.pi) for name in FIRST)


def ishigami(point: Point) -> float:
    return float(np.sin(point["x1"]) + A * np.sin(point["x2"]) ** 2 + B * point["x3"] ** 4 * np.sin(point["x1"]))


def own_noise(point: Point, runs: range) -> np.ndarray:
    """Standard normal, independent of everything at other points: what a model without common random numbers has."""
    from hashlib import sha256

    key = int.from_bytes(sha256(repr(sorted(point.items())).encode()).digest()[:8], "little")
    return np.random.default_rng(key).standard_normal(runs.stop)[runs.start : runs.stop]


def common_noise(runs: range, stream: int = 0) -> np.ndarray:
    """Standard normal, the same at every point."""
    return np.random.default_rng(stream).standard_normal(runs.stop)[runs.start : runs.stop]


def as_model(function: Callable[[Point, range], Any]) -> Model:
    """A function of point and runs, as what takes the place of the simulation."""

    def model(point: Point, seed: int, runs: range) -> pd.DataFrame:
        return pd.DataFrame({"run": list(runs), "npv": np.zeros(len(runs)) + function(point, runs)})

    return model


def swept(function: Callable[[Point, range], Any], factors: tuple[Factor, ...], method: str, points: int, **more: Any) -> Sweep:
    return sweep(Design(None, factors, method, points, **more), model=as_model(function), workers=1)
