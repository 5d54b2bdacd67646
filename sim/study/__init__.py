"""Studies: many runs of one or more scenarios, kept in memory or on disk.

:func:`run` simulates, :class:`Study` holds what came out, :func:`open` reads a study again.
"""

from __future__ import annotations

from sim.study.running import run
from sim.study.store import open_study as open
from sim.study.study import Study

__all__ = ["Study", "open", "run"]
