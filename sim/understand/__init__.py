"""Analyses of sweeps: which parameters matter, and under which conditions something happens.

| question | function | design |
|---|---|---|
| which parameters matter at all? | :func:`morris` | ``morris`` |
| which does the variance come from, alone and together? | :func:`sobol` | ``sobol`` |
| the same from any random sample | :func:`given` | ``lhs``, ``sobol_sequence`` |
| what does each do alone, from low to high? | :func:`tornado` | :func:`one_at_a_time` |
| under which conditions does it happen? | :func:`prim` | ``lhs``, ``sobol_sequence`` |
| the same for a difference between two schemes | :func:`paired`, then any of them | a factor that is ``crossed`` |
"""

from __future__ import annotations

from sim.understand.discovery import Box, Discovery, prim
from sim.understand.given import GivenData, given
from sim.understand.morris import Morris, morris
from sim.understand.noise import Noise, variance_parts
from sim.understand.paired import Paired, paired, paired_sweeps
from sim.understand.sobol import Sobol, sobol
from sim.understand.tornado import Tornado, one_at_a_time, tornado

__all__ = [
    "Box",
    "Discovery",
    "GivenData",
    "Morris",
    "Noise",
    "Paired",
    "Sobol",
    "Tornado",
    "given",
    "morris",
    "one_at_a_time",
    "paired",
    "paired_sweeps",
    "prim",
    "sobol",
    "tornado",
    "variance_parts",
]
