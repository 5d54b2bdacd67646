"""A memo of a study: what was asked, what was found and how surely, in HTML, Markdown and PDF."""

from __future__ import annotations

from sim.memo.write import write_memo

__all__ = ["write_memo"]
