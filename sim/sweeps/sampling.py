"""Samples of the unit cube, a row per point, a column per factor; the seed determines them."""

from __future__ import annotations

import numpy as np


def latin_hypercube(n: int, k: int, seed: int) -> np.ndarray:
    """Latin hypercube [n, k]: each of n equal slices of each factor holds one point (McKay, Beckman, Conover, 1979)."""
    rng = np.random.default_rng(seed)
    slices = np.stack([rng.permutation(n) for _ in range(k)], axis=1)
    return (slices + rng.random((n, k))) / n


def sobol_sequence(n: int, k: int, seed: int) -> np.ndarray:
    """The first n points of a scrambled Sobol' sequence [n, k] (Sobol', 1967; Owen, 1998)."""
    from scipy.stats import qmc

    sequence: np.ndarray = qmc.Sobol(k, scramble=True, seed=seed).random_base2(max(0, (n - 1).bit_length()))
    return sequence[:n]


def saltelli(n: int, k: int, seed: int, second_order: bool = True) -> np.ndarray:
    """Saltelli's scheme for Sobol' indices, in the row order of ``SALib.sample.sobol``.

    From two samples A and B of n rows each, n blocks of rows: A; A with factor j from B, for each j; B with
    factor j from A, for each j (for second-order indices only); B.

    Parameters
    ----------
    n, k : int
        Base sample (a power of 2) and number of factors.
    seed : int
        Of the scrambling.
    second_order : bool
        Whether second-order indices are wanted.

    Returns
    -------
    ndarray
        n (2 k + 2) rows, or n (k + 2) without second order; k columns.

    References
    ----------
    Saltelli (2002), Computer Physics Communications 145.
    """
    both = sobol_sequence(n, 2 * k, seed)
    a, b = both[:, :k], both[:, k:]
    diagonal = np.eye(k, dtype=bool)
    mixed = [np.where(diagonal, there[:, None], here[:, None]) for here, there in ((a, b), (b, a))[: 1 + second_order]]
    return np.concatenate([a[:, None], *mixed, b[:, None]], axis=1).reshape(-1, k)


def morris(n: int, k: int, seed: int, levels: int = 4) -> np.ndarray:
    """Morris trajectories [n (k + 1), k]: each row moves one factor of the row before by levels / (2 (levels - 1)).

    As the unoptimised trajectories of ``SALib.sample.morris`` (Morris, 1991).
    """
    rng = np.random.default_rng(seed)
    jump = levels / (2 * (levels - 1))
    rows = np.empty((n, k + 1, k))
    for trajectory in rows:
        up = rng.random(k) < 0.5
        low = rng.integers(levels // 2, size=k) / (levels - 1)
        trajectory[:] = np.where(up, low, low + jump)
        for row, factor in enumerate(rng.permutation(k), start=1):
            trajectory[row:, factor] = low[factor] + (jump if up[factor] else 0.0)
    return rows.reshape(-1, k)
