"""The public names, and where they live: what ``sim.name`` loads when it is first used, and what editors and mypy know of it."""

from .book import BookModel, CustomerAgent, DeskAgent, RepAgent
from .errors import DaarnaError, InputError
from .observables import observe
from .scenario.load import load
from .scenario.model import Scenario
from .study import Study
from .study.comparison import Comparison, compare
from .study.precision import Precision
from .study.run import run
from .sweeps import Design, Factor, Sweep, open
from .sweeps.execute import sweep
from .trace.model import follow

__all__ = [
    "BookModel",
    "Comparison",
    "CustomerAgent",
    "DaarnaError",
    "Design",
    "DeskAgent",
    "Factor",
    "InputError",
    "Precision",
    "RepAgent",
    "Scenario",
    "Study",
    "Sweep",
    "compare",
    "follow",
    "load",
    "observe",
    "open",
    "run",
    "sweep",
]

__version__: str
