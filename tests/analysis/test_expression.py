"""The names of estimates: every form is read, spelt in one way, computed, and wrong ones are told with what is allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis import estimators
from sim.analysis.expression import Expression, parse

X = np.random.default_rng(2).normal(1.0, 2.0, 200)
COLUMNS = {"npv": X, "cost": X**2 + 1.0}


@pytest.mark.parametrize(
    ("text", "spelt", "value"),
    [
        ("npv", "npv", X.mean()),
        (" mean( npv ) ", "npv", X.mean()),
        ("sd(npv)", "sd(npv)", X.std(ddof=1)),
        ("q05(npv)", "q05(npv)", np.quantile(X, 0.05)),
        ("quantile(npv, .05)", "q05(npv)", np.quantile(X, 0.05)),
        ("quantile(npv, 5%)", "q05(npv)", np.quantile(X, 0.05)),
        ("q975(npv)", "quantile(npv, 0.975)", np.quantile(X, 0.975)),
        ("median(npv)", "q50(npv)", np.median(X)),
        ("P(npv<0)", "P(npv < 0)", (X < 0).mean()),
        ("P(npv >= -1e-1)", "P(npv >= -0.1)", (X >= -0.1).mean()),
        ("shortfall(npv, 5%)", "shortfall(npv, 0.05)", np.sort(X)[:10].mean()),
        ("ratio(npv, cost)", "ratio(npv, cost)", X.sum() / (X**2 + 1).sum()),
    ],
)
def test_every_form_is_read_spelt_and_computed(text: str, spelt: str, value: float) -> None:
    expression = parse(text)
    assert str(expression) == spelt
    assert parse(str(expression)) == expression
    assert expression.of(COLUMNS).value == pytest.approx(value)
    assert expression.of(pd.DataFrame(COLUMNS)) == expression.of(COLUMNS)
    gap = expression.difference(COLUMNS, {name: values[::-1] for name, values in COLUMNS.items()})
    assert gap.value == pytest.approx(0.0, abs=1e-12)  # the same values, paired otherwise


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found '', allowed is mean"),
        ("npv)", r"found 'npv\)', allowed is mean\(npv\)"),
        ("shorfall(npv, 5%)", "found 'shorfall', allowed is .*did you mean \"shortfall\""),
        ("q5(npv)", "found 'q5', allowed is"),
        ("q100(npv)", "found 'q100', allowed is"),
        ("quantile(npv)", r"found 'npv' in the brackets, allowed is quantile\(npv, 5%\)"),
        ("quantile(npv, 5)", "found level '5', allowed is above 0 and below 1"),
        ("quantile(npv, much)", "found level 'much'"),
        ("ratio(npv)", "found 'npv' in the brackets, allowed is ratio"),
        ("mean(npv, cost)", "found 'npv, cost' in the brackets"),
        ("P(npv)", r"found 'npv' in the brackets, allowed is P\(npv < 0\)"),
        ("P(npv = 0)", r"found 'P\(npv = 0\)', allowed is"),
    ],
)
def test_what_is_no_estimate_is_told_with_what_is(text: str, message: str) -> None:
    with pytest.raises(sim.InputError, match=message):
        parse(text)


def test_an_outcome_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(sim.InputError, match=r"ratio\(npv, realized_profit\): .* did you mean \"realised_profit\""):
        parse("ratio(npv, realized_profit)").check(["npv", "realised_profit"])


def test_an_undefined_outcome_is_neither_below_nor_above() -> None:
    x = np.array([-1.0, np.nan, 1.0, 2.0])
    for text, share in (("P(x < 0)", 1 / 3), ("P(x >= 0)", 2 / 3)):
        found = parse(text).of({"x": x})
        assert (found.value, found.n, found.undefined) == (pytest.approx(share), 3, 1)


def test_a_probability_is_bounded_by_wilsons_interval_and_a_difference_of_two_is_paired() -> None:
    below = parse("P(npv < 0)")
    assert below.of(COLUMNS) == estimators.share((X < 0).astype(float))
    gap = below.difference({"npv": X - 0.5}, COLUMNS)
    assert gap.value == pytest.approx((X < 0.5).mean() - (X < 0).mean())
    assert gap.standard_error == pytest.approx(((X < 0.5) & (X >= 0)).std(ddof=1) / X.size**0.5)


def test_expressions_are_values() -> None:
    assert parse("q05(npv)") == Expression("quantile", ("npv",), 0.05)
    assert len({parse("npv"), parse("mean(npv)")}) == 1
