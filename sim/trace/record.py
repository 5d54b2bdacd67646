"""What is written down of one run: a seat's months of pay, line by line, and customers' months.  Money in whole hundredths."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.tables import years


@dataclass(frozen=True)
class Line:
    """One component in one month: pay = awarded - held_back + vested - forfeited."""

    component: int
    name: str
    measure: str
    unit: str  # of the measure
    combine: str  # add, multiply, gate
    opened: int  # first month that counts in the period
    settled: bool  # whether the period ends in this month
    month_value: float  # the measure in this month
    value: float  # the measure in the period so far; NaN where it does not exist
    basis: str  # what a share or a mean rests on: "3 of 4", "23 customers"
    counted: float  # months that count for the period's pay
    attainment: float | None  # value / quota, where something depends on it
    award: float  # before factors, in currency; of a multiplier or gate, its factor
    uncapped: float  # the same without the component's own cap
    tiers: tuple[tuple[float, float, float], ...]  # what lies in each tier, its rate, what that pays (currency)
    awarded: int
    held_back: int
    vested: int  # deferred earlier, due now; what malus takes of it is forfeited
    forfeited: int

    @property
    def paid(self) -> int:
        """What reaches the rep this month."""
        return self.awarded - self.held_back + self.vested - self.forfeited


@dataclass(frozen=True)
class Claim:
    """Commission claimed back for one customer who left, in one component."""

    component: int
    name: str
    customer: int
    signed: int  # month
    age: int  # month of the contract in which it ended, from 1
    commission: int  # paid for the contract
    share: float  # of it, to be paid back
    claimed: int
    uncollectable: int  # of the claim: the rep who signed has left
    withdrawn: float  # where the period is not settled yet: what no longer counts in it, in units of the measure
    unit: str


@dataclass(frozen=True)
class Signing:
    """A customer signed."""

    customer: int
    initial: int  # first purchase


@dataclass(frozen=True)
class PayMonth:
    """A seat's month: fixed pay, components, clawback; pay = salary + subsidy + variable - recovered."""

    seat: int
    month: int
    rep: int  # the seat's first rep is 1, the successor 2; 0 while it is empty
    hired: int  # month
    hunting: float  # share of time
    nurturing: float  # share of time
    attempts: int
    signings: int
    lapses: int
    signed: tuple[Signing, ...]
    salary: int
    subsidy: int
    lines: tuple[Line, ...]
    factor: float  # product of multipliers and gates
    scale: float  # the same after the regulator's limit
    room: float  # what the limit left of the year's variable pay, in currency; infinite without a limit
    claims: tuple[Claim, ...]
    due_before: int  # clawback due at the beginning
    recovered: int
    given_up: int  # due when the rep left
    due_after: int
    held: int  # deferred pay at the month's end
    lost_leaving: tuple[int, ...]  # deferred pay forfeited by leaving, by component
    accrued: tuple[int, ...]  # pay of open periods, were they to end now, by component
    final: tuple[int, ...]  # paid by component for open periods to a rep who leaves
    unsettled: tuple[int, ...]  # not paid for them, by component
    trail_due: int  # trail still to come if all customers there stay, before factors
    forfeited_open: int  # of open periods' pay, the part that would be deferred, forfeited by leaving
    left: bool  # whether the rep leaves at the month's end
    settled: Settled = field(repr=False)

    @property
    def variable(self) -> int:
        """Variable pay that reaches the rep, before clawback."""
        return sum(line.paid for line in self.lines) + sum(self.final)

    @property
    def awarded(self) -> int:
        """Variable pay earned and settled."""
        return sum(line.awarded for line in self.lines) + sum(self.final) + self.forfeited_open

    @property
    def claimed(self) -> int:
        """Claimed from the rep in place."""
        return sum(claim.claimed - claim.uncollectable for claim in self.claims)

    @property
    def pay(self) -> int:
        """What the month's lines add up to."""
        return self.salary + self.subsidy + self.variable - self.recovered

    @property
    def forfeited(self) -> int:
        """Lost to malus or by leaving."""
        return sum(line.forfeited for line in self.lines) + sum(self.lost_leaving) + self.forfeited_open

    def adds_up(self) -> bool:
        """Whether the lines add up, to the hundredth, to what the payroll booked for the seat."""
        mine = Settled(
            awarded=self.awarded,
            commission=self.variable,
            forfeited=self.forfeited,
            salaries=self.salary + self.subsidy,
            clawback=self.recovered,
            claimed=sum(claim.claimed for claim in self.claims),
            uncollectable=sum(claim.uncollectable for claim in self.claims) + self.given_up,
            accrued=sum(self.accrued),
            unsettled=sum(self.unsettled),
            trail_due=self.trail_due,
        )
        return mine == self.settled and self.due_after == self.due_before - self.recovered + self.claimed - self.given_up


@dataclass(frozen=True)
class Settled:
    """What the payroll added to the month's accounts for a seat: columns of the months table."""

    awarded: int = 0
    commission: int = 0
    forfeited: int = 0
    salaries: int = 0
    clawback: int = 0
    claimed: int = 0
    uncollectable: int = 0
    accrued: int = 0
    unsettled: int = 0
    trail_due: int = 0


@dataclass(frozen=True)
class Trace:
    """How one run came about.

    Attributes
    ----------
    scenario, seed, run : what was simulated.
    months : the months table of the run, as far as it was followed, in currency.
    pay : a record per seat and month (:class:`PayMonth`), money in hundredths.
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
