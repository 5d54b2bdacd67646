"""A study does not depend on workers or order, pairs its runs, and survives the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.scenario.model import Scenario

SMALL = Scenario(title="Small", months=14, reps={"count": 2}, customers={"at_start": 10}, scheme={"components": [{"rate": 0.2}]})
OTHER = SMALL.with_(title="Other", scheme={"components": []})


def test_results_do_not_depend_on_workers_or_on_the_company() -> None:
    one = sim.run([SMALL, OTHER], runs=20, seed=5, workers=1)
    two = sim.run([SMALL, OTHER], runs=20, seed=5, workers=2)
    alone = sim.run(OTHER, runs=20, seed=5)
    pd.testing.assert_frame_equal(one.months, two.months, check_exact=True)
    mine = one.runs[one.runs["scenario"] == "other"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone.runs, check_exact=True)


def test_a_later_change_of_scheme_leaves_the_past_identical() -> None:
    changed = SMALL.with_(scheme={"components": [{"rate": 0.2, "until_month": 6}, {"rate": 0.9, "from_month": 7}]})
    kept = SMALL.with_(scheme={"components": [{"rate": 0.2, "until_month": 6}, {"rate": 0.2, "from_month": 7}]})
    a, b = (sim.run(one, runs=3).months.drop(columns="scenario") for one in (changed, kept))
    early = a["month"] <= 6
    pd.testing.assert_frame_equal(a[early], b[early], check_exact=True)
    assert not a[~early].equals(b[~early])


def test_switching_a_rep_off_leaves_the_others_identical() -> None:
    idle_desk = {"capacity": 1e9}
    a = sim.run(SMALL.with_(desk=idle_desk), runs=2, customers=True).customers
    b = sim.run(SMALL.with_(desk=idle_desk, reps={"absent": [0]}), runs=2, customers=True).customers
    assert a is not None and b is not None
    other_a, other_b = (x[x["rep"] == 1].reset_index(drop=True) for x in (a, b))
    pd.testing.assert_frame_equal(other_a, other_b, check_exact=True)
    assert len(a[a["rep"] == 0]) > len(b[b["rep"] == 0])


def test_summary_and_paired_differences() -> None:
    study = sim.run([SMALL, OTHER], runs=12)
    npv = study.runs.pivot(index="run", columns="scenario", values="npv")
    row = study.summary().set_index(["scenario", "outcome"]).loc[("small", "npv")]
    assert np.isclose(row["mean"], npv["small"].mean())
    assert np.isclose(row["standard_error"], npv["small"].std() / np.sqrt(12))
    gap = study.differences().set_index("outcome").loc["npv"]
    assert np.isclose(gap["mean"], (npv["other"] - npv["small"]).mean())


def test_a_study_can_be_opened_again(tmp_path: Path) -> None:
    study = sim.run(SMALL, runs=4, customers=True)
    study.save(tmp_path / "s")
    again = sim.open(tmp_path / "s")
    pd.testing.assert_frame_equal(again.runs, study.runs, check_exact=True)
    pd.testing.assert_frame_equal(again.months, study.months, check_exact=True)
    unit = pq.read_schema(tmp_path / "s" / "runs.parquet").field("npv").metadata[b"unit"]
    assert unit == b"EUR"
    with pytest.raises(sim.InputError, match="holds another study"):
        sim.run(SMALL, runs=5).save(tmp_path / "s")
    with pytest.raises(sim.DaarnaError, match="no whole study"):
        sim.open(tmp_path)
