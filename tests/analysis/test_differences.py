"""The table of differences: rows, directions, units, families; one table for studies, comparisons and reports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.differences import COLUMNS, differences
from sim.analysis.outcomes import directed
from sim.tables import run_columns
from tests.study.worlds import LONGER, OTHER, SMALL, TINY


@pytest.fixture(scope="module")
def study() -> sim.Study:
    return sim.run([SMALL, OTHER, SMALL.with_(title="Twin")], runs=12, workers=1)


def made(**outcomes: list[list[float]]) -> pd.DataFrame:
    """A runs table of scenarios a, b, … from the values of each."""
    parts = []
    for k in range(len(next(iter(outcomes.values())))):
        values = {name: rows[k] for name, rows in outcomes.items()}
        parts.append(pd.DataFrame({"scenario": "abc"[k], "run": range(1, len(next(iter(values.values()))) + 1), **values}))
    return pd.concat(parts, ignore_index=True)


def test_a_row_for_every_other_scenario_and_outcome(study: sim.Study) -> None:
    table = study.differences()
    assert list(table) == COLUMNS
    assert list(table["scenario"]) == ["other"] * len(study.outcomes()) + ["twin"] * len(study.outcomes())
    assert set(table["base"]) == {"small"}
    units = table.set_index(["scenario", "outcome"])["unit"]["other"]
    assert (units["npv"], units["churn_rate"], units["cost_to_serve"]) == ("EUR", "per month", "EUR/month")
    pd.testing.assert_frame_equal(table, sim.Comparison(study).differences)


def test_a_scheme_differs_in_nothing_from_its_twin(study: sim.Study) -> None:
    twin = study.differences().set_index("scenario").loc["twin"]
    twin = twin[twin["n"] > 1]
    assert (twin[["mean", "standard_error", "low", "high", "low_joint", "high_joint", "above"]] == 0).all(axis=None)
    assert (twin["tied"] == 1).all()


def test_better_follows_the_outcomes_direction_and_means_have_none() -> None:
    gap = [[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, -1.0]]
    table = differences(made(npv=gap, churn_rate=gap, signings=gap), ["a", "b"]).set_index("outcome")
    assert (table.loc["npv", "better"], table.loc["churn_rate", "better"]) == (0.5, 0.25)
    assert np.isnan(table.loc["signings", "better"]) and table.loc["signings", "above"] == 0.5
    assert (table["tied"] == 0.25).all()
    known = table.loc[["npv", "churn_rate"]]
    assert ((known["better_low"] < known["better"]) & (known["better"] < known["better_high"])).all()


def test_every_outcome_has_a_direction_or_is_listed_as_a_means() -> None:
    means = (
        "customers_end signings lapses promised_profit cost_to_serve rep_pay_mean rep_pay_sd variable_share hunting_share "
        "nurturing_share margin_initial margin_repeat payment_loss service_cost acquisition_cost pay_cost fixed_cost "
        "accrued_pay trail_due sales_force_cost"
    ).split()
    assert {column.name for column in run_columns(12) if not column.better} == set(means)


def test_a_score_has_no_relative_difference() -> None:
    gap = [[1.0, 1.1, 1.2], [2.0, 2.2, 2.3]]
    table = differences(made(npv=gap, satisfaction=gap), ["a", "b"]).set_index("outcome")
    assert table.loc["npv", "relative"] > 0 and np.isnan(table.loc["satisfaction", "relative"])


def test_runs_pair_by_number_whatever_their_order() -> None:
    rng = np.random.default_rng(1)
    runs = made(npv=list(rng.standard_normal((2, 9))))
    runs = runs[~((runs["scenario"] == "a") & (runs["run"] == 3))]
    table = differences(runs.sample(frac=1, random_state=1), ["a", "b"])
    wide = runs.pivot(index="run", columns="scenario", values="npv").dropna()
    assert table.loc[0, "n"] == 8
    assert table.loc[0, "mean"] == pytest.approx((wide["b"] - wide["a"]).mean())


def test_joint_intervals_are_wider_with_a_larger_family() -> None:
    rng = np.random.default_rng(1)
    runs = made(npv=list(rng.standard_normal((3, 30))), churn_rate=list(rng.standard_normal((3, 30))))
    one = differences(runs, ["a", "b"])
    schemes, everything = (differences(runs, ["a", "b", "c"], family=family) for family in ("schemes", "all"))
    assert np.allclose(one[["low", "high"]], one[["low_joint", "high_joint"]])  # one scheme: nothing to hold together
    width = [table["high_joint"] - table["low_joint"] for table in (schemes, everything)]
    assert ((schemes["high"] - schemes["low"]) < width[0]).all() and (width[0] < width[1]).all()
    assert (list(one["joint_over"]), list(schemes["joint_over"]), list(everything["joint_over"])) == ([1, 1], [2] * 4, [4] * 4)


def test_nothing_printed_or_returned_is_a_p_value_of_a_simulated_difference(study: sim.Study) -> None:
    """More runs make any difference significant: intervals and probabilities remain."""
    compared = sim.Comparison(study)
    for table in (compared.differences, compared.dominance, compared.ranking()):
        assert not [
            name for name in table if (name.startswith("p_") and name != "p_best") or "refuted" in name or "established" in name
        ]


def test_one_scenario_or_one_run_is_a_table_without_claims() -> None:
    assert sim.run(TINY, runs=2).differences().empty
    table = sim.run([TINY, LONGER], runs=1).differences().set_index("outcome")
    assert table.loc["npv", "n"] == 1 and np.isnan(table.loc["npv", ["low", "low_joint", "standard_error"]].astype(float)).all()
    assert table.loc["profit_year_2", "n"] == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"level": 95}, "level: found 95, allowed is a probability"),
        ({"family": "world"}, "family: found 'world', allowed is schemes or all"),
        ({"outcomes": ["nvp"]}, 'outcome: found "nvp"; did you mean "npv"'),
    ],
)
def test_wrong_arguments_are_named(wrong: dict[str, object], message: str, study: sim.Study) -> None:
    with pytest.raises(sim.InputError, match=message):
        differences(study.runs, study.names, **wrong)  # type: ignore[arg-type]


def test_only_an_outcome_with_a_better_side_has_a_best_scheme() -> None:
    assert directed("churn_rate").better == -1
    with pytest.raises(sim.InputError, match='found "signings", of which neither more nor less is better, allowed is one of npv'):
        directed("signings")
    with pytest.raises(sim.InputError, match=r'found "churn", allowed is .*did you mean "churn_rate"'):
        directed("churn")
    with pytest.raises(sim.InputError, match='found "profit_year_2"'):
        directed("profit_year_2", 12)


def test_a_study_that_keeps_its_match_in_pay_gives_the_same_intervals_wherever_it_is_read() -> None:
    """A slope of -2 per unit of pay and an error of pay of 3 (.4 of it left over) add 4 · (9 + .16) to the variance of the mean."""
    values = list(np.random.default_rng(5).standard_normal((2, 40)))
    match = {"scenario": "b", "pay": 10.4, "target": 10.0, "standard_error": 3.0, "runs": 200, "slopes": {"npv": -2.0}}
    about = {"names": ["a", "b"], "scenarios": [{"currency": "EUR", "months": 12}] * 2, "runs": 40, "equal_pay": [match]}
    study = sim.Study(about, {"runs": made(npv=values)})
    plain = differences(study.runs, ["a", "b"]).loc[0, "standard_error"]
    assert study.differences().loc[0, "standard_error"] == pytest.approx(np.sqrt(plain**2 + 4 * (9 + 0.4**2)))
    pd.testing.assert_frame_equal(study.differences(), sim.Comparison(study).differences)
