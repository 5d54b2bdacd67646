"""Sensitivity from a Latin hypercube: what was planted comes back, chance is worth nothing, nothing else is touched."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sim.errors import InputError
from sim.sweeps import Factor
from sim.sweeps.points import latin_hypercube
from sim.understand import given
from sim.understand.given import coefficients, random_balance
from tests.understand.worlds import CUBE, FIRST, ishigami, own_noise, swept

LINE = (Factor("x", low=0, high=1), Factor("y", low=0, high=2), Factor("idle", low=0, high=1))


def test_a_plane_is_explained_and_its_shares_add_up() -> None:
    found = given(swept(lambda point, runs: 3 * point["x"] - 2 * point["y"], LINE, "lhs", 150, runs=1), resamples=20)
    table = found.table.set_index("factor")
    total = (9 + 16) ** 0.5  # coefficients times range, whose squares are the shares: variances of equal uniforms
    assert table.loc["x", "regression"] == pytest.approx(3 / total, abs=0.06)
    assert table.loc["y", "regression"] == pytest.approx(-4 / total, abs=0.06)
    assert found.explained == pytest.approx(1, abs=1e-9)
    assert table.loc["x", "first"] == pytest.approx(9 / 25, abs=0.15)
    assert table.loc["idle", "pawn"] < table.loc["x", "pawn"] < table.loc["y", "pawn"]
    for name in ("idle", "(chance)"):
        assert table.loc[name, "regression_low"] < 0.02 and table.loc[name, "first_low"] < 0 < table.loc[name, "first_high"]


def test_first_order_indices_of_ishigami_are_freed_of_noise() -> None:
    u = latin_hypercube(2000, 3, 1)
    x = np.pi * (2 * u - 1)
    f = np.array([ishigami({"x1": a, "x2": b, "x3": c}) for a, b, c in x])
    noisy = f + (8 * f.var()) ** 0.5 * np.random.default_rng(1).standard_normal((8, f.size))
    assert random_balance(noisy, u) == pytest.approx(list(FIRST.values()), abs=0.09)
    raw = random_balance(noisy.mean(axis=0, keepdims=True), u)
    assert raw[1] < 0.3  # half in truth


def test_regression_is_freed_of_noise() -> None:
    u = latin_hypercube(400, 2, 1)
    random = np.random.default_rng(2)
    found = [coefficients(u[:, 0] + 2 * random.standard_normal((30, 400)) * u.std(), u)[0] for _ in range(40)]
    assert np.mean(found) == pytest.approx(1, abs=0.02)


def test_the_factor_of_chance_is_none_of_the_sample() -> None:
    """A sample drawn with the same seed must not be the factor it is compared with."""
    found = given(swept(lambda point, runs: point["x1"], CUBE, "lhs", 100, runs=1, seed=1), seed=1, resamples=10)
    chance = found.table.set_index("factor").loc["(chance)"]
    assert abs(chance["regression"]) < 0.3 and abs(chance["first"]) < 0.4


def test_numpys_global_generator_and_warnings_are_left_as_they_were() -> None:
    before, form = np.random.get_state()[1].copy(), warnings.formatwarning
    given(swept(lambda point, runs: point["x1"] + own_noise(point, runs), CUBE, "lhs", 300, runs=2), resamples=5)
    assert (np.random.get_state()[1] == before).all() and warnings.formatwarning is form


def test_a_designed_sample_and_a_small_one_are_refused() -> None:
    with pytest.raises(InputError, match="needs a random sample"):
        given(swept(lambda point, runs: point["x"], LINE, "morris", 4, runs=1))
    with pytest.raises(InputError, match="expected 60 points or more, got 20"):
        given(swept(lambda point, runs: point["x"], LINE, "lhs", 20, runs=1))
