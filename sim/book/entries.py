"""The rules as the Mesa agents call them: the same functions, records passed as one-element arrays.

numba takes microseconds to recognise an array and tens of them to recognise a bare record.  Nothing
is computed here.  What reps do is done for any number of seats: their records, tallies and ledgers have an axis of seats; `rows`
are customers (:class:`sim.book.register.Rows`), of whom the first `used` have signed.
"""

from __future__ import annotations

# ruff: noqa: D103
import numpy as np

from sim import accounts, draws
from sim.book.register import CODE, LEAVING
from sim.compiled import kernel
from sim.errors import RuleError
from sim.rules import career, foresight, hunting, rep_month, service, steps, traits
from sim.rules.steps import customer_month
from sim.scheme import settle
from sim.state import ACTIVE, draw_moment, seat_ledger


@kernel
def begin(params, clock, customer, moment):  # type: ignore[no-untyped-def]
    draw_moment(clock[0], customer[0], moment[0])
    return service.answers(params[0], customer[0], moment[0])


def _entry(step):  # type: ignore[no-untyped-def]
    taken = steps.whole(step)

    def take(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
        taken(params[0], clock[0], customer[0], moment[0], rep[0], tally[0], agent[0])

    take.__name__ = take.__qualname__ = step.ACT
    return kernel(take)


@kernel
def count(clock, customer, moment, tally):  # type: ignore[no-untyped-def]
    accounts.count(clock[0], customer[0], moment[0], tally[0])


@kernel
def staff(params, clock, agent, number):  # type: ignore[no-untyped-def]
    service.staff(params[0], clock[0], agent[0], number)


@kernel
def open_desk(params, desk):  # type: ignore[no-untyped-def]
    service.open_desk(params[0], desk)


@kernel
def forget(clock, leavers, desk):  # type: ignore[no-untyped-def]
    service.forget(clock[0], leavers, desk)


@kernel
def furnish(rep, seat, absent):  # type: ignore[no-untyped-def]
    career.furnish(rep[0], seat, absent)


@kernel
def open_ledgers(params, components, seats):  # type: ignore[no-untyped-def]
    return career.open_ledgers(params[0], components, seats)


@kernel
def attempts(params, rep):  # type: ignore[no-untyped-def]
    return hunting.attempts(params[0], rep[0])


@kernel
def all_attempts(params, reps):  # type: ignore[no-untyped-def]
    found = np.zeros((reps.shape[0], 2), np.int64)
    for i in range(reps.shape[0]):
        if reps[i].present == 1:
            found[i, 0], found[i, 1] = hunting.attempts(params[0], reps[i])
    return found


@kernel
def hunt(params, clock, reps, tallies, ledgers, desk, attempts, rows, used):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        rep, tally, ledger = reps[i], tallies[i], seat_ledger(ledgers, i)
        tally.attempts += attempts[i, 0]
        for order in range(1, attempts[i, 0] + 1):
            customer = rows.records[used]
            if hunting.meet(params[0], clock[0], customer, rep, order, order <= attempts[i, 1]):
                hunting.sign(params[0], customer, rep, tally, ledger, desk)
                rows.places[used].rep = rows.places[used].book = rep.seat
                used += 1
    return used


@kernel
def prospect(params, clock, customer, rep, order, warm):  # type: ignore[no-untyped-def]
    return hunting.meet(params[0], clock[0], customer[0], rep[0], order, warm)


@kernel
def founder(params, clock, customer, rep, order):  # type: ignore[no-untyped-def]
    who, which = draws.customer_key(rep[0].seat, clock[0].month, hunting.FOUNDERS + order)
    hunting.founder(params[0], clock[0], customer[0], rep[0], hunting.FOUNDERS + order, traits.uniforms(clock[0], who, which))


@kernel
def inherit(params, clock, reps, tallies, desk, customers, rows, used):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        for order in range(hunting.FOUNDERS + 1, hunting.FOUNDERS + customers + 1):
            customer = rows.records[used]
            who, which = draws.customer_key(reps[i].seat, clock[0].month, order)
            hunting.founder(params[0], clock[0], customer, reps[i], order, traits.uniforms(clock[0], who, which))
            hunting.take_over(customer, reps[i], tallies[i], desk)
            rows.places[used].rep = rows.places[used].book = reps[i].seat
            used += 1
    return used


@kernel
def take_over(customer, rep, tally, desk):  # type: ignore[no-untyped-def]
    hunting.take_over(customer[0], rep[0], tally[0], desk)


@kernel
def sign(params, customer, rep, tally, ledger, desk):  # type: ignore[no-untyped-def]
    hunting.sign(params[0], customer[0], rep[0], tally[0], ledger, desk)


@kernel
def live(params, clock, rows, used, reps, tallies, desk):  # type: ignore[no-untyped-def]
    for i in range(used):
        if rows.places[i].by == CODE:
            customer, moment, seat = rows.records[i], rows.moments[i], rows.places[i].rep
            draw_moment(clock[0], customer, moment)
            customer_month(
                params[0],
                clock[0],
                customer,
                moment,
                reps[seat],
                tallies[seat],
                desk[service.answers(params[0], customer, moment)],
            )


@kernel
def answers(params, customer, moment):  # type: ignore[no-untyped-def]
    return service.answers(params[0], customer[0], moment[0])


@kernel
def team_values(values, reps, team):  # type: ignore[no-untyped-def]
    settle.team_values(values, reps, team)


@kernel
def let_go(params, components, clock, reps, ledgers, desk, rows, used, archive, number, row):  # type: ignore[no-untyped-def]
    month, first, last = clock[0].month, reps[0].seat, reps[-1].seat
    for i in range(used):
        place = rows.places[i]
        if place.book < first or place.book > last:
            continue
        one, seat = rows.records[i : i + 1], place.book - first
        if one[0].lapsed_month == month:
            settle.customers_left(components, clock[0], one, reps[seat], seat_ledger(ledgers, seat), row[0])
            service.forget(clock[0], one, desk)
        settled = one[0].status != ACTIVE and accounts.can_close(components, one[0], month)
        if settled or month == np.int64(params[0].months):
            accounts.close_customers(params[0], components, one, seat_ledger(ledgers, seat), archive, number, (month - 1) // 12)
            number += 1
            place.closed = 1
        elif month % 12 == 0:
            accounts.enter_year(params[0], components, one, seat_ledger(ledgers, seat), archive, month // 12 - 1)
        if settled:
            place.book, place.by = -1, LEAVING
    return number


@kernel
def customers_left(components, clock, leavers, rep, ledger, row):  # type: ignore[no-untyped-def]
    settle.customers_left(components, clock[0], leavers, rep[0], ledger, row[0])


@kernel
def enter_year(params, components, customer, ledger, archive, year):  # type: ignore[no-untyped-def]
    accounts.enter_year(params[0], components, customer, ledger, archive, year)


@kernel
def can_close(components, customer, month):  # type: ignore[no-untyped-def]
    return accounts.can_close(components, customer[0], month)


@kernel
def close_customers(params, components, customer, ledger, archive, number, year):  # type: ignore[no-untyped-def]
    accounts.close_customers(params[0], components, customer, ledger, archive, number, year)


@kernel
def open_books(params, years, firm):  # type: ignore[no-untyped-def]
    foresight.begin(params[0], firm[0])
    return accounts.new_archive(params[0], 64, years)


@kernel
def learn(params, clock, row, archive, firm):  # type: ignore[no-untyped-def]
    foresight.learn(params[0], clock[0], row[0], archive, firm[0])


@kernel
def widen(archive):  # type: ignore[no-untyped-def]
    return accounts.widen(archive)


@kernel
def add_lines(params, tallies, row):  # type: ignore[no-untyped-def]
    accounts.add_lines(params[0], tallies, row[0])


@kernel
def close_month(params, clock, reps, tallies, row):  # type: ignore[no-untyped-def]
    accounts.close_month(params[0], clock[0], reps, tallies, row[0])


@kernel
def outcomes(params, months, reps, archive, number, profit_years, run, whale, cohorts):  # type: ignore[no-untyped-def]
    accounts.outcomes(params[0], months, reps, archive, number, profit_years, run[0], whale, cohorts)


def _rep_entry(step):  # type: ignore[no-untyped-def]
    taken = rep_month.whole(step)

    def take(params, components, clock, reps, tallies, known, ledgers, firm, team, row):  # type: ignore[no-untyped-def]
        for i in range(reps.shape[0]):
            taken(params[0], components, clock[0], reps[i], tallies[i], known[i], seat_ledger(ledgers, i), firm[0], team, row[0])

    take.__name__ = take.__qualname__ = step.name
    return kernel(take)


REP_STEPS = {step.name: _rep_entry(step) for step in rep_month.STEPS if step.does is not None}
STEPS = {step.ACT: _entry(step) for step in steps.STEPS}
if taken := (STEPS.keys() | REP_STEPS.keys()) & globals().keys() | STEPS.keys() & REP_STEPS.keys():
    raise RuleError(f"ACT: expected a name that nothing in {__name__} has, got {', '.join(sorted(taken))}")
globals().update(STEPS | REP_STEPS)  # by name: so compiled code is kept
