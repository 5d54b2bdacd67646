"""Philox gives the published answers, and draws depend on nothing but their address."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from sim import draws, numeric

ONES = 0xFFFFFFFF
KNOWN = [  # Random123, kat_vectors, philox4x32 10 (Salmon et al. 2011)
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "words"), KNOWN)
def test_philox_gives_the_published_answers(counter: tuple[int, ...], words: tuple[int, ...]) -> None:
    assert tuple(int(word) for word in draws.philox4x32(*counter)) == words


def test_uniforms_are_uniform() -> None:
    u = np.array([draws.uniforms(1, 1, 3, 1, who, 0) for who in range(5000)]).ravel()
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_a_months_uniforms_are_uniform_and_independent_the_fifth_included() -> None:
    n = 20000
    u = np.array([draws.month_uniforms(1, 1, 1, who, 0) for who in range(n)])
    for k in range(5):
        assert stats.kstest(u[:, k], "uniform").pvalue > 1e-3
    for cut in (0.5, 0.05):  # the fifth in its tail, given where each of the others is
        for k in range(4):
            both = np.mean((u[:, 4] < cut) & (u[:, k] < cut))
            assert abs(both - cut * cut) < 4 * np.sqrt(cut * cut / n)


def test_a_block_is_drawn_as_one_by_one() -> None:
    size = 13
    keys, month, events = np.zeros(2 * draws.ROW, np.uint32), np.zeros(5 * draws.ROW), np.zeros(12 * draws.ROW)
    for i in range(size):
        keys[i], keys[draws.ROW + i] = draws.customer_key(2, 3, i + 1)
    draws.fill_month(9, 4, 7, size, keys, month)
    for purpose in (draws.EVENTS, draws.PURCHASE, draws.CONTACT):
        draws.fill_events(9, 4, purpose, 7, 0, size, keys, events)
    for i in range(size):
        who, which = keys[i], keys[draws.ROW + i]
        assert tuple(month[i :: draws.ROW]) == draws.month_uniforms(9, 4, 7, who, which)
        each = [draws.uniforms(9, 4, purpose, 7, who, which) for purpose in (draws.EVENTS, draws.PURCHASE, draws.CONTACT)]
        assert tuple(events[i :: draws.ROW]) == each[0] + each[1] + each[2]


def test_addresses_do_not_collide() -> None:
    keys = {draws.customer_key(seat, month, order) for seat in range(20) for month in range(50) for order in range(20)}
    assert len(keys) == 20 * 50 * 20


def test_poisson_by_inversion_has_mean_and_variance() -> None:
    rng = np.random.default_rng(1)
    mean = 1.3
    counts = np.array([draws.poisson_count(u, mean, np.exp(-mean)) for u in rng.random(20000)])
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 20000)
    assert abs(counts.var() - mean) < 0.08


def test_exp_and_log_are_right_to_the_last_places() -> None:
    x = np.linspace(-700, 700, 5001)
    assert np.max(np.abs(np.array([numeric.exp(v) for v in x]) / np.exp(x) - 1)) < 1e-15
    y = np.exp(np.linspace(-300, 300, 5001))
    assert np.max(np.abs(np.array([numeric.log(v) for v in y]) - np.log(y)) / (1e-3 + np.abs(np.log(y)))) < 1e-15


@pytest.mark.parametrize("shape", [0.1, 0.243, 1.0, 6.25, 300.0])
def test_gamma_quantiles_agree_with_scipy(shape: float) -> None:
    table = numeric.quantile_table(False, shape, 0.0)
    z = np.linspace(-5, 5, 301)
    lower = np.where(z < 0, special.gammaincinv(shape, stats.norm.cdf(z)), special.gammainccinv(shape, stats.norm.sf(z)))
    assert np.max(np.abs(np.exp([numeric.interpolate(table, v) for v in z]) / lower - 1)) < 1e-8


@pytest.mark.parametrize(("a", "b"), [(0.7, 3.8), (0.793, 2.426), (20.0, 30.0)])
def test_beta_quantiles_agree_with_scipy(a: float, b: float) -> None:
    table = numeric.quantile_table(True, a, b)
    z = np.linspace(-5, 5, 301)
    got = special.expit(np.array([numeric.interpolate(table, v) for v in z]))
    assert np.max(np.abs(got / special.betaincinv(a, b, stats.norm.cdf(z)) - 1)) < 1e-8
