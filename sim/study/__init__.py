"""Studies: many runs of one or several scenarios on common random numbers, in memory and on disk."""

from __future__ import annotations

from sim.study.results import Study
from sim.study.results import open_study as open
from sim.study.run import run

__all__ = ["Study", "open", "run"]
