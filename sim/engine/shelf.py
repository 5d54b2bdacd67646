"""A seat's customers in the compiled engine: records, and beside them columns of what every month reads.

In most months nothing happens to a customer: no visit, purchase, contact, debt, renewal or thought of
leaving.  Such months are reckoned for a block of customers at once from columns of numbers
(:func:`quiet_months`), which a processor does eight at a time; a customer to whom something may happen goes
through the steps one by one, as a record.  Between months the columns hold the state of an active
customer, the record everything else.  The order on a shelf is: active customers, then those who have left
and still owe.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.accounts import can_close
from sim.compiled import own_copy, rule
from sim.numeric import low_bits
from sim.rules import lapse, nurturing, purchasing, satisfaction, service
from sim.state import CUSTOMER, quantise

BLOCK, ROW = draws.BLOCK, draws.ROW
SATISFACTION, EXPECTATION, TIE, PUSHED, FIT, RATE, NO_CONTACT, WORTH, ODDS_LAPSE, OWED, TERM_ENDS = (k * ROW for k in range(11))
COLUMNS = 11 * ROW
# nothing happens; something is owed; the customer may leave; else a renewal or referral; a contact, a purchase or visit, both
QUIET, DEBT, LEAVING, OTHER, CONTACT, BOTH, PURCHASE = range(7)


class Shelf(NamedTuple):
    """A seat's customers.  B blocks of customers; the k-th column of a block starts at k * ROW."""

    records: np.ndarray  # [B * BLOCK]
    columns: np.ndarray  # [B, COLUMNS]
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
def put_state(columns, i, c):  # type: ignore[no-untyped-def]
    """Write what a month may have changed to place i of a block's columns."""
    columns[SATISFACTION + i] = c.satisfaction
    columns[EXPECTATION + i] = c.expectation
    columns[TIE + i] = c.tie
    columns[PUSHED + i] = c.pushed
    columns[OWED + i] = c.owed
    columns[TERM_ENDS + i] = c.term_ends


@rule
def put(columns, keys, i, c):  # type: ignore[no-untyped-def]
    """Write a record to place i of a block's columns."""
    put_state(columns, i, c)
    columns[FIT + i] = c.fit
    columns[RATE + i] = c.rate
    columns[NO_CONTACT + i] = c.no_contact
    columns[WORTH + i] = c.worth
    columns[ODDS_LAPSE + i] = c.odds_lapse
    keys[i] = c.who
    keys[ROW + i] = c.which


@rule
def take_state(columns, i, c):  # type: ignore[no-untyped-def]
    """Read what quiet months have changed into the record."""
    c.satisfaction = columns[SATISFACTION + i]
    c.expectation = columns[EXPECTATION + i]
    c.tie = columns[TIE + i]
    c.pushed = columns[PUSHED + i]


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
def kind_of_month(contact, purchase, debt, leaving, other):  # type: ignore[no-untyped-def]
    """What may happen in a month."""
    with_contact = BOTH if purchase else CONTACT
    neither = DEBT if debt else LEAVING if leaving else OTHER if other else QUIET
    without = PURCHASE if purchase else neither
    return with_contact if contact else without


@rule
def quiet_months(p, now, r, columns, u, kinds, size):  # type: ignore[no-untyped-def]
    """The month of those customers of a block to whom nothing happens; the others are marked and left as they are.

    `u` holds the month's uniforms by row; `kinds` receives what may happen.  Every formula is the step's own;
    numbers are taken out of the records first, since a record might overlap the columns for all the compiler
    knows.  Returns the satisfaction of those not marked, in quanta.
    """
    for_all, for_worth, fading = r.visits_all, r.visits_worth, r.tie_fading
    weight_fit, weight_tie = p.feeling_fit, p.feeling_tie
    speed, loss, performance, learning = p.feeling_speed, p.feeling_loss, p.feeling_performance, p.feeling_learning
    slope, referral, forgetting = p.purchase_satisfaction, p.referral_rate, p.desk_forgetting
    unhappy, happy, tied = p.lapse_unhappy, p.lapse_happy, p.lapse_tied
    month, scores, zero = float(now.month), 0, low_bits(0.0)
    midterm = p.lapse_midterm if p.customers_setting == 0.0 else 0.0
    for i in range(draws.whole_lanes(size)):
        s, expectation, tie = columns[SATISFACTION + i], columns[EXPECTATION + i], columns[TIE + i]
        experience = nurturing.undisturbed(weight_fit, weight_tie, columns[FIT + i], tie)
        felt = satisfaction.update(s, expectation, experience, speed, loss, performance)
        faded = tie * fading
        most = lapse.bound(felt, faded, unhappy, happy, tied)
        occasion = 1.0 if month == columns[TERM_ENDS + i] else midterm
        contact = service.calls(u[2 * ROW + i], columns[NO_CONTACT + i])
        purchase = purchasing.may_buy(u[ROW + i], purchasing.rate(columns[RATE + i], s, slope, 1.0)) | nurturing.comes(
            nurturing.visits_expected(for_all, for_worth, columns[WORTH + i]), u[i]
        )
        debt = columns[OWED + i] > 0.0
        leaving = lapse.may_leave(u[3 * ROW + i], columns[ODDS_LAPSE + i], occasion, most)
        other = (month > columns[TERM_ENDS + i]) | satisfaction.refers(u[4 * ROW + i], referral, felt) | (i >= size)
        event = contact | purchase | debt | leaving | other
        columns[SATISFACTION + i] = s if event else felt
        columns[EXPECTATION + i] = expectation if event else satisfaction.follow(expectation, experience, learning)
        columns[TIE + i] = tie if event else faded
        columns[PUSHED + i] = columns[PUSHED + i] if event else service.remember(columns[PUSHED + i], forgetting)
        kinds[i] = kind_of_month(contact, purchase, debt, leaving, other)
        scores += 0 if event else low_bits(quantise(felt)) - zero
    return float(scores)
