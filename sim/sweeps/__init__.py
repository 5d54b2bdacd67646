"""Sweeps: a design over parameters, every point simulated on common random numbers, resumable on disk."""

from __future__ import annotations

from sim.sweeps.design import Design
from sim.sweeps.design_file import load
from sim.sweeps.execute import sweep, sweep_part
from sim.sweeps.factor import Factor
from sim.sweeps.results import Sweep, open_sweep
from sim.sweeps.results import open_any as open

__all__ = ["Design", "Factor", "Sweep", "load", "open", "open_sweep", "sweep", "sweep_part"]
