"""Schemes that do not cost the same: every comparison says so, and says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.memo.findings import Numbers, summary
from sim.study.comparison import Comparison, unequal_costs
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


def test_the_readmes_clawback_changes_what_it_says() -> None:
    """Named, so that the commission's rate and the bonus stay."""
    signature = sim.load("signature-bonus")
    early = signature.with_(title="Clawback", scheme={"change": {"signing commission": {"clawback": {"months": 24}}}})
    differing = pd.Series(early.scheme.components[0].model_dump()) != pd.Series(signature.scheme.components[0].model_dump())
    assert list(differing.index[differing]) == ["clawback"]
    assert early.scheme.components[1] == signature.scheme.components[1]
