"""Elementary effects of a sweep (Morris 1991): a cheap look at which parameters matter at all.

An elementary effect is the change of an outcome when one factor goes up by a step, divided by the step, as a share of
the factor's range.  Over the trajectories:

    mu      mean: the direction           mu*  mean of absolute values (Campolongo et al. 2007): the size
    sigma   standard deviation: how much the effect depends on where the others stand (interaction, curvature)

Effects are differences of points' means over runs, and carry noise.  With common random numbers only the point × run
interaction is left in them.  Their mean is unbiased; sigma² is a quadratic form and freed of noise
(:mod:`sim.understand.noise`); of mu*, noise makes too much where the effect is small: ``noise`` is the root mean square
standard error of one elementary effect, and noise alone, being normal, would give a mu* of 0.8 times that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.understand.data import SweepLike, read, refuse_crossed
from sim.understand.noise import Array, corrected, not_told, standard_errors
from sim.understand.sobol import z

HALF_NORMAL = math.sqrt(2 / math.pi)  # mean of the absolute value of a standard normal


@dataclass(frozen=True)
class Morris:
    """Elementary effects of an outcome.

    Attributes
    ----------
    outcome : its name
    table : a row per factor, in the outcome's unit per range of the factor: ``factor``; ``mu``, ``mu_star`` and ``sigma`` with
        ``_low`` and ``_high``; ``sigma_raw``, noise included; ``noise``
    level : of the intervals
    sweep : where it comes from
    """

    outcome: str
    table: pd.DataFrame
    level: float
    sweep: SweepLike

    @property
    def unsure(self) -> str:
        """Which factors' effects the runs cannot tell from chance: mu* is no farther above what noise alone gives than two standard errors."""
        if self.table["noise"].isna().all():
            return "one run a point: the effects hold chance, and nothing tells how much"
        trajectories = len(self.sweep.points) / (len(self.table) + 1)
        alone = self.table["noise"] * (HALF_NORMAL + 2 * math.sqrt((1 - HALF_NORMAL**2) / trajectories))
        return not_told(self.table["factor"][(self.table["mu_star"] <= alone) & (self.table["noise"] > 0)])


def morris(sweep: SweepLike, outcome: str = "npv", level: float = 0.95, resamples: int = 500, seed: int = 1) -> Morris:
    """Elementary effects of a sweep over Morris trajectories.

    Parameters
    ----------
    sweep : Sweep
        Of a design with ``method="morris"``.
    outcome, level, resamples, seed
        As in :func:`sim.understand.sobol.sobol`; the bootstrap draws trajectories.

    Raises
    ------
    InputError
        When the design is of another kind or the outcome is not there.
    """
    refuse_crossed(sweep)
    data = read(sweep, outcome, whole=True)
    effects = elementary(data.places, data.values)
    estimate = measures(effects)
    reach = z(level) * standard_errors(lambda drawn, _: measures(drawn), effects, resamples, seed)
    table = pd.DataFrame({"factor": data.names})
    bounds = (estimate, estimate - reach, estimate + reach)
    for k, name in enumerate(("mu", "mu_star", "sigma")):
        for column, bound in zip((name, f"{name}_low", f"{name}_high"), bounds, strict=True):
            table[column] = _shown(name, bound[k])
    runs = len(effects)
    table["sigma_raw"] = effects.mean(axis=0).std(axis=0, ddof=1)
    table["noise"] = np.sqrt(effects.var(axis=0, ddof=1).mean(axis=0) / runs) if runs > 1 else np.nan
    return Morris(outcome, table, level, sweep)


def elementary(places: Array, values: Array) -> Array:
    """Elementary effects, array [runs, trajectories, factors].

    Parameters
    ----------
    places : array [points, factors]
        In the unit cube; trajectories of factors + 1 points, one factor moving at a time.
    values : array [runs, points]

    Raises
    ------
    InputError
        When the points are no trajectories.
    """
    runs, (points, factors) = len(values), places.shape
    steps = np.diff(places[: points - points % (factors + 1)].reshape(-1, factors + 1, factors), axis=1)
    moved = np.argmax(np.abs(steps), axis=2)  # by trajectory and step, the factor
    one_each = ((np.abs(steps) > 1e-9).sum(axis=2) == 1).all() and (np.sort(moved) == np.arange(factors)).all()
    if points % (factors + 1) or not one_each:
        raise InputError(f'morris: the {points} points are no trajectories; a design with method = "morris" makes them')
    rises = np.diff(values.reshape(runs, -1, factors + 1), axis=2)
    sizes = np.take_along_axis(steps, moved[..., None], axis=2)[..., 0]
    effects = np.empty_like(rises)
    np.put_along_axis(effects, np.broadcast_to(moved, rises.shape), rises / sizes, axis=2)
    return effects


def measures(effects: Array) -> Array:
    """mu, mu* and sigma² of elementary effects [runs, trajectories, factors]: array [3, factors]."""
    mean = effects.mean(axis=0)
    spread = corrected(lambda y: y.var(axis=-2, ddof=1), effects)
    return np.array([mean.mean(axis=0), np.abs(mean).mean(axis=0), spread])


def _shown(name: str, bound: Array) -> Array:
    """Sigma from its square; a size below nought is nought."""
    if name == "mu":
        return bound
    size = np.maximum(0.0, bound)
    return np.sqrt(size) if name == "sigma" else size
