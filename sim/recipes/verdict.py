"""What came out of making something again, and how differences are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError

SAMPLE = 10  # runs of a scenario, or points of a sweep, that --quick makes again
TOLD = 12  # differences that are told one by one

Progress = Callable[[int, int], None]


class CannotVerifyError(InputError):
    """Something does not contain what it would take to make it again."""


@dataclass
class Verdict:
    """What came out.

    Attributes
    ----------
    thing : str
        What was verified.
    checked : list of str
        What was made again and compared.
    findings : list of str
        What differs; empty if nothing does.
    notes : list of str
        What could not be compared, and why.
    versions : list of (name, there, here)
        Packages of other versions than here.
    other : str
        If another version of daarna or of its model made it: which.  Then nothing is made again, and it is not said to be false.
    """

    thing: str
    checked: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: list[tuple[str, str, str]] = field(default_factory=list)
    other: str = ""

    @property
    def identical(self) -> bool:
        """Whether everything was made again and is the same to the last bit."""
        return not self.findings and not self.other

    def __str__(self) -> str:
        """The verdict in words."""
        verdict = "identical" if self.identical else "was changed" if self.other and self.findings else "NOT identical"
        lines = [f"{self.thing}: {self.other or verdict}"]
        if self.other and self.findings:
            lines.append(f"  {verdict}, as far as can be told without making it again:")
        lines += [f"  compared: {text}" for text in self.checked]
        lines += [f"  {text}" for text in self.findings[:TOLD]]
        if len(self.findings) > TOLD:
            lines.append(f"  … and {len(self.findings) - TOLD:,} more differences")
        lines += [f"  note: {text}" for text in self.notes]
        lines += [f"  {name}: {there} there, {here} here" for name, there, here in self.versions]
        return "\n".join(lines)


@dataclass(frozen=True)
class How:
    """How something is to be made again, and where it is told what came out.

    Attributes
    ----------
    verdict : what came out so far.
    quick : whether a sample is enough.
    data : the user's own files, of what was made from some.
    progress : called with (runs made again, runs in all).
    """

    verdict: Verdict
    quick: bool = False
    data: tuple[Path, ...] = ()
    progress: Progress | None = None


def unequal(old: Any, new: Any) -> list[int]:
    """Where two columns differ; what is undefined in both does not."""
    return [int(k) for k in np.flatnonzero((old != new) & ~(pd.isna(old) & pd.isna(new)))]


def sample(size: int) -> list[int]:
    """Some of the numbers from 0 to `size` − 1, evenly spread, first and last among them."""
    return sorted({int(k) for k in np.linspace(0, size - 1, min(size, SAMPLE))}) if size else []


def gap(old: Any, new: Any) -> str:
    """How much a number there differs from the one made again."""
    difference = float(old) - float(new)
    return f"{difference:+.6g}, {difference / abs(float(new)):+.2%}" if new else f"{difference:+.6g}"


def unlike(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Differences of two things as JSON says them, each with its place; undefined is undefined."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from unlike(old.get(key), new.get(key), f"{place}, {key}" if place else str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from unlike(a, b, f"{place} {number + 1}")
    elif old != new and not (old != old and new != new):
        numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (old, new))
        yield f"{place}: {old} there, {new} made again" + (f" ({gap(old, new)})" if numbers else "")
