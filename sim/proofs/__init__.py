"""Why a simulated number should be believed: a battery of checks a stranger can run.

>>> from sim.proofs import registry, run_battery
>>> answer = run_battery(registry(), quick=True)  # doctest: +SKIP
>>> answer.passes  # doctest: +SKIP
True
"""

from __future__ import annotations

from sim.proofs.entry import GROUPS, Effort, Entry, Finding, Quantiles, entry, registry
from sim.proofs.run import Battery, Result, run_battery

__all__ = ["GROUPS", "Battery", "Effort", "Entry", "Finding", "Quantiles", "Result", "entry", "registry", "run_battery"]
