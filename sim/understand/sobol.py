"""Sobol' indices of a sweep: which parameters the variance of an outcome comes from, alone and with others.

With f the outcome's mean over chance, V its variance over the parameters' space,

    first order   S_j  = V(E(f | x_j)) / V            what fixing x_j alone would take away, on average
    total         T_j  = E(V(f | all but x_j)) / V    what is left if all but x_j are fixed
    second order  S_jk = V(E(f | x_j, x_k)) / V − S_j − S_k

from a Saltelli sample: rows a and b, and ab_j, which is a with x_j from b.  Estimators, means over the rows:

    V_j = b (ab_j − a)  (Saltelli et al. 2010, table 2b)       T_j V = (a − ab_j)² / 2  (Jansen 1999)
    V_jk = ba_j ab_k − a b − V_j − V_k  (Saltelli 2002)        V = variance of all a and b

as in SALib, with outcomes less their overall mean.  All are quadratic forms of the points' means, and are freed of Monte Carlo
noise as :mod:`sim.understand.noise` says: these are the indices of f, whatever the number of runs.  The share of chance
in a single run's variance stands beside them (Marrel et al. 2012; Zhu & Sudret 2021 discuss both); an index as a share of a
*single run's* variance is S_j · (1 − that share).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.errors import InputError
from sim.understand.data import SweepLike, read, refuse_crossed
from sim.understand.noise import Array, Noise, check_signal, check_width, corrected, standard_errors, variance_parts


@dataclass(frozen=True)
class Sobol:
    """Sobol' indices of an outcome.

    Attributes
    ----------
    outcome : its name
    table : a row per factor: ``factor``; ``first`` and ``total``, free of noise, with ``first_low``, ``first_high``,
        ``total_low``, ``total_high`` (interval at `level`); ``first_raw`` and ``total_raw``, the usual estimates, noise included
    second : a row per pair of factors, ``factor``, ``with``, ``index``, ``low``, ``high``; none if the sample does not hold it
    noise : the outcome's variance by origin
    level : of the intervals
    sweep : where it comes from
    """

    outcome: str
    table: pd.DataFrame
    second: pd.DataFrame | None
    noise: Noise
    level: float
    sweep: SweepLike


def sobol(sweep: SweepLike, outcome: str = "npv", level: float = 0.95, resamples: int = 200, seed: int = 1) -> Sobol:
    """Sobol' indices of an outcome of a sweep over a Saltelli sample.

    Parameters
    ----------
    sweep : Sweep
        Of a design with ``method="sobol"``; with one run a point, noise cannot be told from what the parameters do.
    outcome : str
        Column of the runs table.
    level : float
        Of the intervals, estimate ± z · standard error (bootstrap over rows, jackknife over runs).
    resamples, seed : int
        Of the bootstrap.

    Raises
    ------
    InputError
        When the design is of another kind, the outcome is not there, does not vary, or varies by chance only.
    """
    refuse_crossed(sweep)
    data = read(sweep, outcome, whole=True)
    factors, rows = data.names, blocks(data.values, data.places)
    noise = variance_parts(np.concatenate([rows[..., 0], rows[..., -1]], axis=1))
    if np.ptp(rows) == 0:
        raise InputError(f"outcome: {outcome} is the same everywhere: there is no variance to share out")
    check_signal(noise, outcome)
    estimate = indices(rows, len(factors))
    raw = indices(rows.mean(axis=0, keepdims=True), len(factors))
    error = standard_errors(lambda drawn, _: indices(drawn, len(factors)), rows, resamples, seed)
    reach = z(level) * error
    check_width(estimate[:2], reach[:2], rows.shape[1], outcome, "rows (points in the design)")
    table = pd.DataFrame({"factor": factors})
    for k, name in enumerate(("first", "total")):
        table[name] = estimate[k]
        table[f"{name}_low"], table[f"{name}_high"] = estimate[k] - reach[k], estimate[k] + reach[k]
        table[f"{name}_raw"] = raw[k]
    pairs = _pairs(factors, estimate[2:], reach[2:]) if len(estimate) > 2 else None
    return Sobol(outcome, table, pairs, noise, level, sweep)


def blocks(values: Array, places: Array) -> Array:
    """Values [runs, points] of a Saltelli sample in SALib's order as [runs, rows, a ab_1 … ab_d (ba_1 … ba_d) b].

    Parameters
    ----------
    values : array [runs, points]
    places : array [points, factors]
        In the unit cube; they tell whether the sample holds what second-order indices take.

    Raises
    ------
    InputError
        When the points are no Saltelli sample.
    """
    factors = places.shape[1]
    for block in (2 * factors + 2, factors + 2):
        if len(places) % block == 0:
            rows = places.reshape(-1, block, factors)
            a, ab, b = rows[:, :1], rows[:, 1 : factors + 1], rows[:, -1:]
            if np.allclose(ab, np.where(np.eye(factors, dtype=bool), b, a)):
                return values.reshape(len(values), -1, block)
    raise InputError(f'sobol: the {len(places)} points are no Saltelli sample; a design with method = "sobol" makes one')


def indices(rows: Array, factors: int) -> Array:
    """First-order, total and, if the sample has them, second-order indices: array [2 or 2 + factors, factors].

    Parameters
    ----------
    rows : array [runs, rows, points of a row]
    """
    forms = corrected(lambda y: _forms(y, factors), rows)
    shares = forms[:-1] / forms[-1, 0]
    if len(shares) > 2:
        shares[2:] -= shares[0] + shares[0][:, None]
    return np.asarray(shares)


def _forms(y: Array, d: int) -> Array:
    """Quadratic forms of y [..., rows, points] as [..., V_j | T_j V | (V_jk + V_j + V_k) | V, factor]."""
    y = y - y.mean(axis=(-2, -1), keepdims=True)
    a, b, ab = y[..., :1], y[..., -1:], y[..., 1 : d + 1]
    first = (b * (ab - a)).mean(axis=-2)
    total = ((a - ab) ** 2).mean(axis=-2) / 2
    ends = np.stack([a[..., 0], b[..., 0]], axis=-1)
    whole = np.broadcast_to(ends.var(axis=(-2, -1))[..., None], first.shape)
    parts = [first, total]
    if y.shape[-1] > d + 2:
        ba = y[..., d + 1 : -1]
        apart = (a * b).mean(axis=(-2, -1))
        parts += [(ba[..., j : j + 1] * ab).mean(axis=-2) - apart[..., None] for j in range(d)]
    return np.stack([*parts, whole], axis=-2)


def _pairs(factors: list[str], estimate: Array, reach: Array) -> pd.DataFrame:
    one, other = np.triu_indices(len(factors), 1)
    return pd.DataFrame(
        {
            "factor": [factors[j] for j in one],
            "with": [factors[k] for k in other],
            "index": estimate[one, other],
            "low": (estimate - reach)[one, other],
            "high": (estimate + reach)[one, other],
        }
    )


def z(level: float) -> float:
    """Half-width in standard errors of a two-sided normal interval.

    Raises
    ------
    InputError
        When the level is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level: found {level}, allowed is strictly between 0 and 1")
    return float(ndtri(0.5 + level / 2))
