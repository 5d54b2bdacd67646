"""Runs, compiled: arrays of records, one month loop over the rules.  It reads like the month page."""

from __future__ import annotations

import numpy as np

from sim import accounts, draws
from sim.accounts import new_archive
from sim.compiled import borrowed, is_set, kernel, own_copy, read_columns, rule, shared, still_used, write_columns
from sim.engine.events import add_gone, begin_event, draw_events, list_events
from sim.engine.scratch import new_scratch
from sim.engine.shelf import (
    BLOCK,
    CHANGED,
    QUIETLY,
    ROW,
    closed_last,
    leave_place,
    longer,
    new_shelf,
    put_all,
    quiet_months,
    take_all,
)
from sim.engine.signing import hunt, open_book
from sim.rules import career, hunting, planning, service
from sim.rules.steps import customer_month
from sim.scheme import measures, settle
from sim.state import ACTIVE, CUSTOMER, DESK, MOMENT, NOW, REP, TALLY, clear_ledgers, draw_moment, seat_ledger


@rule
def shelf_month(p, now, shelf, active, used, r, t, desk, blank, x):  # type: ignore[no-untyped-def]
    """The month of a seat's customers; returns how many are active at its end (those who left stand behind them)."""
    e = own_copy(blank)
    for i in range(active, used):
        c = shelf.records[i]
        draw_moment(now, c, e)
        customer_month(p, now, c, e, r, t, desk[service.answers(p, c, e)])
    for b in range((active - 1) // BLOCK, -1, -1):  # from the back, so that an active customer can fill a gap
        columns, start, left = shelf.columns[b], b * BLOCK, 0
        size = min(BLOCK, active - start)
        draws.fill_month(now.seed, now.run, now.month, size, shelf.keys[b], x.u)
        quiet_months(p, now, r, t, columns, x, size)
        many = list_events(x, size)
        draw_events(now, shelf, b, x, many)
        for j in range(many):
            i = x.busy[j]
            c = shelf.records[start + i]
            read_columns(x.before, i, c, ROW, QUIETLY)
            begin_event(e, x, j)
            customer_month(p, now, c, e, r, t, desk[service.answers(p, c, e)])
            write_columns(columns, i, c, ROW, CHANGED)
            if c.status != ACTIVE:
                left = add_gone(x, left, start + i)
        for j in range(left - 1, -1, -1):
            active -= 1
            leave_place(shelf, x.gone[j], active)
    return active


@shared
def with_records(kept, count, records):  # type: ignore[no-untyped-def]
    """The `count` records kept so far and more; there is room for twice as many whenever it runs out."""
    needed = count + records.shape[0]
    both = kept if needed <= kept.shape[0] else np.empty(2 * needed, CUSTOMER)
    if needed > kept.shape[0]:
        for i in range(count):
            both[i] = kept[i]
    for i in range(records.shape[0]):
        both[count + i] = records[i]
    return both


@kernel
def simulate_runs(s, seed, numbers, keep, out, all_ledgers, desks, teams, scratch):  # type: ignore[no-untyped-def]
    """Simulate the runs `numbers`, one after the other on the same shelves; fill `out` (hundredths).

    The ledgers of all seats, the desk, the team's measures and scratch space are the caller's (:func:`workspace`).
    Returns the customers' records if `keep`, and where each run's end; nothing of use once `scratch.stop` is set.  One function, and not one within
    another: numba would optimise what is nested once more at every level.
    """
    p, components = s.p[0], borrowed(s.components)
    months, seats = np.int64(p.months), np.int64(p.reps_count)
    # what is lent stays its owner's, which must be used after the last use of what was lent (sim.compiled.borrowed)
    owned = [new_shelf(np.int64(p.customers_at_start) + 16) for _ in range(seats)]
    shelves = [borrowed(shelf) for shelf in owned]
    kept, count, ends = np.empty(0, CUSTOMER), 0, np.zeros(numbers.shape[0], np.int64)
    clock, moment = np.zeros(1, NOW), np.zeros(1, MOMENT)
    desk, team, ledgers = borrowed(desks), borrowed(teams), borrowed(all_ledgers)
    x, now = borrowed(scratch), clock[0]
    for n in range(numbers.shape[0]):
        # a firm with empty seats, and its customers at the start
        now.seed, now.run, now.month = seed, numbers[n], 1
        reps, tallies, last = np.zeros(seats, REP), np.zeros(seats, TALLY), np.zeros(seats, TALLY)
        clear_ledgers(ledgers)
        active, used = np.zeros(seats, np.int64), np.zeros(seats, np.int64)
        archive, number = new_archive(64, out.cohorts.shape[3]), 0
        arc = borrowed(archive)
        for a in range(desk.shape[0]):
            service.staff(p, now, desk[a], a)
        for seat in range(seats):
            if is_set(x.stop):
                return kept[:0], ends
            r, t, shelf = reps[seat], last[seat], shelves[seat]
            career.furnish(r, seat, s.absent[seat])
            active[seat] = used[seat] = open_book(p, now, r, t, desk, shelf, x)
        accounts.add_lines(p, last, out.months[n, 0])
        last = np.zeros(seats, TALLY)  # nobody has learnt from the opening
        for month in range(1, months + 1):
            now.month = month
            m = out.months[n, month - 1]
            # plan, hunt; nurture, purchase, service, payment, resolution, satisfaction, churn
            service.open_desk(p, desk)
            for seat in range(seats):
                if is_set(x.stop):
                    return kept[:0], ends
                r, t, led, shelf = reps[seat], tallies[seat], seat_ledger(ledgers, seat), shelves[seat]
                career.open_month(p, components, now, r, led)
                if r.present == 1:
                    planning.plan(p, components, now, r, last[seat], led)
                    attempts, warm = hunting.attempts(p, r)
                    if used[seat] + attempts > shelf.records.shape[0]:
                        owned[seat] = longer(shelf, used[seat] + attempts)
                        shelf = shelves[seat] = borrowed(owned[seat])
                    active[seat], used[seat] = hunt(p, now, r, t, led, desk, shelf, active[seat], used[seat], attempts, warm, x)
                planning.spread_visits(p, r, t)
                active[seat] = shelf_month(p, now, shelf, active[seat], used[seat], r, t, desk, moment[0], x)
                settle.measure_month(p, now, r, t, led)
            # reward, close
            settle.team_values(ledgers.values, reps, team)
            most = number  # accounts that will have been closed, were everybody to leave
            for seat in range(seats):
                most += used[seat]
            while most > arc.profit.shape[0]:
                archive = accounts.widen(archive)
                arc = borrowed(archive)
            for seat in range(seats):
                r, t, led, records = reps[seat], tallies[seat], seat_ledger(ledgers, seat), shelves[seat].records
                career.payday(p, components, now, r, t, led, team, m)
                if month % 12 == 0 or month == months:
                    take_all(shelves[seat], active[seat])
                if active[seat] < used[seat] or month == months:
                    leavers, before = records[active[seat] : used[seat]], used[seat]
                    settle.customers_left(components, now, leavers, r, led, m)
                    service.forget(now, leavers, desk)
                    used[seat] = active[seat] + closed_last(components, leavers, month) if month < months else 0
                    closing = records[used[seat] : before]
                    accounts.close_customers(p, components, closing, led, arc, number, (month - 1) // 12)
                    if keep:
                        kept = with_records(kept, count, closing)
                        count += closing.shape[0]
                    number += closing.shape[0]
                if month % 12 == 0:
                    accounts.enter_year(p, components, records[: used[seat]], led, arc, month // 12 - 1)
                    put_all(shelves[seat], active[seat])
                career.evening(p, components, now, r, t, led, m)
                hunting.refill(p, r, t.referrals)
            accounts.close_month(p, now, reps, tallies, m)
            last = tallies
            tallies = np.zeros(seats, TALLY)
        accounts.outcomes(p, out.months[n], reps, archive, number, out.profit_years[n], out.run[n], out.whale[n], out.cohorts[n])
        ends[n] = count
    still_used(clock)
    still_used(moment)
    return kept[:count], ends


@kernel
def new_ledgers_of(s):  # type: ignore[no-untyped-def]
    """Ledgers of all seats of a scenario."""
    return career.open_ledgers(s.p[0], s.components, np.int64(s.p[0].reps_count))


def workspace(s, stop, by_block=True):  # type: ignore[no-untyped-def]
    """What :func:`simulate_runs` works in: ledgers of all seats, the desk's agents, the team's measures, scratch space."""
    desk = np.zeros(int(s.p["desk_agents"][0]), DESK)
    return new_ledgers_of(s), desk, np.zeros(measures.COUNT), new_scratch(stop, by_block)


__all__ = ["simulate_runs", "workspace"]
