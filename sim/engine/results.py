"""From an engine's arrays, in hundredths, to the data frames users get, in currency.  Shared by both engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.accounts import MONTH, RUN
from sim.scenario.model import Scenario
from sim.tables import COHORTS, CUSTOMERS, MONTHS, RUNS_FIRST, RUNS_REST, WHALE, WHALE_SHARES, years


@dataclass(frozen=True)
class Tables:
    """Result tables of some runs; columns as in :mod:`sim.tables`, preceded by ``run``."""

    runs: pd.DataFrame
    months: pd.DataFrame
    cohorts: pd.DataFrame
    whale: pd.DataFrame
    customers: pd.DataFrame | None = None


class Output:
    """The arrays one run is written into."""

    def __init__(self, months: int) -> None:
        n = years(months)
        self.months = np.zeros(months, MONTH)
        self.run = np.zeros(1, RUN)
        self.profit_years = np.zeros(n)
        self.whale = np.zeros(len(WHALE_SHARES))
        self.cohorts = np.zeros((4, n, n))
        self.customers: np.ndarray | None = None


def _money(unit: str) -> bool:
    return unit.startswith("money")


def tables(scenario: Scenario, outputs: dict[int, Output], customers: bool) -> Tables:
    """Assemble data frames from the outputs of runs, by run number."""
    numbers = np.array(sorted(outputs), np.int64)
    done = [outputs[int(number)] for number in numbers]
    n = years(scenario.months)
    first, rest = [c.name for c in RUNS_FIRST], [c.name for c in RUNS_REST]
    already = {"npv"}  # discounted in currency by the kernel
    runs: dict[str, Any] = {"run": numbers}
    rows = np.concatenate([output.run for output in done])
    for column in first:
        runs[column] = rows[column]
    profit_years = np.stack([output.profit_years for output in done])
    for year in range(n):
        runs[f"profit_year_{year + 1}"] = profit_years[:, year] / 100.0
    for column in RUNS_REST:
        runs[column.name] = rows[column.name] / (100.0 if _money(column.unit) and column.name not in already else 1.0)
    assert list(rest) == [name for name in runs if name in rest]
    month_rows = np.concatenate([output.months for output in done])
    months: dict[str, Any] = {"run": np.repeat(numbers, scenario.months)}
    for column in MONTHS:
        whole = column.name in ("month", "customers", "signings", "lapses")
        values = month_rows[column.name] / (100.0 if _money(column.unit) else 1.0)
        months[column.name] = values.astype(np.int64) if whole else values
    return Tables(
        pd.DataFrame(runs),
        pd.DataFrame(months),
        _cohorts(numbers, done, n),
        pd.DataFrame(
            {
                "run": np.repeat(numbers, len(WHALE_SHARES)),
                WHALE[0].name: np.tile(np.array(WHALE_SHARES), len(done)),
                WHALE[1].name: np.concatenate([output.whale for output in done]),
            }
        ),
        _customers(numbers, done) if customers else None,
    )


def _cohorts(numbers: np.ndarray, done: list[Output], n: int) -> pd.DataFrame:
    cohort, year = np.triu_indices(n)
    data = np.stack([output.cohorts for output in done])
    columns = {
        "run": np.repeat(numbers, cohort.size),
        "cohort": np.tile(cohort + 1, len(done)),
        "year": np.tile(year + 1, len(done)),
        "signed": data[:, 0][:, cohort, 0].ravel(),
        "customers": data[:, 1][:, cohort, year].ravel(),
        "profit": data[:, 2][:, cohort, year].ravel() / 100.0,
        "promised_profit": data[:, 3][:, cohort, year].ravel() / 100.0,
    }
    assert list(columns)[1:] == [column.name for column in COHORTS]
    return pd.DataFrame(columns)


def _customers(numbers: np.ndarray, done: list[Output]) -> pd.DataFrame:
    parts = []
    for number, output in zip(numbers, done, strict=True):
        c = output.customers
        assert c is not None
        frame = pd.DataFrame(
            {
                "run": np.full(c.size, number),
                "customer": c["seat"] * 2**32 + c["signed"] * 2**20 + c["order"],
                "rep": c["seat"],
                "signed_month": c["signed"],
                "lapsed_month": c["lapsed_month"],
                "status": c["status"],
                "outstanding": c["owed"] / 100.0,
                "purchases": c["purchases"],
                "fit": c["fit"],
            }
            | {
                name: c[name] / 100.0
                for name in "revenue cost_of_goods acquisition service resolution write_off commission profit collected".split()
            }
        )
        frame["promised_profit"] = c["promised"] / 100.0
        parts.append(frame.sort_values("customer", ignore_index=True))
    return pd.concat(parts, ignore_index=True)[["run", *(column.name for column in CUSTOMERS)]]
