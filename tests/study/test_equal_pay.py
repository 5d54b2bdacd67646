"""Equal pay: one factor on all pay that varies, matched on other runs than those compared, refused where impossible."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import engine
from sim.analysis.differences import Matched, differences, labelled
from sim.cite.citable import find
from sim.cite.reference import sentences
from sim.scenario.record import build
from sim.scheme.settle import component_pay
from sim.study.equal_pay import APART, TOLERANCE, equal_pay, rescaled
from sim.study.precision import Precision
from tests.study.worlds import OTHER, SMALL, TINY

TIERS = [{"attainment": 0.0, "rate": 0.05}, {"attainment": 1.0, "rate": 0.2}]
COMPONENTS = [
    {"rate": 0.2, "cap": 300.0},
    {"measure": "revenue", "quota": 900.0, "tiers": TIERS},
    {"measure": "signings", "quota": 2.0, "bonus": 150.0},
    {"rate": 0.1, "trail_months": 6},
    {"rate": 0.1, "deferral": {"share": 0.5, "months": 6}},
]
SHAPES = [
    {"measure": "satisfaction", "combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 1.2}]},
    {"measure": "persistency", "combine": "gate", "threshold": 0.5},
]
RICH = SMALL.with_(title="Rich", scheme={"components": COMPONENTS + SHAPES})
MODEST = SMALL.with_(title="Modest", scheme={"components": [{"measure": "repeat_revenue", "rate": 0.01}, {"rate": 0.05}]})


@pytest.mark.parametrize("value", [0.0, 1.0, 2.0, 5.0, 1500.0, 1e5])
def test_every_award_is_multiplied_by_the_factor(value: float) -> None:
    before, after = (build(one).components for one in (RICH, rescaled(RICH, 1.7)))
    for k in range(len(COMPONENTS)):
        assert component_pay(after[k], value) == pytest.approx(1.7 * component_pay(before[k], value))
    for k in range(len(COMPONENTS), len(COMPONENTS + SHAPES)):  # multipliers and gates are factors already
        assert component_pay(after[k], value) == component_pay(before[k], value)


def test_nothing_but_pay_is_changed() -> None:
    made = rescaled(RICH, 2.0)
    assert made.name == "rich-equal-pay" and made.title == "Rich at equal pay"
    back = rescaled(made, 0.5)
    assert back.content_hash() == RICH.content_hash()
    raised = rescaled(RICH, 1.5, "salary")
    assert raised.scheme == RICH.scheme and raised.reps.salary == 1.5 * RICH.reps.salary


@pytest.mark.parametrize("what", ["variable", "salary"])
def test_pay_is_the_bases_within_the_tolerance(what: str) -> None:
    found = equal_pay(MODEST, SMALL, runs=60, seed=3, what=what, workers=1)
    numbers = range(APART, APART + 60)
    base, made = (engine.simulate(one, 3, numbers).runs["rep_pay_mean"].to_numpy() for one in (SMALL, found.scenario))
    assert found.factor > 1
    assert found.pay == pytest.approx(made.mean()) and found.target == pytest.approx(base.mean())
    assert abs(made.mean() - base.mean()) <= TOLERANCE * base.mean()
    assert found.standard_error == pytest.approx((made - base).std(ddof=1) / np.sqrt(60))
    assert f"× {found.factor:g}" in str(found) and "nothing of it is left" not in str(found)
    assert "nothing of it is left to compare" in str(found._replace(factor=0.0))


def test_a_salary_only_base_is_a_target_like_any_other() -> None:
    richer = OTHER.with_(reps={"salary": 2500.0})
    found = equal_pay(SMALL, richer, runs=40, workers=1)
    assert abs(found.pay - found.target) <= TOLERANCE * found.target


def test_the_compared_difference_in_pay_is_not_established() -> None:
    """Matched on other runs, the difference left is within the errors of both."""
    pair = sim.compare(SMALL, MODEST, runs=100, seed=5, equal_pay=True, workers=1)
    (match,) = pair.equal_pay
    row = pair.differences.set_index("outcome").loc["rep_pay_mean"]
    assert pair.study.names == ["small", "modest-equal-pay"]
    assert abs(row["mean"]) < 4 * np.hypot(row["standard_error"], match.standard_error)
    plain = sim.compare(SMALL, MODEST, runs=100, seed=5, workers=1).differences.set_index("outcome").loc["rep_pay_mean"]
    assert plain["high"] < -20


def test_the_factor_is_the_same_whatever_the_workers() -> None:
    one, two = (equal_pay(MODEST, SMALL, runs=70, workers=workers) for workers in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("scenario", "base", "what", "message"),
    [
        (OTHER, SMALL, "variable", "other has no variable pay that could be rescaled; rescale its salary"),
        (
            SMALL.with_(reps={"salary": 0.0}),
            SMALL,
            "salary",
            "small pays no salary that could be rescaled; rescale its variable pay",
        ),
        (SMALL.with_(reps={"salary": 9000.0}), SMALL, "variable", "without any variable pay it pays .* more; rescale its salary"),
        (
            SMALL.with_(scheme={"variable_cap": 0.01}),
            OTHER.with_(reps={"salary": 9000.0}),
            "variable",
            "at 64 times its variable pay it still pays .* less",
        ),
        (SMALL, OTHER, "both", "equal pay: found 'both', allowed is variable or salary"),
    ],
)
def test_what_is_impossible_is_refused(scenario: sim.Scenario, base: sim.Scenario, what: str, message: str) -> None:
    with pytest.raises(sim.InputError, match=message):
        equal_pay(scenario, base, runs=10, what=what, workers=1)


def test_the_half_width_of_a_precision_holds_the_error_of_the_match() -> None:
    """Derived apart: a match on m runs is off by -g / G' in the factor, so var = sd(d)² / n + (D' / G')² sd(g)² / m."""
    rng, n, slope, error = np.random.default_rng(2), 400, -3.0, 0.2
    base, other = rng.standard_normal((2, n))
    columns = {"base": {"npv": base}, "other": {"npv": other}}
    goal = Precision.parse("npv=0.5", difference=True)
    plain, with_match = (
        goal.look(n, columns, match).attained[0] for match in (None, {"other": Matched({"npv": slope}, error**2, 200)})
    )
    assert plain.reached and plain.estimate.half_width == pytest.approx(1.966 * np.std(other - base, ddof=1) / 20, rel=1e-3)
    assert with_match.estimate.standard_error == pytest.approx(np.hypot(plain.estimate.standard_error, 3 * 0.2))
    assert not with_match.reached and with_match.expected == np.inf  # the match alone leaves more: no runs compared would do


def test_the_runs_expected_are_those_that_make_the_compared_part_small_enough() -> None:
    """Own variance 2 / n and .01 of the match, Student's quantile 1.97 of both: .25 wide when 2 / n = (.25 / 1.97)² - .01."""
    base, other = np.random.default_rng(3).standard_normal((2, 300))
    other = base + (other - other.mean()) / other.std(ddof=1) * np.sqrt(2.0)
    goal, match = Precision.parse("npv=.25", difference=True), {"other": Matched({"npv": 1.0}, 0.01, 10_000)}
    found = goal.look(300, {"base": {"npv": base}, "other": {"npv": other}}, match).attained[0]
    assert found.expected == pytest.approx(2 / ((0.25 / 1.96) ** 2 - 0.01), rel=0.05)


def test_a_comparison_its_study_on_disk_and_a_citation_give_one_labelled_interval(tmp_path: Path) -> None:
    pair = sim.compare(TINY, TINY.with_(title="More", scheme={"components": [{"rate": 0.3}]}), runs=30, seed=5, equal_pay=True,
                       workers=1, out=tmp_path / "s")  # fmt: skip
    study = sim.open(tmp_path / "s")
    pd.testing.assert_frame_equal(study.differences(), pair.differences)
    row = pair.differences.set_index("outcome").loc["npv"]
    (told,) = (one for one in sentences(find(f"{tmp_path / 's'}:npv")) if one.startswith("Paired difference"))
    assert f": {labelled(0.95, 1)};" in told
    low, high = map(float, re.findall(r"-?\d[\d.]*", told.partition("interval ")[2].replace(",", ""))[:2])
    assert [low, high] == pytest.approx([row["low_joint"], row["high_joint"]], abs=0.01 * row["standard_error"] + 0.005)
    assert row["standard_error"] > differences(study.runs, study.names).set_index("outcome").loc["npv", "standard_error"]


def test_a_precision_at_equal_pay_stops_by_the_interval_that_is_printed() -> None:
    more = TINY.with_(title="More", scheme={"components": [{"rate": 0.3}]})
    pair = sim.compare(TINY, more, precision="npv=100000", max_runs=200, equal_pay=True, workers=1)
    row, (told,) = pair.differences.set_index("outcome").loc["npv"], pair.study.about["attained"]
    assert (told["low"], told["high"]) == pytest.approx((row["low"], row["high"]))
