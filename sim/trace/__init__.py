"""One run, followed: every seat's pay taken apart, and customers' months as an account page.

What is written down stands in :mod:`sim.trace.record`; :mod:`sim.trace.model`, which writes it, loads Mesa.
"""

from __future__ import annotations

from sim.trace.record import PAGES, Claim, Line, PayMonth, Trace

__all__ = ["PAGES", "Claim", "Line", "PayMonth", "Trace"]
