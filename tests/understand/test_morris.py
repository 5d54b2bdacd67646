"""Elementary effects: exact where the function is linear, spread where it is not, and freed of noise."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.sweeps import Factor
from sim.sweeps.points import morris as trajectories
from sim.understand import morris
from sim.understand.morris import elementary, measures
from tests.understand.worlds import Point, own_noise, swept

FACTORS = (
    Factor("a", low=0, high=10),
    Factor("b", low=1, high=100, log=True),
    Factor("c", low=-1, high=1),
    Factor("none", low=0, high=1),
)


def planted(point: Point) -> float:
    """3 a + 2 log10(b) + c · (a − 5): over their ranges 30, 4, and an interaction."""
    return float(3 * point["a"] + 2 * np.log10(point["b"]) + point["c"] * (point["a"] - 5))


def test_a_linear_effect_has_its_size_and_no_spread_and_an_interaction_has_spread() -> None:
    table = morris(swept(lambda point, runs: planted(point), FACTORS, "morris", 20, runs=1)).table.set_index("factor")
    assert table.loc["b", ["mu", "mu_star", "sigma"]].tolist() == pytest.approx([4, 4, 0], abs=1e-9)
    assert table.loc["none", ["mu", "mu_star", "sigma"]].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert table.loc["a", "mu"] == pytest.approx(30, abs=4) and table.loc["a", "sigma"] > 3
    assert abs(table.loc["c", "mu"]) < table.loc["c", "mu_star"]  # up or down, as a stands
    assert table.loc["c", "sigma"] > 3


def test_the_measures_are_salibs() -> None:
    from SALib.analyze import morris as salib

    u = trajectories(15, 3, seed=2)
    y = u[:, 0] * 3 + u[:, 1] * u[:, 2] * 5
    expected = salib.analyze({"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}, u, y, seed=1)
    mu, mu_star, squared = measures(elementary(u, y[None]))
    assert mu == pytest.approx(np.asarray(expected["mu"]))
    assert mu_star == pytest.approx(np.asarray(expected["mu_star"]))
    assert np.sqrt(np.maximum(0, squared)) == pytest.approx(np.asarray(expected["sigma"]), abs=1e-7)


def test_noise_is_taken_out_of_the_spread_and_said_of_the_size() -> None:
    sweep = swept(lambda point, runs: planted(point) + 4 * own_noise(point, runs), FACTORS, "morris", 60, runs=4)
    table = morris(sweep).table.set_index("factor")
    step = 2 / 3
    assert table["noise"].to_numpy() == pytest.approx(4 * 2**0.5 / 4**0.5 / step, rel=0.15)
    assert table.loc["none", "sigma_raw"] == pytest.approx(table.loc["none", "noise"], rel=0.3)
    assert table.loc["none", "sigma_low"] == 0
    assert table.loc["none", "mu_star"] == pytest.approx((2 / np.pi) ** 0.5 * table.loc["none", "noise"], rel=0.3)
    assert table.loc["none", "mu_low"] < 0 < table.loc["none", "mu_high"]


def test_what_is_no_trajectory_is_refused() -> None:
    with pytest.raises(InputError, match='no trajectories; a design with method = "morris" makes them'):
        morris(swept(lambda point, runs: point["a"], FACTORS, "lhs", 10, runs=1))
