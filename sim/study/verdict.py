"""The answer of a comparison in words, made from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.differences import labelled
from sim.analysis.dominance import CROSSING, ESTABLISHED, dominance
from sim.analysis.outcomes import samples
from sim.number_text import significant, span
from sim.study.unequal_cost import unequal_costs
from sim.tables import LESS, Column

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.comparison import Comparison

ORDERS = {1: "first", 2: "second"}


def verdict(comparison: Comparison, outcome: str = "npv") -> str:
    """A sentence or two per other scheme, with several one on which is best, and whether they cost the same.

    What is said to be higher or lower is so at the comparison's level, jointly for all its schemes.
    """
    column = comparison.directed(outcome)
    rows = comparison.differences_of([outcome]).to_dict("records")
    said = [_difference(row, column, comparison.level) + _dominance(comparison, column, k) for k, row in enumerate(rows, 1)]
    best = [_best(comparison, outcome)] if len(rows) > 1 else []
    lost = losing(comparison.study.summary(), comparison.study.currency)
    return "\n".join([*said, *best, *([lost] if lost else []), *unequal_costs(comparison.study)])


def losing(summary: pd.DataFrame, currency: str, what: str = "npv", level: float = 0.95) -> str:
    """What is said where the mean npv of every scheme is below zero; nothing where one is not.

    Parameters
    ----------
    summary : rows of scenarios and outcomes with ``mean``, ``low`` and ``high``, the ends of its interval.
    currency, level : of the amounts, and of the intervals.
    what : how npv is called.
    """
    rows = summary[summary["outcome"] == "npv"]
    if rows.empty or not (rows["mean"] < 0).all():
        return ""
    best = max(rows.to_dict("records"), key=lambda row: float(row["mean"]))
    who = f"{best['scenario']} loses" if len(rows) == 1 else "Every scheme loses"
    sure = "" if (rows["high"] < 0).all() else f", though that is not established at {level:.0%}"
    whose = f"its expected {what} is" if len(rows) == 1 else f"the highest expected {what} is that of {best['scenario']},"
    interval = (
        f" ({level:.0%} interval {span(best['low'], best['high'])})"
        if np.isfinite(best["high"]) and best["low"] < best["high"]
        else ""
    )
    return f"{who} money{sure}: {whose} {significant(best['mean'])} {currency}{interval}."


def _difference(row: Mapping[Any, Any], column: Column, level: float) -> str:
    name, base, what = row["scenario"], row["base"], column.name
    if np.isnan(row["standard_error"]):
        return f"{name} against {base}: {what} is defined in {row['n']} pairs of runs, too few to say anything."
    if row["standard_error"] == 0:
        return f"{name} against {base}: {what} {'is the same' if row['mean'] == 0 else 'differs by the same'} in every run."
    if row["low_joint"] <= 0 <= row["high_joint"]:
        widest = max(abs(row["low_joint"]), abs(row["high_joint"]))
        size = f"; a difference of more than {_amount(widest, row['unit'])} either way is not compatible with these runs"
        text = f"no difference in {what} is established ({labelled(level, row['joint_over'])}) between {name} and {base}{size}."
        return text[0].upper() + text[1:]
    low, high = sorted((abs(row["low_joint"]), abs(row["high_joint"])))
    way = "higher" if row["mean"] > 0 else "lower"
    good = "better" if (row["mean"] > 0) != (column.better == LESS) else "worse"
    share = f"It is better in {of_pairs(row, level)}."
    span = f"{_amount(low, row['unit'])} to {_amount(high, row['unit'])}"
    return f"{name} is {good} than {base}: its expected {what} is {way} by {span} ({labelled(level, row['joint_over'])}). {share}"


def of_pairs(row: Mapping[Any, Any], level: float) -> str:
    """In how many pairs of runs a scheme is better, and the probability that this leaves open (Wilson): 0 of 20 is no probability of 0."""
    n, times = int(row["n"]), round(row["better"] * row["n"])
    return (
        f"{times:,} of {n:,} pairs of runs (probability {probability_span(row['better_low'], row['better_high'])}, {level:.0%})"
    )


def probability_span(low: float, high: float) -> str:
    """Such as 0.84 to 1.00, for an interval of a probability."""
    return f"{low:.2f} to {high:.2f}" if high - low >= 0.02 else f"{low:.3f} to {high:.3f}"


def _amount(value: float, unit: str) -> str:
    """Three digits, thousands separated, with the unit; shares and scores are numbers."""
    places = 2 - int(np.floor(np.log10(value))) if value > 0 else 0
    number = f"{round(value, places):,.{max(0, places)}f}"
    return number if unit in ("share", "score") else f"{number} {unit}"


def _dominance(comparison: Comparison, column: Column, k: int) -> str:
    values = samples(comparison.study.runs, comparison.study.names, [column])[:, :, 0]
    table = dominance(values[0], values[k], column.better, comparison.level)
    names = {ESTABLISHED[0]: comparison.study.names[k], ESTABLISHED[1]: comparison.base}
    for order, found in zip(table["order"], table["verdict"], strict=True):
        if found in names:
            who = "everyone" if order == 1 else "everyone averse to risk"
            return f" {names[found]} dominates at {ORDERS[order]} order, which {who} prefers (between the 5% and 95% quantiles)."
    if (table["verdict"] == CROSSING).all():
        return " Neither dominates the other, at first or second order: the choice depends on the attitude to risk."
    return ""


def _best(comparison: Comparison, outcome: str) -> str:
    table = comparison.ranking(outcome)
    return "" if table["p_best"].isna().all() else f"{best(table, f'expected {outcome}', comparison.level)}."


def best(table: pd.DataFrame, what: str, level: float, known: Mapping[str, str] | None = None) -> str:
    """Which scheme is best, or which cannot be told apart, from :func:`sim.analysis.ranking.ranking`; `known` gives titles."""
    rows = table[table["may_be_best"].astype(bool)].to_dict("records")
    names = [(known or {}).get(row["scenario"], row["scenario"]) for row in rows]
    if len(rows) > 1:
        shown = ", ".join(f"{name} ({probability(row['p_best'])})" for name, row in zip(names, rows, strict=True))
        return f"Best in {what} at {level:.0%}: cannot be told apart: {shown}; in brackets the probability of each to be the best"
    return f"Best in {what}: {names[0]}, with probability {probability(rows[0]['p_best'])}; at {level:.0%} no other may be"


def probability(p: float) -> str:
    """A probability with two decimals, and neither 0 nor 1, which draws cannot show."""
    return "above 0.99" if p > 0.99 else "below 0.01" if p < 0.01 else f"{p:.2f}"
