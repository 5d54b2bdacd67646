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
from sim.rules import career, hunting, planning, service, steps, traits
from sim.rules.steps import customer_month
from sim.scheme import settle
from sim.state import ACTIVE, TALLY, draw_moment, seat_ledger


@kernel
def begin(p, now, c, e):  # type: ignore[no-untyped-def]
    draw_moment(now[0], c[0], e[0])
    return service.answers(p[0], c[0], e[0])


def _entry(step):  # type: ignore[no-untyped-def]
    taken = steps.whole(step)

    def take(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
        taken(p[0], now[0], c[0], e[0], r[0], t[0], a[0])

    take.__name__ = take.__qualname__ = step.ACT
    return kernel(take)


STEPS = {step.ACT: _entry(step) for step in steps.STEPS}
globals().update(STEPS)  # by name: so compiled code is kept


@kernel
def count(now, c, e, t):  # type: ignore[no-untyped-def]
    accounts.count(now[0], c[0], e[0], t[0])


@kernel
def staff(p, now, a, number):  # type: ignore[no-untyped-def]
    service.staff(p[0], now[0], a[0], number)


@kernel
def open_desk(p, d):  # type: ignore[no-untyped-def]
    service.open_desk(p[0], d)


@kernel
def forget(now, leavers, d):  # type: ignore[no-untyped-def]
    service.forget(now[0], leavers, d)


@kernel
def furnish(r, seat, absent):  # type: ignore[no-untyped-def]
    career.furnish(r[0], seat, absent)


@kernel
def open_ledgers(p, components, seats):  # type: ignore[no-untyped-def]
    return career.open_ledgers(p[0], components, seats)


@kernel
def open_month(p, components, now, reps, tallies, known, ledgers):  # type: ignore[no-untyped-def]
    blank = np.zeros(1, TALLY)
    for i in range(reps.shape[0]):
        known[i] = tallies[i]
        tallies[i] = blank[0]
        career.open_month(p[0], components, now[0], reps[i], seat_ledger(ledgers, i))


@kernel
def plan(p, components, now, reps, known, ledgers):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        if reps[i].present == 1:
            planning.plan(p[0], components, now[0], reps[i], known[i], seat_ledger(ledgers, i))


@kernel
def attempts(p, r):  # type: ignore[no-untyped-def]
    return hunting.attempts(p[0], r[0])


@kernel
def all_attempts(p, reps):  # type: ignore[no-untyped-def]
    found = np.zeros((reps.shape[0], 2), np.int64)
    for i in range(reps.shape[0]):
        if reps[i].present == 1:
            found[i, 0], found[i, 1] = hunting.attempts(p[0], reps[i])
    return found


@kernel
def hunt(p, now, reps, tallies, ledgers, desk, attempts, rows, used):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        r, t, led = reps[i], tallies[i], seat_ledger(ledgers, i)
        t.attempts += attempts[i, 0]
        for order in range(1, attempts[i, 0] + 1):
            c = rows.records[used]
            if hunting.meet(p[0], now[0], c, r, order, order <= attempts[i, 1]):
                hunting.sign(p[0], c, r, t, led, desk)
                rows.places[used].rep = rows.places[used].book = r.seat
                used += 1
    return used


@kernel
def prospect(p, now, c, r, order, warm):  # type: ignore[no-untyped-def]
    return hunting.meet(p[0], now[0], c[0], r[0], order, warm)


@kernel
def founder(p, now, c, r, order):  # type: ignore[no-untyped-def]
    who, which = draws.customer_key(r[0].seat, now[0].month, hunting.FOUNDERS + order)
    hunting.founder(p[0], now[0], c[0], r[0], hunting.FOUNDERS + order, traits.uniforms(now[0], who, which))


@kernel
def inherit(p, now, reps, tallies, desk, customers, rows, used):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        for order in range(hunting.FOUNDERS + 1, hunting.FOUNDERS + customers + 1):
            c = rows.records[used]
            who, which = draws.customer_key(reps[i].seat, now[0].month, order)
            hunting.founder(p[0], now[0], c, reps[i], order, traits.uniforms(now[0], who, which))
            hunting.take_over(c, reps[i], tallies[i], desk)
            rows.places[used].rep = rows.places[used].book = reps[i].seat
            used += 1
    return used


@kernel
def take_over(c, r, t, d):  # type: ignore[no-untyped-def]
    hunting.take_over(c[0], r[0], t[0], d)


@kernel
def sign(p, c, r, t, led, d):  # type: ignore[no-untyped-def]
    hunting.sign(p[0], c[0], r[0], t[0], led, d)


@kernel
def spread_visits(p, reps, tallies):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        planning.spread_visits(p[0], reps[i], tallies[i])


@kernel
def live(p, now, rows, used, reps, tallies, desk):  # type: ignore[no-untyped-def]
    for i in range(used):
        if rows.places[i].by == CODE:
            c, e, seat = rows.records[i], rows.moments[i], rows.places[i].rep
            draw_moment(now[0], c, e)
            customer_month(p[0], now[0], c, e, reps[seat], tallies[seat], desk[service.answers(p[0], c, e)])


@kernel
def answers(p, c, e):  # type: ignore[no-untyped-def]
    return service.answers(p[0], c[0], e[0])


@kernel
def measure_month(p, now, reps, tallies, ledgers):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        settle.measure_month(p[0], now[0], reps[i], tallies[i], seat_ledger(ledgers, i))


@kernel
def team_values(values, reps, team):  # type: ignore[no-untyped-def]
    settle.team_values(values, reps, team)


@kernel
def payday(p, components, now, reps, tallies, ledgers, team, m):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        career.payday(p[0], components, now[0], reps[i], tallies[i], seat_ledger(ledgers, i), team, m[0])


@kernel
def let_go(p, components, now, reps, ledgers, desk, rows, used, arc, number, m):  # type: ignore[no-untyped-def]
    month, first, last = now[0].month, reps[0].seat, reps[-1].seat
    for i in range(used):
        place = rows.places[i]
        if place.book < first or place.book > last:
            continue
        one, seat = rows.records[i : i + 1], place.book - first
        if one[0].lapsed_month == month:
            settle.customers_left(components, now[0], one, reps[seat], seat_ledger(ledgers, seat), m[0])
            service.forget(now[0], one, desk)
        settled = one[0].status != ACTIVE and accounts.can_close(components, one[0], month)
        if settled or month == np.int64(p[0].months):
            accounts.close_customers(p[0], components, one, seat_ledger(ledgers, seat), arc, number, (month - 1) // 12)
            number += 1
            place.closed = 1
        elif month % 12 == 0:
            accounts.enter_year(p[0], components, one, seat_ledger(ledgers, seat), arc, month // 12 - 1)
        if settled:
            place.book, place.by = -1, LEAVING
    return number


@kernel
def evening(p, components, now, reps, tallies, ledgers, m):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        career.evening(p[0], components, now[0], reps[i], tallies[i], seat_ledger(ledgers, i), m[0])


@kernel
def refill(p, reps, tallies):  # type: ignore[no-untyped-def]
    for i in range(reps.shape[0]):
        hunting.refill(p[0], reps[i], tallies[i].referrals)


@kernel
def customers_left(components, now, leavers, r, led, m):  # type: ignore[no-untyped-def]
    settle.customers_left(components, now[0], leavers, r[0], led, m[0])


@kernel
def enter_year(p, components, c, led, arc, year):  # type: ignore[no-untyped-def]
    accounts.enter_year(p[0], components, c, led, arc, year)


@kernel
def can_close(components, c, month):  # type: ignore[no-untyped-def]
    return accounts.can_close(components, c[0], month)


@kernel
def close_customers(p, components, c, led, arc, number, year):  # type: ignore[no-untyped-def]
    accounts.close_customers(p[0], components, c, led, arc, number, year)


@kernel
def widen(arc):  # type: ignore[no-untyped-def]
    return accounts.widen(arc)


@kernel
def add_lines(p, tallies, m):  # type: ignore[no-untyped-def]
    accounts.add_lines(p[0], tallies, m[0])


@kernel
def close_month(p, now, reps, tallies, m):  # type: ignore[no-untyped-def]
    accounts.close_month(p[0], now[0], reps, tallies, m[0])


@kernel
def outcomes(p, months, reps, arc, number, profit_years, run, whale, cohorts):  # type: ignore[no-untyped-def]
    accounts.outcomes(p[0], months, reps, arc, number, profit_years, run[0], whale, cohorts)
