"""What others need to cite a result and to check it: references, sentences, and recomputation from what a file carries."""

from __future__ import annotations

from sim.cite.verdict import Verdict
from sim.cite.verify import verify

__all__ = ["Verdict", "verify"]
