"""The books: every amount has a line, every line adds up, in whole hundredths.

Identities (held to in `tests/test_accounts.py`):
booked = collected + written off + change in outstanding; variable pay earned = awarded + change in accrued + unsettled, and
awarded = paid + change in held + forfeited; clawback claimed = recovered + change in due + uncollectable; customers(t) =
customers(t-1) + signings - lapses, customers(0) being the opening book; the customers' accounts and the firm's fixed items make the profit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import borrowed, rule, shared
from sim.numeric import power
from sim.scheme.settle import attributed, awaits_settlement
from sim.state import ACTIVE, QUANTUM, account_profit, cents, leads_in_hand, quantise
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
    promise_months: np.ndarray  # [promises, age] months of custom promised: one promise for all, or by month of signing (made_in)
    promise_renewals: np.ndarray  # [promises, age] renewals promised


@rule
def new_archive(params, size, years):  # type: ignore[no-untyped-def]
    """An archive that is empty but for the promise made in month 1."""
    shape = (1 + years, years)
    ages, months = AGES.shape[0], np.int64(params.months)
    promises = (made_in(params, months + 1) + 1, months + 2)
    archive = Archive(
        np.zeros(size), np.zeros(size), np.zeros(1 + years), np.zeros(shape), np.zeros(shape), np.zeros(shape),
        np.zeros(ages), np.zeros(ages), np.zeros(promises), np.zeros(promises),
    )  # fmt: skip
    reckon(params, archive, 1, params.firm_promise_lapse)
    return archive


@rule
def made_in(params, signed):  # type: ignore[no-untyped-def]
    """Which promise holds for customers by month of signing: the month's if the firm learns, else that of all."""
    return np.int64(signed) if params.firm_promise_learning > 0.0 else 0


@rule
def reckon(params, archive, signed, lapse):  # type: ignore[no-untyped-def]
    """The promise to those who sign in a month: expected months of custom, and renewals, by age, when `lapse` leave in any month."""
    promise, term = made_in(params, signed), np.int64(params.customers_renewal_months)
    months, renewals, alive = archive.promise_months[promise], archive.promise_renewals[promise], 1.0
    for age in range(1, months.shape[0]):
        months[age] = months[age - 1] + alive
        renewals[age] = renewals[age - 1] + (alive if age > 1 and (age - 1) % term == 0 else 0.0)
        alive *= 1.0 - lapse


@rule
def promised(params, customer, archive, month):  # type: ignore[no-untyped-def]
    """Profit promised at signing for the months up to `month`, in hundredths.

    First purchase and perks at once; then purchases less service in every month, and renewals when they
    fall due, for as long as the firm reckoned at the signing that customers stay; less the commission charged to the account.
    """
    age = month - customer.signed + 1
    if age < 1:
        return 0.0
    promise = made_in(params, customer.signed)
    return (
        customer.promise_first
        + cents(
            customer.promise_month * archive.promise_months[promise, age]
            + customer.promise_renewal * archive.promise_renewals[promise, age]
        )
        - customer.commission
    )


@rule
def cohort_of(customer):  # type: ignore[no-untyped-def]
    """Number of the customer's cohort: the year of signing from 1; 0 for the opening book."""
    return 0 if customer.founder else (customer.signed - 1) // 12 + 1


@rule
def book_year(customer, params, components, ledger, archive, year):  # type: ignore[no-untyped-def]
    """Book a customer's profit and promise of a year to the cohort (years from 0)."""
    months, cohort = np.int64(params.months), cohort_of(customer)
    last = customer.lapsed_month if customer.lapsed_month > 0 else min(12 * (year + 1), months)
    customer.commission = attributed(components, ledger, customer, last) + customer.charged - customer.clawed
    profit = account_profit(customer) - customer.commission
    promise = promised(params, customer, archive, min(12 * (year + 1), months))
    archive.cohort_profit[cohort, year] += profit - customer.profit
    archive.cohort_promised[cohort, year] += promise - customer.promised
    customer.profit, customer.promised = profit, promise
    if customer.status == ACTIVE:
        archive.cohort_customers[cohort, year] += 1.0


@shared
def enter_year(params, components, customers, ledger, archive, year):  # type: ignore[no-untyped-def]
    """:func:`book_year` of customers."""
    components, customers, ledger, archive = borrowed(components), borrowed(customers), borrowed(ledger), borrowed(archive)
    for i in range(customers.shape[0]):
        book_year(customers[i], params, components, ledger, archive, year)


@rule
def can_close(components, customer, month):  # type: ignore[no-untyped-def]
    """Whether the account of a customer who has left can be closed: nothing owed, commission settled."""
    return customer.owed == 0.0 and not awaits_settlement(components, customer, month)


@shared
def close_customers(params, components, customers, ledger, archive, number, year):  # type: ignore[no-untyped-def]
    """Accounts are closed, when their owners have left and it can be closed, or at the end of the run."""
    components, customers, ledger, archive = borrowed(components), borrowed(customers), borrowed(ledger), borrowed(archive)
    months = np.int64(params.months)
    enter_year(params, components, customers, ledger, archive, year)
    for i in range(customers.shape[0]):
        customer = customers[i]
        cohort = cohort_of(customer)
        archive.cohort_signed[cohort] += 1.0
        for later in range(year + 1, archive.cohort_profit.shape[1]):  # the promise was made for years to come
            promise = promised(params, customer, archive, min(12 * (later + 1), months))
            archive.cohort_promised[cohort, later] += promise - customer.promised
            customer.promised = promise
        archive.profit[number + i] = customer.profit
        archive.promised[number + i] = customer.promised
        for k in range(AGES.shape[0]):  # signed in month s, `age` months are completed at the end of month s + age - 1
            if not customer.founder and customer.signed + AGES[k] - 1 <= months:
                archive.could[k] += 1.0
                if customer.status == ACTIVE or customer.lapsed_month - customer.signed >= AGES[k]:
                    archive.stayed[k] += 1.0


@rule
def count(clock, customer, moment, tally):  # type: ignore[no-untyped-def]
    """Add a customer to the stocks of the seat's month; one who has left counts only with what is still owed."""
    if customer.owed > 0.0:
        tally.outstanding += customer.owed
        if customer.bucket > 0.0 and customer.status == ACTIVE:
            tally.overdue += 1.0
    if customer.status != ACTIVE:
        return
    score = quantise(customer.satisfaction)
    if moment.visits > 0:
        tally.visited_satisfaction += score
    tally.satisfaction_sum += score


@rule
def add_lines(params, tallies, row):  # type: ignore[no-untyped-def]
    """Add the seats' tallies to the lines of the month's row."""
    attempts_cost = cents(params.firm_attempt_cost)
    for i in range(tallies.shape[0]):
        tally = tallies[i]
        row.signings += tally.signings
        row.lapses += tally.lapses
        row.initial_revenue += tally.initial_revenue
        row.repeat_revenue += tally.repeat_revenue
        row.cross_revenue += tally.cross_revenue
        row.cost_of_goods += tally.cost_of_goods
        row.initial_margin += tally.initial_margin
        row.prospecting += tally.attempts * attempts_cost
        row.hiring += tally.hires * cents(params.reps_hiring_cost)
        row.acquisition += tally.acquisition + tally.attempts * attempts_cost
        row.service += tally.service
        row.resolution += tally.resolution
        row.write_off += tally.write_off
        row.collected += tally.collected
        row.conceded += tally.conceded
        row.late += tally.late
        row.attempts += tally.attempts
        row.visits += tally.visits
        row.contacts += tally.contacts
        row.cases += tally.cases
        row.complaints += tally.complaints
        row.redressed += tally.redressed
        row.warned += tally.warned
        row.wait += tally.wait_sum
        row.fit += tally.fit_sum


@shared
def close_month(params, clock, reps, tallies, row):  # type: ignore[no-untyped-def]
    """Fill the month's row from the seats' tallies; pay and exits have been added to it before (hundredths)."""
    reps, tallies = borrowed(reps), borrowed(tallies)
    row.month = clock.month
    add_lines(params, tallies, row)
    satisfaction, pressure, hunted, nurtured, present = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(tallies.shape[0]):
        tally, rep = tallies[i], reps[i]
        row.customers += tally.active
        row.outstanding += tally.outstanding
        satisfaction += tally.satisfaction_sum
        pressure += tally.pressure
        hunted += tally.hunting
        nurtured += tally.nurturing
        present += tally.present
        row.held += rep.held
        row.clawback_due += rep.clawback_due
        row.leads += leads_in_hand(params, rep)
    row.revenue = row.initial_revenue + row.repeat_revenue + row.cross_revenue
    row.desk = cents(params.desk_salary) * params.desk_agents + cents(params.firm_fixed_cost)
    row.profit = (
        row.revenue - row.cost_of_goods - row.acquisition - row.service - row.resolution - row.write_off - row.commission + row.clawback
        - row.salaries - row.desk - row.hiring
    )  # fmt: skip
    row.satisfaction = satisfaction / QUANTUM / row.customers if row.customers > 0.0 else 0.0
    row.reps = present
    if present > 0.0:
        row.hunting_share = hunted / present
        row.nurturing_share = nurtured / present
        row.pressure = pressure / present
    row.wait = row.wait / QUANTUM / row.contacts if row.contacts > 0.0 else 0.0
    row.fit = row.fit / QUANTUM / row.signings if row.signings > 0.0 else 0.0


@rule
def widen(archive):  # type: ignore[no-untyped-def]
    """The archive with half as much room again for closed accounts."""
    size = archive.profit.shape[0]
    profit, promise = np.zeros(size + size // 2), np.zeros(size + size // 2)
    for i in range(size):  # slices set at once would be checked for shape, which takes long to compile
        profit[i], promise[i] = archive.profit[i], archive.promised[i]
    return Archive(
        profit,
        promise,
        archive.cohort_signed,
        archive.cohort_customers,
        archive.cohort_profit,
        archive.cohort_promised,
        archive.could,
        archive.stayed,
        archive.promise_months,
        archive.promise_renewals,
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
        rep = reps[i]
        if rep.months > 0:
            seats += 1.0
            gap = (rep.paid - rep.recovered + rep.salary) / rep.months - mean
            mean += gap / seats
            square += gap * gap * (1.0 - 1.0 / seats)
    return np.sqrt(square / (seats - 1.0)) if seats > 1.0 else 0.0


@shared
def outcomes(params, months, reps, archive, number, profit_years, run, whale, cohorts):  # type: ignore[no-untyped-def]
    """A run's row, from its months, its reps and the accounts of all customers signed.

    npv = sum of profit(t) / (1 + i)**((t - 1) / 12), months t from 1.
    """
    factor = 1.0 / power(1.0 + params.firm_discount_year, 1.0 / 12.0)
    weight = 0.01
    customer_months, satisfaction, hunted, nurtured, contact_cost = 0.0, 0.0, 0.0, 0.0, 0.0
    variable, fixed, hiring, revenue, rep_months = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(months.shape[0]):
        row = months[i]
        run.npv += row.profit * weight
        run.sales_force_cost += (row.salaries + row.commission - row.clawback + row.hiring) * weight * 100.0
        weight *= factor
        profit_years[i // 12] += row.profit
        customer_months += row.customers + row.lapses
        satisfaction += row.satisfaction * row.customers
        run.signings += row.signings
        run.lapses += row.lapses
        rep_months += row.reps
        hunted += row.hunting_share * row.reps
        nurtured += row.nurturing_share * row.reps
        contact_cost += row.service + row.resolution
        variable += row.commission - row.clawback
        fixed += row.salaries
        hiring += row.hiring
        revenue += row.revenue
        run.payment_loss += row.write_off
        run.margin_initial += row.initial_margin
        run.margin_repeat += row.revenue - row.cost_of_goods - row.initial_margin
        run.acquisition_cost += row.acquisition
        run.fixed_cost += row.desk
        run.rep_turnover += row.rep_exits
        run.customers_end = row.customers
        run.accrued_pay, run.trail_due = row.accrued + row.held, row.trail_due
    total = 0.0
    loss = 0.0
    for i in range(number):
        total += archive.profit[i]
        run.promised_profit += archive.promised[i]
        if archive.profit[i] < 0.0:
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
    run.pay_cost = variable + fixed + hiring
    run.persistency_12 = archive.stayed[0] / archive.could[0] if archive.could[0] > 0.0 else np.nan
    run.persistency_24 = archive.stayed[1] / archive.could[1] if archive.could[1] > 0.0 else np.nan
    whale_curve(archive.profit[:number], total, whale)
    for i in range(cohorts.shape[1]):
        cohorts[0, i, 0] = archive.cohort_signed[i]
        for j in range(cohorts.shape[2]):
            cohorts[1, i, j] = archive.cohort_customers[i, j]
            cohorts[2, i, j] = archive.cohort_profit[i, j]
            cohorts[3, i, j] = archive.cohort_promised[i, j]
