"""One month's settlement taken apart by component, by asking the settlement's own functions on copies.

No formula of a scheme stands here: what a component was awarded, what of it was held back, vested or lost, and
what is claimed back for a leaver all come from :mod:`sim.scheme.settle`, called with what the payroll calls it
with.  Money is in whole hundredths unless a name says otherwise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.accounts import MONTH
from sim.book import entries
from sim.compiled import kernel
from sim.scheme import settle
from sim.scheme.measures import LEVEL
from sim.state import Ledger, cents


class Award(NamedTuple):
    """A seat's components before the month is paid, C of them."""

    value: np.ndarray  # [C] the measure in the period so far
    month_value: np.ndarray  # [C] the measure in this month
    award: np.ndarray  # [C] currency, before factors
    uncapped: np.ndarray  # [C] the same without the component's own cap
    factor: np.ndarray  # [C] of multipliers and gates
    due: np.ndarray  # [C] whether the component settles this month
    opened: np.ndarray  # [C] first month that counts in its period
    counted: np.ndarray  # [C] months that count for its pay, those carried included
    scale: float  # product of the factors
    room: float  # currency that the regulator's limit leaves; infinite without one


@kernel
def _award(params, components, clock, rep, ledger, team, out):  # type: ignore[no-untyped-def]
    month = clock[0].month
    for i in range(components.shape[0]):
        component = components[i]
        out[6, i] = settle.months_counted(component, ledger.carried[i], settle.opened_in(component, rep[0], month), month)
    settle.award(components, clock[0], rep[0], ledger, team)
    for i in range(components.shape[0]):
        component = components[i]
        out[0, i] = settle.trail_base(component, ledger.base, month) if component.trail_months > 0 else ledger.to_date[i]
        out[1, i] = out[0, i] if component.trail_months > 0 else settle.measured(component, ledger, team)
        out[2, i] = ledger.awards[i]
        out[3, i] = ledger.factor[i]
        out[4, i] = (
            1.0 if component.trail_months > 0 or (settle.in_force(component, month) and settle.settles(component, month)) else 0.0
        )
        out[5, i] = month if component.trail_months > 0 else settle.opened_in(component, rep[0], month)
    return settle.combined_factor(components, ledger.factor, month), settle.variable_room(
        params[0], rep[0], settle.year_end(month)
    )


@kernel
def _reward(params, components, clock, rep, ledger, team):  # type: ignore[no-untyped-def]
    return settle.reward(params[0], components, clock[0], rep[0], ledger, team)


@kernel
def _award_of(components, i, value, counted):  # type: ignore[no-untyped-def]
    return settle.period_pay(components[i], value, counted)


@kernel
def _open(params, components, clock, rep, ledger, out):  # type: ignore[no-untyped-def]
    month = clock[0].month
    stays = settle.open_scale(params[0], components, month, settle.year_end(month), rep[0], ledger)
    goes = settle.open_scale(params[0], components, month, month, rep[0], ledger)
    for i in range(components.shape[0]):
        pay = settle.open_pay(components[i], i, month, rep[0], ledger)
        out[0, i] = cents(pay * stays)
        out[1, i], out[2, i], out[3, i] = settle.final_pay(components[i], cents(pay * goes))
    return settle.trail_due(components, month, ledger)


@kernel
def _rounded(awards, scale, out):  # type: ignore[no-untyped-def]
    for i in range(awards.shape[0]):
        out[i] = cents(awards[i] * scale)


@kernel
def _contract(components, i, customers, ledger, age):  # type: ignore[no-untyped-def]
    component, customer = components[i], customers[0]
    claimable = settle.claimable(component, ledger, i, customer.signed) * settle.units(component, customer)
    return cents(claimable), settle.clawback_share(component, age)


def copied(ledger: Ledger) -> Ledger:
    """A ledger that may be written on."""
    return Ledger(*(array.copy() for array in ledger))


def award(params: Any, components: np.ndarray, clock: np.ndarray, rep: np.ndarray, ledger: Ledger, team: np.ndarray) -> Award:
    """What every component stands at, and awards, before factors and cap; nothing of the seat's is changed."""
    out = np.zeros((7, components.shape[0]))
    scale, room = _award(params, components, clock, rep, copied(ledger), team, out)
    value, month_value, amounts, factor, due, opened, counted = out
    uncapped = amounts.copy()
    for i in np.flatnonzero((components["cap"] > 0) & (due > 0)):
        if not np.isnan(value[i]):
            uncapped[i] = component_pay(components, int(i), value[i], counted[i], cap=0.0)
    return Award(value, month_value, amounts, uncapped, factor, due > 0, opened.astype(int), counted, float(scale), float(room))


class Open(NamedTuple):
    """What is not settled of a seat's components, C of them, in hundredths."""

    pay: np.ndarray  # [C] of open periods, if they ended now
    final: np.ndarray  # [C] of that, paid to the rep if leaving
    forfeited: np.ndarray  # [C] of that, forfeited by leaving since it would be deferred
    lost: np.ndarray  # [C] of that, not settled if the rep leaves
    trail: float  # trail to come, before factors


def unsettled(params: Any, components: np.ndarray, clock: np.ndarray, rep: np.ndarray, ledger: Ledger) -> Open:
    """What open periods would pay if they ended with this month, and what becomes of it if the rep leaves."""
    out = np.zeros((4, components.shape[0]))
    trail = _open(params, components, clock, rep, ledger, out)
    return Open(out[0], out[1], out[2], out[3], float(cents(trail)))


def component_pay(components: np.ndarray, i: int, value: float, counted: float, **changed: float) -> float:
    """What component `i` pays on a value for so many months, in currency, with some of its numbers changed."""
    other = components[i : i + 1].copy()
    for name, number in changed.items():
        other[name] = number
    return float(_award_of(other, 0, value, counted))


def by_tier(components: np.ndarray, i: int, value: float, counted: float) -> list[tuple[float, float, float]]:
    """What of a value lies in each tier of component `i`, its rate, and what that pays: differences of what is paid up to the tiers' ends."""
    component = components[i]
    norm = (float(component["quota"]) or 1.0) * (1.0 if component["kind"] == LEVEL else counted / float(component["months"]))
    ends = [*(float(start) * norm for start in component["tier_from"][1 : component["n_tiers"]]), np.inf]
    parts, before, low = [], 0.0, float(component["tier_from"][0]) * norm
    for end, rate in zip(ends, component["tier_rate"][: component["n_tiers"]], strict=True):
        high = max(low, min(value, end))
        pay = component_pay(components, i, high, counted, cap=0.0, bonus=0.0)
        if high > low:
            parts.append((high - low, float(rate), pay - before))
        before, low = pay, high
    return parts


def rounded(awards: np.ndarray, scale: float) -> np.ndarray:
    """Awards times the month's scale, in hundredths, as the payroll rounds them."""
    out = np.zeros(awards.shape[0])
    _rounded(awards, scale, out)
    return out


def forfeits(
    params: Any, components: np.ndarray, clock: np.ndarray, rep: np.ndarray, ledger: Ledger, team: np.ndarray
) -> np.ndarray:
    """What malus takes of each component's vesting pay: the payroll asked with only that component's pay vesting."""
    month = int(clock["month"][0])
    lost = np.zeros(components.shape[0])
    for i in np.flatnonzero(ledger.held[:, month]):
        alone = copied(ledger)
        alone.held[:i, month] = 0.0
        alone.held[i + 1 :, month] = 0.0
        lost[i] = _reward(params, components, clock, rep.copy(), alone, team)[3]
    return lost


class Loss(NamedTuple):
    """What a leaver costs the seat in one component."""

    component: int
    commission: float  # paid for the contract
    share: float  # of it, claimed back
    claimed: float
    uncollectable: float
    withdrawn: float  # from the period not settled yet, in units of the measure


def losses(components: np.ndarray, clock: np.ndarray, customer: np.ndarray, rep: np.ndarray, ledger: Ledger) -> list[Loss]:
    """What a customer who left this month costs the seat, by component; nothing of the seat's is changed."""
    found = []
    age = int(clock["month"][0]) - int(customer["signed"][0]) + 1
    for i in np.flatnonzero(components["clawback_months"]):
        alone = copied(ledger)._replace(to_date=ledger.to_date[i : i + 1].copy(), paid_rate=ledger.paid_rate[:, i : i + 1].copy())
        row, seat = np.zeros(1, MONTH), rep.copy()
        entries.customers_left(components[i : i + 1], clock, customer.copy(), seat, alone, row)
        withdrawn = float(ledger.to_date[i] - alone.to_date[0])
        claimed, lost = float(row["claimed"][0]), float(row["uncollectable"][0])
        if claimed or withdrawn:
            commission, share = _contract(components, i, customer, ledger, age)
            found.append(Loss(int(i), float(commission), float(share), claimed, lost, withdrawn))
    return found
