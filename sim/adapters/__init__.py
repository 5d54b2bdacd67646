"""Other people's tools drive the simulation: SALib and the EMA workbench."""

from __future__ import annotations

from sim.adapters.ema import ema_model
from sim.adapters.salib import salib_model, salib_problem

__all__ = ["ema_model", "salib_model", "salib_problem"]
