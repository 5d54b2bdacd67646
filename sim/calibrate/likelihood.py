"""Maximum likelihood for positive parameters: the maximum, standard errors, intervals.

Everything is done in the logarithms phi = log(theta), in which likelihoods of positive parameters are closer to
quadratic.  At the maximum the observed information on the natural scale is that of the logarithms divided by
theta_i theta_j, so that the standard error of theta is theta times that of phi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Array = NDArray[np.float64]
LogLikelihood = Callable[[Array], tuple[float, Array]]  # theta -> (log-likelihood, its gradient in theta)

EDGE = 12.0  # of |phi - centre|: a parameter that runs there is not identified
STEP = 1e-4  # of phi, for the information
LEVEL = 0.95
WIDEST = 1e4  # ratio of the ends of an interval: a parameter known no better than to four orders of magnitude is not identified


@dataclass(frozen=True)
class Maximum:
    """A maximum of a log-likelihood in k positive parameters.

    Attributes
    ----------
    names, units : of the parameters.
    theta : [k] estimates.
    log_likelihood : at the maximum.
    size : number of independent observations.
    centre : [k] log(theta) around which is searched.
    function : the log-likelihood, for profiles.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    theta: Array
    log_likelihood: float
    size: int
    centre: Array
    function: LogLikelihood

    def __getitem__(self, name: str) -> float:
        """The estimate of a parameter."""
        return float(self.theta[self.names.index(name)])

    @property
    def aic(self) -> float:
        """Akaike's information criterion, 2 k - 2 log L."""
        return 2.0 * self.theta.size - 2.0 * self.log_likelihood

    @cached_property
    def log_covariance(self) -> Array:
        """[k, k] inverse observed information of log(theta); NaN where the data do not identify all parameters."""
        information = _information(self.function, np.log(self.theta))
        if not self.identified or np.linalg.eigvalsh(information)[0] <= 1e-10 * np.abs(information).max():
            return np.full_like(information, np.nan)
        return np.asarray(np.linalg.inv(information), float)

    @property
    def identified(self) -> bool:
        """Whether no parameter has run to the edge of what is searched."""
        return bool(np.all(np.abs(np.log(self.theta) - self.centre) < EDGE - 1.0))

    @cached_property
    def ends(self) -> Array:
        """[k, 2] 95% profile-likelihood intervals."""
        return self.profile()

    @cached_property
    def open(self) -> tuple[str, ...]:
        """Parameters that are not identified: the profile interval ends in 0 or infinity, or spans more than `WIDEST`."""
        low, high = self.ends.T
        return tuple(
            name for name, a, b in zip(self.names, low, high, strict=True) if not 0.0 < a <= b < np.inf or b > WIDEST * a
        )

    @property
    def standard_errors(self) -> Array:
        """[k] from the observed information."""
        return np.asarray(self.theta * np.sqrt(np.diag(self.log_covariance)), float)

    def wald(self, level: float = LEVEL) -> Array:
        """[k, 2] intervals that are symmetric in log(theta): theta exp(-+ z se / theta)."""
        reach = stats.norm.ppf(0.5 + level / 2) * self.standard_errors / self.theta
        return np.stack([self.theta * np.exp(-reach), self.theta * np.exp(reach)], axis=1)

    def profile(self, level: float = LEVEL) -> Array:
        """[k, 2] profile-likelihood intervals: 2 (log L max - log L profile) <= chi-square quantile of one degree.

        An end that the likelihood does not bound is 0 or infinity.
        """
        return np.array([[_profile_end(self, j, side, level) for side in (-1, 1)] for j in range(self.theta.size)])

    def deviance(self, name: str, value: float) -> float:
        """2 (log L max - log L profile) where a parameter has a value; below 3.84 inside its 95% profile interval."""
        j = self.names.index(name)
        return 2.0 * (self.log_likelihood - _profiled(self, j, float(np.log(value)), np.log(self.theta))[1])

    def draw(self, number: int, seed: int) -> Array:
        """[number, k] draws from the asymptotic normal distribution of the estimates' logarithms."""
        normal = np.random.default_rng(seed).standard_normal((number, self.theta.size))
        return np.asarray(np.exp(np.log(self.theta) + normal @ np.linalg.cholesky(self.log_covariance).T), float)


def maximise(
    function: LogLikelihood, names: Sequence[str], units: Sequence[str], starts: Sequence[Sequence[float]], size: int
) -> Maximum:
    """The highest maximum found from several starts (quasi-Newton, then Newton steps in log(theta))."""
    centre = np.log(np.asarray(starts[0], float))
    phi, best = centre, -np.inf
    for start in starts:
        end, height = _climb(function, np.log(np.asarray(start, float)), np.arange(len(names)), centre)
        if height > best:
            phi, best = end, height
    for _ in range(3):
        phi, best = _newton(function, phi, best, centre)
    return Maximum(tuple(names), tuple(units), np.exp(phi), best, size, centre, function)


def _climb(function: LogLikelihood, phi: Array, free: NDArray[np.int64], centre: Array) -> tuple[Array, float]:
    """Maximise over some of the parameters, the others being held."""
    at = phi.copy()

    def downhill(part: Array) -> tuple[float, Array]:
        at[free] = part
        height, slope = function(np.exp(at))
        return -height, -(slope * np.exp(at))[free]

    bounds = [(middle - EDGE, middle + EDGE) for middle in centre[free]]
    how = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500}
    found = optimize.minimize(downhill, phi[free], jac=True, method="L-BFGS-B", bounds=bounds, options=how)
    end = phi.copy()
    end[free] = found.x
    return end, -float(found.fun)


def _newton(function: LogLikelihood, phi: Array, height: float, centre: Array) -> tuple[Array, float]:
    """One Newton step, if it goes up."""
    theta = np.exp(phi)
    information = _information(function, phi)
    if np.any(np.abs(phi - centre) > EDGE - 1.0) or np.linalg.eigvalsh(information)[0] <= 0.0:
        return phi, height
    there = phi + np.linalg.solve(information, function(theta)[1] * theta)
    if np.any(np.abs(there - centre) > EDGE):
        return phi, height
    higher = function(np.exp(there))[0]
    return (there, higher) if higher >= height else (phi, height)


def _information(function: LogLikelihood, phi: Array) -> Array:
    """Minus the Hessian in log(theta), by central differences of the gradient."""
    rows = []
    for j in range(phi.size):
        step = np.zeros(phi.size)
        step[j] = STEP
        up, down = np.exp(phi + step), np.exp(phi - step)
        rows.append((function(down)[1] * down - function(up)[1] * up) / (2 * STEP))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2, float)


def _profiled(top: Maximum, j: int, phi_j: float, near: Array) -> tuple[Array, float]:
    """The maximum over the other parameters, searched from `near`, or from where the information points."""
    phi, free = np.log(top.theta), np.delete(np.arange(top.theta.size), j)
    start = near.copy()
    start[j] = phi_j
    if not free.size:
        return start, top.function(np.exp(start))[0]
    covariance = top.log_covariance
    if np.isfinite(covariance).all():
        start[free] = phi[free] + covariance[free, j] / covariance[j, j] * (phi_j - phi[j])
    start[free] = np.clip(start[free], top.centre[free] - EDGE, top.centre[free] + EDGE)
    return _climb(top.function, start, free, top.centre)


def _profile_end(top: Maximum, j: int, side: int, level: float) -> float:
    """Where the profile likelihood of parameter j has fallen far enough, below (-1) or above (+1)."""
    phi_j = float(np.log(top.theta[j]))
    fall = stats.chi2.ppf(level, 1) / 2
    variance = top.log_covariance[j, j]
    reach = float(np.sqrt(2 * fall * variance)) if np.isfinite(variance) else 0.5
    near = np.log(top.theta)  # the last profile point, where the next search starts

    def lack(distance: float) -> float:
        end, height = _profiled(top, j, phi_j + side * distance, near)
        near[:] = end
        return float(top.log_likelihood - height - fall)

    limit = EDGE - side * (phi_j - float(top.centre[j]))
    low, high = 0.0, min(reach, limit)
    while limit <= 1e-6 or lack(high) < 0.0:
        if high >= limit:
            return np.inf if side > 0 else 0.0
        low, high = high, min(1.6 * high, limit)
    try:
        distance = optimize.brentq(lack, low, high, xtol=1e-5)
    except ValueError:  # so flat that a search from elsewhere finds another height: the likelihood bounds nothing
        return np.inf if side > 0 else 0.0
    if np.any(np.abs(near - top.centre) > EDGE - 1e-3):  # bounded by what is searched, not by the likelihood
        return np.inf if side > 0 else 0.0
    return float(np.exp(phi_j + side * distance))
