"""Stochastic dominance: found where it is planted, not found where it is not, and rarely claimed in error."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.dominance import CROSSING, ESTABLISHED, OPEN, SAME, dominance, established, refuted

OTHER, BASE = ESTABLISHED


def pairs(n: int, correlation: float = 0.7, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two standard normal samples, correlated run by run."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    return x, correlation * x + np.sqrt(1 - correlation**2) * rng.standard_normal(n)


def verdicts(x: np.ndarray, y: np.ndarray, better: int = 1) -> list[str]:
    return list(dominance(x, y, better)["verdict"])


def test_a_shift_dominates_at_both_orders() -> None:
    x, y = pairs(500)
    assert verdicts(x, y + 0.6) == [OTHER, OTHER]
    assert verdicts(x, y - 0.6) == [BASE, BASE]


def test_where_less_is_better_the_smaller_dominates() -> None:
    x, y = pairs(500)
    assert verdicts(x, y - 0.6, better=-1) == [OTHER, OTHER]


def test_less_spread_dominates_at_second_order_only() -> None:
    """N(0.1, 0.5) against N(0, 1): distributions cross at 0.2, but all partial integrals are smaller."""
    x, y = pairs(1000)
    assert verdicts(x, 0.1 + 0.5 * y) == [CROSSING, OTHER]


def test_more_mean_with_much_more_spread_does_not_dominate() -> None:
    """N(0.6, 3) against N(0, 1): better for the bold, worse in the lower tail, at either order."""
    x, y = pairs(2000)
    assert verdicts(x, 0.6 + 3 * y) == [CROSSING, CROSSING]


def test_equal_distributions_establish_nothing() -> None:
    for seed in range(5):
        assert verdicts(*pairs(300, seed=seed)) == [OPEN, OPEN]


def test_the_same_in_every_run_is_said_so() -> None:
    x, _ = pairs(50)
    assert verdicts(x, x.copy()) == [SAME, SAME]
    assert verdicts(x[:1], x[:1] + 1) == [OPEN, OPEN]


def test_verdicts_do_not_depend_on_the_unit() -> None:
    x, y = pairs(200)
    for order in (1, 2):
        assert refuted(1e6 * x, 1e6 * y, order) == pytest.approx(refuted(x, y, order), abs=2e-3)
        assert established(1e6 * x, 1e6 * y, order) == pytest.approx(established(x, y, order))


def rejections(correlation: float, order: int, number: int, n: int = 200) -> tuple[float, float]:
    """Share of studies with equal distributions in which dominance is refuted, and in which it is claimed, at 5%."""
    p = [(refuted(x, y, order)[0], established(x, y, order)) for x, y in (pairs(n, correlation, seed) for seed in range(number))]
    return tuple(np.mean(np.array(p) < 0.05, axis=0))  # type: ignore[return-value]


def test_equal_distributions_are_rarely_told_apart() -> None:
    """At the edge of the null 5% are refuted: within four standard errors in 150 studies; claims are rarer."""
    false, claimed = rejections(0.8, 1, 150)
    assert false < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 150)
    assert claimed < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_the_size_of_the_tests_is_what_it_says(order: int, correlation: float) -> None:
    false, claimed = rejections(correlation, order, 2000)
    print(f"order {order}, correlation {correlation}: refuted {false:.4f}, claimed {claimed:.4f}")
    assert 0.03 < false < 0.07
    assert claimed < 0.05
