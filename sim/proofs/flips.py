"""Where does a sign turn?  A sweep over named factors, both arms at every point on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.proofs.outcomes import outcomes
from sim.proofs.registered import Flip, Hypothesis
from sim.sweeps.design import Design
from sim.sweeps.factor import Factor
from sim.sweeps.record import about
from sim.threads import Threads
from sim.understand.data import places
from sim.understand.discovery import prim
from sim.understand.paired import Paired, paired

DENSITY = 0.8  # a region counts as one where this share of its points has the sign


@dataclass(frozen=True)
class Region:
    """Where one sign prevails."""

    sign: str
    words: str
    density: float  # share of its points with that sign
    coverage: float  # share of all points of that sign that lie in it
    points: int


@dataclass(frozen=True)
class Found:
    """What a sweep says of where the sign turns.

    Attributes
    ----------
    paired : the differences, point by point
    regions : PRIM boxes, or nothing where the sign is the same nearly everywhere
    drivers : a row per factor, strongest first: ``factor``, ``src`` (standardised regression coefficient of the difference),
        ``low`` and ``high`` of its 95% interval, ``logit`` (coefficient of the factor, in its standard deviations, on the log odds of
        a positive difference)
    """

    flip: Flip
    paired: Paired
    regions: tuple[Region, ...]
    drivers: pd.DataFrame

    @property
    def positive(self) -> int:
        """Points with an established positive difference."""
        return int((self.paired.table["established"] & (self.paired.table["difference"] > 0)).sum())

    @property
    def negative(self) -> int:
        """Points with an established negative difference."""
        return int((self.paired.table["established"] & (self.paired.table["difference"] < 0)).sum())


def find(hypothesis: Hypothesis, flip: Flip, seed: int, points: int | None, runs: int, workers: int | None = None) -> Found:
    """Sweep a flip's factors with both arms of its claim, and say where each sign prevails."""
    claim, world, folder = hypothesis.claims[flip.claim], hypothesis.worlds[flip.world], hypothesis.file.parent
    factors = [factor.made() for factor in flip.factors]
    varied = {path for factor in factors for path in factor.paths}
    both = [*claim.base.touched(claim.setting), *claim.other.touched(claim.setting)]
    touched = [path for path in dict.fromkeys(both) if path not in varied]
    arms = {"base": claim.base.of(world, claim.setting), "other": claim.other.of(world, claim.setting)}
    arm = Factor("arm", paths=touched, levels=arms, crossed=flip.method != "grid")
    design = Design(world, [arm, *factors], flip.method, points if flip.method != "grid" else None, runs, seed, folder=folder)

    def of(point: int) -> np.ndarray:
        return outcomes(design.scenario(point), [flip.outcome], runs, seed)[:, 0]

    with Threads(workers) as pool:
        values = np.stack(list(pool.map(of, range(len(design)))))
    swept = _Swept(about(design), design.names, design.points().assign(status="ok"), flip.outcome, values)
    pairs = paired(swept, "arm", "base", "other", flip.outcome)
    return Found(flip, pairs, _regions(pairs) if flip.method != "grid" else (), _drivers(pairs))


@dataclass(frozen=True)
class _Swept:
    """Points and one outcome, in the form analyses take; a sweep's folder would keep columns of the runs table only."""

    about: dict[str, Any]
    factors: list[str]
    points: pd.DataFrame
    name: str
    values: np.ndarray  # [points, runs]

    def outcomes(self) -> list[str]:
        return [self.name]

    def column(self, outcome: str) -> np.ndarray:
        return self.values


def _regions(pairs: Paired) -> tuple[Region, ...]:
    """A PRIM box for each sign; none for a sign that holds nearly everywhere or nearly nowhere."""
    found = []
    for sign, condition in (("+", "difference > 0"), ("-", "difference < 0")):
        try:
            boxes = prim(pairs, condition, density=DENSITY).boxes
        except InputError:
            continue  # the sign holds everywhere or nowhere: the counts say so
        for box in boxes[:1]:
            words = str(box).partition(": ")[0]
            found.append(Region(sign, words, box.density, box.coverage, box.points))
    return tuple(found)


def _drivers(pairs: Paired) -> pd.DataFrame:
    """Standardised regression of the difference, and logistic regression of its sign (ridge of 1, so that it always exists)."""
    x = places(pairs.about["design"]["factors"], pairs.table[pairs.factors])
    x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    y = pairs.table["difference"].to_numpy(float)
    design = np.column_stack([np.ones(len(x)), x])
    coefficient, *_ = np.linalg.lstsq(design, y, rcond=None)
    rest = y - design @ coefficient
    free = max(1, len(y) - design.shape[1])
    spread = np.sqrt(np.diag(np.linalg.pinv(design.T @ design)) * (rest @ rest) / free)
    scale = y.std() or 1.0
    table = pd.DataFrame(
        {
            "factor": pairs.factors,
            "src": coefficient[1:] / scale,
            "low": (coefficient - 1.96 * spread)[1:] / scale,
            "high": (coefficient + 1.96 * spread)[1:] / scale,
            "logit": _logistic(design, y > 0)[1:],
        }
    )
    return table.sort_values("src", key=np.abs, ascending=False, ignore_index=True)


def _logistic(design: np.ndarray, case: np.ndarray, ridge: float = 1.0, steps: int = 50) -> np.ndarray:
    """Coefficients of the log odds, by Newton's method; the penalty leaves the intercept alone."""
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 1e-6
    beta = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        step = np.linalg.solve(design.T * (p * (1 - p)) @ design + penalty, design.T @ (case.astype(float) - p) - penalty @ beta)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return beta
