"""daarna: what a sales incentive scheme does to the customers a firm signs, and to its book over the years.

>>> import sim
>>> scenario = sim.load("scenarios/signature-bonus.toml")  # doctest: +SKIP
>>> study = sim.run(scenario, runs=200, seed=1)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "sim.scenario.model",
    "load": "sim.scenario.load",
    "run": "sim.study",
    "open": "sim.sweeps",
    "Study": "sim.study",
    "sweep": "sim.sweeps",
    "Sweep": "sim.sweeps",
    "Design": "sim.sweeps",
    "Factor": "sim.sweeps",
    "BookModel": "sim.book",
    "RepAgent": "sim.book",
    "CustomerAgent": "sim.book",
    "DeskAgent": "sim.book",
    "DaarnaError": "sim.errors",
    "InputError": "sim.errors",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Load the public names on first use, so that ``import sim`` stays fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
