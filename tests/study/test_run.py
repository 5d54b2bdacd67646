"""A study does not depend on workers, chunks, order or company, and its runs pair."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.study.run import _in_parallel
from sim.study.study_folder import Chunk
from tests.study.worlds import LONGER, OTHER, SMALL, TINY, contents, run_module


def test_results_do_not_depend_on_workers_or_on_the_company() -> None:
    one = sim.run([SMALL, OTHER], runs=20, seed=5, workers=1)
    two = sim.run([SMALL, OTHER], runs=20, seed=5, workers=2)
    alone = sim.run(OTHER, runs=20, seed=5)
    pd.testing.assert_frame_equal(one.months, two.months, check_exact=True)
    mine = one.runs[one.runs["scenario"] == "other"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone.runs, check_exact=True)


@pytest.mark.parametrize(("workers", "largest"), [(1, 64), (2, 1), (3, 4)])
def test_files_do_not_depend_on_workers_or_chunks(
    workers: int, largest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.run([TINY, LONGER], runs=9, seed=3, customers=True).save(tmp_path / "memory")
    monkeypatch.setattr(run_module, "LARGEST_CHUNK", largest)
    monkeypatch.setattr(run_module, "CHUNKS_PER_WORKER", 1)
    sim.run([TINY, LONGER], runs=9, seed=3, customers=True, workers=workers, out=tmp_path / "disk")
    assert contents(tmp_path / "disk") == contents(tmp_path / "memory")
    assert len(contents(tmp_path / "disk")) == 6


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
    assert np.isclose(gap["standard_error"], (npv["other"] - npv["small"]).std() / np.sqrt(12))


def test_common_random_numbers_make_equal_scenarios_equal_run_by_run() -> None:
    twin = TINY.with_(title="Twin")
    gaps = sim.run([TINY, twin], runs=5).differences()
    defined = gaps[gaps["n"] > 0]
    assert len(defined) > 10
    assert (defined[["mean", "standard_error"]] == 0).all(axis=None)


def test_years_that_a_scenario_does_not_reach_are_empty() -> None:
    runs = sim.run([TINY, LONGER], runs=2).runs.set_index("scenario")
    assert runs.loc["tiny", "profit_year_2"].isna().all()
    assert runs.loc["longer", "profit_year_2"].notna().all()
    assert list(runs)[1:5] == ["npv", "profit_year_1", "profit_year_2", "customers_end"]


def test_no_more_chunks_are_handed_out_than_asked() -> None:
    given = 0

    def chunks() -> Iterator[Chunk]:
        nonlocal given
        for number in range(50):
            given += 1
            yield Chunk(0, number, number)

    with ThreadPoolExecutor(2) as pool:
        for taken, _ in enumerate(_in_parallel(pool, lambda chunk: 1, chunks(), ahead=4), 1):
            assert given <= taken + 2 * 4  # in hand, and finished but not yet told
        assert taken == given == 50


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"runs": 0}, "runs: found 0"),
        ({"seed": -1}, "seed: found -1"),
        ({"engine": "magic"}, "engine: found 'magic'"),
        ({"workers": 0}, "workers: found 0"),
        ({"model": object}, "engine = 'mesa' only"),
        ({"runs": 2**31}, "runs: found 2147483648, allowed is 1 to 2147483647"),
        ({"out": ""}, "out: found an empty text"),
        ({"out": 5}, "out: found 5, allowed is the path of a folder"),
        ({"precision": 5}, "precision: found 5, allowed is OUTCOME=WIDTH"),
    ],
)
def test_wrong_arguments_are_named(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(sim.InputError, match=message):
        sim.run(TINY, **wrong)  # type: ignore[arg-type]


def test_what_are_no_scenarios_are_named() -> None:
    for wrong, message in (
        (None, "run: expected a scenario, or the path of a scenario file, got None"),
        (5, "run: expected a scenario, or the path of a scenario file, got 5"),
        ("a.toml", "a.toml: there is no such file"),
    ):
        with pytest.raises(sim.InputError, match=message):
            sim.run(wrong)  # type: ignore[arg-type]
