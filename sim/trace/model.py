"""One run of the Mesa model, followed: the same numbers, with a record of how they came about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from sim.accounts import MONTH
from sim.book import BookModel, CustomerAgent, RepAgent
from sim.errors import InputError
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.tables import MONTHS, years
from sim.trace.agents import ACCOUNT, TracedCustomer, TracedRep, customer_number
from sim.trace.record import PayMonth, Settled
from sim.whole_number import LAST_SEED, whole

MONEY = ("initial", "repeat", "cross", "owed", *ACCOUNT)


class TracedModel(BookModel):
    """A :class:`~sim.book.BookModel` that writes down every seat's pay and the months of chosen customers."""

    rep_class: ClassVar[type[RepAgent]] = TracedRep

    def __init__(
        self, scenario: Scenario, rng: int | None = 1, run: int = 1, customers: Collection[int] | Literal["all"] = ()
    ) -> None:
        self.watched = customers if customers == "all" else frozenset(customers)
        self.pay: list[PayMonth] = []
        self.pages: list[dict[str, Any]] = []
        super().__init__(scenario, rng, run)

    def customer_class(self, model: BookModel, record: np.ndarray, rep: RepAgent) -> CustomerAgent:
        """Chosen customers are watched, step by step; all others stay in the compiled month."""
        watched = self.watched == "all" or customer_number(record) in self.watched
        return (TracedCustomer if watched else CustomerAgent)(model, record, rep)


@dataclass(frozen=True)
class Trace:
    """How one run came about.

    Attributes
    ----------
    scenario, seed, run : what was simulated.
    months : the months table of the run, as far as it was followed, in currency.
    pay : a record per seat and month (:class:`sim.trace.record.PayMonth`), money in hundredths.
    pages : a row per followed customer and month, in currency (columns: :data:`PAGES`).
    """

    scenario: Scenario
    seed: int
    run: int
    months: pd.DataFrame
    pay: tuple[PayMonth, ...]
    pages: pd.DataFrame

    def of_seat(self, seat: int, first: int = 1, last: int | None = None) -> list[PayMonth]:
        """A seat's months from `first` to `last`, in order."""
        end = len(self.months) if last is None else last
        return [page for page in self.pay if page.seat == seat and first <= page.month <= end]

    def customer(self, number: int) -> pd.DataFrame:
        """The months of one followed customer.

        Raises
        ------
        InputError
            When the customer was not followed, or never signed.
        """
        mine = self.pages[self.pages["customer"] == number]
        if mine.empty:
            raise InputError(
                f"customer: found {number}, but in these {len(self.months)} months of run {self.run} no such customer signed, or it was "
                "not asked for; `daarna explain FILE --customers` lists them, as Trace.customers() does"
            )
        return mine.reset_index(drop=True)

    def customers(self) -> pd.DataFrame:
        """A row per followed customer: seat, months of signing and leaving (0 while there), what was bought, and how it stands."""
        each = self.pages.groupby("customer", sort=True)
        first, last = each.first(), each.last()
        return pd.DataFrame(
            {
                "rep": first["rep"],
                "signed": first["month"] - first["age"] + 1,
                "left": each["left"].any() * each["month"].max(),
                "status": last["status"],
                "purchases": each["purchases"].sum(),
                "visits": each["visits"].sum(),
                "revenue": each["revenue"].sum(),
                "owed": last["owed"],
            }
        ).reset_index()

    def unexplained(self) -> list[str]:
        """Where the seats' lines do not add up to the payroll or to the months table, to the hundredth; none, one hopes."""
        wrong = [f"seat {page.seat}, month {page.month}" for page in self.pay if not page.adds_up()]
        for month, row in zip(self.months["month"], self.months.to_dict("records"), strict=True):
            mine = [page for page in self.pay if page.month == month]
            for name in Settled.__dataclass_fields__:
                total = sum(getattr(page.settled, name) for page in mine)
                if total != round(row[name] * 100):
                    wrong.append(f"month {month}: {name} is {row[name]:.2f}, but the lines come to {total / 100:.2f}")
        return wrong


#: Columns of a customer's page: per month, money in currency.
PAGES = {
    "customer": "id, as in the customers table",
    "rep": "seat, from 0",
    "month": "month of the simulation",
    "age": "month of the contract, from 1",
    "initial": "first purchase invoiced",
    "repeat": "renewals and repeat purchases invoiced",
    "cross": "cross-purchases invoiced",
    "purchases": "repeat purchases made",
    "visits": "visits by the rep",
    "contacts": "contacts with the desk",
    "unsolved": "of them, not solved",
    "wait": "days waited for the desk, where there was a contact",
    "case": "moment of truth: solution, strict, or nothing",
    "referrals": "leads the customer brought",
    "revenue": "invoiced",
    "cost_of_goods": "of what was sold",
    "acquisition": "perks",
    "service": "contacts and visits",
    "resolution": "cost of the moment of truth",
    "write_off": "given up",
    "collected": "paid by the customer",
    "owed": "at the month's end",
    "bucket": "in arrears: months since the oldest invoice",
    "satisfaction": "at the month's end, -1 to 1",
    "expectation": "at the month's end",
    "tie": "to the rep, 0 to 1",
    "left": "whether the customer left this month",
    "status": "active, lapsed, written off",
}


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


def check_seat(scenario: Scenario, seat: int) -> None:
    """Refuse a seat that there is not."""
    if not 0 <= seat < scenario.reps.count:
        raise InputError(f"rep: found {seat}, allowed is a seat from 0 to {scenario.reps.count - 1} (seats are numbered from 0)")


def months_of_year(scenario: Scenario, year: int | None = None, month: int | None = None) -> tuple[int, int]:
    """First and last month of a year of the run (1 if not said), or the one month asked for; refuse what there is not."""
    if month is not None:
        if not 1 <= month <= scenario.months:
            raise InputError(f"month: found {month}, allowed is a month of the run, 1 to {scenario.months}")
        if year is not None and -(-month // 12) != year:
            raise InputError(
                f"month: found {month}, which lies in year {-(-month // 12)} and not in year {year}; leave one of them out"
            )
        return month, month
    chosen, last = 1 if year is None else year, years(scenario.months)
    if not 1 <= chosen <= last:
        raise InputError(f"year: found {chosen}, allowed is 1 to {last} (the run has {scenario.months} months)")
    return 12 * chosen - 11, min(12 * chosen, scenario.months)
