"""The rules as the Mesa agents call them: the same functions, records passed as one-element arrays.

numba takes microseconds to recognise an array and tens of them to recognise a bare record.  Nothing
is computed here.
"""

from __future__ import annotations

# ruff: noqa: D103
from sim import accounts, draws
from sim.compiled import kernel
from sim.numeric import normal_quantile
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
from sim.state import draw_month


@kernel
def begin(now, c):  # type: ignore[no-untyped-def]
    draw_month(now[0], c[0])


@kernel
def nurture(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    nurturing.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def purchase(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    purchasing.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def serve(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    service.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def pay(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    payment.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def resolve(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    resolution.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def feel(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    satisfaction.step(s, now[0], c[0], r[0], t[0], d)


@kernel
def decide(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    lapse.step(s, now[0], c[0], r[0], t[0], d)
    accounts.count(s, now[0], c[0], t[0])


@kernel
def staff(s, now, d, number):  # type: ignore[no-untyped-def]
    service.staff(s, now[0], d[number], number)


@kernel
def open_desk(s, d):  # type: ignore[no-untyped-def]
    service.open_desk(s, d)


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
def sign(s, now, c, t, led, d):  # type: ignore[no-untyped-def]
    hunting.sign(s, now[0], c[0], t[0], led, d)


@kernel
def spread_visits(s, r, active, worth):  # type: ignore[no-untyped-def]
    planning.spread_visits(s.p[0], r[0], active, worth)


@kernel
def measure_month(s, now, r, t, led):  # type: ignore[no-untyped-def]
    u = draws.rep_uniforms(now[0].seed, now[0].run, draws.REP_MONTH, now[0].month, r[0].seat, r[0].hire)
    settle.measure_month(s, now[0], r[0], t[0], led, normal_quantile(u[3]))


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
def customer_left(s, now, c, r, led):  # type: ignore[no-untyped-def]
    return settle.customer_left(s, now[0], c[0], r[0], led)


@kernel
def persistency_at(s, now, c, kept, age):  # type: ignore[no-untyped-def]
    accounts.persistency_at(s, now[0], c[0], kept, age)


@kernel
def enter_year(s, c, led, arc, year):  # type: ignore[no-untyped-def]
    accounts.enter_year(s, c[0], led, arc, year)


@kernel
def close_customer(s, c, led, arc, number, year):  # type: ignore[no-untyped-def]
    accounts.close_customer(s, c[0], led, arc, number, year)


@kernel
def widen(arc):  # type: ignore[no-untyped-def]
    return accounts.widen(arc)


@kernel
def close_month(s, now, reps, tallies, m):  # type: ignore[no-untyped-def]
    accounts.close_month(s, now[0], reps, tallies, m[0])


@kernel
def outcomes(s, months, reps, arc, number, at_12, at_24, profit_years, run, whale):  # type: ignore[no-untyped-def]
    accounts.outcomes(s, months, reps, arc, number, at_12, at_24, profit_years, run[0], whale)
