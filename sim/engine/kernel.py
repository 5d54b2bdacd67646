"""One run, compiled: arrays of records, one month loop over the rules.  It reads like the month page."""

from __future__ import annotations

import numpy as np

from sim import accounts, draws
from sim.accounts import MONTH, new_archive
from sim.compiled import kernel, rule
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
from sim.scheme import measures, settle
from sim.state import ACTIVE, CUSTOMER, DESK, NOW, REP, TALLY, Ledger, draw_month

M = measures.COUNT


@rule
def room_for(book, seat, used):  # type: ignore[no-untyped-def]
    """The book, with room for one more customer of the seat: all seats' shelves grow together."""
    if used < book.shape[1]:
        return book
    wider = np.zeros((book.shape[0], book.shape[1] + book.shape[1] // 2 + 8), CUSTOMER)
    wider[:, : book.shape[1]] = book
    return wider


@rule
def longer(array):  # type: ignore[no-untyped-def]
    """The array with half as much room again."""
    out = np.zeros(array.shape[0] + array.shape[0] // 2 + 64, array.dtype)
    out[: array.shape[0]] = array
    return out


@rule
def customer_month(s, now, c, r, t, d):  # type: ignore[no-untyped-def]
    """What happens to one customer in a month, step by step."""
    draw_month(now, c)
    nurturing.step(s, now, c, r, t, d)
    purchasing.step(s, now, c, r, t, d)
    service.step(s, now, c, r, t, d)
    payment.step(s, now, c, r, t, d)
    resolution.step(s, now, c, r, t, d)
    satisfaction.step(s, now, c, r, t, d)
    lapse.step(s, now, c, r, t, d)
    accounts.count(s, now, c, t)


@kernel
def simulate_run(s, seed, run, keep, months_out, run_out, profit_years, whale, cohorts):  # type: ignore[no-untyped-def]
    """Simulate one run; fill the output arrays (hundredths) and return the customers' records if kept."""
    p = s.p[0]
    months, seats, width = np.int64(p.months), np.int64(p.reps_count), s.components.shape[0]
    horizon = months + 2
    for i in range(width):
        horizon = max(horizon, months + 2 + s.components[i].deferral_months)
    options = planning.alternatives(np.int64(p.choice_grid))
    reps, tallies, last = np.zeros(seats, REP), np.zeros(seats, TALLY), np.zeros(seats, TALLY)
    desk = np.zeros(np.int64(p.desk_agents), DESK)
    to_date, usual, factor = np.zeros((seats, width)), np.zeros((seats, width)), np.ones((seats, width))
    held = np.zeros((seats, width, horizon))
    base, signed = np.zeros((seats, 2, months + 2)), np.zeros((seats, months + 2))
    paid_rate = np.zeros((seats, months + 2, width))
    values, awards, propensity = np.zeros((seats, M)), np.zeros((seats, width)), np.ones((seats, options))
    book, used = np.zeros((seats, 16), CUSTOMER), np.zeros(seats, np.int64)
    arc = new_archive(64, cohorts.shape[1])
    number = 0
    kept = np.zeros(64 if keep else 0, CUSTOMER)
    at_12, at_24 = np.zeros(2), np.zeros(2)
    clock = np.zeros(1, NOW)
    now = clock[0]
    now.seed, now.run = seed, run
    team = np.zeros(M)
    trial = np.zeros(1, CUSTOMER)
    blank = np.zeros(1, CUSTOMER)
    for a in range(desk.shape[0]):
        service.staff(s, now, desk[a], a)
    for seat in range(seats):
        reps[seat].seat = seat

    for month in range(1, months + 1):
        now.month = month
        m = months_out[month - 1]
        last, tallies = tallies, np.zeros(seats, TALLY)
        if month == 1:
            for seat in range(seats):
                led = Ledger(
                    to_date[seat],
                    usual[seat],
                    held[seat],
                    factor[seat],
                    base[seat],
                    signed[seat],
                    paid_rate[seat],
                    values[seat],
                    awards[seat],
                    propensity[seat],
                )
                for order in range(1, np.int64(p.customers_at_start) + 1):
                    book = room_for(book, seat, used[seat])
                    hunting.founder(s, now, book[seat, used[seat]], reps[seat], order)
                    hunting.sign(s, now, book[seat, used[seat]], tallies[seat], led, desk)
                    used[seat] += 1
        service.open_desk(s, desk)

        for seat in range(seats):
            r, t = reps[seat], tallies[seat]
            led = Ledger(
                to_date[seat],
                usual[seat],
                held[seat],
                factor[seat],
                base[seat],
                signed[seat],
                paid_rate[seat],
                values[seat],
                awards[seat],
                propensity[seat],
            )
            # plan, hunt
            career.open_month(s, now, r, led)
            if r.present == 1:
                u = draws.rep_uniforms(seed, run, draws.REP_MONTH, month, seat, r.hire)
                planning.plan(s, now, r, last[seat], led, u[0])
                n, warm = hunting.attempts(p, r, u[1])
                t.attempts += n
                for order in range(1, n + 1):
                    trial[0] = blank[0]
                    if hunting.prospect(s, now, trial[0], r, order, order <= warm):
                        book = room_for(book, seat, used[seat])
                        book[seat, used[seat]] = trial[0]
                        hunting.sign(s, now, book[seat, used[seat]], t, led, desk)
                        used[seat] += 1
            shelf = book[seat, : used[seat]]
            worth = 0.0
            for i in range(used[seat]):
                worth += shelf[i].worth
            planning.spread_visits(p, r, float(used[seat]), worth)
            # nurture, purchase, service, payment, resolution, satisfaction, lapse
            for i in range(used[seat]):
                customer_month(s, now, shelf[i], r, t, desk)
            r.tie_kept = 1.0
            settle.measure_month(
                s, now, r, t, led, normal_quantile(draws.rep_uniforms(seed, run, draws.REP_MONTH, month, seat, r.hire)[3])
            )

        # reward
        settle.team_values(values, reps, team)
        for seat in range(seats):
            r, t = reps[seat], tallies[seat]
            led = Ledger(
                to_date[seat],
                usual[seat],
                held[seat],
                factor[seat],
                base[seat],
                signed[seat],
                paid_rate[seat],
                values[seat],
                awards[seat],
                propensity[seat],
            )
            if r.present == 1:
                career.payday(s, now, r, t, led, team, m)
            i = 0
            while i < used[seat]:
                c = book[seat, i]
                accounts.persistency_at(s, now, c, at_12, 12)
                accounts.persistency_at(s, now, c, at_24, 24)
                if c.status == ACTIVE and month < months:
                    if month % 12 == 0:
                        accounts.enter_year(s, c, led, arc, month // 12 - 1)
                    i += 1
                    continue
                if c.status != ACTIVE:
                    m.uncollectable += settle.customer_left(s, now, c, r, led)
                    desk[c.agent].need -= np.floor(c.need * 1073741824.0 + 0.5)
                if number == arc.profit.shape[0]:
                    arc = accounts.widen(arc)
                accounts.close_customer(s, c, led, arc, number, (month - 1) // 12)
                if keep:
                    if number == kept.shape[0]:
                        kept = longer(kept)
                    kept[number] = c
                number += 1
                if c.status == ACTIVE:
                    i += 1
                else:
                    used[seat] -= 1
                    book[seat, i] = book[seat, used[seat]]
            if r.present == 1:
                career.evening(s, now, r, t, led, m)
            hunting.refill(p, r, t.referrals)
        accounts.close_month(s, now, reps, tallies, m)

    clock[0].month = 0  # a use: numba keeps arrays alive while they are used, not while their records are
    accounts.outcomes(s, months_out, reps, arc, number, at_12, at_24, profit_years, run_out[0], whale)
    cohorts[0, :, 0] = arc.cohort_signed
    cohorts[1] = arc.cohort_customers
    cohorts[2] = arc.cohort_profit
    cohorts[3] = arc.cohort_promised
    return kept[:number] if keep else kept


__all__ = ["MONTH", "simulate_run"]
