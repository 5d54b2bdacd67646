"""The optimum of one objective with its standard error: a response surface on common random numbers.

Around the best scheme of the search a quadratic is fitted to fresh runs (Box & Wilson 1951).  Its coefficients are
linear in the runs, so every run's influence on the optimum is known, and with it the optimum's covariance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.design.space import Params, Space
from sim.design.statistic import Value

Array = NDArray[np.float64]
RADIUS = 0.15  # of each interval: how far the fitted points lie from the centre
MOVES = 8  # times the surface may be moved towards an optimum that lies outside it


@dataclass(frozen=True)
class Optimum:
    """Where the fitted surface is highest.

    Attributes
    ----------
    params : the scheme; what is no real number on an interval is as in the best scheme of the search.
    paths : parameters that were optimised, in the order of `values`, `errors` and `covariance`.
    errors : standard errors of the argmax, in the units of the parameters.
    lack_of_fit : root mean square of what the quadratic leaves, over the standard error of a fitted point's value.
    """

    params: Params
    paths: tuple[str, ...]
    values: Array
    errors: Array
    covariance: Array
    lack_of_fit: float


Evaluate = Callable[[Sequence[Params]], list[Value]]


def optimum(space: Space, best: Params, evaluate: Evaluate, seed: int) -> Optimum | str:
    """Fit, move and fit again until the optimum lies within the points fitted; in words why there is none, if so.

    With y = c + b'x + ½ x'Ax fitted to the points, x* = -A⁻¹b; a run that moves b by db and A by dA moves x* by
    -A⁻¹(db + dA x*), and the covariance of x* is that of these influences over the number of runs.
    """
    free = [k for k, axis in enumerate(space.axes) if axis.smooth]
    if not free:
        return "no parameter is a real number on an interval"
    whole = space.point(best)
    assert whole is not None
    centre, points = whole[free], _points(len(free), seed)
    for _ in range(MOVES):
        radius = np.minimum(RADIUS, 0.5)
        middle = np.clip(centre, radius, 1.0 - radius)
        fitted = [_params(space, whole, free, middle + radius * point) for point in points]
        x = np.array([(_smooth(space, params, free) - middle) / radius for params in fitted])
        values = evaluate(fitted)
        found = _peak(x, values)
        if isinstance(found, str):
            return found
        peak, influence, misfit = found
        if np.abs(peak).max() <= 1.0:
            break
        before = centre
        centre = np.clip(middle + radius * np.clip(peak, -1.0, 1.0), 0.0, 1.0)
        if np.allclose(before, centre, atol=1e-4):
            return "it lies on a bound of the family"
    else:
        return "the surface moved on and on"
    slope = _slopes(space, free, middle + radius * peak)
    covariance = np.atleast_2d(np.cov(influence * radius * slope, rowvar=False)) / len(influence)
    params = _params(space, whole, free, middle + radius * peak)
    paths = tuple(space.axes[k].path for k in free)
    exact = np.array([_exact(space, k, u) for k, u in zip(free, middle + radius * peak, strict=True)])
    return Optimum(params, paths, exact, np.sqrt(np.diag(covariance)), covariance, misfit)


def points_needed(d: int) -> int:
    """Number of points fitted for so many parameters, before the surface moves."""
    return 2 * d + 1 + (1 << _power(d))


def _power(d: int) -> int:
    """Of two: twice as many points as a quadratic has coefficients, or more."""
    return math.ceil(math.log2((d + 1) * (d + 2)))


def _points(d: int, seed: int) -> Array:
    """A face-centred composite design, with Sobol points in it: enough for a quadratic and its lack of fit."""
    from scipy.stats import qmc

    axes = np.concatenate([np.eye(d), -np.eye(d), np.zeros((1, d))])
    inside = qmc.Sobol(d, rng=np.random.default_rng(seed)).random_base2(_power(d))
    return np.concatenate([axes, 2.0 * inside - 1.0])


def _terms(x: Array) -> Array:
    """Columns 1, x_i, x_i x_j (i <= j)."""
    d = x.shape[1]
    crossed = [x[:, i] * x[:, j] for i in range(d) for j in range(i, d)]
    return np.column_stack([np.ones(len(x)), x, *crossed])


def _hessians(coefficients: Array, d: int) -> Array:
    """Matrices A of quadratics with rows of coefficients as in `_terms`: shape [rows, d, d]."""
    found = np.zeros((len(coefficients), d, d))
    column = 1 + d
    for i in range(d):
        for j in range(i, d):
            found[:, i, j] += coefficients[:, column]
            found[:, j, i] += coefficients[:, column]
            column += 1
    return found


def _peak(x: Array, values: list[Value]) -> tuple[Array, Array, float] | str:
    """(x*, influence of every run on it [runs, d], lack of fit)."""
    d = x.shape[1]
    terms = _terms(x)
    solve = np.linalg.pinv(terms)
    heights = np.array([value.value for value in values])
    if np.isnan(heights).any():
        return "the objective is undefined near the best scheme"
    mean = solve @ heights
    by_run = (solve @ np.array([value.influence for value in values])).T
    hessian = _hessians(mean[None], d)[0]
    if np.linalg.eigvalsh(hessian).max() >= 0.0:
        return "the surface has no peak: the objective is flat or bends upwards near the best scheme"
    inverse = np.linalg.inv(hessian)
    peak = -inverse @ mean[1 : 1 + d]
    influence = -(by_run[:, 1 : 1 + d] + _hessians(by_run, d) @ peak) @ inverse
    left = heights - terms @ mean
    error = float(np.mean([value.error for value in values]))
    misfit = float(np.sqrt((left**2).sum() / max(1, len(left) - terms.shape[1])))
    return peak, influence, misfit / error if error > 0 else 0.0


def _params(space: Space, whole: Array, free: list[int], u: Array) -> Params:
    point = whole.copy()
    point[free] = np.clip(u, 0.0, 1.0)
    return space.params(point)


def _smooth(space: Space, params: Params, free: list[int]) -> Array:
    point = space.point(params)
    assert point is not None
    return point[free]


def _exact(space: Space, k: int, u: float) -> float:
    axis = space.axes[k]
    return axis.low * (axis.high / axis.low) ** u if axis.log else axis.low + u * (axis.high - axis.low)


def _slopes(space: Space, free: list[int], u: Array) -> Array:
    """Derivative of each parameter by its coordinate."""
    return np.array(
        [
            _exact(space, k, x) * np.log(space.axes[k].high / space.axes[k].low) if space.axes[k].log
            else space.axes[k].high - space.axes[k].low
            for k, x in zip(free, u, strict=True)
        ]
    )  # fmt: skip
