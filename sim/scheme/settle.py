"""One function that says what a component pays; the payroll and the rep's expectations both call it.

Where a clawback is settled: :func:`clawback_share`, claimed in :func:`customer_left`, recovered in
:func:`pay_out`.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import normal_quantile
from sim.scenario.codes import ADD, CARRIED, GATE, MULTIPLY, PAID, TARGET
from sim.scenario.scheme import MOST_FACTOR
from sim.scheme.measures import CENT, LEVEL, NAMES, NEW, fill_values
from sim.state import QUANTUM, cents

STEP = 1
REVENUE, REPEAT, CROSS = NAMES.index("revenue"), NAMES.index("repeat_revenue"), NAMES.index("cross_revenue")
MARGIN, COLLECTED = NAMES.index("gross_margin"), NAMES.index("collected")


@rule
def component_pay(component, value):  # type: ignore[no-untyped-def]
    """Award of a component for a whole period in which its measure came to `value`, in currency.

    rate * value, or tiers on attainment (value / quota; each tier pays on what lies in it), plus the
    bonus at the threshold, at most the cap.  Rates are paid on the measure, but not on less than its floor: at 0 a loss
    pays nothing, below it the rate, or the rate of a tier that begins at 0, is charged on the loss down to the floor.  A
    gate returns 1 or 0, a multiplier its factor.
    """
    norm = component.quota if component.quota > 0.0 else 1.0
    attainment = value / norm
    if component.combine == GATE:
        return 1.0 if attainment >= component.threshold else 0.0
    if component.n_tiers == 0:
        pay = component.rate * max(value, component.floor)
    elif component.combine == MULTIPLY:  # a factor by level of attainment, not a sum over tiers
        pay = 1.0
        for i in range(component.n_tiers):
            if attainment >= component.tier_from[i]:
                pay = component.tier_rate[i]
    else:
        pay = 0.0
        for i in range(component.n_tiers):
            top = component.tier_from[i + 1] if i + 1 < component.n_tiers else attainment
            pay += component.tier_rate[i] * norm * max(0.0, min(attainment, top) - component.tier_from[i])
        if value < 0.0 and component.tier_from[0] == 0.0:
            pay += component.tier_rate[0] * max(value, component.floor)
    if component.bonus > 0.0 and attainment >= component.threshold:
        pay += component.bonus
    if component.combine == MULTIPLY:  # what sixteen of them make of each other must be a number
        pay = min(max(pay, -MOST_FACTOR), MOST_FACTOR)
    return min(pay, component.cap) if component.cap > 0.0 else pay


@rule
def period_pay(component, value, counted):  # type: ignore[no-untyped-def]
    """Award for a period of which `counted` months count: the same part of what a whole one would pay at the same pace.

    Pay = c / n * component_pay(n / c * value) for c of n months: quota, bonus, cap and tiers are in proportion, a plain rate
    pays as ever.  A level (a stock or a score) has no pace; its quota stands, and what it pays is in proportion.
    """
    if counted == component.months:
        return component_pay(component, value)
    pay = component_pay(component, value if component.kind == LEVEL else value * component.months / counted)
    return pay * counted / component.months if component.combine == ADD else pay


@rule
def clawback_share(component, age):  # type: ignore[no-untyped-def]
    """Share of the commission to be paid back when the contract ends in its month `age` (from 1).

    Straight line: 1 - age / months.  So 135 over 24 months, cancelled in month 6, leaves 33.75.
    """
    if age >= component.clawback_months and component.clawback_step != STEP:
        return 0.0
    if component.clawback_step == STEP:
        for i in range(component.n_steps):
            if age <= component.step_months[i]:
                return component.step_share[i]
        return 0.0
    return 1.0 - age / component.clawback_months


@rule
def claimable(component, ledger, i, signed):  # type: ignore[no-untyped-def]
    """Commission per unit of the measure that may be claimed back: what was paid at settlement, not what was held back then."""
    return ledger.paid_rate[signed, i] * (1.0 - component.deferral_share)


@rule
def longest_clawback(components):  # type: ignore[no-untyped-def]
    """Months of contract within which commission may be claimed back."""
    longest = 0
    for i in range(components.shape[0]):
        longest = max(longest, components[i].clawback_months)
    return longest


@rule
def in_force(component, month):  # type: ignore[no-untyped-def]
    """Whether the component applies in a month."""
    return component.from_month <= month and month <= component.until_month


@rule
def longest_deferral(components):  # type: ignore[no-untyped-def]
    """Months until the last deferred pay has vested."""
    longest = 0
    for i in range(components.shape[0]):
        longest = max(longest, components[i].deferral_months)
    return longest


@rule
def combined_factor(components, factor, month):  # type: ignore[no-untyped-def]
    """Product of all multipliers and gates in force."""
    total = 1.0
    for i in range(components.shape[0]):
        if components[i].combine != ADD and in_force(components[i], month):
            total *= factor[i]
    return total


@rule
def measure_month(params, clock, rep, tally, ledger):  # type: ignore[no-untyped-def]
    """Compute every measure of a seat's month into the ledger."""
    tally.active, tally.worth_sum = rep.book_size, rep.book_worth
    tally.tenure_sum = rep.book_size * (clock.month + 1.0) - rep.book_signed
    mean = tally.satisfaction_sum / QUANTUM / tally.active if tally.active > 0.0 else 0.0
    asked = max(1.0, tally.active * params.scheme_survey_share)
    surveyed = mean + normal_quantile(rep.u_survey) * params.scheme_survey_noise / np.sqrt(asked)
    tally.surveyed = min(1.0, max(-1.0, surveyed)) if tally.active > 0.0 else 0.0
    measure_cohort(params, clock.month, tally, ledger)
    fill_values(tally, ledger.values)


@rule
def measure_cohort(params, month, tally, ledger):  # type: ignore[no-untyped-def]
    """Enter the cohort of persistency: those who came to the month of contract that counts within the window, or would have."""
    last = month - np.int64(params.scheme_persistency_months) + 1
    if last < 1:
        return
    ledger.reached[0, last], ledger.reached[1, last] = ledger.base[0, last], ledger.base[1, last]
    row = np.int64(params.scheme_persistency_of)
    customers = 0.0
    for signed in range(max(1, last - np.int64(params.scheme_persistency_window) + 1), last + 1):
        tally.cohort_kept += ledger.reached[row, signed]
        tally.cohort_signed += ledger.signed[row, signed]
        customers += ledger.signed[0, signed]
    tally.cohort_enough = 1.0 if customers >= params.scheme_persistency_least and tally.cohort_signed > 0.0 else 0.0


@rule
def settled_in(component, month):  # type: ignore[no-untyped-def]
    """Month in which the period that holds a month of the component's is settled.

    Periods count from the component's own first month, or, with `calendar`, from month 1 of the run.
    """
    return min(
        ((month - component.opening) // component.months + 1) * component.months + component.opening - 1, component.until_month
    )


@rule
def settles(component, month):  # type: ignore[no-untyped-def]
    """Whether the component's period ends in a month in which it is in force."""
    return settled_in(component, month) == month


@rule
def opened_in(component, rep, month):  # type: ignore[no-untyped-def]
    """First month that counts for a rep in the period that holds a month."""
    return max(
        (month - component.opening) // component.months * component.months + component.opening,
        component.from_month,
        rep.hired_month,
    )


@rule
def months_counted(component, carried, opened, last):  # type: ignore[no-untyped-def]
    """Months that count for the pay of a period: those from `opened` to `last`, or without pro rata all of it; and those carried."""
    return carried + (last - opened + 1 if component.pro_rata == 1 else component.months)


@rule
def awaits_settlement(components, customer, month):  # type: ignore[no-untyped-def]
    """Whether commission for the signature may still be paid on a customer who has left."""
    for i in range(components.shape[0]):
        component = components[i]
        if (
            component.kind == NEW
            and component.trail_months == 0
            and in_force(component, customer.signed)
            and settled_in(component, customer.signed) > month
        ):
            return True
    return False


@rule
def trail_row(component):  # type: ignore[no-untyped-def]
    """Row of the ledger's base that a trail or clawback looks at: signings, or first purchases."""
    return 0 if component.per_signing == 1 else 1


@rule
def trail_unit(component):  # type: ignore[no-untyped-def]
    """What that row counts in, in units of the measure: signings, or hundredths."""
    return 1.0 if component.per_signing == 1 else CENT


@rule
def trail_base(component, base, month):  # type: ignore[no-untyped-def]
    """Measure of the customers within the trail's months of contract, in units of the measure.

    A trail is promised at signing and paid on: its from_month and until_month are months of signing.
    """
    row = trail_row(component)
    total = 0.0
    for signed in range(max(component.from_month, month - component.trail_months + 1), min(component.until_month, month) + 1):
        total += base[row, signed]
    return total * trail_unit(component)


@rule
def measured(component, ledger, team):  # type: ignore[no-untyped-def]
    """The month's value of the component's measure: the rep's own, or the team's mean."""
    return team[component.measure] if component.team == 1 else ledger.values[component.measure]


@rule
def award(components, clock, rep, ledger, team):  # type: ignore[no-untyped-def]
    """Settle every component that falls due; fill led.awards (currency, before factor) and return their sum."""
    month = clock.month
    total = 0.0
    for i in range(components.shape[0]):
        component = components[i]
        ledger.awards[i] = 0.0
        value = measured(component, ledger, team)
        if component.trail_months > 0:
            ledger.awards[i] = component.rate * trail_base(component, ledger.base, month) / component.trail_months
        elif in_force(component, month):
            ledger.to_date[i] = value if component.kind == LEVEL else ledger.to_date[i] + value
            if settles(component, month):
                settle_period(
                    component, i, months_counted(component, ledger.carried[i], opened_in(component, rep, month), month), ledger
                )
        total += ledger.awards[i]
    return total


@rule
def counted_value(component, value):  # type: ignore[no-untyped-def]
    """What a measure counts as: itself, or, where it does not exist (NaN) and is to count as on target, the threshold."""
    if np.isnan(value) and component.unmeasured == TARGET:
        return component.threshold * component.quota if component.quota > 0.0 else component.threshold
    return value


@rule
def settle_period(component, i, counted, ledger):  # type: ignore[no-untyped-def]
    """Award a period's pay, or set the factor of a gate or multiplier.

    A measure that does not exist awards nothing, counts as on target, or carries the period's months into the next; a gate
    or multiplier that cannot be measured stays as it stood, unless it is to count as on target.
    """
    value = counted_value(component, ledger.to_date[i])
    exists = not np.isnan(value)
    if exists:
        pay = period_pay(component, value, counted)
        if component.combine == ADD:
            ledger.awards[i] = pay
        else:
            ledger.factor[i] = pay
    ledger.carried[i] = counted if not exists and component.unmeasured == CARRIED else 0.0


@rule
def open_pay(component, i, month, rep, ledger):  # type: ignore[no-untyped-def]
    """What a component's open period would pay if it ended with this month, in currency, before factors; 0 if none is open."""
    is_open = (
        component.combine == ADD and component.trail_months == 0 and in_force(component, month) and not settles(component, month)
    )
    value = counted_value(component, ledger.to_date[i])
    if not is_open or rep.present == 0 or np.isnan(value):
        return 0.0
    return period_pay(component, value, months_counted(component, ledger.carried[i], opened_in(component, rep, month), month))


@rule
def open_scale(params, components, month, last, rep, ledger):  # type: ignore[no-untyped-def]
    """What multipliers, gates and the regulator's limit would make of the pay of open periods of a rep employed until `last`."""
    total, scale = 0.0, combined_factor(components, ledger.factor, month)
    for i in range(components.shape[0]):
        total += open_pay(components[i], i, month, rep, ledger)
    room = variable_room(params, rep, last)
    return room / total if total * scale > room else scale


@rule
def accrued(params, components, month, rep, ledger):  # type: ignore[no-untyped-def]
    """Pay of open periods, in hundredths: what they would pay if they ended with this month."""
    total, scale = 0.0, open_scale(params, components, month, year_end(month), rep, ledger)
    for i in range(components.shape[0]):
        total += cents(open_pay(components[i], i, month, rep, ledger) * scale)
    return total


@rule
def final_pay(component, due):  # type: ignore[no-untyped-def]
    """What becomes of an open period's pay when the rep leaves: (paid, forfeited since it would be deferred, not settled)."""
    if component.leaver != PAID:
        return 0.0, 0.0, due
    back = np.floor(due * component.deferral_share + 0.5)
    return due - back, back, 0.0


@rule
def settle_leaver(params, components, month, rep, ledger, row):  # type: ignore[no-untyped-def]
    """Open periods of a rep who leaves: paid as if they ended with this month where the component says so, else not settled."""
    scale = open_scale(params, components, month, month, rep, ledger)
    for i in range(components.shape[0]):
        component = components[i]
        award = open_pay(component, i, month, rep, ledger) * scale
        paid, forfeited, unsettled = final_pay(component, cents(award))
        row.awarded += paid + forfeited
        row.commission += paid
        row.forfeited += forfeited
        row.unsettled += unsettled
        rep.paid += paid
        if component.leaver == PAID and ledger.to_date[i] > 0.0 and award != 0.0:
            for signed in range(opened_in(component, rep, month), month + 1):
                ledger.paid_rate[signed, i] = award / ledger.to_date[i]


@rule
def trail_due(components, month, ledger):  # type: ignore[no-untyped-def]
    """Trail still to come, in currency, if all customers there stay: before factors."""
    total = 0.0
    for i in range(components.shape[0]):
        component = components[i]
        if component.trail_months > 0:
            for signed in range(
                max(component.from_month, month - component.trail_months + 2), min(component.until_month, month) + 1
            ):
                parts = component.trail_months - (month - signed + 1)
                total += (
                    ledger.base[trail_row(component), signed]
                    * trail_unit(component)
                    * component.rate
                    / component.trail_months
                    * parts
                )
    return total


@rule
def year_end(month):  # type: ignore[no-untyped-def]
    """Last month of the calendar year that holds a month."""
    return (month - 1) // 12 * 12 + 12


@rule
def variable_room(params, rep, last):  # type: ignore[no-untyped-def]
    """What the regulator's limit leaves of the variable pay of a calendar year in which the rep is employed until `last`, in currency.

    The limit is a share of the fixed pay of the months of the year in which the rep is employed.
    """
    if params.scheme_variable_cap == 0.0:
        return np.inf
    employed = last - max(year_end(last) - 12, rep.hired_month - 1)
    return max(0.0, params.scheme_variable_cap * params.reps_salary * employed - rep.year_variable * CENT)


@rule
def reward(params, components, clock, rep, ledger, team):  # type: ignore[no-untyped-def]
    """Award, cap, defer and pay the month's variable pay.

    Returns (awards before multipliers, in currency; awarded, paid, forfeited, in hundredths).
    """
    month = clock.month
    total = award(components, clock, rep, ledger, team)
    scale = combined_factor(components, ledger.factor, month)
    room = variable_room(params, rep, year_end(month))
    if total * scale > room:
        scale = room / total
    rep.scale = scale
    ledger.scale[month] = ledger.scale[month - 1] + scale
    awarded, paid, forfeited = 0.0, 0.0, 0.0
    for i in range(components.shape[0]):
        component = components[i]
        due = cents(ledger.awards[i] * scale)
        awarded += due
        if component.trail_months == 0 and in_force(component, month) and settles(component, month):
            rate = ledger.awards[i] * scale / ledger.to_date[i] if ledger.to_date[i] > 0.0 else 0.0
            for signed in range(opened_in(component, rep, month), month + 1):
                ledger.paid_rate[signed, i] = rate
            ledger.to_date[i] = 0.0
            ledger.stood[i] = scale
        if component.deferral_share > 0.0 and due > 0.0:
            back = np.floor(due * component.deferral_share + 0.5)
            left = back
            for slice_ in range(1, component.deferral_slices + 1):
                part = left if slice_ == component.deferral_slices else np.floor(back / component.deferral_slices)
                ledger.held[i, month + max(1, component.deferral_months * slice_ // component.deferral_slices)] += part
                left -= part
            rep.held += back
            due -= back
        vesting = ledger.held[i, month]
        if vesting > 0.0:
            ledger.held[i, month] = 0.0
            rep.held -= vesting
            if component.malus_measure >= 0 and ledger.values[component.malus_measure] < component.malus_below:
                forfeited += vesting
            else:
                due += vesting
        paid += due
    rep.year_variable += awarded
    return total, awarded, paid, forfeited


@rule
def customers_left(components, clock, leavers, rep, ledger, row):  # type: ignore[no-untyped-def]
    """After the lapses: leavers go from the ledger, and commission within its clawback is claimed back.

    What the rep who signed can no longer be asked for, having left, is uncollectable.
    """
    for j in range(leavers.shape[0]):
        customer = leavers[j]
        if customer.founder or customer.lapsed_month != clock.month:
            continue
        ledger.base[0, customer.signed] -= 1.0
        ledger.base[1, customer.signed] -= customer.initial
        age = clock.month - customer.signed + 1
        for i in range(components.shape[0]):
            component = components[i]
            if component.clawback_months == 0:
                continue
            if (
                customer.signed >= opened_in(component, rep, clock.month)
                and in_force(component, clock.month)
                and not settles(component, clock.month)
            ):
                # not settled yet: of this contract only what would be kept counts in the period
                ledger.to_date[i] -= clawback_share(component, age) * units(component, customer)
            else:
                claim = cents(
                    clawback_share(component, age) * claimable(component, ledger, i, customer.signed) * units(component, customer)
                )
                row.claimed += claim
                if customer.signed >= rep.hired_month and rep.present == 1:
                    rep.clawback_due += claim
                    customer.clawed += claim
                else:
                    row.uncollectable += claim


@rule
def units(component, customer):  # type: ignore[no-untyped-def]
    """What a customer signed counts for in a component's measure: one signing, or the first purchase."""
    return 1.0 if component.per_signing == 1 else customer.initial * CENT


@rule
def attributed(components, ledger, customer, last):  # type: ignore[no-untyped-def]
    """Commission for the signature, and trail until the month `last`, that belong to a customer's account, hundredths.

    Pay on what customers buy and pay is charged as it is invoiced or collected (:func:`set_charges`).  The
    rest is the firm's: bonuses, tiers, scores, the team, and cents lost in rounding.
    """
    total = 0.0
    if customer.founder:
        return total
    for i in range(components.shape[0]):
        component = components[i]
        if component.trail_months > 0 and in_force(component, customer.signed):
            months = ledger.scale[min(last, customer.signed + component.trail_months - 1)] - ledger.scale[customer.signed - 1]
            total += cents(component.rate / component.trail_months * months * units(component, customer))
        elif component.kind == NEW and component.combine == ADD and component.team == 0:
            kept = 1.0
            if component.clawback_months > 0 and 0 < customer.lapsed_month < settled_in(component, customer.signed):
                kept = 1.0 - clawback_share(component, customer.lapsed_month - customer.signed + 1)
            total += cents(ledger.paid_rate[customer.signed, i] * units(component, customer) * kept)
    return total


@rule
def set_charges(components, rep, ledger, month):  # type: ignore[no-untyped-def]
    """At what rates customers' accounts are charged this month with commission on what they buy and pay."""
    rep.charge_revenue, rep.charge_repeat, rep.charge_cross, rep.charge_margin, rep.charge_collected = 0.0, 0.0, 0.0, 0.0, 0.0
    if rep.present == 0:
        return
    for i in range(components.shape[0]):
        component = components[i]
        if (
            component.linear == 0
            or component.combine != ADD
            or component.team == 1
            or component.trail_months > 0
            or not in_force(component, month)
        ):
            continue
        rate = component.rate * ledger.stood[i]
        if component.measure == REVENUE:
            rep.charge_revenue += rate
        elif component.measure == REPEAT:
            rep.charge_repeat += rate
        elif component.measure == CROSS:
            rep.charge_cross += rate
        elif component.measure == MARGIN:
            rep.charge_margin += rate
        elif component.measure == COLLECTED:
            rep.charge_collected += rate


@rule
def recover(rep, available):  # type: ignore[no-untyped-def]
    """Recover outstanding clawback from what the rep has, in hundredths."""
    taken = min(rep.clawback_due, np.floor(max(0.0, available)))
    rep.clawback_due -= taken
    rep.recovered += taken
    return taken


@rule
def team_values(values, reps, team):  # type: ignore[no-untyped-def]
    """Mean of every measure over the reps present for whom it exists; values[seat, measure] -> team[measure]."""
    for i in range(team.shape[0]):
        n, total = 0.0, 0.0
        for seat in range(reps.shape[0]):
            if reps[seat].present == 1 and not np.isnan(values[seat, i]):
                n += 1.0
                total += values[seat, i]
        team[i] = total / n if n > 0.0 else np.nan
