"""One run of the Mesa model, followed: the same numbers, with a record of how they came about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from sim.accounts import MONTH
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.tables import MONTHS
from sim.trace.agents import ACCOUNT, TracedModel
from sim.trace.record import PAGES, Trace
from sim.whole_number import LAST_SEED, whole

MONEY = ("initial", "repeat", "cross", "owed", *ACCOUNT)


def follow(
    scenario: Scenario,
    run: int = 1,
    seed: int = 1,
    months: int | None = None,
    customers: Collection[int] | Literal["all"] = (),
) -> Trace:
    """Simulate one run with the Mesa model and write down how every seat's pay came about.

    The numbers are those of the same run in the ensemble (``sim.run(scenario, runs, seed)``).

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    run, seed : int
        Which run, as in the tables.
    months : int, optional
        Stop after so many months; the whole run if not given.
    customers : collection of int, or "all"
        Whose months are written down, by the number in the column ``customer`` of the customers table.

    Raises
    ------
    InputError
        When run, seed or months are out of bounds.
    """
    scenario = as_scenario(scenario, "follow")
    last = scenario.months if months is None else months
    run, seed, last = whole("run", run, 1, 2**31), whole("seed", seed, 0, LAST_SEED), whole("months", last, 1, scenario.months)
    model = TracedModel(scenario, rng=seed, run=run, customers=customers)
    for _ in range(last):
        model.step()
    rows = model.output.months[0, :last]
    money = {column.name for column in MONTHS if column.unit == "money"}
    table = pd.DataFrame({name: rows[name] / 100.0 if name in money else rows[name] for name in MONTH.names or ()})
    table["month"] = table["month"].astype(int)
    pages = pd.DataFrame(model.pages, columns=list(PAGES))
    pages[list(MONEY)] = pages[list(MONEY)].astype(float) / 100.0
    order = sorted(model.pay, key=lambda page: (page.seat, page.month))
    return Trace(scenario, seed, run, table, tuple(order), pages.sort_values(["customer", "month"], ignore_index=True))
