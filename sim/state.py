"""What reps, customers and a seat's month hold, as records: the same in both engines.

A rule reads and writes a record by name; the Mesa agents hold one record each, the compiled
ensemble arrays of them.  Money is in whole hundredths of the currency and every sum over customers
is a sum of whole numbers, so that it is exact and does not depend on order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.compiled import clear, rule
from sim.scenario.parameters import MOST_CALLS

ACTIVE, LAPSED, WRITTEN_OFF = 0, 1, 2

QUANTUM = 1048576.0  # what is not money is summed in units of 2**-20


def _floats(names: str) -> list[tuple[str, str]]:
    return [(name, "f8") for name in names.split()]


def _small(names: str) -> list[tuple[str, str]]:
    return [(name, "i4") for name in names.split()]


def _whole(names: str) -> list[tuple[str, str]]:
    return [(name, "i8") for name in names.split()]


CUSTOMER = np.dtype(  # a row is a cache line of 64 bytes; what is read at the year's end only comes last
    _floats("satisfaction expectation tie pushed fit no_contact rate owed")
    # shortfall: what the contract lacks, in log odds; oversold: share of the first purchase beyond what was asked for
    + _floats("bucket odds_lapse worth shortfall oversold") + _small("status agent founder signed term_ends lapsed_month")
    + _floats("renewal scale margin odds_pay revenue cost_of_goods charged collected")
    + _floats("need purchases service resolution acquisition write_off clawed commission")
    + _floats("profit promised promise_first promise_month promise_renewal initial") + _small("seat order referred claim_ends")
    + _whole("who which") + _small("complaints unused")
)  # fmt: skip

MOMENT = np.dtype(  # what happens to one customer in one month
    # uniforms: whether anything happens; how it goes on; the first purchase, and what a visit brings; the first contact
    _floats("u_visit u_purchase u_contact u_lapse u_referral u_payment u_case u_answer")
    + _floats("u_amount u_dropout u_sale u_guest u_solved u_offer u_appointment u_surfaced experience")
    # hundredths: invoiced in the steps of the month; of the month's invoices, the first purchase too, what is not paid so far
    + _floats("invoiced late")
    + _whole("visits contacts unsolved cases complaint referrals drawn")
)

REP = np.dtype(
    [(name, "i8") for name in "seat absent hire hired_month vacant_until present ended warnings chosen months".split()]
    + [
        (name, "f8")
        for name in (
            "hunting_skill nurturing_skill hunting nurturing pressure savings cold warm tie_kept tie_fading "
            "u_choice u_attempt u_leave u_survey "
            # beliefs
            "signings_per_attempt size margin_share lapse visit_lapse visit_repeat visit_cross visit_satisfaction worth usual_award usual_signings "
            # what visits are worth to the rep this month, and how many customers get
            "care_all care_worth visits_all visits_worth "
            # the same for those on whom commission can be claimed back: each of them, and per month in which it still can; who they are
            # (claim_ends from guard_from on), how many, and their months; how long it can be of those signed now
            "guard_each guard_months visits_guard visits_guard_months guard_from guarded guarded_months claim_months "
            # the seat's active customers: number, sum of worth, of what they are expected to buy in a month, of months of signing
            "book_size book_worth book_expected book_signed "
            # pay, in hundredths; the year's variable pay for the regulator's cap
            "clawback_due year_variable scale held paid recovered salary norm_signings total_pay "
            # of the reps hired so early that they could complete 12 (48) months: how many there were, and how many did
            "could_12 stayed_12 could_48 stayed_48 "
            # commission the accounts are charged with, per unit of what is invoiced or collected
            "charge_revenue charge_repeat charge_cross charge_margin charge_collected"
        ).split()
    ]
    # by number of calls made on them so far: leads that are courted; the last order of such among this month's prospects
    + [(name, "f8", (MOST_CALLS + 1,)) for name in ("courted", "until")]
)

TALLY = np.dtype(  # a seat's month; money in hundredths, scores, waits and needs in quanta
    _floats("signings lapses attempts visits contacts cases complaints redressed referrals warned")
    + _floats("initial_revenue repeat_revenue cross_revenue cost_of_goods initial_margin acquisition service resolution")
    + _floats("write_off collected outstanding late conceded wait_sum fit_sum")
    # the book at the month's end: active customers, their satisfaction, worth and months in it; those in arrears
    + _floats("active satisfaction_sum worth_sum tenure_sum overdue")
    # what is learnt from visits: customers visited, those of them who left, what they bought, how the rest feel;
    # what the whole book was expected to buy when visits were planned, and the visited of it
    + _floats("visited visited_lapses visited_repeat visited_cross visited_satisfaction expected visited_expected")
    # whether the seat is filled, has been in this month, and how its rep spends the time
    + _floats("present hires hunting nurturing pressure")
    # as surveyed, in score; persistency: of the cohort (customers, or hundredths of first purchases) what is there, all of it,
    # and whether there are enough customers in it
    + _floats("surveyed cohort_kept cohort_signed cohort_enough")
)

#: A rep's service: `left` is 0 where the run ended before it.
SERVICE = np.dtype([("run", "i8"), ("seat", "i8"), ("hired", "i8"), ("left", "i8")])

CLOCK = np.dtype([("seed", "u8"), ("run", "i8"), ("month", "i8")])

# what is expected, in currency a month and per month: the pay of a rep, by applicants; lapse, by the firm that promises
FIRM = np.dtype([("expected_pay", "f8"), ("promise_lapse", "f8")])

DESK = np.dtype([("wait", "f8"), ("need", "f8"), ("backlog", "f8"), ("skill", "f8"), ("complaints", "f8")])


class Ledger(NamedTuple):
    """A seat's pay ledger.  C components, T months, H months in which deferred pay may still vest, M measures.

    The engine keeps the ledgers of all seats as one, each array with a leading axis of seats.
    """

    to_date: np.ndarray  # [C] value of the measure in the current period
    usual: np.ndarray  # [C] believed monthly value of the measure
    noise: np.ndarray  # [C] believed spread of that
    worth: np.ndarray  # [C] what the rep makes of a unit of award
    held: np.ndarray  # [C, H] deferred pay by the month in which it vests, hundredths
    factor: np.ndarray  # [C] what multipliers and gates last stood at
    base: np.ndarray  # [2, T] signings and first purchases still there, by month of signing
    signed: np.ndarray  # [2, T] customers signed and their first purchases, by month
    reached: np.ndarray  # [2, T] of those, what was there in the month of contract in which persistency is measured
    carried: np.ndarray  # [C] months of periods whose measure did not exist, carried into this one
    counted: (
        np.ndarray
    )  # [C] months that will count when the period is settled; 0 where it will not be paid for want of a measure
    scale: np.ndarray  # [T] what multipliers and the regulator's cap made of awards, summed over months
    paid_rate: np.ndarray  # [T, C] award per unit of the measure, by month of signing (for clawback)
    stood: np.ndarray  # [C] what multipliers and the regulator's cap made of the component's award when it was last settled
    values: np.ndarray  # [M] measures of the month
    awards: np.ndarray  # [C] awards of the month, currency
    propensity: np.ndarray  # [alternatives] Roth-Erev propensities
    utility: np.ndarray  # [alternatives, in whole lanes] what the month's alternatives are worth
    worked: np.ndarray  # [shares of time for hunting, in whole lanes] attempts expected


@rule
def new_ledgers(seats, components, months, horizon, measures, alternatives, shares):  # type: ignore[no-untyped-def]
    """Empty ledgers of all seats; months are numbered from 1."""
    return Ledger(
        np.zeros((seats, components)),
        np.zeros((seats, components)),
        np.zeros((seats, components)),
        np.zeros((seats, components)),
        np.zeros((seats, components, horizon + 1)),
        np.ones((seats, components)),
        np.zeros((seats, 2, months + 2)),
        np.zeros((seats, 2, months + 2)),
        np.zeros((seats, 2, months + 2)),
        np.zeros((seats, components)),
        np.zeros((seats, components)),
        np.zeros((seats, months + 2)),
        np.zeros((seats, months + 2, components)),
        np.ones((seats, components)),
        np.full((seats, measures), np.nan),
        np.zeros((seats, components)),
        np.ones((seats, alternatives)),
        np.zeros((seats, draws.whole_lanes(alternatives))),
        np.zeros((seats, draws.whole_lanes(shares))),
    )


@rule
def clear_ledgers(all_):  # type: ignore[no-untyped-def]
    """Empty the ledgers of all seats for another run."""
    all_.to_date[:] = 0.0
    all_.usual[:] = 0.0
    all_.noise[:] = 0.0
    all_.worth[:] = 0.0
    all_.held[:] = 0.0
    all_.factor[:] = 1.0
    all_.base[:] = 0.0
    all_.signed[:] = 0.0
    all_.reached[:] = 0.0
    all_.carried[:] = 0.0
    all_.counted[:] = 0.0
    all_.scale[:] = 0.0
    all_.paid_rate[:] = 0.0
    all_.stood[:] = 1.0
    all_.values[:] = np.nan
    all_.awards[:] = 0.0
    all_.propensity[:] = 1.0
    all_.utility[:] = 0.0
    all_.worked[:] = 0.0


@rule
def seat_ledger(all_, seat):  # type: ignore[no-untyped-def]
    """The ledger of one seat, as views."""
    return Ledger(
        all_.to_date[seat],
        all_.usual[seat],
        all_.noise[seat],
        all_.worth[seat],
        all_.held[seat],
        all_.factor[seat],
        all_.base[seat],
        all_.signed[seat],
        all_.reached[seat],
        all_.carried[seat],
        all_.counted[seat],
        all_.scale[seat],
        all_.paid_rate[seat],
        all_.stood[seat],
        all_.values[seat],
        all_.awards[seat],
        all_.propensity[seat],
        all_.utility[seat],
        all_.worked[seat],
    )


@rule
def leads_in_hand(params, rep):  # type: ignore[no-untyped-def]
    """Cold leads, warm ones, and those who are courted."""
    leads = rep.cold + rep.warm
    for calls in range(1, np.int64(params.market_courting)):
        leads += rep.courted[calls]
    return leads


@rule
def cents(amount: float) -> float:
    """Currency to whole hundredths, halves up."""
    return np.floor(amount * 100.0 + 0.5)


@rule
def quantise(score: float) -> float:
    """A score, wait or need in whole units of 2**-20, so that its sum over customers is exact."""
    return np.floor(score * QUANTUM + 0.5)


@rule
def account_profit(customer):  # type: ignore[no-untyped-def]
    """What a customer's account has left so far, in hundredths, before commission."""
    return (
        customer.revenue
        - customer.cost_of_goods
        - customer.acquisition
        - customer.service
        - customer.resolution
        - customer.write_off
    )


@rule
def begin_moment(moment, month, events):  # type: ignore[no-untyped-def]
    """A customer's month begins: the uniforms that every month needs, and nothing has happened yet."""
    clear(moment)
    moment.u_visit, moment.u_purchase, moment.u_contact, moment.u_lapse, moment.u_referral = month
    moment.u_payment, moment.u_case, moment.u_answer = events[0], events[1], events[2]


@rule
def draw_moment(clock, customer, moment):  # type: ignore[no-untyped-def]
    """The month of one customer begins; the compiled engine draws for many at once (:func:`sim.draws.fill_month`)."""
    seed, run, month = clock.seed, clock.run, clock.month
    begin_moment(
        moment,
        draws.month_uniforms(seed, run, month, customer.who, customer.which),
        draws.uniforms(seed, run, draws.EVENTS, month, customer.who, customer.which),
    )


@rule
def set_purchase(moment, u):  # type: ignore[no-untyped-def]
    """The uniforms of the first purchase, and of what a visit brings."""
    moment.u_amount, moment.u_dropout, moment.u_sale, moment.u_guest = u
    moment.drawn |= 1


@rule
def set_contact(moment, u):  # type: ignore[no-untyped-def]
    """The uniforms of the first contact."""
    moment.u_solved, moment.u_offer, moment.u_appointment, moment.u_surfaced = u
    moment.drawn |= 2


@rule
def draw_purchase(clock, customer, moment):  # type: ignore[no-untyped-def]
    """Draw for the first purchase and what a visit brings, unless that has been done."""
    if moment.drawn & 1 == 0:
        set_purchase(moment, draws.uniforms(clock.seed, clock.run, draws.PURCHASE, clock.month, customer.who, customer.which))


@rule
def draw_contact(clock, customer, moment):  # type: ignore[no-untyped-def]
    """Draw for the first contact, unless that has been done."""
    if moment.drawn & 2 == 0:
        set_contact(moment, draws.uniforms(clock.seed, clock.run, draws.CONTACT, clock.month, customer.who, customer.which))
