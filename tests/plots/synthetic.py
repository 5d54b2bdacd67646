"""A made-up study with the shape of a real one, to draw without an engine.

Plausible, not simulated: under a signature bonus reps hunt, the book grows at once and then loses money on
customers who leave; under a relationship scheme profit starts lower and grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.tables import WHALE_SHARES, run_columns, years


@dataclass(frozen=True)
class Study:
    runs: pd.DataFrame
    months: pd.DataFrame
    cohorts: pd.DataFrame
    whale: pd.DataFrame
    scenarios: list[dict[str, Any]]
    currency: str = "EUR"
    seed: int = 1

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(self.runs["scenario"]))


@dataclass(frozen=True)
class Kind:
    """Yearly averages from which the tables are drawn."""

    signings: float
    stay: float  # share of customers who stay a year
    margin: float  # per customer and year
    service: float
    growth: float  # of the margin with every year of the relation
    promise: float  # what was promised per customer and year
    hunting: float
    nurturing: float


SIGNATURE = Kind(620, 0.72, 900, 420, -0.09, 1150, 0.78, 0.10)
RELATION = Kind(380, 0.88, 950, 330, 0.04, 1000, 0.45, 0.42)


def study(scenarios: dict[str, Kind], runs: int = 200, months: int = 120, seed: int = 1) -> Study:
    tables = [_tables(name, kind, runs, months, seed + k) for k, (name, kind) in enumerate(scenarios.items())]
    known = [{"months": months} for _ in scenarios]
    return Study(*(pd.concat(parts, ignore_index=True) for parts in zip(*tables, strict=True)), scenarios=known, seed=seed)


def _tables(name: str, kind: Kind, runs: int, months: int, seed: int) -> tuple[pd.DataFrame, ...]:
    rng = np.random.default_rng(seed)
    cohorts = _cohorts(kind, runs, months, rng)
    run_table = _runs(kind, cohorts, runs, months, rng)
    whale = _whale(run_table, kind, runs, rng)
    tables = (run_table, _months(kind, runs, months, rng), cohorts, whale)
    for table in tables:
        table.insert(0, "scenario", name)
    return tables


def _cohorts(kind: Kind, runs: int, months: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    last = years(months)
    for run in range(runs):
        mood = rng.normal(0, 0.08)
        for cohort in range(1, last + 1):
            signed = int(rng.poisson(kind.signings * min(1.0, months / 12)))
            there = signed
            for year in range(cohort, last + 1):
                age = year - cohort
                there = int(rng.binomial(there, kind.stay if age else kind.stay**0.5))
                worth = (kind.margin * (1 + kind.growth * age) - kind.service) * (1 + mood) + rng.normal(0, 20)
                promised = kind.promise * signed * 0.9**age * 0.55
                rows.append((run, cohort, year, signed, there, there * worth - 150 * signed * (age == 0), promised))
    return pd.DataFrame(rows, columns=["run", "cohort", "year", "signed", "customers", "profit", "promised_profit"])


def _runs(kind: Kind, cohorts: pd.DataFrame, runs: int, months: int, rng: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame(0.0, index=range(runs), columns=[column.name for column in run_columns(months)])
    per_year = cohorts.pivot_table(index="run", columns="year", values="profit", aggfunc="sum")
    fixed = 45_000 + 200 * kind.signings
    for year in per_year.columns:
        table[f"profit_year_{year}"] = per_year[year] - fixed
    spans = np.arange(1, years(months) + 1)
    table["npv"] = ((per_year - fixed) / 1.08**spans).sum(axis=1)
    there = cohorts.groupby("run")["customers"].sum()
    signed = cohorts[cohorts["cohort"] == cohorts["year"]].groupby("run")["signed"].sum()
    noise = rng.normal(1, 0.05, size=(runs, 4))
    table["realised_profit"] = per_year.sum(axis=1)
    table["promised_profit"] = cohorts.groupby("run")["promised_profit"].sum()
    table["margin_initial"] = 260 * signed * noise[:, 0]
    table["margin_repeat"] = (kind.margin - 120) * there * noise[:, 1]
    table["payment_loss"] = 70 * there * noise[:, 2]
    table["service_cost"] = 0.7 * kind.service * there * noise[:, 3]
    table["acquisition_cost"] = 150.0 * signed
    table["pay_cost"] = 400_000.0 * len(spans)
    table["fixed_cost"] = 60_000.0 * len(spans)
    table.insert(0, "run", range(runs))
    return table


def _months(kind: Kind, runs: int, months: int, rng: np.random.Generator) -> pd.DataFrame:
    run, month = np.divmod(np.arange(runs * months), months)
    push = 0.06 * (month % 12 >= 10) + 0.08 * np.exp(-month / 18)
    hunting = np.clip(kind.hunting + push + rng.normal(0, 0.03, run.size), 0, 1)
    nurturing = np.clip(kind.nurturing - 0.5 * push + rng.normal(0, 0.02, run.size), 0, 1 - hunting)
    return pd.DataFrame({"run": run, "month": month + 1, "hunting_share": hunting, "nurturing_share": nurturing})


def _whale(runs: pd.DataFrame, kind: Kind, number: int, rng: np.random.Generator) -> pd.DataFrame:
    grid = np.array(WHALE_SHARES)
    rows = []
    for run in range(number):
        accounts = np.sort(rng.gamma(0.8, 1500, 800) - kind.service * 1.6 - rng.normal(60, 60))[::-1]
        running = np.concatenate([[0.0], np.cumsum(accounts)])
        shares = running[np.round(grid * 800).astype(int)] / running[-1]
        rows += [(run, s, p) for s, p in zip(grid, shares, strict=True)]
    return pd.DataFrame(rows, columns=["run", "share", "profit_share"])
