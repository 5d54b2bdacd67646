"""Where every scheme loses money, the answer says so, as surely as it is known."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.number_text import plus_minus, significant, span
from sim.study.comparison import losing


def said(*rows: tuple[str, float, float]) -> str:
    table = [
        {"scenario": name, "outcome": "npv", "mean": mean, "low": mean - half, "high": mean + half} for name, mean, half in rows
    ]
    return losing(
        pd.DataFrame([*table, {"scenario": rows[0][0], "outcome": "signings", "mean": -1.0, "low": -1.0, "high": -1.0}]), "EUR"
    )


def test_all_below_zero_is_said_with_the_best_ones_interval() -> None:
    assert said(("a", -900.0, 50.0), ("b", -300.0, 100.0)) == (
        "Every scheme loses money: the highest expected npv is that of b, -300.0 EUR (95% interval -400 to -200)."
    )
    assert said(("a", -900.0, 50.0)) == "a loses money: its expected npv is -900.0 EUR (95% interval -950 to -850)."


def test_what_is_not_established_is_not_claimed() -> None:
    assert "though that is not established at 95%" in said(("a", -900.0, 50.0), ("b", -30.0, 100.0))


def test_of_one_run_no_interval_is_given() -> None:
    assert (
        said(("a", -900.0, float("inf")))
        == "a loses money, though that is not established at 95%: its expected npv is -900.0 EUR."
    )


def test_numbers_without_end_are_written_as_such() -> None:
    end = float("inf")
    assert (significant(end), span(-end, end), plus_minus(2.0, end)) == ("∞", "-∞ to ∞", "2.000")


@pytest.mark.parametrize("rows", [[("a", -900.0, 50.0), ("b", 1.0, 100.0)], [("a", 0.0, 1.0)], [("a", float("nan"), 0.0)]])
def test_nothing_is_said_where_one_does_not_lose(rows: list[tuple[str, float, float]]) -> None:
    assert said(*rows) == ""
