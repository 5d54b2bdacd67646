"""A seat's customers in the compiled engine: records, and beside them columns of what every month reads.

In most months nothing happens to a customer: no visit, purchase, contact, debt, renewal or thought of leaving.  Such months are
reckoned for a block of customers at once from columns of numbers (:func:`quiet_months`), which a processor does eight at a time; a
customer to whom something happens goes through the steps one by one, as a record.  Both call the steps' own functions
(:mod:`sim.rules.steps`), and what stands in columns is what those read and write (:mod:`sim.rules.terms`).

Between months the columns hold what the steps read of an active customer, the record everything else; :func:`take_all` brings the
records up to date.  The order on a shelf is: active customers, then those who have left and still owe.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim import draws
from sim.accounts import book_year, can_close, count
from sim.compiled import add_whole, blank, own_copy, own_part, read_columns, rule, write_columns
from sim.rules import steps, terms
from sim.rules.terms import fields
from sim.scenario.record import OFF_BY_DEFAULT
from sim.state import CUSTOMER, MOMENT, TALLY

BLOCK, ROW = draws.BLOCK, draws.ROW


def _record_of(record: np.dtype[np.void], names: Iterable[str]) -> np.dtype[np.void]:
    """A record of some fields of another."""
    return np.dtype([(name, record[name]) for name in names])


def _columns() -> tuple[np.dtype[np.void], np.dtype[np.void], np.dtype[np.void]]:
    """The customer's fields that stand in columns: those that quiet months change; these and those that a whole month may change;
    these and all others that quiet months read."""
    quiet = fields(ALWAYS, "customer", "written")
    changed = quiet | fields(tuple(use for one in steps.DOES for use in one.happen), "customer", "written")
    look = (quiet | fields(ALWAYS, "customer", "read")) - {"status"}  # all in the block are active
    ordered = sorted(
        (name for name in CUSTOMER.names or () if name in look), key=lambda name: (name not in quiet, name not in changed)
    )
    first = sum(name in quiet for name in ordered), sum(name in changed for name in ordered)
    return _record_of(CUSTOMER, ordered[: first[0]]), _record_of(CUSTOMER, ordered[: first[1]]), _record_of(CUSTOMER, ordered)


ALWAYS = (*(use for one in steps.DOES for use in one.always), *steps.COUNTS)  # what is done in a quiet month
QUIETLY, CHANGED, LOOK = _columns()
READ = np.dtype(
    [(name, "f8") for name in sorted(set().union(*(fields(ALWAYS, one, "read") for one in ("params", "clock", "rep"))))]
)
STOCKS = _record_of(
    TALLY, sorted(fields(steps.COUNTS, "tally", "written"))
)  # what everybody adds to the tally at the month's end
SUMS = np.dtype([(name, "i8") for name in STOCKS.names or ()])
OFF = np.dtype([(name, "f8") for name in OFF_BY_DEFAULT if name in (READ.names or ())])
NOTHING = np.dtype([("nothing", "f8")])
_YEAR = terms.follow(book_year, ("customer",))
YEAR_READS = bool(fields(_YEAR, "customer", "read") & set(CHANGED.names or ()))  # whether the year's end needs what months change
YEAR_WRITES = bool(fields(_YEAR, "customer", "written") & set(LOOK.names or ()))  # or changes what they read
COLUMNS = len(LOOK.names or ()) * ROW


class Shelf(NamedTuple):
    """A seat's customers.  B blocks of customers; the k-th column of a block starts at k * ROW."""

    records: np.ndarray  # [B * BLOCK]
    columns: np.ndarray  # [B, COLUMNS] the fields of LOOK
    keys: np.ndarray  # [B, 2 * ROW] the two words of the customers' addresses


@rule
def new_shelf(customers):  # type: ignore[no-untyped-def]
    """An empty shelf with room for so many customers."""
    blocks = (customers + BLOCK - 1) // BLOCK
    return Shelf(np.empty(blocks * BLOCK, CUSTOMER), np.empty((blocks, COLUMNS)), np.empty((blocks, 2 * ROW), np.uint32))


@rule
def longer(shelf, customers):  # type: ignore[no-untyped-def]
    """A copy of the shelf with room for so many customers and an eighth more."""
    copy = new_shelf(customers + customers // 8)
    for i in range(shelf.records.shape[0]):
        copy.records[i] = shelf.records[i]
    for b in range(shelf.columns.shape[0]):
        for k in range(COLUMNS):
            copy.columns[b, k] = shelf.columns[b, k]
        for k in range(2 * ROW):
            copy.keys[b, k] = shelf.keys[b, k]
    return copy


@rule
def put(shelf, i):  # type: ignore[no-untyped-def]
    """Write the record at place i to the columns."""
    b, j, customer = i // BLOCK, i % BLOCK, shelf.records[i]
    write_columns(shelf.columns[b], j, customer, ROW, LOOK)
    shelf.keys[b, j], shelf.keys[b, ROW + j] = customer.who, customer.which


@rule
def take_all(shelf, active):  # type: ignore[no-untyped-def]
    """Bring the records of the active customers up to date."""
    for i in range(active):
        read_columns(shelf.columns[i // BLOCK], i % BLOCK, shelf.records[i], ROW, CHANGED)


@rule
def put_all(shelf, active):  # type: ignore[no-untyped-def]
    """Bring the columns up to date, the records having been changed outside the months."""
    for i in range(active):
        put(shelf, i)


@rule
def leave_place(shelf, i, last):  # type: ignore[no-untyped-def]
    """The customer at place i goes behind the active ones: the last active customer takes the place."""
    if i == last:
        return
    swap(shelf.records, i, last)
    source, target = shelf.columns[last // BLOCK], shelf.columns[i // BLOCK]
    a, b = last % BLOCK, i % BLOCK
    for k in range(0, COLUMNS, ROW):
        target[k + b] = source[k + a]
    for k in range(0, 2 * ROW, ROW):
        shelf.keys[i // BLOCK, k + b] = shelf.keys[last // BLOCK, k + a]


@rule
def swap(records, i, j):  # type: ignore[no-untyped-def]
    """Two records change places."""
    if i != j:
        first = own_copy(records[i])
        records[i] = records[j]
        records[j] = first


@rule
def closed_last(components, leavers, month):  # type: ignore[no-untyped-def]
    """Move the leavers whose accounts can be closed to the back; returns how many cannot yet."""
    open_ = leavers.shape[0]
    for i in range(leavers.shape[0] - 1, -1, -1):
        if can_close(components, leavers[i], month):
            open_ -= 1
            swap(leavers, i, open_)
    return open_


@rule
def quiet_months(params, clock, rep, tally, columns, scratch, size):  # type: ignore[no-untyped-def]
    """The month of all customers of a block as if nothing happened to any.

    `scratch.u` holds the month's uniforms by row; `scratch.kinds` receives what does happen, a bit for each step, and `scratch.before` what quiet
    months change, as it was.  Scenario, rep and month are copied first, since a record might overlap the columns for all the compiler knows.
    It is compiled twice: where everything of OFF is 0, what rules ask for behind a ``> 0.0`` of it is not there.
    """
    if scratch.off[0] == 1:
        _quiet_months(own_part(params, READ, OFF), clock, rep, tally, columns, scratch, size)
    else:
        _quiet_months(own_part(params, READ, NOTHING), clock, rep, tally, columns, scratch, size)


@rule
def _quiet_months(own_params, clock, rep, tally, columns, scratch, size):  # type: ignore[no-untyped-def]
    own_clock, own_rep, stocks_of_all = own_part(clock, READ, NOTHING), own_part(rep, READ, NOTHING), blank(SUMS)
    u, everybody = scratch.u, scratch.everybody[0]
    for i in range(draws.whole_lanes(size)):
        customer, moment, stocks = blank(CUSTOMER), blank(MOMENT), blank(TALLY)
        read_columns(columns, i, customer, ROW, LOOK)
        write_columns(scratch.before, i, customer, ROW, QUIETLY)
        moment.u_visit, moment.u_purchase, moment.u_contact, moment.u_lapse, moment.u_referral = month_drawn(u, i)
        happens = steps.quiet_month(own_params, own_clock, customer, moment, own_rep) | everybody | int(i >= size)
        count(own_clock, customer, moment, stocks)
        write_columns(columns, i, customer, ROW, QUIETLY)
        scratch.kinds[i] = happens
        add_whole(stocks_of_all, stocks, happens == 0)
    write_columns(scratch.stocks, 0, tally, 1, STOCKS)
    write_columns(scratch.sums, 0, stocks_of_all, 1, STOCKS)
    for k in range(scratch.sums.shape[0]):
        scratch.stocks[k] += scratch.sums[k]
    read_columns(scratch.stocks, 0, tally, 1, STOCKS)


@rule
def month_drawn(u, i):  # type: ignore[no-untyped-def]
    """The uniforms that every month needs, of the customer at place i."""
    return u[i], u[i + ROW], u[i + 2 * ROW], u[i + 3 * ROW], u[i + 4 * ROW]
