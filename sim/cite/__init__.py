"""What others need to cite a result and to check it: references, sentences, and recomputation from what a file carries."""

from __future__ import annotations

from sim.cite.verify import verify
from sim.recipes.verdict import Verdict

__all__ = ["Verdict", "verify"]
