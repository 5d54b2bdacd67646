"""daarna: what a sales incentive scheme does to the customers a firm signs, and to its book over the years.

>>> import sim
>>> scenario = sim.load("signature-bonus")  # a name of the library, or a file  # doctest: +SKIP
>>> study = sim.run(scenario, runs=200, seed=1)  # doctest: +SKIP
"""

from __future__ import annotations

import lazy_loader

from sim.threads import undisturbed
from sim.version import __version__  # noqa: F401

# the names stand in __init__.pyi; each is loaded when it is first used, so that ``import sim`` stays fast
_loaded, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    with undisturbed():  # Python loses a KeyboardInterrupt that comes while it loads, or is left with half a library
        return _loaded(name)
