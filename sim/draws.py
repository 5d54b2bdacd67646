"""Counter-based random numbers: every draw is addressed, no generator is stored anywhere.

Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
A draw is addressed by seed (the key), run, purpose, month and whose it is.  Hence any run can be
recomputed alone, results do not depend on engine, order, chunking or workers, and two schemes meet
the same prospects and moods until the scheme itself makes them differ.

A customer is seat, month of signing and order of signing; an event within a month has an index.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule

MONTH_FIRST, MONTH_SECOND = 1, 2  # a customer's month: eight uniforms
TRAITS_FIRST, TRAITS_SECOND, TRAITS_THIRD = 3, 4, 5  # a prospect's traits
PURCHASE, CONTACT, CASE, VISIT, REFERRAL = 7, 8, 9, 10, 11  # events of a customer's month
REP_TRAITS, REP_MONTH, DESK = 12, 13, 14

# rows of the eight uniforms of a customer's month
U_VISIT, U_PURCHASE, U_CONTACT, U_PAYMENT, U_CASE, U_LAPSE, U_REFERRAL, U_SOLVED = range(8)

MASK = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
SEAT_FACTOR = 4096  # months of signing per seat
ORDER_FACTOR = 256  # events per customer, purpose and month


@rule
def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Four 32-bit words (as uint64) for a counter of four words and a key of two: ten rounds."""
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    a, b = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        p0 = MULTIPLIER_0 * x0
        p1 = MULTIPLIER_1 * x2
        x0, x1, x2, x3 = (p1 >> SHIFT) ^ x1 ^ a, p1 & MASK, (p0 >> SHIFT) ^ x3 ^ b, p0 & MASK
        a = (a + WEYL_0) & MASK
        b = (b + WEYL_1) & MASK
    return x0, x1, x2, x3


@rule
def uniform(word: int) -> float:
    """(word + 1/2) / 2**32, strictly between 0 and 1."""
    return (np.float64(np.int64(word)) + 0.5) * 2.3283064365386963e-10


@rule
def uniforms(seed: int, run: int, purpose: int, month: int, who: int, which: int) -> tuple[float, float, float, float]:
    """Four uniforms at an address: counter (who, which, month * 64 + purpose, run), key seed."""
    s = np.uint64(seed)
    w = philox4x32(np.int64(who), np.int64(which), np.int64(month) * 64 + purpose, np.int64(run), s & MASK, s >> SHIFT)
    return uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3])


@rule
def customer_uniforms(
    seed: int, run: int, purpose: int, month: int, seat: int, signed: float, order: float, index: int
) -> tuple[float, float, float, float]:
    """Four uniforms of a customer (or prospect): for the index-th event of a purpose in a month."""
    return uniforms(
        seed, run, purpose, month, np.int64(seat) * SEAT_FACTOR + np.int64(signed), np.int64(order) * ORDER_FACTOR + min(index, 255)
    )


@rule
def rep_uniforms(seed: int, run: int, purpose: int, month: int, seat: int, hire: float) -> tuple[float, float, float, float]:
    """Four uniforms of a rep: the hire-th to fill a seat."""
    return uniforms(seed, run, purpose, month, np.int64(seat) * SEAT_FACTOR, np.int64(hire) * ORDER_FACTOR)


@rule
def month_uniforms(
    seed: int, run: int, month: int, seat: int, signed: float, order: float
) -> tuple[float, float, float, float, float, float, float, float]:
    """The eight uniforms of a customer's month, rows ``U_VISIT`` to ``U_SOLVED``."""
    a = customer_uniforms(seed, run, MONTH_FIRST, month, seat, signed, order, 0)
    b = customer_uniforms(seed, run, MONTH_SECOND, month, seat, signed, order, 0)
    return a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]


@rule
def fill_month(seed: int, run: int, month: int, seat: int, signed: np.ndarray, order: np.ndarray, out: np.ndarray) -> None:
    """:func:`month_uniforms` for many customers of a seat, into out[8, n]; the loop vectorises."""
    s = np.uint64(seed)
    k0, k1 = s & MASK, s >> SHIFT
    base = np.int64(seat) * SEAT_FACTOR
    first, second = np.int64(month) * 64 + MONTH_FIRST, np.int64(month) * 64 + MONTH_SECOND
    n = signed.shape[0]
    a, b, c, d = out[0], out[1], out[2], out[3]
    for i in range(n):
        w = philox4x32(base + np.int64(signed[i]), np.int64(order[i]) * ORDER_FACTOR, first, np.int64(run), k0, k1)
        a[i], b[i], c[i], d[i] = uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3])
    e, f, g, h = out[4], out[5], out[6], out[7]
    for i in range(n):
        w = philox4x32(base + np.int64(signed[i]), np.int64(order[i]) * ORDER_FACTOR, second, np.int64(run), k0, k1)
        e[i], f[i], g[i], h[i] = uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3])


@rule
def poisson_count(u: float, mean: float, none: float) -> int:
    """Poisson count by inversion of one uniform, given none = exp(-mean); at most 255."""
    count = 0
    term = none
    total = none
    while u > total and count < 255:
        count += 1
        term *= mean / count
        total += term
    return count
