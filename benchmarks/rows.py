"""What a benchmark says: rows, each one measured number with its unit and the clock it was taken with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Clock = Literal["CPU", "wall", "memory"]


@dataclass(frozen=True)
class Row:
    """One measured number.

    Attributes
    ----------
    group, what : which benchmark, and what of it.
    value : the measured number (the median, where a measurement is repeated).
    unit : its unit; ``x`` is a ratio.
    clock : ``CPU`` (time the processor worked for this process), ``wall`` (time that passed) or ``memory``.
    least : the least of the repeats, where there are any.
    note : what else one has to know to read it.
    """

    group: str
    what: str
    value: float
    unit: str
    clock: Clock
    least: float | None = None
    note: str = ""
