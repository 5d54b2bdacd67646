"""Scenario discovery: a planted box is found, what does not matter is left alone, and pairs are paired."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.sweeps import Design, Factor, sweep
from sim.understand import paired, paired_sweeps, prim, sobol
from tests.understand.worlds import Point, as_model, common_noise, own_noise, swept

CUBE = (*(Factor(name, low=0, high=1) for name in "abcd"), Factor("desk", levels=["pool", "fixed", "none"]))
SCHEME = Factor("scheme", levels=["relationship", "signature"], crossed=True)


def inside(point: Point) -> bool:
    return 0.3 < point["a"] < 0.7 and point["b"] < 0.5 and point["desk"] != "none"


def wins(point: Point, runs: range) -> Any:
    """The signature bonus wins by 2 in the box and loses by 1 elsewhere; chance moves both schemes by 100, and each a little."""
    gain = 0.0 if point["scheme"] == "relationship" else 2.0 if inside(point) else -1.0
    return gain + 100 * common_noise(runs) + 0.5 * own_noise(point, runs)


@pytest.fixture(scope="module")
def pair() -> Any:
    design = Design(None, (SCHEME, *CUBE), "lhs", 400, runs=3)
    assert len(design) == 800
    return paired(sweep(design, model=as_model(wins), workers=1), "scheme")


def check(box: Any) -> None:
    limits = box.limits.set_index("factor")
    assert set(limits.index) == {"a", "b", "desk"}
    assert limits.loc["a", ["low", "high"]].tolist() == pytest.approx([0.3, 0.7], abs=0.05)
    assert limits.loc["b", "high"] == pytest.approx(0.5, abs=0.05) and np.isnan(limits.loc["b", "low"])
    assert limits.loc["desk", "levels"] == ["fixed", "pool"]
    assert box.density > 0.85 and box.coverage > 0.85
    assert (box.limits[["quasi_p_low", "quasi_p_high"]].max(axis=1) < 0.05).all()


def test_a_planted_box_is_found_in_a_sweep() -> None:
    found = prim(swept(lambda point, runs: 1.0 if inside(point) else -1.0, CUBE, "lhs", 500, runs=1), "npv > 0")
    check(found.boxes[0])
    assert found.points.loc[found.boxes[0].inside, "case"].mean() == pytest.approx(found.boxes[0].density)
    assert found.boxes[0].points == found.boxes[0].inside.sum()
    assert "a ≤ " in str(found.boxes[0]) and "desk is fixed or pool" in str(found.boxes[0])


def test_under_which_conditions_the_signature_bonus_wins(pair: Any) -> None:
    assert pair.table["standard_error"].median() == pytest.approx(0.5 * (2 / 3) ** 0.5, rel=0.3)  # not 100: runs are paired
    found = prim(pair, "difference > 0")
    check(found.boxes[0])
    assert found.unsure == pair.unsure < 150
    assert len(prim(pair, lambda table: table["difference"] > 0, established=True).points) == 400 - pair.unsure


def test_density_chooses_on_the_trajectory_and_boxes_follow_each_other(pair: Any) -> None:
    wide, dense = (prim(pair, "difference > 0", density=level).boxes[0] for level in (0.4, 0.95))
    assert wide.density >= 0.4 and dense.density > wide.density and wide.coverage > dense.coverage
    assert list(wide.trajectory) == ["coverage", "density", "mass", "restricted"]
    assert len(prim(pair, "difference > -5 and (a > 0.8 or b > 0.8)", boxes=2).boxes) == 2


def test_where_nothing_was_planted_no_box_is_reported() -> None:
    found = prim(swept(lambda point, runs: own_noise(point, runs), CUBE[:2], "lhs", 300, runs=1), "npv > 0", density=0.3)
    assert found.boxes == []


def test_differences_are_a_sweep_to_every_other_analysis() -> None:
    """Difference 2 x on a Saltelli sample: all its variance is x's."""
    line = (Factor("x", low=0, high=1), Factor("y", low=0, high=1))
    design = Design(None, (SCHEME, *line), "sobol", 32, runs=2, second_order=False)
    model = as_model(lambda p, runs: 9 * p["y"] + (2 * p["x"] if p["scheme"] == "signature" else 0.0))
    table = sobol(paired(sweep(design, model=model, workers=1)), "difference", resamples=20).table
    assert table["total"].tolist() == pytest.approx([1, 0], abs=0.1)


def test_two_sweeps_of_one_design_pair_as_one_crossed_sweep_does() -> None:
    tiny = Scenario(title="Tiny", months=3, reps={"count": 1}, customers={"at_start": 4})
    schemes = {"signature": {"components": [{"rate": 0.4}]}, "relationship": {"components": []}}
    perks = [Factor("perks", "firm.perks", low=0, high=300)]
    scheme = Factor("scheme", "scheme", levels=schemes, crossed=True)
    both = sweep(Design(tiny, [scheme, *perks], "lhs", 4, runs=2), workers=1)
    together = paired(both, "scheme", "relationship", "signature")
    base, other = (
        sweep(Design(tiny.with_(scheme=schemes[name]), perks, "lhs", 4, runs=2), workers=1)
        for name in ("relationship", "signature")
    )
    apart = paired_sweeps(base, other)
    assert apart.gaps == pytest.approx(together.gaps, rel=1e-12)
    assert np.abs(apart.gaps).max() > 0


def test_wrong_questions_get_one_plain_message(pair: Any) -> None:
    for condition, said in (
        ("differense > 0", r"cannot be evaluated.*did you mean \"difference\""), ("difference", "not true or false"), ("difference > 99", "which holds at 0 of 400; there difference is"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            prim(pair, condition)
    line = swept(lambda point, runs: point["a"], CUBE[:2], "lhs", 4, runs=1)
    with pytest.raises(InputError, match='found "scheme", the sweep varies a, b'):
        paired(line)


def test_it_is_said_why_there_is_no_box(pair: Any) -> None:
    """The condition holds at more than the density asked for: the whole space is dense enough, and no limit is needed."""
    found = prim(pair, "difference < 1", density=0.5)
    assert found.share == 1 - prim(pair, "difference >= 1").share > 0.5
    assert found.boxes == []
    assert f"holds at {found.share:.1%} of all points, no less than the density of 50.0%" in found.why_none
    denser = prim(pair, "difference < 1", density=0.95)
    assert denser.boxes and denser.why_none == ""
    noise = swept(lambda point, runs: own_noise(point, runs), CUBE[:1], "lhs", 60, runs=1)
    nothing = prim(noise, "npv > 0")
    assert nothing.boxes or nothing.why_none.startswith("no limit of a factor tells")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"density": 2}, "density: found 2, allowed is a share above 0, at most 1"),
        ({"density": 0.0}, "density: found 0.0"),
        ({"density": float("nan")}, "density: found nan"),
        ({"boxes": 0}, "boxes: found 0, allowed is at least 1"),
        ({"peel": -0.1}, "peel: found -0.1"),
        ({"smallest": 1.5}, "smallest: found 1.5"),
    ],
)
def test_numbers_of_which_no_box_can_be_made_are_refused(wrong: dict[str, Any], message: str, pair: Any) -> None:
    with pytest.raises(InputError, match=message):
        prim(pair, "difference > 0", **wrong)
