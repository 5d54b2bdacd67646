"""Schemes that do not cost the same: every comparison says so, and says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.memo.findings import Numbers, summary
from sim.study.comparison import Comparison, underpaid, unequal_costs
from sim.study.results import Study


def study(*costs: np.ndarray) -> Study:
    """Of schemes with these costs in each run, and nothing else that matters."""
    small = sim.load("signature-bonus").with_(months=2, reps={"count": 1}, customers={"at_start": 2})
    made = sim.run([small.with_(title=f"Scheme {k}") for k in range(len(costs))], runs=costs[0].size, workers=1)
    runs = made.runs.copy()
    runs["sales_force_cost"] = np.concatenate(costs)
    return Study(made.about, {**made.tables, "runs": runs})


LEVEL = np.array([90.0, 100.0, 110.0, 95.0, 105.0, 100.0])


@pytest.mark.parametrize(
    ("factor", "noise", "said"),
    [(1.0, 0.0, False), (0.67, 0.0, True), (1.5, 0.0, True), (1.019, 0.0, False), (1.021, 0.0, True), (1.05, 40.0, False)],
)
def test_a_material_difference_in_cost_is_said(factor: float, noise: float, said: bool) -> None:
    """More than 2%, and more than two standard errors of the paired difference."""
    straying = noise * np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    found = unequal_costs(study(LEVEL, LEVEL * factor + straying))
    assert bool(found) == said
    if said:
        assert f"{factor - 1:+.0%}" in found[0] and "--equal-pay" in found[0] and "discounted" in found[0]


def test_every_comparison_says_it() -> None:
    """The verdict, the comparison as it prints, and the memo's summary; for each scheme that differs."""
    made = study(LEVEL, LEVEL, LEVEL * 2.0)
    sentence: Any = unequal_costs(made)
    assert len(sentence) == 1 and "scheme-2" in sentence[0]
    comparison = Comparison(made)
    assert sentence[0] in comparison.verdict() and sentence[0] in repr(comparison)
    assert sentence[0] in list(summary(Numbers(made)))


@pytest.mark.parametrize(("pay", "said"), [(1599.0, True), (1601.0, False)])
def test_pay_below_living_is_said_wherever_schemes_are_compared(pay: float, said: bool) -> None:
    """The second scheme pays about as much as is needed to live; within two standard errors of it nothing is said."""
    made = study(LEVEL, LEVEL)
    made.runs["rep_pay_mean"] = [1900.0] * LEVEL.size + list(pay + 0.1 * (LEVEL - 100.0))
    found = underpaid(made)
    assert len(found) == said
    for text in found:
        assert text.startswith("Reps of scheme-1 earn less than they live on: 1,599 EUR a month on average, of 1,600")
        assert text.endswith("(reps.hiring_rate = 1).")
        assert text in Comparison(made).verdict() and text in list(summary(Numbers(made)))
    made.runs["rep_pay_mean"] = 1599.0 + 10.0 * np.tile(LEVEL - 100.0, 2)
    assert underpaid(made) == []


def test_the_readmes_clawback_changes_what_it_says() -> None:
    """Named, so that the commission's rate and the bonus stay."""
    signature = sim.load("signature-bonus")
    early = signature.with_(title="Clawback", scheme={"change": {"signing commission": {"clawback": {"months": 24}}}})
    differing = pd.Series(early.scheme.components[0].model_dump()) != pd.Series(signature.scheme.components[0].model_dump())
    assert list(differing.index[differing]) == ["clawback"]
    assert early.scheme.components[1] == signature.scheme.components[1]
