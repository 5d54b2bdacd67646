"""Runs, compiled: arrays of records, one month loop over the rules.  It reads like the month page."""

from __future__ import annotations

import numpy as np

from sim import accounts, draws
from sim.accounts import new_archive
from sim.compiled import kernel, rule
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
from sim.state import ACTIVE, CUSTOMER, DESK, MOMENT, NOW, REP, TALLY, seat_ledger, set_moment

BLOCK = draws.BLOCK


@rule
def room_for(book, used):  # type: ignore[no-untyped-def]
    """The book, with room for one more customer of a seat that has `used`: all seats' shelves grow together."""
    if used < book.shape[1]:
        return book
    wider = np.zeros((book.shape[0], book.shape[1] + book.shape[1] // 4 + 16), CUSTOMER)
    for i in range(book.shape[0]):
        wider[i, : book.shape[1]] = book[i]
    return wider


@rule
def customer_month(p, now, c, e, r, t, a):  # type: ignore[no-untyped-def]
    """What happens to one customer in a month, step by step; one who has left only settles what is owed."""
    if c.status == ACTIVE:
        nurturing.step(p, now, c, e, r, t, a)
        purchasing.step(p, now, c, e, r, t, a)
        service.step(p, now, c, e, r, t, a)
        payment.step(p, now, c, e, r, t, a)
        resolution.step(p, now, c, e, r, t, a)
        satisfaction.step(p, now, c, e, r, t, a)
        lapse.step(p, now, c, e, r, t, a)
    else:
        payment.step(p, now, c, e, r, t, a)
    accounts.count(now, c, e, t)


@rule
def shelf_month(p, now, shelf, used, r, t, desk, moment, who, which, u, gone):  # type: ignore[no-untyped-def]
    """The month of a seat's customers, a block at a time from the back; returns how many are active at its end.

    Those who have left are moved behind the active ones, where they stay until they owe nothing.
    """
    e = moment[0]
    end = used
    for start in range((used - 1) // BLOCK * BLOCK, -1, -BLOCK):
        size, left = min(BLOCK, used - start), 0
        for i in range(size):
            who[i] = shelf[start + i].who
            which[i] = shelf[start + i].which
        draws.fill_month(now.seed, now.run, now.month, size, who, which, u)
        for i in range(size):
            c = shelf[start + i]
            set_moment(
                e, u[i], u[i + BLOCK], u[i + 2 * BLOCK], u[i + 3 * BLOCK], u[i + 4 * BLOCK], u[i + 5 * BLOCK], u[i + 6 * BLOCK]
            )
            customer_month(p, now, c, e, r, t, desk[c.agent])
            if c.status != ACTIVE:
                gone[left] = start + i
                left += 1
        for j in range(left - 1, -1, -1):
            end -= 1
            swap(shelf, gone[j], end)
    return end


@rule
def swap(shelf, i, j):  # type: ignore[no-untyped-def]
    """Two customers change places."""
    if i != j:
        first = shelf[i : i + 1].copy()
        shelf[i] = shelf[j]
        shelf[j] = first[0]


@rule
def open_seat(p, components, now, r, t, last, led, desk, book, used, trial):  # type: ignore[no-untyped-def]
    """A seat's month begins: a vacancy may end; plan and hunt.  Returns the book, which may have grown."""
    career.open_month(p, components, now, r, led)
    if r.present == 1:
        planning.plan(p, components, now, r, last, led)
        attempts, warm = hunting.attempts(p, r)
        t.attempts += attempts
        for order in range(1, attempts + 1):
            if hunting.prospect(p, now, trial[0], r, order, order <= warm):
                book = take_in(p, trial[0], r, t, led, desk, book, used)
    planning.spread_visits(p, r, t)
    return book


@rule
def take_in(p, c, r, t, led, desk, book, used):  # type: ignore[no-untyped-def]
    """A prospect becomes a customer and stands at the end of the seat's shelf; returns the book."""
    seat = r.seat
    book = room_for(book, used[seat])
    hunting.sign(p, c, r, t, led, desk)
    book[seat, used[seat]] = c
    used[seat] += 1
    return book


@rule
def open_book(p, absent, now, reps, opening, ledgers, desk, used, trial):  # type: ignore[no-untyped-def]
    """The seats, the desk's agents and the customers there at the start, tallied apart: nobody is paid for them."""
    founders = np.int64(p.customers_at_start)
    book = np.zeros((reps.shape[0], founders + 16), CUSTOMER)
    for a in range(desk.shape[0]):
        service.staff(p, now, desk[a], a)
    for seat in range(reps.shape[0]):
        career.furnish(reps[seat], seat, absent[seat])
        for order in range(1, founders + 1):
            hunting.founder(p, now, trial[0], reps[seat], order)
            book = take_in(p, trial[0], reps[seat], opening[seat], seat_ledger(ledgers, seat), desk, book, used)
    return book


@rule
def settled_last(leavers):  # type: ignore[no-untyped-def]
    """Move the leavers who owe nothing to the back; returns how many still owe."""
    owing = leavers.shape[0]
    for i in range(leavers.shape[0] - 1, -1, -1):
        if leavers[i].owed == 0.0:
            owing -= 1
            swap(leavers, i, owing)
    return owing


@kernel
def simulate_run(s, seed, run, keep, months_out, run_out, profit_years, whale, cohorts):  # type: ignore[no-untyped-def]
    """Simulate one run; fill the output arrays (hundredths) and return the customers' records if kept."""
    p, components = s.p[0], s.components
    months, seats = np.int64(p.months), np.int64(p.reps_count)
    reps, tallies, last = np.zeros(seats, REP), np.zeros(seats, TALLY), np.zeros(seats, TALLY)
    desk, used = np.zeros(np.int64(p.desk_agents), DESK), np.zeros(seats, np.int64)
    ledgers = career.open_ledgers(p, components, seats)
    arc, number, kept = new_archive(64, cohorts.shape[1]), 0, np.zeros(0, CUSTOMER)
    clock, moment, trial, team = np.zeros(1, NOW), np.zeros(1, MOMENT), np.zeros(1, CUSTOMER), np.zeros(measures.COUNT)
    who, which, u = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64), np.zeros(8 * BLOCK)
    gone, active = np.zeros(BLOCK, np.int64), np.zeros(seats, np.int64)
    now = clock[0]
    now.seed, now.run, now.month = seed, run, 1
    opening = np.zeros(seats, TALLY)
    book = open_book(p, s.absent, now, reps, opening, ledgers, desk, used, trial)
    accounts.add_lines(p, opening, months_out[0])
    for month in range(1, months + 1):
        now.month = month
        m = months_out[month - 1]
        service.open_desk(p, desk)
        for seat in range(seats):
            r, t, led = reps[seat], tallies[seat], seat_ledger(ledgers, seat)
            book = open_seat(p, components, now, r, t, last[seat], led, desk, book, used, trial)
            active[seat] = shelf_month(p, now, book[seat], used[seat], r, t, desk, moment, who, which, u, gone)
            settle.measure_month(p, now, r, t, led)
        settle.team_values(ledgers.values, reps, team)
        for seat in range(seats):
            r, t, led = reps[seat], tallies[seat], seat_ledger(ledgers, seat)
            career.payday(p, components, now, r, t, led, team, m)
            leavers = book[seat, active[seat] : used[seat]]
            settle.customers_left(components, now, leavers, r, led, m)
            service.forget(now, leavers, desk)
            before = used[seat]
            used[seat] = active[seat] + settled_last(leavers) if month < months else 0
            closing = book[seat, used[seat] : before]
            while number + closing.shape[0] > arc.profit.shape[0]:
                arc = accounts.widen(arc)
            accounts.close_customers(p, components, closing, led, arc, number, (month - 1) // 12)
            if keep:
                kept = np.concatenate((kept, closing))
            number += closing.shape[0]
            if month % 12 == 0:
                accounts.enter_year(p, components, book[seat, : used[seat]], led, arc, month // 12 - 1)
            career.evening(p, now, r, t, led, m)
            hunting.refill(p, r, t.referrals)
        accounts.close_month(p, now, reps, tallies, m)
        last, tallies = tallies, last
        tallies[:] = np.zeros(seats, TALLY)
    accounts.outcomes(p, months_out, reps, arc, number, profit_years, run_out[0], whale)
    cohorts[0, :, 0] = arc.cohort_signed
    cohorts[1] = arc.cohort_customers
    cohorts[2] = arc.cohort_profit
    cohorts[3] = arc.cohort_promised
    clock[0].month, moment[0].visits, trial[0].order, desk[0].wait = 0, 0, 0, 0.0  # numba keeps arrays, not records, alive
    return kept


__all__ = ["simulate_run"]
