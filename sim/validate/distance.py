"""How far two samples lie apart, and how far they would if they came from one distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.validate.entry import Finding

Array = NDArray[np.float64]
PERMUTATIONS = 1999
RARE = 5e-4  # share of permutations that lie at least as far apart as two samples may


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


def agree(quantity: str, statistics: Array, n: int) -> Finding:
    """Whether the first of the statistics could be one of the others: below all but a share RARE of them, p in the note."""
    own, permuted = float(statistics[0]), np.sort(statistics[1:])
    p = (1 + int((permuted >= own * (1 - 1e-12)).sum())) / (1 + len(permuted))
    limit = float(np.quantile(permuted, 1 - RARE))
    return Finding(quantity, (0.0, limit), own, 0.0, n, f"p = {p:.3f} of {len(permuted)} permutations")


def same_distribution(what: str, first: Array, second: Array, rng: np.random.Generator) -> list[Finding]:
    """Kolmogorov-Smirnov and energy distance of two samples of a number."""
    pooled, weights = np.concatenate([first, second]).astype(float), contrasts(len(first), len(second), rng)
    scaled = ((pooled - pooled.mean()) / (pooled.std() or 1.0))[:, None]
    n = len(first)
    return [
        agree(f"{what}: Kolmogorov-Smirnov distance", kolmogorov_smirnov(pooled, weights), n),
        agree(f"{what}: energy distance, in standard deviations", energy(scaled, weights), n),
    ]
