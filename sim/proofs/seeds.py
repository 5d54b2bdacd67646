"""Random numbers of a case's own."""

from __future__ import annotations

from sim.proofs.entry import Effort


def own_seed(effort: Effort, case: int) -> int:
    """A seed for the case-th setting of an entry, so that its error is independent of the other settings'."""
    return effort.seed + 1000 * (case + 1)
