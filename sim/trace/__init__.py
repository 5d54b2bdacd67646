"""One run, followed: every seat's pay taken apart, and customers' months as an account page."""

from __future__ import annotations

from sim.trace.model import PAGES, Trace, TracedModel, follow
from sim.trace.record import Claim, Line, PayMonth

__all__ = ["PAGES", "Claim", "Line", "PayMonth", "Trace", "TracedModel", "follow"]
