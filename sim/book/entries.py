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
)
from sim.scheme import settle
from sim.state import draw_moment


@kernel
def begin(now, c, e):  # type: ignore[no-untyped-def]
    draw_moment(now[0], c[0], e[0])


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
def staff(s, now, a, number):  # type: ignore[no-untyped-def]
    service.staff(s, now[0], a[0], number)


@kernel
def open_desk(s, d):  # type: ignore[no-untyped-def]
    service.open_desk(s, d)


@kernel
def forget(now, leavers, d):  # type: ignore[no-untyped-def]
    service.forget(now[0], leavers, d)


@kernel
def furnish(r, seat):  # type: ignore[no-untyped-def]
    career.furnish(r[0], seat)


@kernel
def open_month(s, now, r, led):  # type: ignore[no-untyped-def]
    career.open_month(s, now[0], r[0], led)


@kernel
def rep_uniforms(now, r):  # type: ignore[no-untyped-def]
    return draws.rep_uniforms(now[0].seed, now[0].run, draws.REP_MONTH, now[0].month, r[0].seat, r[0].hire)


@kernel
def plan(s, now, r, t, led, u):  # type: ignore[no-untyped-def]
    planning.plan(s, now[0], r[0], t[0], led, u)


@kernel
def attempts(s, r, u):  # type: ignore[no-untyped-def]
    return hunting.attempts(s.p[0], r[0], u)


@kernel
def prospect(s, now, c, r, order, warm):  # type: ignore[no-untyped-def]
    return hunting.prospect(s, now[0], c[0], r[0], order, warm)


@kernel
def founder(s, now, c, r, order):  # type: ignore[no-untyped-def]
    hunting.founder(s, now[0], c[0], r[0], order)


@kernel
def sign(s, c, r, t, led, d):  # type: ignore[no-untyped-def]
    hunting.sign(s, c[0], r[0], t[0], led, d)


@kernel
def spread_visits(s, r):  # type: ignore[no-untyped-def]
    planning.spread_visits(s.p[0], r[0])


@kernel
def measure_month(s, now, r, t, led):  # type: ignore[no-untyped-def]
    settle.measure_month(s, now[0], r[0], t[0], led)


@kernel
def team_values(values, reps, team):  # type: ignore[no-untyped-def]
    settle.team_values(values, reps, team)


@kernel
def payday(s, now, r, t, led, team, m):  # type: ignore[no-untyped-def]
    career.payday(s, now[0], r[0], t[0], led, team, m[0])


@kernel
def evening(s, now, r, t, led, m):  # type: ignore[no-untyped-def]
    career.evening(s, now[0], r[0], t[0], led, m[0])


@kernel
def refill(s, r, t):  # type: ignore[no-untyped-def]
    hunting.refill(s.p[0], r[0], t[0].referrals)


@kernel
def customers_left(s, now, leavers, r, led, m):  # type: ignore[no-untyped-def]
    settle.customers_left(s, now[0], leavers, r[0], led, m[0])


@kernel
def enter_year(s, c, led, arc, year):  # type: ignore[no-untyped-def]
    accounts.enter_year(s, c, led, arc, year)


@kernel
def close_customers(s, c, led, arc, number, year):  # type: ignore[no-untyped-def]
    accounts.close_customers(s, c, led, arc, number, year)


@kernel
def widen(arc):  # type: ignore[no-untyped-def]
    return accounts.widen(arc)


@kernel
def close_month(s, now, reps, tallies, m):  # type: ignore[no-untyped-def]
    accounts.close_month(s, now[0], reps, tallies, m[0])


@kernel
def outcomes(s, months, reps, arc, number, profit_years, run, whale):  # type: ignore[no-untyped-def]
    accounts.outcomes(s, months, reps, arc, number, profit_years, run[0], whale)
