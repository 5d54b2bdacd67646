"""A5: on the multitask problem the search must find the known optimum within its standard error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import chi2

from sim.design import Answer, solve
from sim.design.space import Axis, Params, Space
from sim.design.statistic import Value
from sim.design.surface import Optimum, optimum
from sim.proofs.multitask import PATHS, Multitask
from tests.design.worlds import problem

EFFORT = {"evaluations": 30, "search_runs": 40, "choice_runs": 200, "report_runs": 200, "candidates": 8, "shown": 4}


def designed(world: Multitask, paths: str, seed: int = 1) -> tuple[Answer, Optimum]:
    asked = problem(paths, [{"outcome": "profit"}], low=-1.5, high=2.5, effort=EFFORT)
    answer = solve(asked, seed=seed, workers=1, evaluate=world, outcomes=["profit"])
    assert isinstance(answer.optimum, Optimum), answer.optimum
    return answer, answer.optimum


def test_the_closed_form_gives_the_published_numbers() -> None:
    """p = (1, .8), C12 = .5, C11 = C22 = 1, r = 1, s1² = .5, task 2 not measured: alpha = .43636, t = (.582, -.291)."""
    world = Multitask()
    assert world.optimum() == pytest.approx([0.43636, 0.0], abs=5e-6)
    assert world.response(world.optimum()) == pytest.approx([0.582, -0.291], abs=5e-4)


def test_the_agent_just_takes_part() -> None:
    """E[-exp(-r welfare)] = -1: the certainty equivalent is zero, whatever is paid."""
    for alpha in ((0.0, 0.0), (0.4, 0.7), (1.0, -0.3)):
        world = Multitask(noise=(0.5, 0.8))
        welfare = world(dict(zip(PATHS, alpha, strict=True)), 3, range(1, 4001))["welfare"].to_numpy()
        utility = np.exp(-welfare)
        assert abs(utility.mean() - 1.0) <= 4 * utility.std(ddof=1) / np.sqrt(4000) + 1e-12


def test_one_task_measured() -> None:
    answer, found = designed(Multitask(), "alpha_1")
    assert abs(found.values[0] - 0.4363636) < 2.5 * found.errors[0]
    # on so many runs the best alpha has sd sqrt(s1²/n) / (1/C-effective + r s1²): mean profit is a'C⁻¹(p - a/2) - r s1² a²/2 - a m
    c = np.linalg.inv(np.array(Multitask().cost))[0, 0]
    assert found.errors[0] == pytest.approx(np.sqrt(0.5 / 200) / (c + 0.5), rel=0.2)
    assert answer.recommended.params["alpha_1"] == pytest.approx(found.values[0], abs=1e-3)


def test_two_tasks_measured_with_the_covariance_of_theory() -> None:
    world = Multitask(noise=(0.5, 0.8))
    _, found = designed(world, "alpha_1 alpha_2")
    away = found.values - world.optimum()
    assert away @ np.linalg.solve(found.covariance, away) < chi2.ppf(0.99, 2)
    assert found.covariance == pytest.approx(world.sampling_covariance(200), rel=0.35)
    assert found.lack_of_fit < 0.1  # the payoff is a quadratic


def test_random_worlds() -> None:
    """Eight draws of p, C, r and Sigma: distances in units of the covariance add up as chi² with two degrees each."""
    r = np.random.default_rng(5)
    total = 0.0
    for seed in range(1, 9):
        cross = r.uniform(-0.6, 0.6)
        world = Multitask(
            benefit=tuple(r.uniform(0.3, 1.2, 2)), cost=((1.0, cross), (cross, r.uniform(0.8, 1.5))),
            noise=tuple(r.uniform(0.2, 1.0, 2)), risk_aversion=r.uniform(0.3, 2.0), intrinsic=tuple(r.uniform(0.0, 1.0, 2)),
        )  # fmt: skip
        _, found = designed(world, "alpha_1 alpha_2", seed)
        away = found.values - world.optimum()
        total += away @ np.linalg.solve(found.covariance, away)
    assert chi2.ppf(0.005, 16) < total < chi2.ppf(0.995, 16)


def test_on_a_bound_there_is_no_standard_error() -> None:
    asked = problem("alpha_1", [{"outcome": "profit"}], low=-1.0, high=0.2, effort=EFFORT)
    answer = solve(asked, workers=1, evaluate=Multitask(), outcomes=["profit"])
    assert answer.optimum == "it lies on a bound of the family"
    assert answer.recommended.params["alpha_1"] == pytest.approx(0.2, abs=0.005)


def test_the_surface_moves_to_a_peak_outside_the_points_and_to_one_inside() -> None:
    """-(x - .8)² - 2 (y - .3)² + .5 (x - .8)(y - .3) plus runs' slopes m: the optimum moves by H⁻¹m, H the matrix of minus second derivatives."""
    h = np.array([[2.0, -0.5], [-0.5, 4.0]])
    slopes = np.random.default_rng(6).normal(0.0, 0.3, (400, 2))
    slopes -= slopes.mean(axis=0)

    def evaluate(schemes: Sequence[Params]) -> list[Value]:
        away = [np.array([scheme["x"] - 0.8, scheme["y"] - 0.3]) for scheme in schemes]
        return [Value(float(-0.5 * one @ h @ one), slopes @ one) for one in away]

    space = Space((Axis("x"), Axis("y")))
    for start in ({"x": 0.1, "y": 0.9}, {"x": 0.7, "y": 0.35}):
        found = optimum(space, start, evaluate, 1)
        assert isinstance(found, Optimum)
        assert found.values == pytest.approx([0.8, 0.3], abs=1e-6)
        inverse = np.linalg.inv(h)
        assert found.covariance == pytest.approx(inverse @ np.cov(slopes, rowvar=False) @ inverse / 400, rel=1e-6)


@pytest.mark.parametrize("bend", [0.0, 1.0])
def test_a_flat_or_hollow_surface_has_no_peak(bend: float) -> None:
    def evaluate(schemes: Sequence[Params]) -> list[Value]:
        return [Value(bend * one["x"] ** 2, np.zeros(5)) for one in schemes]

    found = optimum(Space((Axis("x"),)), {"x": 0.4}, evaluate, 1)
    assert isinstance(found, str) and "no peak" in found
