"""A comparison: what it simulates, and that its words follow from its numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.study.comparison import probability
from sim.tables import run_columns
from tests.study.worlds import LONGER, OTHER, SMALL, TINY


def made(**npv: np.ndarray) -> sim.Comparison:
    """A comparison of schemes with these profits run by run; churn is profit / 1000."""
    frames = [
        pd.DataFrame({"scenario": name, "run": range(1, len(x) + 1), "npv": x, "churn_rate": x / 1000}) for name, x in npv.items()
    ]
    about = {"names": list(npv), "runs": len(frames[0]), "seed": 1, "engine": "compiled"}
    scenarios = [{"months": 12, "currency": "EUR"} for _ in npv]
    return sim.Comparison(sim.Study(about | {"scenarios": scenarios}, {"runs": pd.concat(frames, ignore_index=True)}))


@pytest.fixture
def shared() -> np.ndarray:
    return 1000 + 100 * np.random.default_rng(1).standard_normal(400)


def noise(seed: int) -> np.ndarray:
    return 10 * np.random.default_rng(seed).standard_normal(400)


def test_compare_runs_a_study_and_analyses_it() -> None:
    pair = sim.compare(SMALL, OTHER, runs=9, seed=4, workers=1)
    study = sim.run([SMALL, OTHER], runs=9, seed=4, workers=1)
    pd.testing.assert_frame_equal(pair.study.runs, study.runs, check_exact=True)
    pd.testing.assert_frame_equal(pair.differences, study.differences(), check_exact=True)
    assert repr(pair).splitlines()[0] == "<Comparison of other with small: 9 pairs of runs>"
    directed = {column.name for column in run_columns(SMALL.months) if column.better}
    assert set(pair.dominance["outcome"]) == directed and len(pair.dominance) == 2 * len(directed)


def test_a_killed_comparison_goes_on_in_its_folder(tmp_path: object) -> None:
    one = sim.compare(SMALL, OTHER, runs=4, workers=1, out=f"{tmp_path}/s")
    again = sim.compare(SMALL, OTHER, runs=4, workers=1, out=f"{tmp_path}/s")
    pd.testing.assert_frame_equal(one.differences, again.differences, check_exact=True)
    with pytest.raises(sim.InputError, match="holds another study"):
        sim.compare(SMALL, OTHER, runs=5, workers=1, out=f"{tmp_path}/s")


def test_a_clear_gain_is_said_with_its_interval_and_dominance(shared: np.ndarray) -> None:
    pair = made(base=shared, other=shared + 200 + noise(2))
    said = pair.verdict()
    assert said.startswith(
        "other is better than base: its expected npv is higher by 199 EUR to 201 EUR (95%, this outcome alone)."
    )
    assert (
        "It is better in 400 of 400 pairs of runs (probability 0.990 to 1.000, 95%)." in said
        and "other dominates at first order" in said
    )
    assert pair.verdict("churn_rate").startswith("other is worse than base: its expected churn_rate is higher by")


def test_no_difference_is_claimed_where_none_is_established(shared: np.ndarray) -> None:
    said = made(base=shared, other=shared + noise(3) - noise(3).mean()).verdict()
    assert said.startswith(
        "No difference in npv is established (95%, this outcome alone) between other and base; a difference of more than 0.9"
    )
    assert "dominates" not in said


def test_a_scheme_that_is_better_in_most_runs_and_worse_in_the_mean_is_called_worse(shared: np.ndarray) -> None:
    rare = np.where(np.arange(400) % 10 == 0, -900.0, 10.0)
    said = made(base=shared, other=shared + rare).verdict()
    assert (
        said.startswith("other is worse than base")
        and "It is better in 360 of 400 pairs of runs (probability 0.87 to 0.93, 95%)" in said
    )


def test_the_best_of_several_and_who_else_may_be(shared: np.ndarray) -> None:
    close = made(base=shared, near=shared + 0.5 + noise(4) - noise(4).mean(), far=shared - 50 + noise(5))
    last = close.verdict().splitlines()[-1]
    assert last.startswith("Best in expected npv at 95%: cannot be told apart: near (0.") and ", base (0." in last
    assert "with probability" not in last
    clear = made(base=shared, good=shared + 50 + noise(4), far=shared - 50 + noise(5))
    assert clear.verdict().splitlines()[-1] == "Best in expected npv: good, with probability above 0.99; at 95% no other may be."


def test_too_few_pairs_and_identical_schemes_have_their_words(shared: np.ndarray) -> None:
    assert "too few to say anything" in made(base=shared[:1], other=shared[:1] + 1).verdict()
    assert "npv is the same in every run" in made(base=shared, other=shared.copy()).verdict()
    assert [probability(p) for p in (0.001, 0.5, 0.999)] == ["below 0.01", "0.50", "above 0.99"]


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(sim.InputError, match="expected a base and at least one other scenario"):
        sim.compare(TINY)
    with pytest.raises(sim.InputError, match="expected a base and at least one other scenario, got one \\(tiny\\)"):
        sim.Comparison(sim.run(TINY, runs=1))
    for unlike, message in (
        (TINY.with_(title="Longer", months=4), "months: found 3 months in tiny, 4 months in longer"),
        (TINY.with_(title="Dollars", currency="USD"), "currency: found EUR in tiny, USD in dollars"),
    ):
        with pytest.raises(sim.InputError, match=message):
            sim.compare(TINY, unlike, runs=2)
    with pytest.raises(sim.InputError, match="months: found 3 months in tiny, 13 months in longer"):
        sim.Comparison(sim.run([TINY, LONGER], runs=2, workers=1))
    with pytest.raises(sim.InputError, match="out: found an empty text"):
        sim.compare(TINY, TINY, runs=2, out="")
    with pytest.raises(sim.InputError, match="runs: found 2147483648, allowed is 2 to 2147483647"):
        sim.compare(TINY, TINY, runs=2**31)
    with pytest.raises(sim.InputError, match='level: found "x", allowed is a probability'):
        sim.compare(TINY, TINY, runs=2, level="x")  # type: ignore[arg-type]
    with pytest.raises(sim.InputError, match="level: found 2"):
        sim.compare(TINY, TINY, level=2)
    with pytest.raises(sim.InputError, match="runs: found 0"):
        sim.compare(TINY, TINY, runs=0, equal_pay=True)
    with pytest.raises(sim.InputError, match="not under another BookModel"):
        sim.compare(TINY, TINY, engine="mesa", model=sim.BookModel, equal_pay=True)
    with pytest.raises(sim.InputError, match=r"other\.toml: there is no such file"):
        sim.compare(TINY, "other.toml")  # type: ignore[arg-type]
