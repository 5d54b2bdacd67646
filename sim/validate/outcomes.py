"""Outcomes that hypotheses and patterns are stated in: every column of the runs table, and some made from the other tables.

All are one number per run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.engine import Tables, simulate
from sim.errors import InputError
from sim.scenario.base import nearest
from sim.scenario.model import Scenario
from sim.tables import run_columns

CHUNK = 50  # runs simulated at a time: bounds memory


class Outcome(NamedTuple):
    """An outcome made from the tables of some runs."""

    unit: str
    meaning: str
    of: Callable[[Tables], np.ndarray]


def months_of(tables: Tables, name: str) -> np.ndarray:
    """A column of the months table, array [runs, months]."""
    runs = len(tables.runs)
    return tables.months[name].to_numpy(float).reshape(runs, -1)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotients; NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below != 0, above / below, np.nan)


def _per_signing(name: str) -> Callable[[Tables], np.ndarray]:
    return lambda t: _ratio(months_of(t, name).sum(axis=1), months_of(t, "signings").sum(axis=1))


def _fit(t: Tables) -> np.ndarray:
    signed = months_of(t, "signings")
    return _ratio((signed * months_of(t, "fit")).sum(axis=1), signed.sum(axis=1))


def _late(t: Tables, each: bool) -> np.ndarray:
    """Profit on accounts in the third to fifth year of the cohorts signed in the run that lived to see them."""
    frame, last = t.cohorts, int(t.cohorts["year"].to_numpy().max())
    grown = frame[(frame["cohort"] >= 1) & (frame["cohort"] <= last - 4)]
    age = grown["year"] - grown["cohort"]
    runs = t.runs["run"]
    profit = grown[age.between(2, 4)].groupby("run")["profit"].sum().reindex(runs, fill_value=0.0).to_numpy(float)
    signed = grown[age == 0].groupby("run")["signed"].sum().reindex(runs, fill_value=0.0).to_numpy(float)
    return _ratio(profit, signed) if each else profit


def _in_quarter(place: int) -> Callable[[Tables], np.ndarray]:
    """Signings of the quarters' first (0) to last (2) months over a quarter's monthly mean, from the second quarter on."""

    def of(t: Tables) -> np.ndarray:
        signed = months_of(t, "signings")
        whole = signed[:, 3 : signed.shape[1] // 3 * 3].reshape(len(signed), -1, 3)
        return 3 * _ratio(whole[:, :, place].sum(axis=1), whole.sum(axis=(1, 2)))

    return of


def _weighted(name: str, weight: str) -> Callable[[Tables], np.ndarray]:
    return lambda t: _ratio((months_of(t, name) * months_of(t, weight)).sum(axis=1), months_of(t, weight).sum(axis=1))


def accounts(scenario: Scenario, seed: int, runs: int) -> pd.DataFrame:
    """Every customer's account in runs 1 to `runs`, a run at a time: the engine's time for them grows with the square of the runs."""
    found = [simulate(scenario, seed, range(k, k + 1), True).customers for k in range(1, runs + 1)]
    return pd.concat([one for one in found if one is not None], ignore_index=True)


def lapse_in_year(customers: pd.DataFrame, year: int, months: int) -> tuple[int, int]:
    """Customers who left in that year of contract, and those who could have: there at its beginning and seen to its end.

    The opening book is left out; a customer written off has left.
    """
    signed = customers["signed_month"].to_numpy(int)  # 0 in the opening book
    left = customers["lapsed_month"].to_numpy(int)
    age = np.where(left > 0, left - signed + 1, months + 13)  # month of contract in which they left
    seen = (signed > 0) & (signed + 12 * year - 1 <= months)
    there = seen & (age > 12 * (year - 1))
    return int((there & (age <= 12 * year)).sum()), int(there.sum())


def _left(after: int) -> Callable[[Tables], np.ndarray]:
    """Of the cohorts signed in the run: left in one calendar year, that many years after the year of signing."""

    def of(t: Tables) -> np.ndarray:
        frame, last = t.cohorts, int(t.cohorts["year"].to_numpy().max())
        grown = frame[(frame["cohort"] >= 1) & (frame["cohort"] <= last - after)]
        age, runs = grown["year"] - grown["cohort"], t.runs["run"]
        begin, end = (
            grown[age == k].groupby("run")["customers"].sum().reindex(runs, fill_value=0.0).to_numpy(float)
            for k in (after - 1, after)
        )
        return 1.0 - _ratio(end, begin)

    return of


MADE: dict[str, Outcome] = {
    "signings_year_1": Outcome(
        "customers",
        "customers signed in the first year",
        lambda t: months_of(t, "signings")[:, :12].sum(axis=1),
    ),
    "revenue": Outcome("money", "invoiced in all months", lambda t: months_of(t, "revenue").sum(axis=1)),
    "late_profit": Outcome(
        "money/customer", "on the accounts in years 3 to 5 after signing, per customer signed", lambda t: _late(t, True)
    ),
    "late_profit_total": Outcome("money", "the same of all customers together", lambda t: _late(t, False)),
    "contract_size": Outcome("money", "mean first purchase of those signed", _per_signing("initial_revenue")),
    "first_margin": Outcome(
        "share",
        "margin on first purchases, what the firm sees of a customer at signing beside the size",
        lambda t: _ratio(months_of(t, "initial_margin").sum(axis=1), months_of(t, "initial_revenue").sum(axis=1)),
    ),
    "fit": Outcome("sd", "mean fit of those signed, unseen by the firm", _fit),
    "quarter_end": Outcome("ratio", "signings of the last month of a quarter over its monthly mean", _in_quarter(2)),
    "quarter_start": Outcome("ratio", "signings of the first month of a quarter over its monthly mean", _in_quarter(0)),
    "wait": Outcome("days", "mean wait of a contact", _weighted("wait", "contacts")),
    "lapse_early": Outcome(
        "share",
        "left in the calendar year after that of signing, up to 24 months of contract, of those there at its start",
        _left(1),
    ),
    "lapse_later": Outcome(
        "share",
        "left in the third calendar year after that of signing, from 24 months of contract on, of those there at its start",
        _left(3),
    ),
}


def unit_of(name: str, months: int = 120, currency: str = "money") -> str:
    """The unit of an outcome.

    Raises
    ------
    InputError
        When there is no such outcome.
    """
    if name in MADE:
        return MADE[name].unit.replace("money", currency)
    known = {column.name: column.unit for column in run_columns(months)}
    if name not in known:
        every = [*MADE, *known]
        raise InputError(f'found "{name}"{nearest(name, every) or "; there are " + ", ".join(every)}')
    return known[name].replace("money", currency)


def of_tables(tables: Tables, names: Sequence[str]) -> np.ndarray:
    """Outcomes of the runs in some tables, array [runs, outcomes]."""
    found = [MADE[name].of(tables) if name in MADE else tables.runs[name].to_numpy(float) for name in names]
    values: np.ndarray = np.column_stack(found)
    return values


def outcomes(scenario: Scenario, names: Sequence[str], runs: int, seed: int = 1, first: int = 1) -> np.ndarray:
    """Simulate, and take outcomes: array [runs, outcomes].  Run k of every scenario has the same random numbers."""
    last = first + runs - 1
    chunks = [range(k, min(k + CHUNK, last + 1)) for k in range(first, last + 1, CHUNK)]
    return np.concatenate([of_tables(simulate(scenario, seed, chunk), names) for chunk in chunks])
