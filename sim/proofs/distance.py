"""How far two samples lie apart, and how far they would if they came from one distribution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.proofs.entry import Finding

Array = NDArray[np.float64]
PERMUTATIONS = 1999
MORE = 9  # lots, where the first one leaves it open
RARE = 1e-4  # share of permutations that lie at least as far apart as two samples may: 23 such tests raise 0.3% false alarms


def contrasts(first: int, second: int, rng: np.random.Generator) -> Array:
    """Weights 1 / n of one sample and -1 / m of the other: as they are, then with membership permuted [1 + PERMUTATIONS, n + m]."""
    own = np.concatenate([np.full(first, 1 / first), np.full(second, -1 / second)])
    return np.vstack([own, rng.permuted(np.tile(own, (PERMUTATIONS, 1)), axis=1)])


def kolmogorov_smirnov(pooled: Array, weights: Array) -> Array:
    """Largest distance of the distribution functions, for every row of weights."""
    order = np.argsort(pooled, kind="stable")
    last = np.append(np.diff(pooled[order]) > 0, True)  # equal values belong to one step
    return np.asarray(np.abs(weights[:, order].cumsum(axis=1)[:, last]).max(axis=1))


def energy(pooled: Array, weights: Array) -> Array:
    """Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely & Rizzo 2004), for every row of weights; pooled [values, dimensions]."""
    apart = np.sqrt(((pooled[:, None, :] - pooled[None, :, :]) ** 2).sum(axis=2))
    return np.asarray(-np.einsum("pi,pi->p", weights @ apart, weights))


def agree(quantity: str, statistic: Callable[[Array], Array], first: int, second: int, rng: np.random.Generator) -> Finding:
    """Whether a statistic of two samples could be one of permuted ones: below all but a share RARE of them, p in the note.

    Where it is among the largest hundredth, MORE times as many permutations are drawn: a chance of RARE is not seen in one lot.
    """
    drawn = statistic(contrasts(first, second, rng))
    own, permuted = float(drawn[0]), drawn[1:]
    if (permuted >= own * (1 - 1e-12)).mean() < 0.01:
        permuted = np.concatenate([permuted, *(statistic(contrasts(first, second, rng))[1:] for _ in range(MORE))])
    p = (1 + int((permuted >= own * (1 - 1e-12)).sum())) / (1 + len(permuted))
    limit = float(np.quantile(permuted, 1 - RARE))
    return Finding(quantity, (0.0, limit), own, 0.0, first, f"p = {p:.2g} of {len(permuted)} permutations")


def same_distribution(what: str, first: Array, second: Array, rng: np.random.Generator) -> list[Finding]:
    """Kolmogorov-Smirnov and energy distance of two samples of a number."""
    pooled, sizes = np.concatenate([first, second]).astype(float), (len(first), len(second))
    scaled = ((pooled - pooled.mean()) / (pooled.std() or 1.0))[:, None]
    return [
        agree(f"{what}: Kolmogorov-Smirnov distance", lambda weights: kolmogorov_smirnov(pooled, weights), *sizes, rng),
        agree(f"{what}: energy distance, in standard deviations", lambda weights: energy(scaled, weights), *sizes, rng),
    ]
