"""Sensitivity from any random sample, such as a Latin hypercube: no special design is needed.

    regression  standardised regression coefficient, b_j sd(x_j) / sd(f): share and direction of what a plane explains
    first       first-order Sobol' index by random balance (RBD-FAST: Tarantola et al. 2006; correction Tissot & Prieur 2012)
    pawn        moment-independent: median Kolmogorov–Smirnov distance between the outcome's distribution in ten slices
                of x_j and over all (Pianosi & Wagener 2018)

Regression and first order are freed of Monte Carlo noise: b is unbiased and V(f) and the Fourier forms are quadratic
(:mod:`sim.understand.noise`).  pawn describes the distribution of the points' means, noise included: with many runs a point,
that of f.  It is above zero also for a factor that does nothing, the more the fewer the points: compare it with the
last row, a factor of pure chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.understand.data import SweepLike, guarded, read, refuse_crossed
from sim.understand.noise import (
    Array,
    Noise,
    check_signal,
    check_width,
    corrected,
    jackknife,
    standard_errors,
    variance,
    variance_parts,
)
from sim.understand.sobol import z

HARMONICS = 10  # of the random balance design: M in SALib
DUMMY = "(chance)"
RANDOM = ("lhs", "sobol_sequence", "table")  # of a table, who made it must know


@dataclass(frozen=True)
class GivenData:
    """Sensitivity of an outcome from a random sample.

    Attributes
    ----------
    outcome : its name
    table : a row per factor and one for a factor of pure chance, ``(chance)``: ``factor``; ``regression``, ``first`` and
        ``pawn`` with ``_low`` and ``_high``
    explained : share of the variance of f that the plane explains (R², free of noise)
    noise : the outcome's variance by origin
    level : of the intervals
    sweep : where it comes from
    """

    outcome: str
    table: pd.DataFrame
    explained: float
    noise: Noise
    level: float
    sweep: SweepLike


def given(sweep: SweepLike, outcome: str = "npv", level: float = 0.95, resamples: int = 100, seed: int = 1) -> GivenData:
    """Sensitivity of an outcome of a sweep over a random sample.

    Parameters
    ----------
    sweep : Sweep
        Over a random sample of 60 points or more: ``method="lhs"`` or ``"sobol_sequence"``, or a table drawn like them.
    outcome, level, resamples, seed
        As in :func:`sim.understand.sobol.sobol`.

    Raises
    ------
    InputError
        When there are too few points, or the points are a Saltelli sample, trajectories or a grid; the outcome is not there or does not vary.
    """
    method = sweep.about["design"]["method"]
    if method not in RANDOM:
        raise InputError(f"given: needs a random sample (method {', '.join(RANDOM)}), found {method}")
    refuse_crossed(sweep)
    data = read(sweep, outcome)
    values, factors = data.values, [*data.names, DUMMY]
    if values.shape[1] < 6 * HARMONICS:
        raise InputError(
            f"given: expected {6 * HARMONICS} points or more, got {values.shape[1]}; say points = {6 * HARMONICS} or more in the design"
        )
    if np.ptp(values) == 0:
        raise InputError(f"outcome: {outcome} is the same everywhere: there is nothing to explain")
    check_signal(variance_parts(values), outcome)
    chance = np.random.default_rng([seed, len(factors)]).permutation(values.shape[1]) / values.shape[1]
    places = np.column_stack([data.places, chance])
    reach = z(level)
    slopes = coefficients(values, places)
    slopes_error = standard_errors(lambda drawn, rows: coefficients(drawn, places[rows]), values, resamples, seed)
    table = pd.DataFrame({"factor": factors})
    first, first_error = _first(values, places, resamples, seed)
    check_width(first, reach * first_error, values.shape[1], outcome, "points")
    pawn = _pawn(values, places, seed)
    pawn_error = standard_errors(lambda drawn, rows: _pawn(drawn, places[rows], seed), values, resamples, seed)
    measures = {"regression": (slopes, slopes_error), "first": (first, first_error), "pawn": (pawn, pawn_error)}
    for name, (estimate, error) in measures.items():
        table[name] = estimate
        table[f"{name}_low"], table[f"{name}_high"] = estimate - reach * error, estimate + reach * error
    return GivenData(outcome, table, _explained(values, places[:, :-1]), variance_parts(values), level, sweep)


def coefficients(values: Array, places: Array) -> Array:
    """Standardised regression coefficients on the factors' even scale, free of noise: array [factors].

    Parameters
    ----------
    values : array [runs, points]
    places : array [points, factors]
    """
    centred = places - places.mean(axis=0)
    slopes = np.linalg.lstsq(centred, values.mean(axis=0) - values.mean(), rcond=None)[0]
    return np.asarray(slopes * centred.std(axis=0) / np.sqrt(corrected(variance, values)))


def _explained(values: Array, places: Array) -> float:
    centred = places - places.mean(axis=0)
    basis = np.linalg.qr(centred)[0]
    plane = corrected(lambda y: ((y @ basis) ** 2).sum(axis=-1) / y.shape[-1], values)
    return float(plane / corrected(variance, values))


def _first(values: Array, places: Array, resamples: int, seed: int) -> tuple[Array, Array]:
    """First-order indices by random balance and their standard errors (delete-half jackknife of the points; of the runs)."""
    estimate, points = random_balance(values, places), values.shape[1]
    random = np.random.default_rng(seed)
    halves = [random.permutation(points)[: points // 2] for _ in range(resamples)]
    spread = np.array([random_balance(values[:, half], places[half]) for half in halves]).var(axis=0, ddof=1)
    return estimate, np.sqrt(spread + jackknife(lambda left: random_balance(left, places), values))


def random_balance(values: Array, places: Array) -> Array:
    """First-order Sobol' indices free of noise, array [factors]: the share of the spectrum in the first harmonics.

    With the points in the order of x_j, up and down again, E(f | x_j) is a slow wave; D its power in M harmonics, V all
    power, chance leaves a share 2 M / n of the rest there: S_j = (D − 2 M V / n) / (V (1 − 2 M / n)).
    """
    from scipy.signal import periodogram

    by_chance = 2 * HARMONICS / values.shape[1]
    found = []
    for order in np.argsort(places, axis=0).T:
        wave = np.concatenate([order[::2], order[1::2][::-1]])

        def form(y: Array, wave: np.ndarray = wave) -> Array:
            power = periodogram(y[..., wave], axis=-1)[1][..., 1:]
            whole = power.sum(axis=-1)
            return np.stack([power[..., :HARMONICS].sum(axis=-1) - by_chance * whole, whole * (1 - by_chance)], axis=-1)

        low, whole = corrected(form, values)
        found.append(low / whole)
    return np.array(found)


def _pawn(values: Array, places: Array, seed: int) -> Array:
    from SALib.analyze import pawn

    with guarded(seed):
        found = pawn.analyze(_problem(places), places, values.mean(axis=0), seed=None)
    return np.asarray(found["median"], float)


def _problem(places: Array) -> dict[str, object]:
    factors = places.shape[1]
    return {"num_vars": factors, "names": [f"x{j}" for j in range(factors)], "bounds": [[0.0, 1.0]] * factors}
