"""How scenarios are called where people read: in figures, memos and tables made of them; data keep the names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sim.scenario.model import Scenario

UNTITLED = str(Scenario.model_fields["title"].default)
LEGIBLE = 30  # letters of a title that a legend, a panel or a column still has room for


def labels(names: Sequence[str], titles: Sequence[str]) -> dict[str, str]:
    """What each of some scenarios shown together is called, by name: its title, or the name.

    The title where it is short enough to be legible (30 letters) and tells the scenario from the others: no other has that title, or
    that name.

    Parameters
    ----------
    names : of the scenarios, all different.
    titles : of the scenarios; an empty one is none, and so is the one that a scenario has of itself.
    """
    found = {}
    for name, title in zip(names, titles, strict=True):
        known = title.strip()
        alone = list(titles).count(title) == 1 and known not in {other for other in names if other != name}
        found[name] = closed(known if known not in ("", UNTITLED) and len(known) <= LEGIBLE and alone else name)
    return found


def closed(text: str) -> str:
    """A name for use in a sentence: numbers that follow one written from right to left are not drawn into it (U+200E)."""
    return f"{text}\u200e" if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text) else text
