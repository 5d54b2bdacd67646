"""What reps, customers and a seat's month hold, as records: the same in both engines.

A rule reads and writes a record by name; the Mesa agents hold one record each, the compiled
ensemble arrays of them.  Money is in whole hundredths of the currency and every sum over customers
is a sum of whole numbers, so that it is exact and does not depend on order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.compiled import rule

ACTIVE, LAPSED, WRITTEN_OFF = 0, 1, 2

QUANTUM = 1073741824.0  # scores are summed in units of 2**-30

INTEGERS = (
    "who which seat signed order status lapsed_month agent visits contacts unsolved cases referrals appointments attempt".split()
)
CUSTOMER = np.dtype(
    [(name, "i8") for name in INTEGERS]
    + [
        (name, "f8")
        for name in (
            # traits drawn at signing
            "initial renewal rate scale margin odds_pay need no_contact odds_lapse fit promise_first promise_month worth "
            # state
            "satisfaction expectation tie bucket owed pushed experience purchases "
            # the month's uniforms
            "u_visit u_purchase u_contact u_payment u_case u_lapse u_referral u_solved "
            # the account, in hundredths
            "revenue initial_margin cost_of_goods acquisition service resolution write_off collected commission year_profit promised"
        ).split()
    ]
)

REP = np.dtype(
    [(name, "i8") for name in "seat hire hired_month vacant_until present warnings exits chosen".split()]
    + [
        (name, "f8")
        for name in (
            "hunting_skill nurturing_skill hunting nurturing pressure savings cold warm tie_kept "
            # beliefs
            "signings_per_hour size margin_share lapse visit_lapse visit_repeat visit_satisfaction signed_noise "
            # what visits are worth to the rep this month
            "care_all care_worth visit_rate "
            # pay, in hundredths; the year's variable pay for the regulator's cap
            "clawback_due year_variable held awarded paid forfeited recovered claimed uncollectable salary norm_signings total_pay"
        ).split()
    ]
)

TALLY = np.dtype(
    [
        (name, "f8")
        for name in (
            "signings lapses initial_revenue repeat_revenue cross_revenue cost_of_goods initial_margin acquisition prospecting service "
            "resolution write_off collected attempts visits contacts wait_sum cases fit_sum "
            "active satisfaction_sum worth_sum tenure_sum outstanding overdue need_sum referrals "
            "visited visited_lapses visited_repeat visited_satisfaction other other_lapses other_repeat other_satisfaction "
            "surveyed cohort_kept cohort_signed written_off_customers"
        ).split()
    ]
)

NOW = np.dtype([("seed", "u8"), ("run", "i8"), ("month", "i8")])


DESK = np.dtype([("wait", "f8"), ("need", "f8"), ("backlog", "f8"), ("skill", "f8")])


class Ledger(NamedTuple):
    """A seat's pay ledger.  C components, T months and those in which deferred pay may still vest."""

    to_date: np.ndarray  # [C] value of the measure in the current period
    usual: np.ndarray  # [C] believed monthly value of the measure
    held: np.ndarray  # [C, T] deferred pay by the month in which it vests, hundredths
    factor: np.ndarray  # [C] what multipliers and gates last stood at
    base: np.ndarray  # [2, T] signings and first purchases still there, by month of signing
    signed: np.ndarray  # [T] customers signed, by month
    paid_rate: np.ndarray  # [T, C] award per unit of the measure, by month of signing (for clawback)
    values: np.ndarray  # [M] measures of the month
    awards: np.ndarray  # [C] awards of the month, currency
    propensity: np.ndarray  # [alternatives] Roth-Erev propensities


def new_ledger(components: int, months: int, measures: int, alternatives: int) -> Ledger:
    """An empty ledger."""
    return Ledger(
        np.zeros(components),
        np.zeros(components),
        np.zeros((components, months)),
        np.ones(components),
        np.zeros((2, months)),
        np.zeros(months),
        np.zeros((months, components)),
        np.zeros(measures),
        np.zeros(components),
        np.ones(alternatives),
    )


@rule
def cents(amount: float) -> float:
    """Currency to whole hundredths, halves up."""
    return np.floor(amount * 100.0 + 0.5)


@rule
def quantise(score: float) -> float:
    """A score as a whole number of 2**-30, so that its sum over customers is exact."""
    return np.floor(score * QUANTUM + 0.5)


@rule
def account_profit(c):  # type: ignore[no-untyped-def]
    """What a customer's account has left so far, in hundredths, before commission."""
    return c.revenue - c.cost_of_goods - c.acquisition - c.service - c.resolution - c.write_off


@rule
def draw_month(now, c):  # type: ignore[no-untyped-def]
    """The customer's eight uniforms of the month."""
    u = draws.month_uniforms(now.seed, now.run, now.month, c.who, c.which)
    c.u_visit, c.u_purchase, c.u_contact, c.u_payment = u[0], u[1], u[2], u[3]
    c.u_case, c.u_lapse, c.u_referral, c.u_solved = u[4], u[5], u[6], u[7]
