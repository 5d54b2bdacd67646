"""The analysis that a sweep's design is made for."""

from __future__ import annotations

from typing import Any

from sim.understand.data import SweepLike
from sim.understand.given import given
from sim.understand.morris import morris
from sim.understand.sobol import sobol
from sim.understand.tornado import tornado


def by_method(data: SweepLike, outcome: str) -> tuple[str, Any]:
    """Sensitivity of an outcome by the sweep's method: ``sobol``, ``morris``, ``tornado`` or ``given``, and the result.

    Raises
    ------
    InputError
        When the design or the outcome is not one that the analysis takes.
    """
    method = data.about["design"]["method"]
    if method == "sobol":
        return "sobol", sobol(data, outcome)
    if method == "morris":
        return "morris", morris(data, outcome)
    if method == "table" and len(data.points) == 2 * len(data.factors) + 1:
        return "tornado", tornado(data, outcome)
    return "given", given(data, outcome)
