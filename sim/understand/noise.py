"""Monte Carlo noise apart from what the parameters do: quadratic forms, variance parts and intervals by replication.

A sweep runs every point r times.  Outcome of point i in run k:

    Y[k, i] = f(i) + c[k] + e[k, i],

f the mean over chance, which is what the parameters do; c what chance does to all points alike (with common random
numbers: a year of good prospects is one everywhere); e what it does to a point besides, the point × run interaction.
Runs are independent of each other; within a run the points may depend on each other in any way.

What variance-based indices are made of are quadratic forms Q in the points' means.  Those are f plus noise, so
E Q(mean) = Q(f) + E Q(c + e) / r: with noise, variances and squared differences come out too large, and with common random
numbers products of different points do as well.  The deviations of single runs from the mean tell by how much:

    Q_corrected = Q(mean) − 1 / (r (r − 1)) · sum over k of Q(Y[k] − mean),

which has mean Q(f), whatever the noise depends on, and whether or not the points share their random numbers.  (It is the
U-statistic that multiplies only values of different runs: E Y[k, i] Y[l, j] = f(i) f(j) for k ≠ l.  Hoeffding 1948.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Form = Callable[[Array], Array]
Statistic = Callable[[Array, Rows], Array]


def corrected(form: Form, values: Array) -> Array:
    """A quadratic form of the mean over chance, freed of the noise in the means of r runs.

    Parameters
    ----------
    form : callable
        Maps values [..., points] to quadratic forms of them [..., anything]; leading axes are carried along.
    values : array [runs, points, ...]
        Outcomes.  With one run nothing is known of the noise, and the form of that run is returned.
    """
    runs = len(values)
    mean = values.mean(axis=0)
    if runs == 1:
        return form(mean)
    correction: Array = form(values - mean).sum(axis=0) / (runs * (runs - 1))
    return form(mean) - correction


def variance(values: Array) -> Array:
    """Variance over the last axis, the points; divided by n, as the indices' denominators are."""
    return np.asarray(values.var(axis=-1))


@dataclass(frozen=True)
class Noise:
    """Where the variance of an outcome comes from: analysis of variance of points × runs.

    All three are unbiased, so that one that is nought may come out a little below.

    Attributes
    ----------
    parameters : V, variance of f over the points
    interaction : variance of e, mean over the points; estimated by the point × run mean square
    common : variance of c; moves all points together, so that comparing points it does no harm
    points, runs : how many there were
    """

    parameters: float
    interaction: float
    common: float
    points: int
    runs: int

    @property
    def share_of_means(self) -> float:
        """Of the variance of the points' means, the share that is noise: what uncorrected indices suffer from."""
        left = self.interaction / self.runs
        return left / (self.parameters + left)

    @property
    def share_of_run(self) -> float:
        """Of the variance of a single run at a point drawn at random, the share that is chance (Marrel et al. 2012)."""
        chance = self.interaction + self.common
        return chance / (self.parameters + chance)


def variance_parts(values: Array) -> Noise:
    """Variance of an outcome by origin (two-way layout without replication, Scheffé 1959, ch. 4).

    Parameters
    ----------
    values : array [runs, points]
        Outcomes of points drawn independently (or evenly) over the parameters' space.  NaN parts for a single run.
    """
    runs, points = values.shape
    if runs == 1:
        return Noise(float("nan"), float("nan"), float("nan"), points, runs)
    by_run = values.mean(axis=1)
    deviations = values - values.mean(axis=0) - by_run[:, None] + values.mean()
    interaction = float((deviations**2).sum() / ((runs - 1) * (points - 1)))
    common = float(by_run.var(ddof=1)) - interaction / points
    between = float(values.mean(axis=0).var(ddof=1)) - interaction / runs
    return Noise(between, interaction, common, points, runs)


class TooNoisyError(InputError):
    """Chance hides what the parameters do: any share of it would be a number about nothing."""


def check_signal(noise: Noise, outcome: str) -> None:
    """Refuse to share out a variance that is not told from chance: V below two standard errors of V.

    The mean square between points has mean V + I / r and standard error sqrt(2 / (points - 1)) times that (normal theory).  The runs
    that would do leave a quarter of the variance of the means to chance; with V not above its standard error, at least so many.

    Raises
    ------
    TooNoisyError
        With about how many runs a point are needed.
    """
    if noise.runs == 1 or not noise.interaction > 0:
        return
    means = noise.parameters + noise.interaction / noise.runs
    error = math.sqrt(2.0 / (noise.points - 1)) * means
    if noise.parameters < 2.0 * error:
        least = noise.parameters < error
        runs = math.ceil(max(3.0 * noise.interaction / max(noise.parameters, error), 2.0 * noise.runs))
        raise TooNoisyError(
            f"{outcome}: too noisy: with {noise.runs} runs a point, what the parameters do to it is not told from chance; "
            f"{'at least' if least else 'about'} {runs:,} runs a point are needed"
        )


WIDEST = 0.5  # an interval of a share that leaves more than half of the range of shares open tells nothing (assumed)


def check_width(shares: Array, reach: Array, size: int, outcome: str, what: str) -> None:
    """Refuse shares of a variance whose intervals leave open whether they are much of it or little.

    A share lies between 0 and 1.  What its interval has in common with that range says what it may be: with .3 to .9 nobody can say
    whether the parameter makes most of the variance or a minor part, with .7 to 1.3 that it makes most of it.  So an interval is too
    wide when more than half of the range lies in it, or when it is itself wider than the range, wherever it lies.

    Parameters
    ----------
    shares, reach : array
        Estimates and half-widths, which go as 1 / sqrt(size): the size that is named leaves intervals of half the range.
    size, what : int, str
        Of the sample, and what is counted: points, or rows of points.

    Raises
    ------
    TooNoisyError
        With about how many are needed.
    """
    left = np.clip(shares + reach, 0.0, 1.0) - np.clip(shares - reach, 0.0, 1.0)
    wide = (left > WIDEST) | (2.0 * reach > 1.0)
    if wide.any():
        worst = 2.0 * float(reach[wide].max())
        needed = math.ceil(size * (worst / WIDEST) ** 2)
        raise TooNoisyError(
            f"{outcome}: too noisy: with {size} {what}, the interval of a share is {worst:.2g} wide, and shares lie between 0 and 1; "
            f"about {needed:,} {what} are needed, or more runs of each"
        )


def not_told(factors: Iterable[str]) -> str:
    """What is said of factors whose effects chance may have made; nothing of none."""
    names = ", ".join(factors)
    return f"not told from chance: {names}; more runs a point would tell" if names else ""


def standard_errors(statistic: Statistic, values: Array, resamples: int, seed: int) -> Array:
    """Standard errors of statistics of rows × runs: bootstrap over the rows plus jackknife over the runs.

    The bootstrap draws whole rows (Saltelli rows, trajectories, points) with replacement; it counts which points were
    drawn, and noise that points do not share.  The delete-one-run jackknife counts noise that they share.  The variances are
    added; where points share no noise, theirs is counted twice, so that intervals are then a little wide
    (Owen 2007; Efron & Stein 1981).

    Parameters
    ----------
    statistic : callable
        Maps values [runs, rows, ...], and which rows of the design they are, to an array.
    values : array [runs, rows, ...]
        Outcomes; with fewer than three runs there is no jackknife.
    resamples, seed : int
        Number of bootstrap samples, and what they are drawn from.
    """
    rows = values.shape[1]
    random, every = np.random.default_rng(seed), np.arange(rows)
    samples = random.integers(rows, size=(resamples, rows))
    spread: Array = np.array([statistic(values[:, rows_drawn], rows_drawn) for rows_drawn in samples]).var(axis=0, ddof=1)
    return np.sqrt(spread + jackknife(lambda left: statistic(left, every), values))


def jackknife(statistic: Form, values: Array) -> Array:
    """Variance of a statistic of values [runs, ...] over chance: delete-one-run jackknife; nought for fewer than 3 runs."""
    runs = len(values)
    if runs < 3:
        return np.zeros_like(statistic(values))
    left_out = np.array([statistic(np.delete(values, k, axis=0)) for k in range(runs)])
    return np.asarray((runs - 1) * left_out.var(axis=0))
