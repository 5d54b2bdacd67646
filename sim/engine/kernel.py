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
    OFF,
    QUIETLY,
    ROW,
    YEAR_READS,
    YEAR_WRITES,
    closed_last,
    leave_place,
    longer,
    new_shelf,
    put_all,
    quiet_months,
    take_all,
)
from sim.engine.signing import hunt, open_book
from sim.errors import RuleError
from sim.rules import career, foresight, hunting, rep_month, service
from sim.rules.steps import customer_month
from sim.scheme import measures, settle
from sim.state import ACTIVE, CLOCK, CUSTOMER, DESK, FIRM, MOMENT, REP, SERVICE, TALLY, clear_ledgers, draw_moment, seat_ledger

#: The rep's steps up to the first that is done here; after hunting; after the customers' month; after the team's measures; after leavers.
DONE_HERE = ("hunt", "customers", "team", "let_go")
if (there := tuple(step.name for step in rep_month.STEPS if step.does is None)) != DONE_HERE:
    raise RuleError(
        f"sim/rules/rep_month.py: STEPS: expected {', '.join(DONE_HERE)} without a rule, in this order, got {', '.join(there)}"
    )
opening, hunted, served, compared, closing_month = (rep_month.after(name) for name in ("", *DONE_HERE))


@rule
def shelf_month(params, clock, shelf, active, used, rep, tally, desk, blank, scratch):  # type: ignore[no-untyped-def]
    """The month of a seat's customers; returns how many are active at its end (those who left stand behind them)."""
    moment = own_copy(blank)
    for i in range(active, used):
        customer = shelf.records[i]
        draw_moment(clock, customer, moment)
        customer_month(params, clock, customer, moment, rep, tally, desk[service.answers(params, customer, moment)])
    for b in range((active - 1) // BLOCK, -1, -1):  # from the back, so that an active customer can fill a gap
        columns, start, left = shelf.columns[b], b * BLOCK, 0
        size = min(BLOCK, active - start)
        draws.fill_month(clock.seed, clock.run, clock.month, size, shelf.keys[b], scratch.u)
        quiet_months(params, clock, rep, tally, columns, scratch, size)
        many = list_events(scratch, size)
        draw_events(clock, shelf, b, scratch, many)
        for j in range(many):
            i = scratch.busy[j]
            customer = shelf.records[start + i]
            read_columns(scratch.before, i, customer, ROW, QUIETLY)
            begin_event(moment, scratch, j)
            customer_month(params, clock, customer, moment, rep, tally, desk[service.answers(params, customer, moment)])
            write_columns(columns, i, customer, ROW, CHANGED)
            if customer.status != ACTIVE:
                left = add_gone(scratch, left, start + i)
        for j in range(left - 1, -1, -1):
            active -= 1
            leave_place(shelf, scratch.gone[j], active)
    return active


@shared
def with_records(kept, count, records):  # type: ignore[no-untyped-def]
    """The `count` records kept so far and more; there is room for twice as many whenever it runs out."""
    needed = count + records.shape[0]
    records = borrowed(records)
    both = kept if needed <= kept.shape[0] else np.empty(2 * needed, CUSTOMER)
    if needed > kept.shape[0]:
        for i in range(count):
            both[i] = kept[i]
    for i in range(records.shape[0]):
        both[count + i] = records[i]
    return both


@shared
def with_service(services, count, clock, rep):  # type: ignore[no-untyped-def]
    """The `count` services of reps that have ended so far, and that of a rep whose service has."""
    more = services if count < services.shape[0] else np.empty(2 * count + 16, SERVICE)
    if count == services.shape[0]:
        for i in range(count):
            more[i] = services[i]
    one = more[count]
    one.run, one.seat, one.hired = clock.run, rep.seat, rep.hired_month
    one.left = 0 if rep.present == 1 else clock.month
    return more


@kernel
def simulate_runs(setup, seed, numbers, keep, out, lent_ledgers, lent_desk, lent_team, lent_scratch):  # type: ignore[no-untyped-def]
    """Simulate the runs `numbers`, one after the other on the same shelves; fill `out` (hundredths).

    The ledgers of all seats, the desk, the team's measures and scratch space are the caller's (:func:`workspace`).
    Returns the customers' records if `keep`, where each run's end, and the services of reps; nothing of use once `scratch.stop` is set.  One function, and not one within
    another: numba would optimise what is nested once more at every level.
    """
    params, components = setup.params[0], borrowed(setup.components)
    months, seats = np.int64(params.months), np.int64(params.reps_count)
    # what is lent stays its owner's, which must be used after the last use of what was lent (sim.compiled.borrowed)
    owned = [new_shelf(np.int64(params.customers_at_start) + 16) for _ in range(seats)]
    shelves = [borrowed(shelf) for shelf in owned]
    kept, count, ends = np.empty(0, CUSTOMER), 0, np.zeros(numbers.shape[0], np.int64)
    services, ended = np.empty(0, SERVICE), 0
    clocks, moments, firms = np.zeros(1, CLOCK), np.zeros(1, MOMENT), np.zeros(1, FIRM)
    desk, team, ledgers = borrowed(lent_desk), borrowed(lent_team), borrowed(lent_ledgers)
    scratch, clock, firm = borrowed(lent_scratch), clocks[0], firms[0]
    for n in range(numbers.shape[0]):
        # a firm with empty seats, and its customers at the start
        clock.seed, clock.run, clock.month = seed, numbers[n], 1
        reps, tallies, last = np.zeros(seats, REP), np.zeros(seats, TALLY), np.zeros(seats, TALLY)
        clear_ledgers(ledgers)
        active, used = np.zeros(seats, np.int64), np.zeros(seats, np.int64)
        owned_archive, number = new_archive(params, 64, out.cohorts.shape[3]), 0
        foresight.begin(params, firm)
        archive = borrowed(owned_archive)
        for agent in range(desk.shape[0]):
            service.staff(params, clock, desk[agent], agent)
        for seat in range(seats):
            if is_set(scratch.stop):
                return kept[:0], ends, services[:0]
            rep, tally, shelf = reps[seat], last[seat], shelves[seat]
            career.furnish(rep, seat, setup.absent[seat])
            active[seat] = used[seat] = open_book(params, clock, rep, tally, desk, shelf, scratch)
        accounts.add_lines(params, last, out.months[n, 0])
        last = np.zeros(seats, TALLY)  # nobody has learnt from the opening
        for month in range(1, months + 1):
            clock.month = month
            row = out.months[n, month - 1]
            # the steps of sim.rules.rep_month, in their order
            service.open_desk(params, desk)
            for seat in range(seats):
                if is_set(scratch.stop):
                    return kept[:0], ends, services[:0]
                rep, tally, ledger, shelf = reps[seat], tallies[seat], seat_ledger(ledgers, seat), shelves[seat]
                opening(params, components, clock, rep, tally, last[seat], ledger, firm, team, row)
                if rep.present == 1:
                    attempts, warm = hunting.attempts(params, rep)
                    if used[seat] + attempts > shelf.records.shape[0]:
                        owned[seat] = longer(shelf, used[seat] + attempts)
                        shelf = shelves[seat] = borrowed(owned[seat])
                    active[seat], used[seat] = hunt(
                        params, clock, rep, tally, ledger, desk, shelf, active[seat], used[seat], attempts, warm, scratch
                    )
                hunted(params, components, clock, rep, tally, last[seat], ledger, firm, team, row)
                active[seat] = shelf_month(params, clock, shelf, active[seat], used[seat], rep, tally, desk, moments[0], scratch)
                served(params, components, clock, rep, tally, last[seat], ledger, firm, team, row)
            settle.team_values(ledgers.values, reps, team)
            most = number  # accounts that will have been closed, were everybody to leave
            for seat in range(seats):
                most += used[seat]
            while most > archive.profit.shape[0]:
                owned_archive = accounts.widen(owned_archive)
                archive = borrowed(owned_archive)
            for seat in range(seats):
                rep, tally, ledger, records = reps[seat], tallies[seat], seat_ledger(ledgers, seat), shelves[seat].records
                compared(params, components, clock, rep, tally, last[seat], ledger, firm, team, row)
                if month == months or (YEAR_READS and month % 12 == 0):
                    take_all(shelves[seat], active[seat])
                if active[seat] < used[seat] or month == months:
                    leavers, before = records[active[seat] : used[seat]], used[seat]
                    settle.customers_left(components, clock, leavers, rep, ledger, row)
                    service.forget(clock, leavers, desk)
                    used[seat] = active[seat] + closed_last(components, leavers, month) if month < months else 0
                    closing = records[used[seat] : before]
                    accounts.close_customers(params, components, closing, ledger, archive, number, (month - 1) // 12)
                    if keep:
                        kept = with_records(kept, count, closing)
                        count += closing.shape[0]
                    number += closing.shape[0]
                if month % 12 == 0:
                    accounts.enter_year(params, components, records[: used[seat]], ledger, archive, month // 12 - 1)
                    if YEAR_WRITES:
                        put_all(shelves[seat], active[seat])
                closing_month(params, components, clock, rep, tally, last[seat], ledger, firm, team, row)
                if rep.ended == 1:
                    services = with_service(services, ended, clock, rep)
                    ended += 1
            accounts.close_month(params, clock, reps, tallies, row)
            foresight.learn(params, clock, row, archive, firm)
            last = tallies
            tallies = np.zeros(seats, TALLY)
        accounts.outcomes(
            params, out.months[n], reps, owned_archive, number, out.profit_years[n], out.run[n], out.whale[n], out.cohorts[n]
        )
        ends[n] = count
    still_used(clocks)
    still_used(moments)
    still_used(firms)
    return kept[:count], ends, services[:ended]


@kernel
def new_ledgers_of(setup):  # type: ignore[no-untyped-def]
    """Ledgers of all seats of a scenario."""
    return career.open_ledgers(setup.params[0], setup.components, np.int64(setup.params[0].reps_count))


def workspace(setup, stop, by_block=True):  # type: ignore[no-untyped-def]
    """What :func:`simulate_runs` works in: ledgers of all seats, the desk's agents, the team's measures, scratch space."""
    desk = np.zeros(int(setup.params["desk_agents"][0]), DESK)
    off = not any(setup.params[name].any() for name in OFF.names or ())
    return new_ledgers_of(setup), desk, np.zeros(measures.COUNT), new_scratch(stop, by_block, off)


__all__ = ["simulate_runs", "workspace"]
