"""Elementary and special functions: accuracy against scipy, and the same bits everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats

from sim import numeric
from sim.compiled import rule

EPSILON = np.finfo(float).eps
SHAPES = (0.02, 0.243, 1.0, 6.25, 300.0, 1e5)
BETAS = ((0.05, 0.3), (0.7, 3.8), (20.0, 30.0), (0.5, 50.0), (1e4, 3e4), (5.0, 0.02))


def each(function: Callable[..., float], x: np.ndarray) -> np.ndarray:
    return np.array([function(v) for v in x])


@rule
def exp_all(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.shape[0]):
        out[i] = numeric.exp(x[i])


@rule
def log_all(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.shape[0]):
        out[i] = numeric.log(x[i])


def test_exp_errs_by_less_than_two_units_in_the_last_place() -> None:
    x = np.concatenate([np.linspace(-708, 709, 20001), np.linspace(-1, 1, 20001)])
    out = np.empty_like(x)
    exp_all(x, out)
    assert np.max(np.abs(out / np.exp(x) - 1)) < 4.5e-16


def test_exp_outside_its_range_is_clamped() -> None:
    assert numeric.exp(-1e9) == numeric.exp(-708.0) > 0.0
    assert numeric.exp(1e9) == numeric.exp(709.0) < np.inf
    assert numeric.exp(0.0) == 1.0


def test_log_errs_by_less_than_three_units_in_the_last_place_even_next_to_one() -> None:
    near_one = 1 + np.arange(-99, 100) * 1e-8
    x = np.concatenate([2.0 ** np.linspace(-1022, 1023, 20001), np.linspace(0.5, 2, 20001), near_one])
    x = x[x != 1.0]
    out = np.empty_like(x)
    log_all(x, out)
    assert np.max(np.abs(out / np.log(x) - 1)) < 6.7e-16
    assert numeric.log(1.0) == 0.0


def test_vectorised_loops_give_the_bits_of_single_calls() -> None:
    x = np.linspace(0.001, 50, 1003)  # odd, so that a vectorised loop also has a remainder
    out = np.empty_like(x)
    exp_all(x, out)
    assert np.array_equal(out, each(numeric.exp, x))
    log_all(x, out)
    assert np.array_equal(out, each(numeric.log, x))


def test_power_is_exp_of_log() -> None:
    for base, exponent in ((0.85, 7.5), (1.01, 120.0), (3.0, -2.25)):
        assert numeric.power(base, exponent) == pytest.approx(base**exponent, rel=1e-14)


def test_log_gamma() -> None:
    x = np.concatenate([2.0 ** np.linspace(-50, 25, 1501), np.linspace(0.5, 3, 501)])
    expected = special.gammaln(x)
    assert np.max(np.abs(each(numeric.log_gamma, x) - expected) / (1 + np.abs(expected))) < 3e-14


def test_normal_tails_and_density() -> None:
    z = np.linspace(-37, 0, 741)
    lower = np.array([numeric.log_normal_tails(v)[0] for v in z])
    upper = np.array([numeric.log_normal_tails(-v)[1] for v in z])
    assert np.array_equal(lower, upper)
    assert np.max(np.abs(lower / special.log_ndtr(z) - 1)) < 5e-14
    inner = np.linspace(-8, 8, 321)
    assert np.max(np.abs(each(numeric.normal_cdf, inner) / stats.norm.cdf(inner) - 1)) < 2e-13
    assert np.max(np.abs(each(numeric.normal_pdf, inner) / stats.norm.pdf(inner) - 1)) < 2e-14


def test_normal_quantile_is_right_and_antisymmetric() -> None:
    u = np.concatenate([2.0 ** np.linspace(-1000, -1.01, 2001), (np.arange(2000) + 0.5) / 4000])
    assert np.max(np.abs(each(numeric.normal_quantile, u) / special.ndtri(u) - 1)) < 5e-15
    halves = (np.arange(2000) + 0.5) / 4096  # 1 - u is exact
    assert np.array_equal(each(numeric.normal_quantile, 1.0 - halves), -each(numeric.normal_quantile, halves))
    assert numeric.normal_quantile(0.5) == 0.0


@pytest.mark.parametrize("shape", SHAPES)
def test_incomplete_gamma_tails(shape: float) -> None:
    x = special.gammaincinv(shape, np.linspace(0.02, 0.98, 49))
    x = x[x > 1e-290]
    tails = np.array([numeric.log_gamma_tails(shape, np.log(v)) for v in x])
    # a log x - x - log Gamma(a) cancels: rounding of terms as large as a log a remains
    bound = 1e-12 + 4 * EPSILON * shape * np.log(1 + shape)
    assert np.max(np.abs(np.exp(tails[:, 0]) / special.gammainc(shape, x) - 1)) < bound
    assert np.max(np.abs(np.exp(tails[:, 1]) / special.gammaincc(shape, x) - 1)) < bound


@pytest.mark.parametrize(("a", "b"), BETAS[1:5])
def test_incomplete_beta_tails(a: float, b: float) -> None:
    x = special.betaincinv(a, b, np.linspace(0.02, 0.98, 49))
    tails = np.array([numeric.log_beta_tails(a, b, special.logit(v)) for v in x])
    bound = 1e-12 + 4 * EPSILON * (a + b) * np.log(1 + a + b)
    assert np.max(np.abs(np.exp(tails[:, 0]) / special.betainc(a, b, x) - 1)) < bound
    assert np.max(np.abs(np.exp(tails[:, 1]) / special.betaincc(a, b, x) - 1)) < bound


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_quantile_has_the_probability_asked_for_in_both_tails(shape: float) -> None:
    for z in (-8.0, -4.0, -0.5, 0.5, 4.0, 8.0):
        tails = numeric.log_gamma_tails(shape, numeric.transformed_quantile(False, shape, 0.0, z))
        nearer = tails[0] if z < 0 else tails[1]
        # what rounding of the quantile itself does to a distribution of spread 1 / sqrt(shape)
        assert nearer == pytest.approx(special.log_ndtr(-abs(z)), abs=1e-12 * (1 + 20 * np.sqrt(shape)))


def test_exponential_quantile_is_the_closed_form() -> None:
    for z in (-6.0, -1.0, 0.0, 1.0, 6.0):
        expected = np.log(-special.log_ndtr(-z))
        assert numeric.transformed_quantile(False, 1.0, 0.0, z) == pytest.approx(expected, abs=1e-11)


def test_uniform_quantile_is_the_closed_form() -> None:
    for z in (-6.0, -1.0, 0.0, 1.0, 6.0):
        expected = special.log_ndtr(z) - special.log_ndtr(-z)
        assert numeric.transformed_quantile(True, 1.0, 1.0, z) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(("is_beta", "a", "b"), [(False, s, 0.0) for s in SHAPES] + [(True, *ab) for ab in BETAS])
def test_tables_rise_and_hold_between_their_nodes(is_beta: bool, a: float, b: float) -> None:
    table = numeric.quantile_table(is_beta, a, b)
    assert np.isfinite(table).all()
    rise, largest = np.diff(table[:, 0]), np.log(np.finfo(float).max)  # what lies beyond `largest` no exponential tells apart
    assert (rise[table[1:, 0] < largest] > 0.0).all() and (rise >= 0.0).all()
    z = np.linspace(-5.99, 5.99, 61)  # off the nodes
    got = each(lambda v: numeric.interpolate(table, v), z)
    exact = each(lambda v: numeric.transformed_quantile(is_beta, a, b, v), z)
    told = exact < largest
    assert np.max(np.abs(got - exact)[told]) < 1e-8 and (got[~told] >= largest).all()
    assert told.mean() > 0.9


def test_interpolation_returns_nodes_and_clamps_outside() -> None:
    table = numeric.quantile_table(False, 2.0, 0.0)
    for node in (0, 1, 400, numeric.TABLE_NODES - 2):
        assert numeric.interpolate(table, numeric.TABLE_LOW + node * numeric.TABLE_STEP) == table[node, 0]
    assert numeric.interpolate(table, -50.0) == table[0, 0]
    assert numeric.interpolate(table, 50.0) == pytest.approx(table[-1, 0], abs=1e-7)


def test_normal_quantiles_by_look_up_are_those_of_as241() -> None:
    """All octaves of a 32-bit uniform, both tails, ends of the table included."""
    words = np.concatenate([2.0 ** np.arange(32), 2.0**32 - 2.0 ** np.arange(32), np.arange(0, 2**32, 9_999_991)])
    u = (np.minimum(words, 2.0**32 - 1) + 0.5) / 2.0**32
    table = numeric.normal_table()
    got = each(lambda v: numeric.normal(table, v), u)
    assert np.abs(got - special.ndtri(u)).max() < 1e-7


GOLDEN = {
    "exp": "6c8394f65b43dbef",
    "log": "d66269f5461d79bb",
    "normal_quantile": "6a4ac73d173bebdf",
    "gamma table": "06ee92e255f357ef",
    "beta table": "83fb6fa6ffd010e8",
}


def grid_results() -> dict[str, np.ndarray]:
    """Values on grids that are themselves exact in binary."""
    k = np.arange(1, 2001)
    return {
        "exp": each(numeric.exp, (k - 1000) / 4.0),
        "log": each(numeric.log, k / 64.0),
        "normal_quantile": each(numeric.normal_quantile, k / 2048.0),
        "gamma table": numeric.quantile_table(False, 0.75, 0.0),
        "beta table": numeric.quantile_table(True, 0.75, 3.5),
    }


def test_every_machine_gets_the_same_bits() -> None:
    """Recorded on x86-64; any IEEE 754 machine must agree, or no stranger can reproduce a result."""
    for name, values in grid_results().items():
        assert hashlib.sha256(values.astype("<f8").tobytes()).hexdigest()[:16] == GOLDEN[name], name
