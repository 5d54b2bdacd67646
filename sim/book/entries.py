"""The rules as the Mesa agents call them: the same functions, records passed as one-element arrays.

numba takes microseconds to recognise an array and tens of them to recognise a bare record.  Nothing
is computed here.
"""

from __future__ import annotations

# ruff: noqa: D103
from sim import accounts, draws
from sim.compiled import kernel
from sim.rules import (
    career,
    hunting,
    lapse,
    nurturing,
    payment,
    planning,
    purchasing,
    resolution,
    satisfaction,
    service,
    traits,
)
from sim.scheme import settle
from sim.state import draw_moment, seat_ledger


@kernel
def begin(p, now, c, e):  # type: ignore[no-untyped-def]
    draw_moment(now[0], c[0], e[0])
    return service.answers(p[0], c[0], e[0])


@kernel
def nurture(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    nurturing.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def purchase(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    purchasing.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def serve(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    service.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def pay(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    payment.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def resolve(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    resolution.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def feel(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    satisfaction.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


@kernel
def decide(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    lapse.step(p[0], now[0], c[0], e[0], r[0], t[0], a[0])


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
def open_ledger(p, components):  # type: ignore[no-untyped-def]
    return seat_ledger(career.open_ledgers(p[0], components, 1), 0)


@kernel
def open_month(p, components, now, r, led):  # type: ignore[no-untyped-def]
    career.open_month(p[0], components, now[0], r[0], led)


@kernel
def plan(p, components, now, r, t, led):  # type: ignore[no-untyped-def]
    planning.plan(p[0], components, now[0], r[0], t[0], led)


@kernel
def attempts(p, r):  # type: ignore[no-untyped-def]
    return hunting.attempts(p[0], r[0])


@kernel
def prospect(p, now, c, r, order, warm):  # type: ignore[no-untyped-def]
    return hunting.meet(p[0], now[0], c[0], r[0], order, warm)


@kernel
def founder(p, now, c, r, order):  # type: ignore[no-untyped-def]
    who, which = draws.customer_key(r[0].seat, now[0].month, hunting.FOUNDERS + order)
    hunting.founder(p[0], now[0], c[0], r[0], hunting.FOUNDERS + order, traits.uniforms(now[0], who, which))


@kernel
def take_over(c, r, t, d):  # type: ignore[no-untyped-def]
    hunting.take_over(c[0], r[0], t[0], d)


@kernel
def sign(p, c, r, t, led, d):  # type: ignore[no-untyped-def]
    hunting.sign(p[0], c[0], r[0], t[0], led, d)


@kernel
def spread_visits(p, r, t):  # type: ignore[no-untyped-def]
    planning.spread_visits(p[0], r[0], t[0])


@kernel
def measure_month(p, now, r, t, led):  # type: ignore[no-untyped-def]
    settle.measure_month(p[0], now[0], r[0], t[0], led)


@kernel
def team_values(values, reps, team):  # type: ignore[no-untyped-def]
    settle.team_values(values, reps, team)


@kernel
def payday(p, components, now, r, t, led, team, m):  # type: ignore[no-untyped-def]
    career.payday(p[0], components, now[0], r[0], t[0], led, team, m[0])


@kernel
def evening(p, components, now, r, t, led, m):  # type: ignore[no-untyped-def]
    career.evening(p[0], components, now[0], r[0], t[0], led, m[0])


@kernel
def refill(p, r, t):  # type: ignore[no-untyped-def]
    hunting.refill(p[0], r[0], t[0].referrals)


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
