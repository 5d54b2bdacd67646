"""One check of the battery: what was expected, what was found, and whether they agree."""

from __future__ import annotations

import math
import pkgutil
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import numpy as np
from scipy import special

from sim.analysis.skew import straightened
from sim.proofs.houghton import Trajectory

GROUPS = ("closed form", "real data", "docking", "pattern", "prediction", "hypothesis", "robustness")

#: Largest |z| of a number that agrees with what was expected.  A correct model exceeds it with probability 6.8e-6, so by
#: Bonferroni's inequality a battery of a thousand findings raises a false alarm in fewer than 7 of 1,000 batteries.
LIMIT = 4.5

#: Standard errors that must lie between a found value and each end of an expected range (two-sided 95%).
MARGIN = -float(special.ndtri(0.025))


#: A normal score whose probability is not yet rounded to nought.
FARTHEST = 37.0


def normal_score(difference: float, standard_error: float, n: int, implied: float = 0.0, skew: float = 0.0) -> float:
    """The z of :class:`Finding`, of which these are the attributes; `implied` is taken off the difference first."""
    beyond = max(abs(difference) - implied, 0.0)
    if beyond == 0.0:
        return 0.0
    if math.isnan(beyond) or not standard_error > 0.0:
        return math.inf
    score = beyond / standard_error
    if n > 1:
        tail = float(special.stdtr(n - 1, -score))
        score = -float(special.ndtri(tail)) if tail > 1e-300 else FARTHEST
    score = math.copysign(score, difference)
    return min(max(straightened(score, skew / math.sqrt(n)), -FARTHEST), FARTHEST) if skew else score


@dataclass(frozen=True)
class Finding:
    """A quantity as expected and as found.

    Attributes
    ----------
    quantity : str
        What it is, with its unit where it has one.
    expected : float or (float, float)
        A number, or a range (low, high) whose ends may be infinite.
    found : float
        The estimate.
    standard_error : float
        Of `found`, in its unit; 0 where the value is exact.
    n : int
        Independent values from which the standard error was estimated; 0 where it is known without estimation.
    note : str
        What a reader must know to judge it.
    tolerance : float
        A difference that the setting implies (money kept in whole hundredths, a precision that is not infinite): said in the note,
        taken off the difference before it is judged.
    case : str
        Findings of different cases have random numbers of their own; those that name none belong together.
    slopes : mapping
        By rate of the model: how far `expected` moves when the rate changes by a small share, per unit of that share.
    skew : float
        Skewness of the values from which the standard error was estimated; 0 where they are too few to tell.
    """

    quantity: str
    expected: float | tuple[float, float]
    found: float
    standard_error: float
    n: int
    note: str = ""
    tolerance: float = 0.0
    case: str = ""
    slopes: Mapping[str, float] = field(default_factory=dict)
    skew: float = 0.0

    def of(self, case: str, slopes: Mapping[str, float] | None = None) -> Finding:
        """The finding, of a case with random numbers of its own, with its slopes."""
        return replace(self, case=case, slopes=slopes or {})

    @property
    def z(self) -> float:
        """Standard normal score of found - expected; nan for a range.

        With a standard error s estimated from n values, (found - expected) / s follows Student's t on n - 1 degrees of freedom; it is
        turned into the normal score that is exceeded with the same probability.  Of
        skewed values it leans to the side of the short tail, and is put straight: :func:`sim.analysis.skew.straightened`.
        """
        if isinstance(self.expected, tuple):
            return math.nan
        implied = max(self.tolerance, 1e-12 * abs(self.expected))
        return normal_score(self.found - self.expected, self.standard_error, self.n, implied, self.skew)

    @property
    def passes(self) -> bool:
        """Whether it agrees: a number within `LIMIT` scores; a range, if found ± `MARGIN` standard errors lies wholly inside."""
        if isinstance(self.expected, tuple):
            low, high = self.expected
            reach = MARGIN * self.standard_error
            return low <= self.found - reach and self.found + reach <= high
        return abs(self.z) <= LIMIT


@dataclass(frozen=True, eq=False)
class Quantiles:
    """A sample beside the distribution it should have, for a QQ plot; a check may yield it among its findings.

    Attributes
    ----------
    name : str
        Of the figure's file, ``validation-<name>.png``.
    title : str
        What is distributed, with its unit.
    expected, found : ndarray
        Quantiles of the distribution and of the sample at the same levels.
    """

    name: str
    title: str
    expected: np.ndarray
    found: np.ndarray


@dataclass(frozen=True, eq=False)
class Convergence:
    """How the gap to a limit closes as the step shrinks, for a figure; a check may yield it among its findings.

    Attributes
    ----------
    name, title : str
        As of :class:`Quantiles`.
    unit : str
        Of the step.
    cases : dict of str to (steps, gaps) lists
        By case, the steps and the findings that are its gaps, as shares of the limit.
    """

    name: str
    title: str
    unit: str
    cases: dict[str, tuple[list[float], list[Finding]]]


@dataclass(frozen=True, eq=False)
class Trajectories:
    """A practice month by month in a model published by others, on the way from there, and in runs; a check may yield it.

    Attributes
    ----------
    name : str
        As of :class:`Quantiles`.
    setting : str
        What the footer says of the world.
    lines : dict of str to trajectories, arrays [months]
        Up to three.
    runs : trajectories, arrays [runs, months]
    """

    name: str
    setting: str
    lines: dict[str, Trajectory]
    runs: Trajectory


Figure = Quantiles | Convergence | Trajectories


@dataclass(frozen=True)
class Effort:
    """How much a check may compute, and with which random numbers.

    Attributes
    ----------
    quick : bool
        A tenth of the runs, for continuous integration.
    seed : int
        Key of all random numbers.
    """

    quick: bool = False
    seed: int = 1

    def number(self, full: int, quick: int | None = None) -> int:
        """How many runs (or draws of parameters): `full`; when quick, `quick` or a tenth, at least 4."""
        if not self.quick:
            return full
        return min(full, max(4, math.ceil(full / 10))) if quick is None else quick

    def key(self, name: str) -> int:
        """A seed for the runs of whatever bears the name, so that its luck is not that of other checks."""
        return int(np.random.SeedSequence([self.seed, zlib.crc32(name.encode())]).generate_state(1, np.uint64)[0] >> 1)

    def random(self, name: str) -> np.random.Generator:
        """A generator of its own for whatever bears the name: parameters drawn by one entry do not move another's."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode()), 1])


Check = Callable[[Effort], Iterable[Finding | Figure]]


@dataclass(frozen=True)
class Entry:
    """A named check.

    Attributes
    ----------
    id : str
        Short name for ``--only``, such as ``clv-golden``.
    group : str
        One of `GROUPS`.
    title : str
        What is claimed, in a sentence.
    source : str
        Author, year, and journal or data set.
    setting : str
        The scenario file it starts from (or several, by comma), relative to the checkout.
    check : callable
        From an effort to findings.
    quick : bool
        Whether it belongs to the quick battery too.
    """

    id: str
    group: str
    title: str
    source: str
    setting: str
    check: Check
    quick: bool = True

    @property
    def explanation(self) -> str:
        """What its docstring says of the expected numbers."""
        return (self.check.__doc__ or "").strip()


_ENTRIES: dict[str, Entry] = {}


def entry(*, id: str, group: str, title: str, source: str, setting: str, quick: bool = True) -> Callable[[Check], Check]:
    """Register a check: ``@entry(id=…, group=…, title=…, source=…, setting="scenarios/validation/x.toml")``.

    Raises
    ------
    ValueError
        When the group is unknown or the id is taken.
    """
    if group not in GROUPS:
        raise ValueError(f'entry {id}: found group "{group}", allowed is one of {", ".join(GROUPS)}')

    def register(check: Check) -> Check:
        there = _ENTRIES.get(id)
        if there and (there.check.__module__, there.check.__qualname__) != (check.__module__, check.__qualname__):
            raise ValueError(f"entry {id}: is in {there.check.__module__} already")
        _ENTRIES[id] = Entry(id, group, title, source, setting, check, quick)
        return check

    return register


def registry() -> dict[str, Entry]:
    """All entries by id, group by group, in the order of modules and lines: every module of the package is imported."""
    package = [str(Path(__file__).parent)]
    for module in sorted(pkgutil.walk_packages(package, "sim.proofs."), key=lambda one: one.name):
        import_module(module.name)
    ordered = sorted(_ENTRIES.values(), key=lambda one: (GROUPS.index(one.group), one.check.__module__))
    return {one.id: one for one in ordered}
