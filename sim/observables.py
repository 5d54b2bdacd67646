"""What can be read off simulated tables as papers, regulators and firms publish it: registered functions, one home.

Validation states its patterns in them, sweeps record them beside the columns of the runs table (``outcomes`` of a design),
and ``sim.observe(study, "persistency(month=25, by=premium)")`` gives them of any study.  Each says its unit, what is
counted, and of what.  To add one, add a function here: :func:`observable` makes its text, and the documentation lists it.

All are one number per run, NaN where there is nothing to divide by.  Of the customers, the opening book is left out
unless the group says otherwise, since it was signed before the run.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args, get_type_hints

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario.base import shown
from sim.tables import Column
from sim.texts import nearest

Array = np.ndarray
By = Literal["count", "premium"]
Group = Literal["signed", "cold", "referred", "opening"]
LONGEST = 1200  # months of a run


class ResultTables(Protocol):
    """Result tables: of an engine, or a study's; by run, and by scenario where there are several."""

    @property
    def runs(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def months(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def cohorts(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def whale(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def reps(self) -> pd.DataFrame | None: ...  # noqa: D102
    @property
    def customers(self) -> pd.DataFrame | None: ...  # noqa: D102


@dataclass(frozen=True)
class Observable:
    """A registered observable.

    Attributes
    ----------
    name : str
        As in a design or a call.
    unit : str
        Of the number; *money* is the scenario's currency.
    counted, out_of : str
        Numerator and denominator in words; `out_of` is empty where it is no ratio.
    needs : tuple of str
        Tables it is read from, beside ``runs``.
    of : callable
        From tables, and arguments by name, to an array [runs].
    arguments : dict of str to (allowed, default)
        Allowed values: names, or the lowest and highest whole number.
    """

    name: str
    unit: str
    counted: str
    out_of: str
    needs: tuple[str, ...]
    of: Callable[..., Array]
    arguments: dict[str, tuple[tuple[Any, ...] | range, Any]] = field(default_factory=dict)

    @property
    def meaning(self) -> str:
        """What its docstring says."""
        return inspect.cleandoc(self.of.__doc__ or "")


OBSERVABLES: dict[str, Observable] = {}


def observable(
    unit: str, counted: str, out_of: str = "", needs: str = "months"
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Register a function of tables under its name; its arguments are whole numbers (months, years) or names."""

    def register(function: Callable[..., Array]) -> Callable[..., Array]:
        hints = get_type_hints(function)
        given = list(inspect.signature(function).parameters.values())[1:]
        arguments = {one.name: (get_args(hints[one.name]) or range(1, LONGEST + 1), one.default) for one in given}
        name = function.__name__
        OBSERVABLES[name] = Observable(name, unit, counted, out_of, tuple(needs.split()), function, arguments)
        return function

    return register


_CALL = re.compile(r"([a-z][a-z0-9_]{0,39})(?:\(([a-z0-9_=, ]{0,200})\))?", re.ASCII)


def parse(text: str) -> tuple[Observable, dict[str, Any]]:
    """An observable and its arguments, written ``name`` or ``name(argument=value, …)``.

    Raises
    ------
    InputError
        When there is no such observable, or no such argument or value.
    """
    found = _CALL.fullmatch(text)
    if found is None or found[1] not in OBSERVABLES:
        hint = nearest(found[1], OBSERVABLES) if found else ""
        raise InputError(f"expected the name of an observable{hint or ': ' + ', '.join(OBSERVABLES)}, got {shown(text)}")
    one, arguments = OBSERVABLES[found[1]], {}
    for part in filter(None, (found[2] or "").split(",")):
        name, _, value = (piece.strip() for piece in part.partition("="))
        arguments[name] = int(value) if value.isdecimal() and len(value) <= 9 else value
    return one, _checked(one, arguments)


def _checked(one: Observable, arguments: dict[str, Any]) -> dict[str, Any]:
    for name, value in arguments.items():
        if name not in one.arguments:
            raise InputError(
                f"{one.name}: expected one of the arguments {', '.join(one.arguments) or '(none)'}, got {shown(name)}"
            )
        allowed = one.arguments[name][0]
        if value not in allowed:
            said = (
                f"a whole number, {allowed.start} to {allowed.stop - 1}"
                if isinstance(allowed, range)
                else ", ".join(map(str, allowed))
            )
            raise InputError(f"{one.name}: {name}: expected {said}, got {shown(value)}")
    return arguments


def is_observable(text: str) -> bool:
    """Whether a text begins as one does."""
    return text.partition("(")[0] in OBSERVABLES


def columns_of(texts: Iterable[str]) -> tuple[Column, ...]:
    """Observables as columns of a table: name, unit, meaning."""
    return tuple(Column(text, parse(text)[0].unit, parse(text)[0].meaning.splitlines()[0]) for text in dict.fromkeys(texts))


def needs_customers(texts: Iterable[str]) -> bool:
    """Whether any of these observables is read from the customers table."""
    return any("customers" in parse(text)[0].needs for text in texts)


def observe(tables: ResultTables, what: str, **arguments: Any) -> Array:
    """One number per row of ``tables.runs``.

    Parameters
    ----------
    tables : Tables
        A study (``sim.run(…, customers=True)`` where customers are needed), or what an engine returned.
    what : str
        Name of an observable, or ``name(argument=value, …)``.
    arguments
        Of the observable, where `what` does not have them.

    Raises
    ------
    InputError
        When there is no such observable or argument, or when the tables have no customers, or no reps, and it needs them.
    """
    one, given = parse(what)
    if "customers" in one.needs and tables.customers is None:
        raise InputError(f"{one.name}: expected tables with customers (sim.run(…, customers=True) or --customers), got none")
    if "reps" in one.needs and tables.reps is None:
        raise InputError(f"{one.name}: expected tables with reps, got none: a study of an earlier version has no such table")
    found: Array = one.of(tables, **_checked(one, given | arguments))
    return found


# --- from tables to arrays -------------------------------------------------------------------------------------------------------


def months_of(tables: ResultTables, name: str) -> Array:
    """A column of the months table, array [runs, months]; InputError where an earlier version's study has none."""
    if name not in tables.months:
        raise InputError(f"expected a months table with the column {name}, got one without: a study of an earlier version")
    return tables.months[name].to_numpy(float).reshape(len(tables.runs), -1)


def ratio(above: Array, below: Array) -> Array:
    """Quotients; NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below != 0, above / below, np.nan)


def _places(tables: ResultTables, frame: pd.DataFrame) -> Array:
    """Of each row, the row of the runs table it belongs to."""
    keys = [name for name in ("scenario", "run") if name in tables.runs]
    index = pd.MultiIndex.from_frame(tables.runs[keys])
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(frame[keys])))


class _People:
    """The customers of a group: the run each belongs to, the month signed, the month of contract in which they left, a weight."""

    def __init__(self, tables: ResultTables, group: Group = "signed", by: By = "count") -> None:
        frame = tables.customers
        assert frame is not None
        founder, referred = frame["founder"] == 1, frame["referred"] == 1
        chosen = {"signed": ~founder, "cold": ~founder & ~referred, "referred": referred, "opening": founder}[group]
        self.frame = frame[chosen]
        self.last = int(tables.months["month"].max())
        self.runs, self.run = len(tables.runs), _places(tables, self.frame)
        self.signed = self.frame["signed_month"].to_numpy(int) + (
            group == "opening"
        )  # of the opening book a term begins in month 1
        left = self.frame["lapsed_month"].to_numpy(int)
        self.left = np.where(left > 0, left - self.signed + 1, LONGEST + 1)  # month of contract
        self.weight = np.ones(len(left)) if by == "count" else self.frame["initial"].to_numpy(float)

    def sum(self, mask: Array, weight: Array | None = None) -> Array:
        """Sum of weights over those for whom the mask holds, by run."""
        values = (self.weight if weight is None else weight) * mask
        return np.bincount(self.run, values, self.runs)

    def seen(self, months: int) -> Array:
        """Who signed so early that the run shows so many months of the contract."""
        return np.asarray(self.signed + months - 1 <= self.last)


# --- contracts -------------------------------------------------------------------------------------------------------------------


@observable(
    "share",
    "contracts, or first-year premium, in force when that month of contract begins",
    "all signed early enough",
    "months customers",
)
def persistency(tables: ResultTables, month: int = 13, by: By = "count", group: Group = "signed") -> Array:
    """In force at a month of contract: persistency at 13, 25, 37, 49, 61 months as insurers disclose it, by count or by premium.

    In force in month k means to have completed k - 1 months.  Only contracts whose first k - 1 months the run shows
    are counted; every exit counts as leaving.  ``persistency(month=13)`` is the column ``persistency_12``.
    """
    people = _People(tables, group, by)
    seen = people.seen(month - 1)
    return ratio(people.sum(seen & (people.left >= month)), people.sum(seen))


@observable(
    "share",
    "contracts, or first-year premium, that leave within that year of contract",
    "those in force at its start",
    "months customers",
)
def lapse(tables: ResultTables, year: int = 1, by: By = "count", group: Group = "signed") -> Array:
    """Lapse by contract year: of the contracts in force when year k of contract begins, the share that leaves within it.

    Only contracts whose year k the run shows in full are counted; a customer written off has left.
    """
    people = _People(tables, group, by)
    there = people.seen(12 * year) & (people.left > 12 * (year - 1))
    return ratio(people.sum(there & (people.left <= 12 * year)), people.sum(there))


@observable("share", "contracts written off within so many months", "contracts signed early enough", "months customers")
def default(tables: ResultTables, months: int = 24, group: Group = "signed") -> Array:
    """Default by count: of the contracts signed, the share that ended by being written off within so many months of contract.

    Where a write-off does not end the contract (``payment.exit_on_write_off`` = false) it is not counted.
    """
    people = _People(tables, group)
    seen = people.seen(months)
    gone = seen & (people.frame["status"].to_numpy() == 2) & (people.left <= months)
    return ratio(people.sum(gone), people.sum(seen))


@observable("share", "invoices written off, in money", "invoices, in money", "months customers")
def written_off(tables: ResultTables, group: Group = "signed") -> Array:
    """Bad debt by value on the accounts of a group, in all months of the run."""
    people = _People(tables, group)
    whole = np.ones(len(people.run))
    lost, sold = (people.frame[name].to_numpy(float) for name in ("write_off", "revenue"))
    return ratio(people.sum(whole, lost), people.sum(whole, sold))


@observable("money/contract", "invoices written off", "contracts", "months customers")
def bad_debt_per_contract(tables: ResultTables, group: Group = "signed") -> Array:
    """Written off in all months of the run, per contract of a group."""
    people = _People(tables, group)
    whole = np.ones(len(people.run))
    return ratio(people.sum(whole, people.frame["write_off"].to_numpy(float)), people.sum(whole))


@observable("share", "invoices written off in the month, in money", "invoices of the month, in money")
def bad_debt(tables: ResultTables) -> Array:
    """Bad debt by value of the whole book, the opening book's included: the column ``bad_debt_ratio``."""
    return ratio(months_of(tables, "write_off").sum(axis=1), months_of(tables, "revenue").sum(axis=1))


@observable(
    "share",
    "invoices of these months that are not paid by the end of their month, when they fall due, in money",
    "invoices of these months, in money",
)
def overdue(tables: ResultTables, first: int = 1, last: int = LONGEST) -> Array:
    """Share overdue by value, as surveys of payment ask for it: of what was invoiced, what is not paid when it falls due.

    In months `first` to `last` of the run, the opening book's invoices included.  Written off at once is not overdue, but
    uncollectable (``bad_debt``).
    """
    late, invoiced = (months_of(tables, name)[:, first - 1 : last].sum(axis=1) for name in ("late", "revenue"))
    return ratio(late, invoiced)


@observable(
    "share",
    "overdue in money: before the month's payments (receivables), or at the month's end (billed)",
    "receivables: all that is owed then, the month's invoices included; billed: the invoices of the twelve months to the month's end",
)
def overdue_stock(tables: ResultTables, month: int = 12, of: Literal["receivables", "billed"] = "receivables") -> Array:
    """Stock overdue at a month, leavers' balances included, as share of receivables (ageing) or of a year's invoices.

    An invoice falls due at the end of its month, so that all that is outstanding at a month's end is overdue: it is compared with the
    receivables of a day of the next month, when that month's invoices are out and not yet due.
    """
    owed, invoiced = months_of(tables, "outstanding"), months_of(tables, "revenue")
    if month > owed.shape[1]:
        return np.full(len(owed), np.nan)
    if of == "billed":
        return ratio(owed[:, month - 1], invoiced[:, max(0, month - 12) : month].sum(axis=1))
    before = owed[:, month - 2] if month > 1 else np.zeros(len(owed))
    return ratio(before, before + invoiced[:, month - 1])


@observable("share", "contracts signed from referred leads", "contracts signed", "months customers")
def referred_share(tables: ResultTables) -> Array:
    """Referred customers among those signed."""
    return ratio(_People(tables, "referred").sum(np.True_), _People(tables).sum(np.True_))  # type: ignore[arg-type]


@observable(
    "money/contract",
    "profit on accounts in the first months of contract seen",
    "contracts signed early enough",
    "months customers",
)
def account_profit(tables: ResultTables, until: int = 60, group: Group = "signed") -> Array:
    """Profit on the account until the run's end, per contract signed in months 1 to `until`; charged commission taken off."""
    people = _People(tables, group)
    chosen = people.signed <= until
    return ratio(people.sum(chosen, people.frame["profit"].to_numpy(float)), people.sum(chosen))


@observable("share", "accounts below zero at the end", "contracts signed early enough", "months customers")
def loss_makers(tables: ResultTables, months: int = 24, group: Group = "signed") -> Array:
    """The firm's loss makers among contracts that the run shows for at least so many months, whether they stayed or not."""
    people = _People(tables, group)
    seen = people.seen(months)
    return ratio(people.sum(seen & (people.frame["profit"].to_numpy() < 0)), people.sum(seen))


@observable("correlation", "months stayed and profit on the account", needs="months customers")
def loyalty_and_profit(tables: ResultTables, until: int = 36, group: Group = "signed") -> Array:
    """Correlation, over customers signed in months 1 to `until`, of months as a customer in the run and profit on the account."""
    people = _People(tables, group)
    stayed = np.minimum(people.left, people.last - people.signed + 1).astype(float)
    chosen, profit = people.signed <= until, people.frame["profit"].to_numpy(float)
    n, x, y, xx, yy, xy = (
        people.sum(chosen, one) for one in (np.ones(len(profit)), stayed, profit, stayed**2, profit**2, stayed * profit)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((n * xy - x * y) / np.sqrt((n * xx - x * x) * (n * yy - y * y)))


# --- new business ----------------------------------------------------------------------------------------------------------------


@observable("customers", "customers signed in the first year")
def signings_year_1(tables: ResultTables) -> Array:
    """New business of the first year; the opening book is none of it."""
    return np.asarray(months_of(tables, "signings")[:, :12].sum(axis=1))


@observable("money", "first purchases", "customers signed")
def contract_size(tables: ResultTables) -> Array:
    """Mean first purchase of those signed."""
    return ratio(months_of(tables, "initial_revenue").sum(axis=1), months_of(tables, "signings").sum(axis=1))


@observable("share", "margin on first purchases", "first purchases")
def first_margin(tables: ResultTables) -> Array:
    """Margin on first purchases: what the firm sees of a customer at signing beside the size."""
    return ratio(months_of(tables, "initial_margin").sum(axis=1), months_of(tables, "initial_revenue").sum(axis=1))


@observable("sd", "fit of those signed", "customers signed")
def fit(tables: ResultTables) -> Array:
    """Mean fit of those signed, unseen by the firm."""
    signed = months_of(tables, "signings")
    return ratio((signed * months_of(tables, "fit")).sum(axis=1), signed.sum(axis=1))


@observable("customers/attempt", "customers signed", "prospects approached")
def signed_per_attempt(tables: ResultTables) -> Array:
    """Share of the prospects approached who sign."""
    return ratio(months_of(tables, "signings").sum(axis=1), months_of(tables, "attempts").sum(axis=1))


def _in_quarter(tables: ResultTables, place: int) -> Array:
    signed = months_of(tables, "signings")
    whole = signed[:, 3 : signed.shape[1] // 3 * 3].reshape(len(signed), -1, 3)
    return 3 * ratio(whole[:, :, place].sum(axis=1), whole.sum(axis=(1, 2)))


@observable("ratio", "signings of the last months of quarters", "signings of a quarter's mean month")
def quarter_end(tables: ResultTables) -> Array:
    """Signings of the last month of a quarter over its monthly mean, from the second quarter on."""
    return _in_quarter(tables, 2)


@observable("ratio", "signings of the first months of quarters", "signings of a quarter's mean month")
def quarter_start(tables: ResultTables) -> Array:
    """Signings of the first month of a quarter over its monthly mean, from the second quarter on."""
    return _in_quarter(tables, 0)


# --- the book --------------------------------------------------------------------------------------------------------------------


@observable("money", "invoices of all months")
def revenue(tables: ResultTables) -> Array:
    """Invoiced in all months."""
    return np.asarray(months_of(tables, "revenue").sum(axis=1))


@observable("money", "invoices of these months")
def sales(tables: ResultTables, first: int = 1, last: int = 12) -> Array:
    """All sales in months `first` to `last` of the run."""
    return np.asarray(months_of(tables, "revenue")[:, first - 1 : last].sum(axis=1))


@observable("money", "repeat and cross-purchases of these months")
def later_sales(tables: ResultTables, first: int = 1, last: int = 12) -> Array:
    """Sales to the book beside first purchases, in months `first` to `last` of the run."""
    sold = months_of(tables, "repeat_revenue") + months_of(tables, "cross_revenue")
    return np.asarray(sold[:, first - 1 : last].sum(axis=1))


@observable("share", "customers kept a year")
def retention(tables: ResultTables) -> Array:
    """Yearly retention of the whole book: (1 - lapses per customer-month)^12."""
    return np.asarray((1.0 - tables.runs["churn_rate"].to_numpy(float)) ** 12)


def _of_cohorts(tables: ResultTables, last: int, column: str, ages: tuple[int, ...]) -> Array:
    """Sum over the cohorts signed in the years 1 to `last` of a column, at ages in calendar years after that of signing."""
    frame = tables.cohorts
    chosen = frame[(frame["cohort"] >= 1) & (frame["cohort"] <= last) & (frame["year"] - frame["cohort"]).isin(ages)]
    return np.bincount(_places(tables, chosen), chosen[column].to_numpy(float), len(tables.runs))


def _late(tables: ResultTables) -> tuple[Array, Array]:
    last = int(tables.cohorts["year"].max()) - 4
    return _of_cohorts(tables, last, "profit", (2, 3, 4)), _of_cohorts(tables, last, "signed", (0,))


@observable("money/customer", "profit on accounts in years 3 to 5", "customers signed", "cohorts")
def late_profit(tables: ResultTables) -> Array:
    """On the accounts in years 3 to 5 after signing, per customer signed, of the cohorts the run shows for so long."""
    return ratio(*_late(tables))


@observable("money", "profit on accounts in years 3 to 5", needs="cohorts")
def late_profit_total(tables: ResultTables) -> Array:
    """On the accounts in years 3 to 5 after signing, of all customers together."""
    return _late(tables)[0]


def _left(tables: ResultTables, after: int) -> Array:
    last = int(tables.cohorts["year"].max()) - after
    begin, end = (_of_cohorts(tables, last, "customers", (age,)) for age in (after - 1, after))
    return 1.0 - ratio(end, begin)


@observable("share", "customers who left in the calendar year after that of signing", "those there at its start", "cohorts")
def lapse_early(tables: ResultTables) -> Array:
    """Left in the calendar year after that of signing, up to 24 months of contract, of those there at its start."""
    return _left(tables, 1)


@observable("share", "customers who left in the third calendar year after that of signing", "those there at its start", "cohorts")
def lapse_later(tables: ResultTables) -> Array:
    """Left in the third calendar year after that of signing, from 24 months of contract on, of those there at its start."""
    return _left(tables, 3)


@observable("days", "waits of all contacts", "contacts")
def wait(tables: ResultTables) -> Array:
    """Mean wait of a contact."""
    contacts = months_of(tables, "contacts")
    return ratio((months_of(tables, "wait") * contacts).sum(axis=1), contacts.sum(axis=1))


@observable("share", "profit of the most profitable customers", "profit of all customers", "months customers")
def profit_share(tables: ResultTables, percent: int = 20, costs: Literal["caused", "allocated"] = "caused") -> Array:
    """Share of all profit that the most profitable `percent` of all customers bring, the opening book's included.

    ``caused``: profit on the account.  ``allocated``: besides, what the firm charges to nobody (salaries, pay that is not charged,
    attempts, desk, fixed cost) is spread over customer-months, so that accounts add up to the firm's profit.  NaN where that is not above 0.
    """
    everybody = tables.customers
    assert everybody is not None
    run, whole = _places(tables, everybody), months_of(tables, "profit").sum(axis=1)
    last = int(tables.months["month"].max())
    left = everybody["lapsed_month"].to_numpy(int)
    served = np.where(left > 0, left, last) - np.maximum(everybody["signed_month"].to_numpy(int), 1) + 1
    found = np.full(len(tables.runs), np.nan)
    for k in range(len(found)):
        profit = everybody["profit"].to_numpy(float)[run == k]
        if costs == "allocated" and profit.size:
            profit = profit + (whole[k] - profit.sum()) * served[run == k] / served[run == k].sum()
        if profit.sum() > 0:
            found[k] = np.sort(profit)[::-1][: round(profit.size * percent / 100)].sum() / profit.sum()
    return found


# --- lured, oversold, grieved ----------------------------------------------------------------------------------------------------


@observable(
    "share",
    "customers signed who would not have signed unlured, or were sold more than asked for",
    "customers signed",
    "months customers",
)
def falls_short(tables: ResultTables) -> Array:
    """Of those signed, the share whose contract still lacked something for them when last seen (``shortfall`` above 0)."""
    people = _People(tables)
    return ratio(people.sum(people.frame["shortfall"].to_numpy(float) > 0.0), people.sum(np.True_))  # type: ignore[arg-type]


@observable("per 1,000 customers and month", "complaints", "customer-months, in thousands")
def complaints(tables: ResultTables) -> Array:
    """Complaints about the firm, as regulators count them: per 1,000 customers (here also: and month)."""
    there = months_of(tables, "customers") + months_of(tables, "lapses")
    return 1000.0 * ratio(months_of(tables, "complaints").sum(axis=1), there.sum(axis=1))


@observable("share", "complaints that got nothing", "complaints")
def complaints_unheard(tables: ResultTables) -> Array:
    """Of the complaints, the share that neither the desk, nor a rep who visited, nor a solution put right."""
    made = months_of(tables, "complaints").sum(axis=1)
    return ratio(made - months_of(tables, "redressed").sum(axis=1), made)


@observable("share", "customers who left and had never complained", "customers who left", "months customers")
def silent_exits(tables: ResultTables, group: Group = "signed") -> Array:
    """Of the customers who left, for whatever reason, the share of whom the firm had never had a complaint."""
    people = _People(tables, group)
    gone = people.frame["lapsed_month"].to_numpy() > 0
    return ratio(people.sum(gone & (people.frame["complaints"].to_numpy() == 0)), people.sum(gone))


# --- reps ------------------------------------------------------------------------------------------------------------------------


class _Services:
    """The services of reps: the run each belongs to, the month hired, the months served by its end or the run's."""

    def __init__(self, tables: ResultTables) -> None:
        assert tables.reps is not None
        self.runs, self.run = len(tables.runs), _places(tables, tables.reps)
        self.hired, left = (tables.reps[name].to_numpy(int) for name in ("hired_month", "left_month"))
        self.last = int(tables.months["month"].max())
        self.gone = left > 0
        self.left = np.where(self.gone, left, self.last + 1)
        self.served = np.where(self.gone, left, self.last) - self.hired + 1

    def sum(self, values: Array) -> Array:
        """Sum by run."""
        return np.bincount(self.run, values, self.runs)

    def seen(self, months: int) -> Array:
        """Who began so early that the run shows so many months of the service."""
        return np.asarray(self.hired + months - 1 <= self.last)

    def at(self, month: int) -> tuple[Array, Array]:
        """Who is there at a month's end, and the months of service each has completed then."""
        return (self.hired <= month) & (self.left > month) & (month <= self.last), month - self.hired + 1


@observable("reps", "seats that are filled at the month's beginning")
def filled_seats(tables: ResultTables, month: int = 24) -> Array:
    """Size of the sales force in a month: the column ``reps``; not defined after the run."""
    reps = months_of(tables, "reps")
    return reps[:, month - 1] if 1 <= month <= reps.shape[1] else np.full(len(reps), np.nan)


@observable("share", "reps who complete so many months of service", "reps hired early enough to do so", "months reps")
def rep_tenure(tables: ResultTables, months: int = 12) -> Array:
    """Newcomers still there after so many months: of 12 and 48 the columns ``rep_stay_12`` and ``rep_stay_48``."""
    reps = _Services(tables)
    seen = reps.seen(months)
    return ratio(reps.sum(seen & (reps.served >= months)), reps.sum(seen))


@observable("months", "months of service completed", "reps there at the month's end", "months reps")
def tenure(tables: ResultTables, month: int = 60, statistic: Literal["mean", "median"] = "mean") -> Array:
    """Mean or median tenure of the reps there at the end of a month; all seats begin anew with the run, so none exceeds the month."""
    reps = _Services(tables)
    there, served = reps.at(month)
    if statistic == "median":
        medians = pd.Series(served[there], dtype=float).groupby(reps.run[there]).median()
        return np.asarray(medians.reindex(range(reps.runs)).to_numpy())
    return ratio(reps.sum(there * served), reps.sum(there))


@observable("share", "reps with fewer months of service", "reps there at the month's end", "months reps")
def newcomers(tables: ResultTables, month: int = 60, under: int = 12) -> Array:
    """Reps there at the end of a month who have completed fewer than `under` months of service."""
    reps = _Services(tables)
    there, served = reps.at(month)
    return ratio(reps.sum(there & (served < under)), reps.sum(there))


@observable("share", "reps who stay through that year of service", "reps there at its start", "months reps")
def rep_retention(tables: ResultTables, year: int = 1) -> Array:
    """Reps' retention by year of service: of those who begin year k of service, who complete it; only years the run shows in full."""
    reps = _Services(tables)
    there = reps.seen(12 * year) & (reps.served > 12 * (year - 1))
    return ratio(reps.sum(there & (reps.served >= 12 * year)), reps.sum(there))


@observable("share", "leavers who leave within so many months of service", "leavers", "months reps")
def early_leavers(tables: ResultTables, months: int = 24) -> Array:
    """Of the reps who leave in the run, those with at most so many months of service."""
    reps = _Services(tables)
    return ratio(reps.sum(reps.gone & (reps.served <= months)), reps.sum(reps.gone))


@observable("per year", "departures", "rep-years")
def rep_leaving(tables: ResultTables) -> Array:
    """Share of the filled seats whose rep leaves within a year: the column ``rep_turnover``."""
    return tables.runs["rep_turnover"].to_numpy(float)


@observable("customers/rep-year", "customers signed", "rep-years")
def business_per_rep(tables: ResultTables) -> Array:
    """New business of a filled seat in a year."""
    return ratio(months_of(tables, "signings").sum(axis=1), months_of(tables, "reps").sum(axis=1) / 12.0)
