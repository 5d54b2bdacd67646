"""Counter-based random numbers: every draw is addressed, no generator is stored anywhere.

Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
A draw is addressed by seed (the key), run, purpose, month and whose it is.  Hence any run can be
recomputed alone, results do not depend on engine, order, chunking or workers, and two schemes meet
the same prospects and moods until the scheme itself makes them differ.

A customer is seat, month of signing and order of signing; an event within a month has an index.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import bits_to_float, rule, shared

Word = Any  # 32 bits of an address or of randomness, as a whole number of any type

MONTH = 1  # a customer's month: what may happen
TRAITS_FIRST, TRAITS_SECOND, TRAITS_THIRD = 3, 4, 5  # a prospect's traits
# how a month goes on in which something happens; each purchase, the first with what a visit brings; each contact
EVENTS, PURCHASE, CONTACT = 6, 7, 8
REP_TRAITS, REP_MONTH, DESK, APPLICANT = 12, 13, 14, 15

MASK = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
SEAT_FACTOR = 4096  # months of signing per seat
ORDER_FACTOR = 256  # events per customer, purpose and month


@rule
def _round(x0: Word, x1: Word, x2: Word, x3: Word, a: Word, b: Word) -> tuple[Word, Word, Word, Word]:
    p0 = MULTIPLIER_0 * x0
    p1 = MULTIPLIER_1 * x2
    return (p1 >> SHIFT) ^ x1 ^ a, p1 & MASK, (p0 >> SHIFT) ^ x3 ^ b, p0 & MASK


@rule
def philox4x32(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Four 32-bit words (as uint64) for a counter of four words and a key of two: ten rounds."""
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    a, b = np.uint64(k0), np.uint64(k1)
    for number in range(10):
        k = np.uint64(number)
        x0, x1, x2, x3 = _round(x0, x1, x2, x3, (a + k * WEYL_0) & MASK, (b + k * WEYL_1) & MASK)
    return x0, x1, x2, x3


@rule
def uniform(word: Word) -> float:
    """(word + 1/2) / 2**32, strictly between 0 and 1 (bit trick: vector units lack int64 to float)."""
    return (bits_to_float(np.int64(word) | np.int64(0x4330000000000000)) - 4503599627370495.5) * 2.3283064365386963e-10


@shared
def uniforms(seed: int, run: int, purpose: int, month: int, who: Word, which: Word) -> tuple[float, float, float, float]:
    """Four uniforms at an address: counter (who, which, month * 64 + purpose, run), key seed."""
    s = np.uint64(seed)
    w = philox4x32(np.int64(who), np.int64(which), np.int64(month) * 64 + purpose, np.int64(run), s & MASK, s >> SHIFT)
    return uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3])


@rule
def customer_key(seat: int, signed: int, order: int) -> tuple[Word, Word]:
    """Who a customer is, as the two words of the address: (seat and month of signing, order)."""
    return np.int64(seat) * SEAT_FACTOR + np.int64(signed), np.int64(order) * ORDER_FACTOR


@rule
def rep_uniforms(seed: int, run: int, purpose: int, month: int, seat: int, hire: float) -> tuple[float, float, float, float]:
    """Four uniforms of a rep: the hire-th to fill a seat."""
    return uniforms(seed, run, purpose, month, np.int64(seat) * SEAT_FACTOR, np.int64(hire) * ORDER_FACTOR)


@rule
def fifth(w: tuple[Word, Word, Word, Word]) -> Word:
    """A word made of the lowest bytes of four: the uniforms of all five are independent but for their last digits."""
    low, byte = np.uint64(0xFF), np.uint64(8)
    return ((((w[3] & low) << byte | w[2] & low) << byte | w[1] & low) << byte) | w[0] & low


@rule
def month_uniforms(seed: int, run: int, month: int, who: Word, which: Word) -> tuple[float, float, float, float, float]:
    """What every month of a customer's needs: visit, purchase, contact, lapse, referral."""
    s = np.uint64(seed)
    w = philox4x32(np.int64(who), np.int64(which), np.int64(month) * 64 + MONTH, np.int64(run), s & MASK, s >> SHIFT)
    return uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3]), uniform(fifth(w))


BLOCK = 256  # customers that go through a month together
LANES = 8  # customers a processor draws for at once
ROW = BLOCK + LANES  # numbers from one row to the next: rows a power of two apart would crowd the same places of a cache


@rule
def whole_lanes(size: int) -> int:
    """The next multiple of :data:`LANES`."""
    return (size + LANES - 1) // LANES * LANES


@shared
def fill(seed: int, run: int, purpose: int, month: int, size: int, keys: np.ndarray, out: np.ndarray) -> None:
    """:func:`uniforms` for `size` customers, whose keys stand in keys[2 * ROW]: the k-th of each from out[k * ROW] on.

    One flat array with constant offsets, so that LLVM can prove the rows apart and vectorise.  A few more are drawn
    than asked for, up to whole :data:`LANES`: one by one the rest would take longer than all others together.
    """
    s = np.uint64(seed)
    k0, k1, third = s & MASK, s >> SHIFT, np.int64(month) * 64 + purpose
    for i in range(whole_lanes(size)):
        w = philox4x32(keys[i], keys[ROW + i], third, np.int64(run), k0, k1)
        out[i] = uniform(w[0])
        out[ROW + i] = uniform(w[1])
        out[2 * ROW + i] = uniform(w[2])
        out[3 * ROW + i] = uniform(w[3])


@shared
def fill_month(seed: int, run: int, month: int, size: int, keys: np.ndarray, out: np.ndarray) -> None:
    """:func:`month_uniforms` for `size` customers, as :func:`fill` does it."""
    s = np.uint64(seed)
    k0, k1, third = s & MASK, s >> SHIFT, np.int64(month) * 64 + MONTH
    for i in range(whole_lanes(size)):
        w = philox4x32(keys[i], keys[ROW + i], third, np.int64(run), k0, k1)
        out[i] = uniform(w[0])
        out[ROW + i] = uniform(w[1])
        out[2 * ROW + i] = uniform(w[2])
        out[3 * ROW + i] = uniform(w[3])
        out[4 * ROW + i] = uniform(fifth(w))


@rule
def fill_events(seed: int, run: int, purpose: int, month: int, start: int, end: int, keys: np.ndarray, out: np.ndarray) -> None:
    """The uniforms of :data:`EVENTS`, the first :data:`PURCHASE` or the first :data:`CONTACT` for some customers.

    They stand from `start` to `end`; a few before and behind are drawn for as well, up to whole :data:`LANES`.
    """
    start -= start % LANES
    if end > start:
        fill(seed, run, purpose, month, end - start, keys[start:], out[4 * (purpose - EVENTS) * ROW + start :])


@shared
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


@rule
def may_count(u: float, mean: float) -> bool:
    """Whether :func:`poisson_count` may be more than 0, without an exponential: exp(-mean) >= 1 - mean."""
    return u > 1.0 - mean
