"""Studies: many runs of one or several scenarios on common random numbers, in memory and on disk."""

from __future__ import annotations

from sim.study.results import Study
from sim.study.run import run
from sim.study.study_folder import open_study as open

__all__ = ["Study", "open", "run"]
