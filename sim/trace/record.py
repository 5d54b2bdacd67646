"""What is written down of one run: a seat's months of pay, line by line, and customers' months.  Money in whole hundredths."""

from __future__ import annotations

from dataclasses import dataclass, field


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
