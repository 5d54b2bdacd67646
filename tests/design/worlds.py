"""Small problems with known answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.design.problem import Problem

RATE = "scheme.components[0].rate"
TINY_BASE = """
title = "Tiny"
months = 14
reps = { count = 2 }
customers = { at_start = 10 }
[[scheme.components]]
name = "commission"
rate = 0.2
"""
TINY_PROBLEM = f"""
title = "Tiny problem"
base = "tiny.toml"
[[vary]]
path = "{RATE}"
low = 0.0
high = 0.6
[[vary]]
path = "scheme.components[commission].clawback.months"
low = 0
high = 24
[[objectives]]
outcome = "npv"
[[objectives]]
outcome = "first_year_signings"
[[constraints]]
outcome = "rep_pay_mean"
at_least = "base"
[effort]
evaluations = 16
search_runs = 4
choice_runs = 8
report_runs = 12
candidates = 8
shown = 4
"""


def noise(seed: int, runs: range, size: int) -> np.ndarray:
    """Standard normal draws by seed and run: shape [runs, size]."""
    return np.array([np.random.default_rng([seed, run]).standard_normal(size) for run in runs])


def two_targets(params: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """Squared distances from (.25, .25) and (.75, .75), moved by N(0, .1^2) in each run: the front is the line between them."""
    x = np.array([params["x"], params["y"]])
    moved = 0.1 * noise(seed, runs, 4).reshape(-1, 2, 2)
    short = ((x - 0.25 - moved[:, 0]) ** 2).sum(axis=1)
    long = ((x - 0.75 - moved[:, 1]) ** 2).sum(axis=1)
    return pd.DataFrame({"run": list(runs), "short": short, "long": long})


def all_alike(params: Mapping[str, Any], seed: int, runs: range) -> pd.DataFrame:
    """Every scheme is worth 0, give or take noise of its own: whoever picks the best of them picks luck."""
    own = round(float(params["x"]) * 1e6)
    return pd.DataFrame({"run": list(runs), "profit": noise(seed * 1_000_003 + own, runs, 1)[:, 0]})


def problem(paths: str, objectives: list[dict[str, Any]], low: float = 0.0, high: float = 1.0, **more: Any) -> Problem:
    """A problem over some real parameters."""
    vary = [{"path": path, "low": low, "high": high} for path in paths.split()]
    return Problem.model_validate({"base": "tiny.toml", "vary": vary, "objectives": objectives, **more})
