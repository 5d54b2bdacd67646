"""What is simulated: typed parameters, loading, inheritance, checks."""

from __future__ import annotations

from typing import Any


def load(path: Any) -> Any:
    """Read a scenario file: see :func:`sim.scenario.load.load`."""
    from sim.scenario.load import load as read

    return read(path)
