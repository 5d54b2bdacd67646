"""Scenario discovery: under which conditions does something happen?  PRIM boxes through the EMA workbench.

The patient rule induction method (Friedman & Fisher 1999), as Bryant & Lempert (2010) use it: from the whole space, slices at
the edge of one parameter are peeled off, a few points at a time, so that the cases of interest become denser in the box
that is left.  Of a box,

    coverage   share of all cases of interest that lie in it
    density    share of its points that are cases of interest
    quasi-p    of a limit: probability, by the binomial distribution, of as many cases of interest in the box if the limit
               did nothing (the density without it); a large one says that the limit may be chance

Boxes are summaries of a sample, not theorems: look at the trade-off between coverage and density, and try another seed.
Needs the extra ``discovery`` (``pip install "daarna[discovery]"``).
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim import formula
from sim.errors import InputError
from sim.number_text import significant
from sim.scenario.base import shown
from sim.understand.data import SweepLike
from sim.understand.paired import Paired
from sim.whole_number import whole

QUASI_P = 0.05  # a restriction with a larger one is dropped
ENOUGH_POINTS, ENOUGH_CASES = 300, 60  # of a sample that is not small
Condition = str | Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Box:
    """A box: where the cases of interest are dense.

    Attributes
    ----------
    limits : a row per restricted factor, strongest first: ``factor``, ``low``, ``high``, ``quasi_p_low``, ``quasi_p_high``
        (NaN: no limit on this side), or ``levels`` of a factor with levels (and its quasi-p in ``quasi_p_low``)
    coverage, density : as above
    points, cases : in the box
    inside : for each point of the sweep, whether it is in the box
    trajectory : a row per box on the way from the whole space: ``coverage``, ``density``, ``mass``, ``restricted``
    """

    limits: pd.DataFrame
    coverage: float
    density: float
    points: int
    cases: int
    inside: np.ndarray
    trajectory: pd.DataFrame

    def between(self, factor: str) -> tuple[float, float]:
        """Lower and upper limit of a numeric factor; infinite where there is none."""
        mine = self.limits[self.limits["factor"] == factor]
        if mine.empty or isinstance(mine["levels"].iloc[0], list):
            return -np.inf, np.inf
        low, high = float(mine["low"].iloc[0]), float(mine["high"].iloc[0])
        return (-np.inf if np.isnan(low) else low), (np.inf if np.isnan(high) else high)

    def __str__(self) -> str:
        """The box in words."""
        what = " and ".join(_words(row) for row in self.limits.to_dict("records")) or "everywhere"
        return f"{what}: {self.cases} of {self.points} points (density {self.density:.0%}), coverage {self.coverage:.0%}"


@dataclass(frozen=True)
class Discovery:
    """Boxes in which a condition holds.

    Attributes
    ----------
    condition : in words
    factors : names of the factors
    points : a row per point: the factors, ``case`` (whether the condition holds) and, of a difference, ``established``
    boxes : found one after the other, each among the points the earlier ones left
    unsure : points at which the sign of the difference is not established (|difference| < 2 standard errors); 0 if unknown
    sweep : where it comes from
    density : the least density of a box that was asked for, if one was
    """

    condition: str
    factors: list[str]
    points: pd.DataFrame
    boxes: list[Box]
    unsure: int
    sweep: SweepLike
    density: float | None = None

    @property
    def share(self) -> float:
        """Share of all points at which the condition holds."""
        return float(self.points["case"].mean())

    @property
    def needs_no_limit(self) -> bool:
        """Whether the condition holds at no less of all points than was asked of a box."""
        return self.density is not None and self.share >= self.density

    @property
    def small(self) -> str:
        """That the sample is small, where it is: of so few points a box that exists is often not found, and its limits move."""
        cases, points = int(self.points["case"].sum()), len(self.points)
        rarer = min(cases, points - cases)
        if points >= ENOUGH_POINTS and rarer >= ENOUGH_CASES:
            return ""
        return (
            f"small sample: {points} points, {rarer} of the rarer kind. Of 100 points a box that exists is missed in about four samples of ten, "
            f"and coverage and density are too high; use {ENOUGH_POINTS} points or more, {ENOUGH_CASES} of each kind"
        )

    @property
    def why_none(self) -> str:
        """Why no box was found; nothing where one was."""
        if self.boxes:
            return ""
        if self.needs_no_limit:
            return (
                f"{self.condition} holds at {self.share:.1%} of all points, no less than the density of {self.density:.1%} that is asked "
                "for, so no limit is needed; ask for a higher density, or where it does not hold"
            )
        small = f" ({self.small})" if self.small else ""
        return f"no limit of a factor tells the points at which {self.condition} holds from the others{small}"


def prim(
    results: SweepLike, condition: Condition, boxes: int = 1, density: float | None = None,
    peel: float = 0.05, smallest: float = 0.05, established: bool = False,
) -> Discovery:  # fmt: skip
    """Boxes in the factors' space in which a condition holds.

    Parameters
    ----------
    results : Sweep or Paired
        A sweep over a random sample (``method="lhs"``), or paired differences over one.
    condition : str or callable
        A formula (:mod:`sim.formula`) of the factors and, of a sweep, its outcomes' means over runs, ``"npv > 0"``; of paired
        differences, ``difference`` and ``standard_error``: ``"difference > median(difference)"``.  A name with spaces or
        brackets stands in backticks.  Or a function of that table that returns booleans.
    boxes : int
        At most so many.
    density : float, optional
        Take the box of largest coverage with at least this density, if there is one; its limits may then include some
        of a large quasi-p.  Without it, the box with the largest harmonic mean of coverage and density, of which limits with
        a quasi-p above .05 are lifted.
    peel, smallest : float
        Share of points peeled off at a time; the smallest box, as a share of all points.
    established : bool
        Leave out the points at which the sign of the difference is not established.

    Raises
    ------
    InputError
        When the condition cannot be read, holds everywhere or nowhere, a number is out of bounds, or the extra is not installed.
    """
    _check(boxes, density, peel, smallest)
    table, every = _table(results)
    case, words = _cases(table, condition)
    table = table.assign(case=case)
    unsure = int((~table["established"]).sum()) if "established" in table else 0
    if established and "established" in table:
        table = table[table["established"]].reset_index(drop=True)
    if not 0 < table["case"].sum() < len(table):
        raise InputError(
            f"condition: expected one that holds at some points and not at others, got {words}, which holds at "
            f"{table['case'].sum()} of {len(table)}{_ranges(table, words, every)}"
        )
    found = _boxes(table[every], table["case"].to_numpy(bool), boxes, density, peel, smallest)
    return Discovery(words, every, table, found, unsure, results, density)


def _ranges(table: pd.DataFrame, words: str, factors: Sequence[str]) -> str:
    """From where to where what a condition speaks of lies in the table."""
    named = [name for name in table if name not in (*factors, "case", "established", "point") and str(name) in words]
    found = [f"{name} is {table[name].min():.4g} to {table[name].max():.4g}" for name in named if len(table)]
    return f"; there {', '.join(found)}" if found else ""


def _check(boxes: int, density: float | None, peel: float, smallest: float) -> None:
    """Refuse numbers of which no box can be made."""
    whole("boxes", boxes, 1)
    for name, share in (("density", density), ("peel", peel), ("smallest", smallest)):
        if share is not None and not (isinstance(share, int | float) and 0 < share <= 1):
            raise InputError(f"{name}: found {shown(share)}, allowed is a share above 0, at most 1")


def _table(results: SweepLike) -> tuple[pd.DataFrame, list[str]]:
    """Factors, and means of outcomes over runs, of the points that did not fail."""
    if isinstance(results, Paired):
        return results.table, results.factors
    good = (results.points["status"] == "ok").to_numpy()
    means = {name: results.column(name)[good].mean(axis=1) for name in results.outcomes() if name not in results.factors}
    return results.points.loc[good, results.factors].reset_index(drop=True).assign(**means), results.factors


def _cases(table: pd.DataFrame, condition: Condition) -> tuple[pd.Series, str]:
    words = condition if isinstance(condition, str) else getattr(condition, "__name__", "the condition")
    columns = {str(name): table[name] for name in table}
    try:
        found = formula.evaluate(formula.parse(condition), columns) if isinstance(condition, str) else condition(table)
    except Exception as error:
        raise InputError(f"condition: {shown(words)} cannot be evaluated: {error}") from None
    if not (isinstance(found, pd.Series | np.ndarray) and found.dtype == bool and found.shape == (len(table),)):
        raise InputError(f"condition: {shown(words)} is not true or false at every point, as difference > 0 would be")
    return pd.Series(np.asarray(found), index=table.index), words


def _boxes(x: pd.DataFrame, case: np.ndarray, boxes: int, density: float | None, peel: float, smallest: float) -> list[Box]:
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        algorithm = _algorithm(x, case, peel, smallest)
        for _ in range(boxes):
            box = algorithm.find_box()
            if box is None or not (box.peeling_trajectory["coverage"] > 0).any():  # no case is left
                break
            _choose(box, density)
            one = _box(box)
            if one.limits.empty:
                break
            found.append(one)
    return found


def _algorithm(x: pd.DataFrame, case: np.ndarray, peel: float, smallest: float) -> Any:
    """The workbench's PRIM.  Before 3.0 it wants the least density of a box, which also tells cases (1) from others (0)."""
    try:
        from ema_workbench.analysis.prim import Prim
    except ImportError:
        raise InputError('prim: needs the EMA workbench: pip install "daarna[discovery]"') from None
    numbers = x.select_dtypes(np.number).astype(float)
    x = x.astype(dict.fromkeys(numbers, float)).astype(dict.fromkeys([name for name in x if name not in numbers], str))
    old = {"threshold": 1e-9} if "threshold" in inspect.signature(Prim.__init__).parameters else {}
    return Prim(x, case, peel_alpha=peel, mass_min=smallest, **old)


def _choose(box: Any, density: float | None) -> None:
    """Select a box on the trajectory, and drop its restrictions that may be chance, the weakest first."""
    steps = box.peeling_trajectory
    if density is not None and (steps["density"] >= density).any():
        chosen = steps.loc[steps["density"] >= density, "coverage"].idxmax()
    elif density is not None:
        chosen = steps["density"].idxmax()
    else:
        chosen = (2 * steps["coverage"] * steps["density"] / (steps["coverage"] + steps["density"])).idxmax()
    box.select(int(chosen))
    while True:
        strengths = {(name, side): p for name, sides in _quasi_p(box).items() for side, p in enumerate(sides)}
        weakest = max(strengths, key=lambda limit: strengths[limit], default=None)
        if weakest is None or strengths[weakest] <= QUASI_P:
            return
        before = box._cur_box
        _lift(box, *weakest)
        if density is not None and box.density < min(density, steps["density"].max()):
            box.select(before)
            return


def _lift(box: Any, name: str, side: int) -> None:
    """Lift a limit; those of a factor with levels are one."""
    limits, whole = box.box_lims[box._cur_box].copy(), box.box_lims[0]
    if isinstance(whole[name].iloc[0], set):
        limits[name] = whole[name]
    else:
        limits.loc[side, name] = whole.loc[side, name]
    remaining = box.prim.yi_remaining
    box.update(limits, remaining[_inside(box.prim.x.loc[remaining], limits)])


def _inside(x: pd.DataFrame, limits: pd.DataFrame) -> np.ndarray:
    """Which points lie in a box."""
    inside = np.ones(len(x), bool)
    for name in limits:
        low, high = limits[name]
        inside &= (x[name].isin(low) if isinstance(low, set) else x[name].between(low, high)).to_numpy()
    return inside


def _quasi_p(box: Any) -> dict[str, list[float]]:
    """Quasi-p values of the selected box by factor and side, -1 where there is no limit; 2.5 calls them qp, 3.0 p_values."""
    values = box.p_values if "p_values" in vars(box) else box.qp
    found: dict[str, list[float]] = values[box._cur_box]
    return found


def _box(box: Any) -> Box:
    chosen, whole = box._cur_box, box.box_lims[0]
    limits, rows = box.box_lims[chosen], []
    for name, p in sorted(_quasi_p(box).items(), key=lambda item: max(item[1])):
        if isinstance(limits[name].iloc[0], set):
            levels = limits[name].iloc[0]
            rows.append({"factor": name, "levels": sorted(levels), "quasi_p_low": p[0]})
            continue
        low, high = (float(v) for v in limits[name])
        ends = [bound if bound != edge else np.nan for bound, edge in zip((low, high), whole[name], strict=True)]
        p_low, p_high = (v if v >= 0 else np.nan for v in p)
        rows.append({"factor": name, "low": ends[0], "high": ends[1], "quasi_p_low": p_low, "quasi_p_high": p_high})
    columns = ["factor", "low", "high", "levels", "quasi_p_low", "quasi_p_high"]
    trajectory = box.peeling_trajectory[["coverage", "density", "mass", "res_dim"]].rename(columns={"res_dim": "restricted"})
    stats = box.peeling_trajectory.loc[chosen]
    inside = _inside(box.prim.x, limits)
    return Box(
        pd.DataFrame(rows, columns=columns), float(stats["coverage"]), float(stats["density"]),
        int(stats["n"]), int(stats["k"]), inside, trajectory,
    )  # fmt: skip


def _words(row: Mapping[Any, Any]) -> str:
    if isinstance(row["levels"], list):
        return f"{row['factor']} is {' or '.join(row['levels'])}"
    low, high = row["low"], row["high"]
    if np.isnan(low):
        return f"{row['factor']} ≤ {significant(high)}"
    if np.isnan(high):
        return f"{row['factor']} ≥ {significant(low)}"
    return f"{significant(low)} ≤ {row['factor']} ≤ {significant(high)}"
