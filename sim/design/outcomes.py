"""What objectives and constraints can be about: the columns of the runs table, and a few derived ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.engine import Tables
from sim.observables import signings_year_1
from sim.tables import Column, run_columns


def _variable(tables: Tables) -> pd.Series:
    return tables.runs["rep_pay_mean"] * tables.runs["variable_share"]


#: Derived outcomes: name, unit and meaning, and how they follow from the tables.
DERIVED: tuple[tuple[Column, Callable[[Tables], Any]], ...] = (
    (Column("first_year_signings", "customers", "signed in the first twelve months"), signings_year_1),
    (Column("variable_pay", "money/month", "variable pay per rep-month, net of clawback"), _variable),
    (
        Column("variable_to_fixed", "share", "variable pay as a share of fixed pay, as regulators' caps count it"),
        lambda t: _variable(t) / (t.runs["rep_pay_mean"] - _variable(t)),
    ),
    (
        Column("later_profit", "money", "profit of all years after the first, not discounted"),
        lambda t: t.runs.filter(regex=r"^profit_year_(?!1$)").sum(axis=1),
    ),
)


def columns(months: int) -> dict[str, Column]:
    """Every outcome there is for runs of so many months, by name."""
    return {column.name: column for column in (*run_columns(months), *(column for column, _ in DERIVED))}


def table(tables: Tables, names: Sequence[str]) -> pd.DataFrame:
    """``run`` and the named outcomes."""
    derived = {column.name: make for column, make in DERIVED}
    found = {name: np.asarray(derived[name](tables) if name in derived else tables.runs[name], float) for name in names}
    return pd.DataFrame({"run": tables.runs["run"].to_numpy(), **found})
