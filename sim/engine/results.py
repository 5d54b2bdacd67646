"""From an engine's arrays, in hundredths, to the data frames users get, in currency.  Shared by both engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.accounts import MONTH, RUN
from sim.errors import RuleError
from sim.numeric import power
from sim.scenario.model import Scenario
from sim.state import SERVICE
from sim.tables import COHORTS, CUSTOMERS, MONTHS, RUNS_FIRST, RUNS_REST, WHALE, WHALE_SHARES, Column, years

WHOLE = ("month", "customers", "signings", "lapses")  # months columns that count


@dataclass(frozen=True)
class Tables:
    """Result tables of some runs; columns as in :mod:`sim.tables`, preceded by ``run``."""

    runs: pd.DataFrame
    months: pd.DataFrame
    cohorts: pd.DataFrame
    whale: pd.DataFrame
    reps: pd.DataFrame
    customers: pd.DataFrame | None = None


class Output(NamedTuple):
    """The arrays so many runs are written into: N runs, T months, Y years; money in hundredths."""

    months: np.ndarray  # [N, T]
    run: np.ndarray  # [N]
    profit_years: np.ndarray  # [N, Y]
    whale: np.ndarray  # [N, WHALE_SHARES]
    cohorts: np.ndarray  # [N, 4, 1 + Y, Y] signed, customers, profit, promised; by cohort (0 the opening book) and year
    services: np.ndarray  # of reps: SERVICE, as many as there were


def new_output(months: int, runs: int) -> Output:
    """Empty arrays for so many runs."""
    n = years(months)
    return Output(
        np.zeros((runs, months), MONTH),
        np.zeros(runs, RUN),
        np.zeros((runs, n)),
        np.zeros((runs, len(WHALE_SHARES))),
        np.zeros((runs, 4, 1 + n, n)),
        np.zeros(0, SERVICE),
    )


def check_money(output: Output) -> None:
    """Let no amount out that is not in whole hundredths: sums of others would depend on their order, and on the engine.

    Raises
    ------
    RuleError
        When a rule has booked an amount without taking it through :func:`sim.state.cents`.
    """
    amounts = {f"months: {column.name}": output.months[column.name] for column in MONTHS if column.unit == "money"}
    for name, values in (
        amounts | {"cohorts: profit": output.cohorts[:, 2], "cohorts: promised_profit": output.cohorts[:, 3]}
    ).items():
        broken = values[values != np.floor(values)]
        if broken.size:
            raise RuleError(
                f"sim/rules: {name}: expected whole hundredths, got {broken[0] / 100.0}: an amount of a rule has not gone through cents (sim/state.py)"
            )


def join(outputs: list[Output]) -> Output:
    """Outputs of several runs, one after the other."""
    return Output(*(np.concatenate(arrays) for arrays in zip(*outputs, strict=True)))


def _in_currency(values: np.ndarray, column: Column) -> np.ndarray:
    return values / 100.0 if column.unit.startswith("money") else values


def tables(scenario: Scenario, numbers: np.ndarray, output: Output, customers: list[np.ndarray] | None) -> Tables:
    """Assemble data frames from the output of the runs `numbers`, and from their customers' records if kept; by run number."""
    order = np.argsort(numbers)
    numbers, output = numbers[order], output._replace(**{name: getattr(output, name)[order] for name in Output._fields[:-1]})
    if customers is not None:
        customers = [customers[k] for k in order]
    return Tables(
        pd.DataFrame(runs_columns(scenario, numbers, output)),
        _months(numbers, output),
        _cohorts(numbers, output),
        pd.DataFrame(
            {
                "run": np.repeat(numbers, len(WHALE_SHARES)),
                WHALE[0].name: np.tile(np.array(WHALE_SHARES), numbers.size),
                WHALE[1].name: output.whale.ravel(),
            }
        ),
        _reps(output.services),
        None if customers is None else _customers(numbers, customers),
    )


def runs_columns(scenario: Scenario, numbers: np.ndarray, output: Output) -> dict[str, np.ndarray]:
    """The columns of the runs table, of the runs `numbers`."""
    columns: dict[str, np.ndarray] = {"run": numbers}
    columns |= {column.name: output.run[column.name] for column in RUNS_FIRST}  # npv: discounted in currency by the rules
    columns |= {f"profit_year_{k + 1}": output.profit_years[:, k] / 100.0 for k in range(output.profit_years.shape[1])}
    columns |= {column.name: _in_currency(output.run[column.name], column) for column in RUNS_REST}
    columns["residual_value"] = residual_value(output.months, scenario.firm.discount_year)
    return columns


def residual_value(months: np.ndarray, discount_year: float) -> np.ndarray:
    """What customers still there at the end would bring later, discounted to the start as npv is; in currency, a number per run.

    N · c · v^T / (1 - (1 - h) · v), with N the customers after the last month T, and of the last twelve months (or all, if
    they are fewer): c the margin of repeat and cross-purchases less service, resolution and write-offs per customer-month, h the exits
    per customer-month; v = (1 + i)^(-1/12).  It is the sum over k = 0, 1, … of N · (1 - h)^k · c · v^(T + k): who is there at a
    month's beginning brings c in it, and stays for the next with probability 1 - h.  So everybody is taken to go on as the
    last year's average customer: no reps, no signing, no pay, no fixed cost.  NaN where the sum has no end.

    Parameters
    ----------
    months : the months of runs [runs, T], records of the months table, money in hundredths.
    discount_year : i, of the firm, a year.
    """
    last = months[:, -12:]
    margin = (
        last["revenue"]
        - last["cost_of_goods"]
        - last["initial_margin"]
        - last["service"]
        - last["resolution"]
        - last["write_off"]
    )
    there, exits = (last["customers"] + last["lapses"]).sum(axis=1), last["lapses"].sum(axis=1)
    month = power(1.0 + discount_year, -1.0 / 12.0)
    customers = months["customers"][:, -1]
    known = np.maximum(there, 1.0)
    rest = 1.0 - (1.0 - exits / known) * month
    worth = margin.sum(axis=1) / 100.0 / known * customers * power(1.0 + discount_year, -months.shape[1] / 12.0)
    value = np.divide(worth, rest, out=np.full(worth.shape, np.nan), where=rest > 1e-12)
    return np.where(customers > 0, value, 0.0)


def _months(numbers: np.ndarray, output: Output) -> pd.DataFrame:
    columns: dict[str, np.ndarray] = {"run": np.repeat(numbers, output.months.shape[1])}
    for column in MONTHS:
        values = _in_currency(output.months[column.name], column)
        columns[column.name] = (values.astype(np.int64) if column.name in WHOLE else values).ravel()
    return pd.DataFrame(columns, copy=False)  # the columns are made anew


def _cohorts(numbers: np.ndarray, output: Output) -> pd.DataFrame:
    cohort, year = np.triu_indices(output.cohorts.shape[2], -1, output.cohorts.shape[3])
    signed, customers, profit, promised = (output.cohorts[:, k] for k in range(4))
    columns = {
        "run": np.repeat(numbers, cohort.size),
        "cohort": np.tile(cohort, numbers.size),
        "year": np.tile(year + 1, numbers.size),
        "signed": signed[:, cohort, 0].ravel(),
        "customers": customers[:, cohort, year].ravel(),
        "profit": profit[:, cohort, year].ravel() / 100.0,
        "promised_profit": promised[:, cohort, year].ravel() / 100.0,
    }
    return pd.DataFrame(columns)[["run", *(column.name for column in COHORTS)]]


def _reps(services: np.ndarray) -> pd.DataFrame:
    services = services[np.lexsort([services[name] for name in ("hired", "seat", "run")])]
    names = {"run": "run", "rep": "seat", "hired_month": "hired", "left_month": "left"}
    return pd.DataFrame({name: services[field] for name, field in names.items()})


def _customers(numbers: np.ndarray, kept: list[np.ndarray]) -> pd.DataFrame:
    frames = []
    for number, c in zip(numbers, kept, strict=True):
        whole = {name: c[name].astype(np.int64) for name in ("seat", "signed", "order", "lapsed_month")}
        columns = {
            "run": np.full(c.size, number),
            "customer": whole["seat"] * 2**32 + whole["signed"] * 2**20 + whole["order"],
            "rep": whole["seat"],
            "signed_month": np.where(c["founder"] == 1, 0, whole["signed"]),
            "promised_profit": c["promised"] / 100.0,
            "outstanding": c["owed"] / 100.0,
            "lapsed_month": whole["lapsed_month"],
        }
        columns |= {column.name: _in_currency(c[column.name], column) for column in CUSTOMERS if column.name not in columns}
        frames.append(pd.DataFrame(columns).sort_values("customer", ignore_index=True))
    return pd.concat(frames, ignore_index=True)[["run", *(column.name for column in CUSTOMERS)]]
