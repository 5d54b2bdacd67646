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
def component_pay(k, value):  # type: ignore[no-untyped-def]
    """Award of component `k` for a whole period in which its measure came to `value`, in currency.

    rate * value, or tiers on attainment (value / quota; each tier pays on what lies in it), plus the
    bonus at the threshold, at most the cap.  Rates are paid on the measure, but not on less than its floor: at 0 a loss
    pays nothing, below it the rate, or the rate of a tier that begins at 0, is charged on the loss down to the floor.  A
    gate returns 1 or 0, a multiplier its factor.
    """
    norm = k.quota if k.quota > 0.0 else 1.0
    attainment = value / norm
    if k.combine == GATE:
        return 1.0 if attainment >= k.threshold else 0.0
    if k.n_tiers == 0:
        pay = k.rate * max(value, k.floor)
    elif k.combine == MULTIPLY:  # a factor by level of attainment, not a sum over tiers
        pay = 1.0
        for i in range(k.n_tiers):
            if attainment >= k.tier_from[i]:
                pay = k.tier_rate[i]
    else:
        pay = 0.0
        for i in range(k.n_tiers):
            top = k.tier_from[i + 1] if i + 1 < k.n_tiers else attainment
            pay += k.tier_rate[i] * norm * max(0.0, min(attainment, top) - k.tier_from[i])
        if value < 0.0 and k.tier_from[0] == 0.0:
            pay += k.tier_rate[0] * max(value, k.floor)
    if k.bonus > 0.0 and attainment >= k.threshold:
        pay += k.bonus
    if k.combine == MULTIPLY:  # what sixteen of them make of each other must be a number
        pay = min(max(pay, -MOST_FACTOR), MOST_FACTOR)
    return min(pay, k.cap) if k.cap > 0.0 else pay


@rule
def period_pay(k, value, counted):  # type: ignore[no-untyped-def]
    """Award for a period of which `counted` months count: the same part of what a whole one would pay at the same pace.

    Pay = c / n * component_pay(n / c * value) for c of n months: quota, bonus, cap and tiers are in proportion, a plain rate
    pays as ever.  A level (a stock or a score) has no pace; its quota stands, and what it pays is in proportion.
    """
    if counted == k.months:
        return component_pay(k, value)
    pay = component_pay(k, value if k.kind == LEVEL else value * k.months / counted)
    return pay * counted / k.months if k.combine == ADD else pay


@rule
def clawback_share(k, age):  # type: ignore[no-untyped-def]
    """Share of the commission to be paid back when the contract ends in its month `age` (from 1).

    Straight line: 1 - age / months.  So 135 over 24 months, cancelled in month 6, leaves 33.75.
    """
    if age >= k.clawback_months and k.clawback_step != STEP:
        return 0.0
    if k.clawback_step == STEP:
        for i in range(k.n_steps):
            if age <= k.step_months[i]:
                return k.step_share[i]
        return 0.0
    return 1.0 - age / k.clawback_months


@rule
def claimable(k, led, i, signed):  # type: ignore[no-untyped-def]
    """Commission per unit of the measure that may be claimed back: what was paid at settlement, not what was held back then."""
    return led.paid_rate[signed, i] * (1.0 - k.deferral_share)


@rule
def in_force(k, month):  # type: ignore[no-untyped-def]
    """Whether the component applies in a month."""
    return k.from_month <= month and month <= k.until_month


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
def measure_month(p, now, r, t, led):  # type: ignore[no-untyped-def]
    """Compute every measure of a seat's month into the ledger."""
    t.active, t.worth_sum = r.book_size, r.book_worth
    t.tenure_sum = r.book_size * (now.month + 1.0) - r.book_signed
    mean = t.satisfaction_sum / QUANTUM / t.active if t.active > 0.0 else 0.0
    asked = max(1.0, t.active * p.scheme_survey_share)
    surveyed = mean + normal_quantile(r.u_survey) * p.scheme_survey_noise / np.sqrt(asked)
    t.surveyed = min(1.0, max(-1.0, surveyed)) if t.active > 0.0 else 0.0
    measure_cohort(p, now.month, t, led)
    fill_values(t, led.values)


@rule
def measure_cohort(p, month, t, led):  # type: ignore[no-untyped-def]
    """Enter the cohort of persistency: those who came to the month of contract that counts within the window, or would have."""
    last = month - np.int64(p.scheme_persistency_months) + 1
    if last < 1:
        return
    led.reached[0, last], led.reached[1, last] = led.base[0, last], led.base[1, last]
    row = np.int64(p.scheme_persistency_of)
    customers = 0.0
    for signed in range(max(1, last - np.int64(p.scheme_persistency_window) + 1), last + 1):
        t.cohort_kept += led.reached[row, signed]
        t.cohort_signed += led.signed[row, signed]
        customers += led.signed[0, signed]
    t.cohort_enough = 1.0 if customers >= p.scheme_persistency_least and t.cohort_signed > 0.0 else 0.0


@rule
def settled_in(k, month):  # type: ignore[no-untyped-def]
    """Month in which the period that holds a month of the component's is settled.

    Periods count from the component's own first month, or, with `calendar`, from month 1 of the run.
    """
    return min(((month - k.opening) // k.months + 1) * k.months + k.opening - 1, k.until_month)


@rule
def settles(k, month):  # type: ignore[no-untyped-def]
    """Whether the component's period ends in a month in which it is in force."""
    return settled_in(k, month) == month


@rule
def opened_in(k, r, month):  # type: ignore[no-untyped-def]
    """First month that counts for a rep in the period that holds a month."""
    return max((month - k.opening) // k.months * k.months + k.opening, k.from_month, r.hired_month)


@rule
def months_counted(k, carried, opened, last):  # type: ignore[no-untyped-def]
    """Months that count for the pay of a period: those from `opened` to `last`, or without pro rata all of it; and those carried."""
    return carried + (last - opened + 1 if k.pro_rata == 1 else k.months)


@rule
def awaits_settlement(components, c, month):  # type: ignore[no-untyped-def]
    """Whether commission for the signature may still be paid on a customer who has left."""
    for i in range(components.shape[0]):
        k = components[i]
        if k.kind == NEW and k.trail_months == 0 and in_force(k, c.signed) and settled_in(k, c.signed) > month:
            return True
    return False


@rule
def trail_row(k):  # type: ignore[no-untyped-def]
    """Row of the ledger's base that a trail or clawback looks at: signings, or first purchases."""
    return 0 if k.per_signing == 1 else 1


@rule
def trail_unit(k):  # type: ignore[no-untyped-def]
    """What that row counts in, in units of the measure: signings, or hundredths."""
    return 1.0 if k.per_signing == 1 else CENT


@rule
def trail_base(k, base, month):  # type: ignore[no-untyped-def]
    """Measure of the customers within the trail's months of contract, in units of the measure.

    A trail is promised at signing and paid on: its from_month and until_month are months of signing.
    """
    row = trail_row(k)
    total = 0.0
    for signed in range(max(k.from_month, month - k.trail_months + 1), min(k.until_month, month) + 1):
        total += base[row, signed]
    return total * trail_unit(k)


@rule
def measured(k, led, team):  # type: ignore[no-untyped-def]
    """The month's value of the component's measure: the rep's own, or the team's mean."""
    return team[k.measure] if k.team == 1 else led.values[k.measure]


@rule
def award(components, now, r, led, team):  # type: ignore[no-untyped-def]
    """Settle every component that falls due; fill led.awards (currency, before factor) and return their sum."""
    month = now.month
    total = 0.0
    for i in range(components.shape[0]):
        k = components[i]
        led.awards[i] = 0.0
        value = measured(k, led, team)
        if k.trail_months > 0:
            led.awards[i] = k.rate * trail_base(k, led.base, month) / k.trail_months
        elif in_force(k, month):
            led.to_date[i] = value if k.kind == LEVEL else led.to_date[i] + value
            if settles(k, month):
                settle_period(k, i, months_counted(k, led.carried[i], opened_in(k, r, month), month), led)
        total += led.awards[i]
    return total


@rule
def counted_value(k, value):  # type: ignore[no-untyped-def]
    """What a measure counts as: itself, or, where it does not exist (NaN) and is to count as on target, the threshold."""
    if np.isnan(value) and k.unmeasured == TARGET:
        return k.threshold * k.quota if k.quota > 0.0 else k.threshold
    return value


@rule
def settle_period(k, i, counted, led):  # type: ignore[no-untyped-def]
    """Award a period's pay, or set the factor of a gate or multiplier.

    A measure that does not exist awards nothing, counts as on target, or carries the period's months into the next; a gate
    or multiplier that cannot be measured stays as it stood, unless it is to count as on target.
    """
    value = counted_value(k, led.to_date[i])
    exists = not np.isnan(value)
    if exists:
        pay = period_pay(k, value, counted)
        if k.combine == ADD:
            led.awards[i] = pay
        else:
            led.factor[i] = pay
    led.carried[i] = counted if not exists and k.unmeasured == CARRIED else 0.0


@rule
def open_pay(k, i, month, r, led):  # type: ignore[no-untyped-def]
    """What a component's open period would pay if it ended with this month, in currency, before factors; 0 if none is open."""
    is_open = k.combine == ADD and k.trail_months == 0 and in_force(k, month) and not settles(k, month)
    value = counted_value(k, led.to_date[i])
    if not is_open or r.present == 0 or np.isnan(value):
        return 0.0
    return period_pay(k, value, months_counted(k, led.carried[i], opened_in(k, r, month), month))


@rule
def open_scale(p, components, month, last, r, led):  # type: ignore[no-untyped-def]
    """What multipliers, gates and the regulator's limit would make of the pay of open periods of a rep employed until `last`."""
    total, scale = 0.0, combined_factor(components, led.factor, month)
    for i in range(components.shape[0]):
        total += open_pay(components[i], i, month, r, led)
    room = variable_room(p, r, last)
    return room / total if total * scale > room else scale


@rule
def accrued(p, components, month, r, led):  # type: ignore[no-untyped-def]
    """Pay of open periods, in hundredths: what they would pay if they ended with this month."""
    total, scale = 0.0, open_scale(p, components, month, year_end(month), r, led)
    for i in range(components.shape[0]):
        total += cents(open_pay(components[i], i, month, r, led) * scale)
    return total


@rule
def final_pay(k, due):  # type: ignore[no-untyped-def]
    """What becomes of an open period's pay when the rep leaves: (paid, forfeited since it would be deferred, not settled)."""
    if k.leaver != PAID:
        return 0.0, 0.0, due
    back = np.floor(due * k.deferral_share + 0.5)
    return due - back, back, 0.0


@rule
def settle_leaver(p, components, month, r, led, m):  # type: ignore[no-untyped-def]
    """Open periods of a rep who leaves: paid as if they ended with this month where the component says so, else not settled."""
    scale = open_scale(p, components, month, month, r, led)
    for i in range(components.shape[0]):
        k = components[i]
        award = open_pay(k, i, month, r, led) * scale
        paid, forfeited, unsettled = final_pay(k, cents(award))
        m.awarded += paid + forfeited
        m.commission += paid
        m.forfeited += forfeited
        m.unsettled += unsettled
        r.paid += paid
        if k.leaver == PAID and led.to_date[i] > 0.0 and award != 0.0:
            for signed in range(opened_in(k, r, month), month + 1):
                led.paid_rate[signed, i] = award / led.to_date[i]


@rule
def trail_due(components, month, led):  # type: ignore[no-untyped-def]
    """Trail still to come, in currency, if all customers there stay: before factors."""
    total = 0.0
    for i in range(components.shape[0]):
        k = components[i]
        if k.trail_months > 0:
            for signed in range(max(k.from_month, month - k.trail_months + 2), min(k.until_month, month) + 1):
                parts = k.trail_months - (month - signed + 1)
                total += led.base[trail_row(k), signed] * trail_unit(k) * k.rate / k.trail_months * parts
    return total


@rule
def year_end(month):  # type: ignore[no-untyped-def]
    """Last month of the calendar year that holds a month."""
    return (month - 1) // 12 * 12 + 12


@rule
def variable_room(p, r, last):  # type: ignore[no-untyped-def]
    """What the regulator's limit leaves of the variable pay of a calendar year in which the rep is employed until `last`, in currency.

    The limit is a share of the fixed pay of the months of the year in which the rep is employed.
    """
    if p.scheme_variable_cap == 0.0:
        return np.inf
    employed = last - max(year_end(last) - 12, r.hired_month - 1)
    return max(0.0, p.scheme_variable_cap * p.reps_salary * employed - r.year_variable * CENT)


@rule
def reward(p, components, now, r, led, team):  # type: ignore[no-untyped-def]
    """Award, cap, defer and pay the month's variable pay.

    Returns (awards before multipliers, in currency; awarded, paid, forfeited, in hundredths).
    """
    month = now.month
    total = award(components, now, r, led, team)
    scale = combined_factor(components, led.factor, month)
    room = variable_room(p, r, year_end(month))
    if total * scale > room:
        scale = room / total
    r.scale = scale
    led.scale[month] = led.scale[month - 1] + scale
    awarded, paid, forfeited = 0.0, 0.0, 0.0
    for i in range(components.shape[0]):
        k = components[i]
        due = cents(led.awards[i] * scale)
        awarded += due
        if k.trail_months == 0 and in_force(k, month) and settles(k, month):
            rate = led.awards[i] * scale / led.to_date[i] if led.to_date[i] > 0.0 else 0.0
            for signed in range(opened_in(k, r, month), month + 1):
                led.paid_rate[signed, i] = rate
            led.to_date[i] = 0.0
            led.stood[i] = scale
        if k.deferral_share > 0.0 and due > 0.0:
            back = np.floor(due * k.deferral_share + 0.5)
            left = back
            for slice_ in range(1, k.deferral_slices + 1):
                part = left if slice_ == k.deferral_slices else np.floor(back / k.deferral_slices)
                led.held[i, month + max(1, k.deferral_months * slice_ // k.deferral_slices)] += part
                left -= part
            r.held += back
            due -= back
        vesting = led.held[i, month]
        if vesting > 0.0:
            led.held[i, month] = 0.0
            r.held -= vesting
            if k.malus_measure >= 0 and led.values[k.malus_measure] < k.malus_below:
                forfeited += vesting
            else:
                due += vesting
        paid += due
    r.year_variable += awarded
    return total, awarded, paid, forfeited


@rule
def customers_left(components, now, leavers, r, led, m):  # type: ignore[no-untyped-def]
    """After the lapses: leavers go from the ledger, and commission within its clawback is claimed back.

    What the rep who signed can no longer be asked for, having left, is uncollectable.
    """
    for j in range(leavers.shape[0]):
        c = leavers[j]
        if c.founder or c.lapsed_month != now.month:
            continue
        led.base[0, c.signed] -= 1.0
        led.base[1, c.signed] -= c.initial
        age = now.month - c.signed + 1
        for i in range(components.shape[0]):
            k = components[i]
            if k.clawback_months == 0:
                continue
            if c.signed >= opened_in(k, r, now.month) and in_force(k, now.month) and not settles(k, now.month):
                # not settled yet: of this contract only what would be kept counts in the period
                led.to_date[i] -= clawback_share(k, age) * units(k, c)
            else:
                claim = cents(clawback_share(k, age) * claimable(k, led, i, c.signed) * units(k, c))
                m.claimed += claim
                if c.signed >= r.hired_month and r.present == 1:
                    r.clawback_due += claim
                    c.clawed += claim
                else:
                    m.uncollectable += claim


@rule
def units(k, c):  # type: ignore[no-untyped-def]
    """What a customer signed counts for in a component's measure: one signing, or the first purchase."""
    return 1.0 if k.per_signing == 1 else c.initial * CENT


@rule
def attributed(components, led, c, last):  # type: ignore[no-untyped-def]
    """Commission for the signature, and trail until the month `last`, that belong to a customer's account, hundredths.

    Pay on what customers buy and pay is charged as it is invoiced or collected (:func:`set_charges`).  The
    rest is the firm's: bonuses, tiers, scores, the team, and cents lost in rounding.
    """
    total = 0.0
    if c.founder:
        return total
    for i in range(components.shape[0]):
        k = components[i]
        if k.trail_months > 0 and in_force(k, c.signed):
            months = led.scale[min(last, c.signed + k.trail_months - 1)] - led.scale[c.signed - 1]
            total += cents(k.rate / k.trail_months * months * units(k, c))
        elif k.kind == NEW and k.combine == ADD and k.team == 0:
            kept = 1.0
            if k.clawback_months > 0 and 0 < c.lapsed_month < settled_in(k, c.signed):
                kept = 1.0 - clawback_share(k, c.lapsed_month - c.signed + 1)
            total += cents(led.paid_rate[c.signed, i] * units(k, c) * kept)
    return total


@rule
def set_charges(components, r, led, month):  # type: ignore[no-untyped-def]
    """At what rates customers' accounts are charged this month with commission on what they buy and pay."""
    r.charge_revenue, r.charge_repeat, r.charge_cross, r.charge_margin, r.charge_collected = 0.0, 0.0, 0.0, 0.0, 0.0
    if r.present == 0:
        return
    for i in range(components.shape[0]):
        k = components[i]
        if k.linear == 0 or k.combine != ADD or k.team == 1 or k.trail_months > 0 or not in_force(k, month):
            continue
        rate = k.rate * led.stood[i]
        if k.measure == REVENUE:
            r.charge_revenue += rate
        elif k.measure == REPEAT:
            r.charge_repeat += rate
        elif k.measure == CROSS:
            r.charge_cross += rate
        elif k.measure == MARGIN:
            r.charge_margin += rate
        elif k.measure == COLLECTED:
            r.charge_collected += rate


@rule
def recover(r, available):  # type: ignore[no-untyped-def]
    """Recover outstanding clawback from what the rep has, in hundredths."""
    taken = min(r.clawback_due, np.floor(max(0.0, available)))
    r.clawback_due -= taken
    r.recovered += taken
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
