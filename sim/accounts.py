"""The books: every amount has a line, every line adds up, in whole hundredths.

Identities (held to in `tests/test_accounts.py`):
booked = collected + written off + change in outstanding; variable pay earned = awarded + change in accrued + unsettled, and
awarded = paid + change in held + forfeited; clawback claimed = recovered + change in due + uncollectable; customers(t) =
customers(t-1) + signings - lapses, customers(0) being the opening book; the customers' accounts and the firm's fixed items make the profit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import rule, shared
from sim.numeric import power
from sim.scheme.settle import attributed, awaits_settlement
from sim.state import ACTIVE, QUANTUM, account_profit, cents, quantise
from sim.tables import MONTHS, RUNS_FIRST, RUNS_REST, WHALE_SHARES

MONTH = np.dtype([(column.name, "f8") for column in MONTHS])
RUN = np.dtype([(column.name, "f8") for column in RUNS_FIRST + RUNS_REST])
SHARES = np.array(WHALE_SHARES)
BUCKETS = 512  # in which profits are put to find the best
AGES = np.array([12, 24])  # of persistency_12, persistency_24


class Archive(NamedTuple):
    """What remains of customers who have left, and of cohorts.  Y years; hundredths."""

    profit: np.ndarray  # [customers signed]
    promised: np.ndarray  # [customers signed]
    cohort_signed: np.ndarray  # [1 + Y] the opening book, then those signed in each year
    cohort_customers: np.ndarray  # [1 + Y, Y] cohort, year
    cohort_profit: np.ndarray  # [1 + Y, Y]
    cohort_promised: np.ndarray  # [1 + Y, Y]
    could: np.ndarray  # [AGES] customers signed in the run, early enough to have completed so many months
    stayed: np.ndarray  # [AGES] those of them who did


@rule
def new_archive(size, years):  # type: ignore[no-untyped-def]
    """An empty archive."""
    shape = (1 + years, years)
    ages = AGES.shape[0]
    return Archive(
        np.zeros(size), np.zeros(size), np.zeros(1 + years), np.zeros(shape), np.zeros(shape), np.zeros(shape),
        np.zeros(ages), np.zeros(ages),
    )  # fmt: skip


@rule
def promised(p, c, month):  # type: ignore[no-untyped-def]
    """Profit promised at signing for the months up to `month`, in hundredths.

    First purchase and perks at once; then purchases less service in every month, and renewals when they
    fall due, for as long as the firm reckons customers stay; less the commission charged to the account.
    """
    age = month - c.signed + 1
    if age < 1:
        return 0.0
    return (
        c.promise_first
        + cents(c.promise_month * p.promise_months[age] + c.promise_renewal * p.promise_renewals[age])
        - c.commission
    )


@rule
def cohort_of(c):  # type: ignore[no-untyped-def]
    """Number of the customer's cohort: the year of signing from 1; 0 for the opening book."""
    return 0 if c.founder else (c.signed - 1) // 12 + 1


@shared
def enter_year(p, components, customers, led, arc, year):  # type: ignore[no-untyped-def]
    """Book the customers' profit and promise of a year to their cohorts (years from 0)."""
    months = np.int64(p.months)
    for i in range(customers.shape[0]):
        c = customers[i]
        cohort = cohort_of(c)
        last = c.lapsed_month if c.lapsed_month > 0 else min(12 * (year + 1), months)
        c.commission = attributed(components, led, c, last) + c.charged - c.clawed
        profit, promise = account_profit(c) - c.commission, promised(p, c, min(12 * (year + 1), months))
        arc.cohort_profit[cohort, year] += profit - c.profit
        arc.cohort_promised[cohort, year] += promise - c.promised
        c.profit, c.promised = profit, promise
        if c.status == ACTIVE:
            arc.cohort_customers[cohort, year] += 1.0


@rule
def can_close(components, c, month):  # type: ignore[no-untyped-def]
    """Whether the account of a customer who has left can be closed: nothing owed, commission settled."""
    return c.owed == 0.0 and not awaits_settlement(components, c, month)


@shared
def close_customers(p, components, customers, led, arc, number, year):  # type: ignore[no-untyped-def]
    """Accounts are closed, when their owners have left and it can be closed, or at the end of the run."""
    months = np.int64(p.months)
    enter_year(p, components, customers, led, arc, year)
    for i in range(customers.shape[0]):
        c = customers[i]
        cohort = cohort_of(c)
        arc.cohort_signed[cohort] += 1.0
        for later in range(year + 1, arc.cohort_profit.shape[1]):  # the promise was made for years to come
            promise = promised(p, c, min(12 * (later + 1), months))
            arc.cohort_promised[cohort, later] += promise - c.promised
            c.promised = promise
        arc.profit[number + i] = c.profit
        arc.promised[number + i] = c.promised
        for k in range(AGES.shape[0]):  # signed in month s, `age` months are completed at the end of month s + age - 1
            if not c.founder and c.signed + AGES[k] - 1 <= months:
                arc.could[k] += 1.0
                if c.status == ACTIVE or c.lapsed_month - c.signed >= AGES[k]:
                    arc.stayed[k] += 1.0


@rule
def count(now, c, e, t):  # type: ignore[no-untyped-def]
    """Add a customer to the stocks of the seat's month; one who has left counts only with what is still owed."""
    if c.owed > 0.0:
        t.outstanding += c.owed
        if c.bucket > 0.0 and c.status == ACTIVE:
            t.overdue += 1.0
    if c.status != ACTIVE:
        return
    score = quantise(c.satisfaction)
    if e.visits > 0:
        t.visited_satisfaction += score
    t.satisfaction_sum += score


@rule
def add_lines(p, tallies, m):  # type: ignore[no-untyped-def]
    """Add the seats' tallies to the lines of the month's row."""
    attempts_cost = cents(p.firm_attempt_cost)
    for i in range(tallies.shape[0]):
        t = tallies[i]
        m.signings += t.signings
        m.lapses += t.lapses
        m.initial_revenue += t.initial_revenue
        m.repeat_revenue += t.repeat_revenue
        m.cross_revenue += t.cross_revenue
        m.cost_of_goods += t.cost_of_goods
        m.initial_margin += t.initial_margin
        m.prospecting += t.attempts * attempts_cost
        m.acquisition += t.acquisition + t.attempts * attempts_cost
        m.service += t.service
        m.resolution += t.resolution
        m.write_off += t.write_off
        m.collected += t.collected
        m.attempts += t.attempts
        m.visits += t.visits
        m.contacts += t.contacts
        m.cases += t.cases
        m.wait += t.wait_sum
        m.fit += t.fit_sum


@shared
def close_month(p, now, reps, tallies, m):  # type: ignore[no-untyped-def]
    """Fill the month's row from the seats' tallies; pay and exits have been added to it before (hundredths)."""
    m.month = now.month
    add_lines(p, tallies, m)
    satisfaction, pressure, hunted, nurtured, present = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(tallies.shape[0]):
        t, r = tallies[i], reps[i]
        m.customers += t.active
        m.outstanding += t.outstanding
        satisfaction += t.satisfaction_sum
        pressure += t.pressure
        hunted += t.hunting
        nurtured += t.nurturing
        present += t.present
        m.held += r.held
        m.clawback_due += r.clawback_due
        m.leads += r.cold + r.warm
    m.revenue = m.initial_revenue + m.repeat_revenue + m.cross_revenue
    m.desk = cents(p.desk_salary) * p.desk_agents + cents(p.firm_fixed_cost)
    m.profit = (
        m.revenue - m.cost_of_goods - m.acquisition - m.service - m.resolution - m.write_off - m.commission + m.clawback
        - m.salaries - m.desk
    )  # fmt: skip
    m.satisfaction = satisfaction / QUANTUM / m.customers if m.customers > 0.0 else 0.0
    m.reps = present
    if present > 0.0:
        m.hunting_share = hunted / present
        m.nurturing_share = nurtured / present
        m.pressure = pressure / present
    m.wait = m.wait / QUANTUM / m.contacts if m.contacts > 0.0 else 0.0
    m.fit = m.fit / QUANTUM / m.signings if m.signings > 0.0 else 0.0


@rule
def widen(arc):  # type: ignore[no-untyped-def]
    """The archive with half as much room again for closed accounts."""
    size = arc.profit.shape[0]
    profit, promise = np.zeros(size + size // 2), np.zeros(size + size // 2)
    for i in range(size):  # slices set at once would be checked for shape, which takes long to compile
        profit[i], promise[i] = arc.profit[i], arc.promised[i]
    return Archive(
        profit, promise, arc.cohort_signed, arc.cohort_customers, arc.cohort_profit, arc.cohort_promised, arc.could, arc.stayed
    )


@rule
def _bucket(best, value, width):  # type: ignore[no-untyped-def]
    """Where a profit belongs: the best in bucket 0, the worst in the last."""
    return min(max(np.int64((best - value) / width), 0), BUCKETS - 1)


@shared
def whale_curve(profit, total, whale):  # type: ignore[no-untyped-def]
    """Share of the total that the most profitable SHARES of customers bring; not defined without a profit.

    Customers are put into buckets of like profit; only the buckets in which a share ends are sorted.
    """
    whale[:] = np.nan
    if total <= 0.0:
        return
    n, best, worst = profit.shape[0], profit.max(), profit.min()
    width = (best - worst) / BUCKETS + 1.0
    ends = np.zeros(BUCKETS + 1, np.int64)
    for value in profit:
        ends[_bucket(best, value, width) + 1] += 1
    for b in range(BUCKETS):
        ends[b + 1] += ends[b]
    place, ordered, sums = ends[:BUCKETS].copy(), np.empty(n), np.zeros(BUCKETS + 1)
    for value in profit:
        b = _bucket(best, value, width)
        ordered[place[b]] = value
        place[b] += 1
        sums[b + 1] += value
    b, above, sorted_to = 0, 0.0, 0
    for k in range(SHARES.shape[0]):
        upto = np.int64(np.floor(SHARES[k] * n + 0.5))
        while ends[b + 1] < upto:
            b += 1
            above += sums[b]
        if sorted_to <= b:
            ordered[ends[b] : ends[b + 1]].sort()
            sorted_to = b + 1
        top = above
        for i in range(upto - ends[b]):
            top += ordered[ends[b + 1] - 1 - i]
        whale[k] = top / total


@rule
def pay_spread(reps):  # type: ignore[no-untyped-def]
    """Standard deviation between seats of pay per month in which the seat was filled, hundredths."""
    seats, mean, square = 0.0, 0.0, 0.0
    for i in range(reps.shape[0]):  # Welford 1962
        r = reps[i]
        if r.months > 0:
            seats += 1.0
            gap = (r.paid - r.recovered + r.salary) / r.months - mean
            mean += gap / seats
            square += gap * gap * (1.0 - 1.0 / seats)
    return np.sqrt(square / (seats - 1.0)) if seats > 1.0 else 0.0


@shared
def outcomes(p, months, reps, arc, number, profit_years, run, whale, cohorts):  # type: ignore[no-untyped-def]
    """A run's row, from its months, its reps and the accounts of all customers signed.

    npv = sum of profit(t) / (1 + i)**((t - 1) / 12), months t from 1.
    """
    factor = 1.0 / power(1.0 + p.firm_discount_year, 1.0 / 12.0)
    weight = 0.01
    customer_months, satisfaction, hunted, nurtured, contact_cost = 0.0, 0.0, 0.0, 0.0, 0.0
    variable, fixed, revenue, rep_months = 0.0, 0.0, 0.0, 0.0
    for i in range(months.shape[0]):
        m = months[i]
        run.npv += m.profit * weight
        run.sales_force_cost += (m.salaries + m.commission - m.clawback) * weight * 100.0
        weight *= factor
        profit_years[i // 12] += m.profit
        customer_months += m.customers + m.lapses
        satisfaction += m.satisfaction * m.customers
        run.signings += m.signings
        run.lapses += m.lapses
        rep_months += m.reps
        hunted += m.hunting_share * m.reps
        nurtured += m.nurturing_share * m.reps
        contact_cost += m.service + m.resolution
        variable += m.commission - m.clawback
        fixed += m.salaries
        revenue += m.revenue
        run.payment_loss += m.write_off
        run.margin_initial += m.initial_margin
        run.margin_repeat += m.revenue - m.cost_of_goods - m.initial_margin
        run.acquisition_cost += m.acquisition
        run.fixed_cost += m.desk
        run.rep_turnover += m.rep_exits
        run.customers_end = m.customers
        run.accrued_pay, run.trail_due = m.accrued + m.held, m.trail_due
    total = 0.0
    loss = 0.0
    for i in range(number):
        total += arc.profit[i]
        run.promised_profit += arc.promised[i]
        if arc.profit[i] < 0.0:
            loss += 1.0
    run.realised_profit = total
    run.share_loss_making = loss / number if number > 0 else 0.0
    run.churn_rate = run.lapses / customer_months if customer_months > 0.0 else 0.0
    stayed = customer_months - run.lapses
    run.satisfaction = satisfaction / stayed if stayed > 0.0 else 0.0
    run.bad_debt_ratio = run.payment_loss / revenue if revenue > 0.0 else 0.0
    run.cost_to_serve = contact_cost / customer_months if customer_months > 0.0 else 0.0
    if rep_months > 0.0:
        run.rep_pay_mean = (variable + fixed) / rep_months
        run.rep_turnover = run.rep_turnover / (rep_months / 12.0)
        run.hunting_share = hunted / rep_months
        run.nurturing_share = nurtured / rep_months
    run.rep_pay_sd = pay_spread(reps)
    could_12, stayed_12, could_48, stayed_48 = 0.0, 0.0, 0.0, 0.0
    for i in range(reps.shape[0]):
        could_12 += reps[i].could_12
        stayed_12 += reps[i].stayed_12
        could_48 += reps[i].could_48
        stayed_48 += reps[i].stayed_48
    run.rep_stay_12 = stayed_12 / could_12 if could_12 > 0.0 else np.nan
    run.rep_stay_48 = stayed_48 / could_48 if could_48 > 0.0 else np.nan
    run.variable_share = variable / (variable + fixed) if variable + fixed > 0.0 else 0.0
    run.service_cost = contact_cost
    run.pay_cost = variable + fixed
    run.persistency_12 = arc.stayed[0] / arc.could[0] if arc.could[0] > 0.0 else np.nan
    run.persistency_24 = arc.stayed[1] / arc.could[1] if arc.could[1] > 0.0 else np.nan
    whale_curve(arc.profit[:number], total, whale)
    for i in range(cohorts.shape[1]):
        cohorts[0, i, 0] = arc.cohort_signed[i]
        for j in range(cohorts.shape[2]):
            cohorts[1, i, j] = arc.cohort_customers[i, j]
            cohorts[2, i, j] = arc.cohort_profit[i, j]
            cohorts[3, i, j] = arc.cohort_promised[i, j]
