"""What is simulated: typed parameters, loading, inheritance, checks."""

from __future__ import annotations

from sim.scenario.load import load

__all__ = ["load"]
