"""The parts of a design: coordinates, statistics, fronts, criteria."""

from __future__ import annotations

import numpy as np
import pytest

from sim.design.pareto import dominated, front_probability, ranks, spread
from sim.design.robust import losses
from sim.design.space import Axis, Space, sample
from sim.design.statistic import Value, parse, resampled_means
from sim.errors import InputError


def of(text: str, x: np.ndarray) -> Value:
    """A statistic of a sample of npv, shape [worlds, runs]."""
    return parse(text, ["npv"], "here").of({"npv": x})


def test_whole_numbers_and_levels_get_equal_parts_of_the_coordinate() -> None:
    whole, levels = Axis("n", 0, 4, whole=True), Axis("k", levels=("a", "b"))
    u = (np.arange(1000) + 0.5) / 1000
    assert np.bincount([whole.value(x) for x in u]).tolist() == [200] * 5
    assert [levels.value(x) for x in u].count("a") == 500


@pytest.mark.parametrize(
    "axis",
    [Axis("a", -2.0, 6.0), Axis("b", 0.001, 100.0, log=True), Axis("c", 0, 36, whole=True), Axis("d", 1, 1000, log=True, whole=True),
     Axis("e", levels=(3, 7, "x"))],
)  # fmt: skip
def test_a_value_is_found_again_from_its_coordinate(axis: Axis) -> None:
    for u in np.linspace(0, 1, 41):
        value = axis.value(float(u))
        back = axis.coordinate(value)
        assert back is not None and axis.value(back) == value
        assert axis.levels or axis.low <= value <= axis.high


def test_a_value_outside_the_family_has_no_coordinate() -> None:
    space = Space((Axis("a", 0.1, 0.6), Axis("b", 0, 9, whole=True)))
    assert space.point({"a": 0.0, "b": 3}) is None and space.point({"a": 0.2, "b": 3}) is not None


def test_worlds_fill_every_interval_once() -> None:
    """A Latin hypercube of n points has one in each n-th of every factor; other seeds give other worlds."""
    worlds = sample([Axis("a", 0.0, 8.0), Axis("b", 1.0, 100.0, log=True)], 8, 1, "lhs")
    assert sorted(int(world["a"]) for world in worlds) == list(range(8))
    assert sorted(int(4 * np.log10(world["b"])) for world in worlds) == list(range(8))
    assert worlds != sample([Axis("a", 0.0, 8.0), Axis("b", 1.0, 100.0, log=True)], 8, 2, "lhs")


def test_statistics_of_known_numbers() -> None:
    x = np.arange(1.0, 101.0).reshape(2, 50)
    for text, expected in {"npv": 50.5, "mean(npv)": 50.5, "P(npv < 11)": 0.1, "P(npv > 90)": 0.1, "shortfall(npv, 0.1)": 5.5,
                           "q50(npv)": 50.5, "sd( npv )": float(np.std(x, ddof=1))}.items():  # fmt: skip
        assert of(text, x).value == pytest.approx(expected), text


@pytest.mark.parametrize("text", ["", "npv +", "q5(npv)", "P(npv)", "P(npv < x)", "shortfall(npv)", "shortfall(npv, 2)", "nvp"])
def test_what_is_no_statistic_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^here: "):
        parse(text, ["npv"], "here")


def test_a_difference_on_common_random_numbers_has_the_error_of_the_paired_difference() -> None:
    r = np.random.default_rng(1)
    shared = r.normal(0, 10, 60)
    a, b = shared + r.normal(0, 1, 60), shared + r.normal(0, 1, 60)
    gap = of("npv", a[None]) - of("npv", b[None])
    assert gap.error == pytest.approx(np.std(a - b, ddof=1) / np.sqrt(60))
    assert gap.error < 0.2 * of("npv", a[None]).error


def test_worlds_share_their_runs_so_the_error_is_that_of_means_over_worlds() -> None:
    """Two worlds that differ by a constant hold no more information than one."""
    x = np.random.default_rng(2).normal(0, 1, 50)
    both = np.stack([x, x + 100.0])
    assert of("npv", both).error == pytest.approx(of("npv", x[None]).error)


def test_runs_in_which_an_outcome_is_undefined_do_not_count() -> None:
    x = np.array([[1.0, np.nan, 3.0, 5.0]])
    value = of("npv", x)
    assert value.value == 3.0 and value.influence[1] == 0.0
    assert value.error == pytest.approx(np.std([-2 * 4 / 3, 0, 0, 2 * 4 / 3], ddof=1) / 2)
    assert np.isnan(of("npv", np.full((1, 4), np.nan)).value)


@pytest.mark.parametrize("text", ["npv", "q10(npv)", "sd(npv)", "shortfall(npv, 0.2)"])
def test_replicates_spread_as_the_standard_error_says(text: str) -> None:
    value = of(text, np.random.default_rng(3).normal(0, 1, (1, 80)))
    found = value.replicates(4000)
    assert found.mean() == pytest.approx(value.value, abs=4 * value.error / np.sqrt(4000))
    assert found.std() == pytest.approx(value.error, rel=0.06)
    assert np.array_equal(resampled_means(np.ones((5, 2)), 3), np.ones((3, 2)))


def test_a_front_drawn_by_hand() -> None:
    points = np.array([[4.0, 1.0], [3.0, 3.0], [1.0, 4.0], [2.0, 2.0], [3.0, 1.0], [1.0, 1.0]])
    assert dominated(points).tolist() == [False, False, False, True, True, True]
    assert ranks(points).tolist() == [0, 0, 0, 1, 1, 2]
    able = np.array([True, False, True, True, True, True])  # (3, 3) breaks a limit and so beats nobody
    assert dominated(points, able).tolist() == [False, False, False, False, True, True]


def test_equal_points_do_not_dominate_each_other() -> None:
    assert not dominated(np.array([[1.0, 2.0], [1.0, 2.0]])).any()


def test_points_far_apart_are_kept_with_the_best_of_each_objective() -> None:
    t = np.linspace(0, 1, 101)
    kept = spread(np.stack([t, 1 - t], axis=1), 3)
    assert kept.tolist() == [0, 50, 100]
    assert spread(np.stack([t, 1 - t], axis=1), 200).size == 101


def test_the_probability_of_the_front_is_that_of_the_race() -> None:
    """One objective, two schemes whose estimates differ by one joint standard error: the better leads with P = Phi(1)."""
    replicates = np.random.default_rng(4).normal([[0.0, np.sqrt(2.0)]], 1.0, (20_000, 2))[:, :, None]
    found = front_probability(replicates, np.ones((20_000, 2), bool))
    assert found == pytest.approx([0.1587, 0.8413], abs=4 * 0.0026)
    limited = front_probability(replicates, np.tile([True, False], (20_000, 1)))
    assert limited.tolist() == [1.0, 0.0]


def test_the_three_criteria_choose_three_schemes() -> None:
    """Payoffs in two worlds: (-1, 21) has the largest mean, (6, 6) the best worst case, (4, 15) the least regret (6, not 7 and 15)."""
    payoff = np.array([[-1.0, 21.0], [6.0, 6.0], [4.0, 15.0]])[:, :, None]
    found = losses(payoff, np.ones(1))
    assert {name: int(loss.argmin()) for name, loss in found.items()} == {"mean": 0, "worst": 1, "regret": 2}
    scale = 10.0 - 6.0  # range of the means
    assert (found["regret"] * scale).tolist() == [7.0, 15.0, 6.0]


def test_in_one_world_the_criteria_agree_on_a_compromise_and_weights_move_it() -> None:
    front = np.array([[0.0, 1.0], [0.6, 0.6], [1.0, 0.0]])[:, None, :]
    assert {int(loss.argmin()) for loss in losses(front, np.ones(2)).values()} == {1}
    assert {int(loss.argmin()) for loss in losses(front, np.array([9.0, 1.0])).values()} == {2}
