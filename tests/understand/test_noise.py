"""Monte Carlo noise is told apart from what the parameters do, with and without common random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.understand.noise import corrected, jackknife, variance, variance_parts

POINTS, RUNS, REPEATS = 40, 4, 2000
X = np.linspace(-1, 1, POINTS)
F = 2 * X


def noise(kind: str, random: np.random.Generator) -> np.ndarray:
    """Values [repeats, runs, points] of f plus noise of variance 4 a run."""
    shape = (REPEATS, RUNS, POINTS)
    if kind == "own":
        return F + 2 * random.standard_normal(shape)
    if kind == "common":
        return F + 2 * random.standard_normal((REPEATS, RUNS, 1)) * np.ones(POINTS)
    return F + 2 * random.standard_normal((REPEATS, RUNS, 1)) * X / X.std()  # as smooth in x as f is: a slope by chance


@pytest.mark.parametrize("kind", ["own", "common", "slope"])
@pytest.mark.parametrize(
    ("form", "truth"),
    [
        (variance, F.var()),
        (lambda y: y[..., 0] * y[..., -1], F[0] * F[-1]),
        (lambda y: (y[..., 0] - y[..., 9]) ** 2, (F[0] - F[9]) ** 2),
    ],
    ids=["variance", "product", "squared difference"],
)
def test_a_quadratic_form_of_means_is_freed_of_noise(kind: str, form, truth: float) -> None:
    found = np.array([corrected(form, values) for values in noise(kind, np.random.default_rng(3))])
    assert abs(found.mean() - truth) < 4 * found.std() / REPEATS**0.5 + 1e-12


def test_without_the_correction_variance_is_too_large_by_noise_over_runs() -> None:
    found = np.array([variance(values.mean(axis=0)) for values in noise("own", np.random.default_rng(3))])
    assert found.mean() - F.var() == pytest.approx(4 / RUNS * (1 - 1 / POINTS), abs=4 * found.std() / REPEATS**0.5)


def test_variance_is_told_apart_by_origin() -> None:
    random = np.random.default_rng(5)
    runs, points = 400, 500
    f = 3 * random.standard_normal(points)
    values = f + 2 * random.standard_normal((runs, 1)) + random.standard_normal((runs, points))
    found = variance_parts(values)
    assert found.parameters == pytest.approx(f.var(ddof=1), rel=0.01)
    assert found.interaction == pytest.approx(1, abs=4 * (2 / (runs * points)) ** 0.5)
    assert found.common == pytest.approx(4, abs=4 * 4 * (2 / runs) ** 0.5)
    assert found.share_of_run == pytest.approx(5 / (5 + f.var(ddof=1)), abs=0.05)
    assert found.share_of_means == pytest.approx(1 / runs / (1 / runs + f.var(ddof=1)), rel=0.05)


def test_one_run_says_nothing_of_noise() -> None:
    assert np.isnan(variance_parts(F[None]).interaction)
    assert corrected(variance, F[None]) == F.var()


def test_the_jackknife_of_a_mean_is_its_squared_standard_error() -> None:
    values = np.random.default_rng(1).standard_normal((12, 7))
    expected = values.mean(axis=1).var(ddof=1) / 12
    assert jackknife(lambda v: v.mean(), values) == pytest.approx(expected, rel=1e-12)
