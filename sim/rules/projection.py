"""What the rep's alternatives bring: pay, projected with the function that pays (:func:`sim.scheme.settle.component_pay`).

Given the rep's beliefs, over the rep's horizon.  Quota, tier, cap and period end matter because pay
is projected: near the end of a period less is left to chance, so a month's effort moves the odds of
reaching the threshold more.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import power
from sim.scenario.codes import ADD, UNPAID
from sim.scheme.measures import BOOK, CENT, LEVEL, NAMES, NEW, PER_SIGNING, PER_VISIT
from sim.scheme.settle import (
    claimable,
    clawback_share,
    in_force,
    months_counted,
    opened_in,
    period_pay,
    settled_in,
    settles,
    trail_row,
    trail_unit,
)

_, ONE, REVENUE, MARGIN, WORTH, PROFIT, TENURE, OWES = range(len(PER_SIGNING))
(
    NONE, REPEAT, CROSS, SALE, SALE_MARGIN, SALE_PROFIT,
    SATISFACTION, CUSTOMER, CUSTOMER_SHARE, CUSTOMER_WORTH, LOSS, ARREARS,
) = range(len(PER_VISIT))  # fmt: skip
PERSISTENCY, LAPSES = NAMES.index("persistency"), NAMES.index("lapses")
MALUS_SPREAD = 0.1  # standard deviation a rep expects of the measure a malus looks at
# midpoints of nine equally likely parts of a standard normal
NODES = (-1.5932188, -0.9674216, -0.5894558, -0.2822161, 0.0, 0.2822161, 0.5894558, 0.9674216, 1.5932188)


@rule
def months_left(component, month):  # type: ignore[no-untyped-def]
    """Months after this one until the component is settled."""
    return settled_in(component, month) - month


@rule
def part(params, component):  # type: ignore[no-untyped-def]
    """The rep's part in a component's measure: all of it, or one seat's in the team's mean (but for seats that stay empty)."""
    return 1.0 / max(params.reps_filled, 1.0) if component.team == 1 else 1.0


@rule
def per_signing(params, component, rep, level):  # type: ignore[no-untyped-def]
    """What one signing adds at once to a seat's measure, as the rep believes; `level` is what a mean over the book stands at."""
    if component.per_signing == PROFIT:
        return rep.size * rep.margin_share - params.firm_perks
    if component.per_signing == TENURE:
        return (1.0 - level) / (rep.book_size + 1.0)
    if component.per_signing == OWES:
        return -level / (rep.book_size + 1.0)
    if component.per_signing == ONE:
        return 1.0
    if component.per_signing == REVENUE:
        return rep.size
    if component.per_signing == MARGIN:
        return rep.size * rep.margin_share
    return rep.worth if component.per_signing == WORTH else 0.0


@rule
def per_visit(params, kind, rep, active, level):  # type: ignore[no-untyped-def]
    """What one visit adds this month to a seat's measure, by :data:`sim.scheme.measures.PER_VISIT`, as the rep believes.

    Who is content pays: the share in arrears, a, falls by b a (1 - a) times what the visit adds to the book's mean
    satisfaction, b being the slope of the odds to pay.
    """
    if kind == REPEAT:
        return rep.visit_repeat
    if kind == CROSS:
        return rep.visit_cross
    if kind == SALE:
        return rep.visit_repeat + rep.visit_cross
    if kind == SALE_MARGIN:
        return (rep.visit_repeat + rep.visit_cross) * rep.margin_share
    if kind == SALE_PROFIT:
        return (rep.visit_repeat + rep.visit_cross) * rep.margin_share - params.firm_visit_cost
    if kind == ARREARS:
        return -params.payment_dissatisfied * level * (1.0 - level) * rep.visit_satisfaction / max(active, 1.0)
    if kind == SATISFACTION:
        return rep.visit_satisfaction / max(active, 1.0)
    if kind == CUSTOMER:
        return rep.visit_lapse
    if kind == CUSTOMER_SHARE:
        return rep.visit_lapse / max(active, 1.0)
    if kind == CUSTOMER_WORTH:
        return rep.visit_lapse * rep.worth
    return -rep.visit_lapse if kind == LOSS else 0.0


@rule
def deferred_worth(params, component, left):  # type: ignore[no-untyped-def]
    """Present value of what is held back of a unit of award settled in `left` months: what vests within the horizon."""
    value = 0.0
    if component.deferral_share > 0.0:
        for slice_ in range(1, component.deferral_slices + 1):
            months = left + max(1, component.deferral_months * slice_ // component.deferral_slices)
            if months <= params.reps_horizon_months:
                value += component.deferral_share / component.deferral_slices * params.delay[months]
    return value


@rule
def split_award(params, component, rep, left):  # type: ignore[no-untyped-def]
    """Present value of a unit of award settled in `left` months: (paid then and safe, deferred, paid then but likely clawed back).

    What vests, or is clawed back, beyond the horizon does not count.
    """
    at_once, lost, alive = 1.0 - component.deferral_share, 0.0, 1.0
    for age in range(1, min(component.clawback_months, np.int64(params.reps_horizon_months)) + 1):
        lost += at_once * alive * rep.lapse * clawback_share(component, age) * params.delay[max(age, left)]
        alive *= 1.0 - rep.lapse
    return at_once * params.delay[left] - lost, deferred_worth(params, component, left), lost


@rule
def project(component, value, noise, floor, counted):  # type: ignore[no-untyped-def]
    """Expected award when the measure is expected to come to `value`, give or take a standard deviation `noise`.

    It cannot end below `floor`: what has been signed or sold stays so.  Of the period `counted` months will count.
    Where pay is in proportion (``smooth``, :func:`sim.scenario.record.build`) its mean is the pay of the mean.
    """
    if counted == 0.0:
        return 0.0
    if component.smooth == 1:
        return period_pay(component, value, counted)
    total = 0.0
    for z in NODES:
        total += period_pay(component, max(value + z * noise, floor), counted)
    return total / 9.0


@rule
def will_count(params, component, rep, ledger, i, month):  # type: ignore[no-untyped-def]
    """Months that will count when the period is settled; 0 if it will not be paid, since its measure will not exist.

    A rep knows for certain that there will be no persistency: when all who would be in the cohort have been signed already,
    and are too few.
    """
    last = settled_in(component, month)
    if component.measure == PERSISTENCY and component.team == 0 and component.combine == ADD and component.unmeasured == UNPAID:
        end = last - np.int64(params.scheme_persistency_months) + 1
        if end < month:
            customers = 0.0
            for signed in range(max(1, end - np.int64(params.scheme_persistency_window) + 1), end + 1):
                customers += ledger.signed[0, signed]
            if customers < params.scheme_persistency_least:
                return 0.0
    return months_counted(component, ledger.carried[i], opened_in(component, rep, month), last)


@rule
def usual_at_first(params, component, rep, ledger):  # type: ignore[no-untyped-def]
    """What a newcomer takes a component's measure to come to in a month; the book taken over is there to see.

    Of its customers the share `reps.belief.lapse` is thought to leave: with none expected to, a visit could keep nobody.
    """
    if component.measure == LAPSES:
        return params.belief_lapse * rep.book_size
    if component.kind != LEVEL or component.team == 1:
        return 0.0
    if not np.isnan(ledger.values[component.measure]):
        return ledger.values[component.measure]
    return power(1.0 - params.belief_lapse, params.scheme_persistency_months - 1.0) if component.measure == PERSISTENCY else 0.0


@rule
def ahead(params, component, rep, ledger, i, left, signed):  # type: ignore[no-untyped-def]
    """The measure at the period's end, if the month brings `signed` customers, visits apart: (expected, spread, least).

    Signings to come are taken as Poisson; what the book brings strays as it has.  The team's mean is what it
    usually is, moved by the rep's part in what this month differs from the rep's usual one.
    """
    each = per_signing(params, component, rep, ledger.usual[i])
    one = each * part(params, component)
    if component.kind == LEVEL:
        return ledger.usual[i] + signed * one, ledger.noise[i], -np.inf
    months, coming = left + 1.0, signed + rep.usual_signings * left
    if component.team == 1:
        value = ledger.usual[i] * months + (signed - rep.usual_signings) * one
    elif component.kind == NEW:
        value = coming * one
    else:
        value = ledger.usual[i] * months + coming * one
    spread = each * np.sqrt(coming * part(params, component)) if component.kind == NEW else ledger.noise[i] * np.sqrt(months)
    # what is signed or sold stays so, but a profit may be lost again
    return ledger.to_date[i] + value, spread, -np.inf if component.per_signing == PROFIT else ledger.to_date[i]


@rule
def book_pay(params, component, rep, usual, active, clock, counted):  # type: ignore[no-untyped-def]
    """Present value, over the horizon, of what a component on the book pays for one customer more in it from next month on.

    A level at the end of the current period is not in it: :func:`projected_pay` has it.  Of the current period `counted`
    months will count.
    """
    if component.kind == NEW or active <= 0.0:
        return 0.0
    value, alive, each, left = 0.0, 1.0, usual / active, months_left(component, clock)
    for month in range(1, np.int64(params.reps_horizon_months) + 1):
        alive *= 1.0 - rep.lapse
        if clock + month > component.until_month:
            break
        if not settles(component, clock + month):
            continue
        opened = opened_in(component, rep, clock + month)
        counts = counted if month <= left else months_counted(component, 0.0, opened, clock + month)
        if component.kind == BOOK:
            length = clock + month - opened + 1
            there = min(length, month)  # months of the period in which the customer is there
            more = period_pay(component, usual * length + each * part(params, component) * there, counts) - period_pay(
                component, usual * length, counts
            )
        elif month > left and (component.per_signing == ONE or component.per_signing == WORTH):
            more = period_pay(
                component, usual + per_signing(params, component, rep, usual) * part(params, component), counts
            ) - period_pay(component, usual, counts)
        else:
            more = 0.0
        value += (
            ((1.0 - component.deferral_share) * params.delay[month] + deferred_worth(params, component, month)) * alive * more
        )
    return value


@rule
def trail_pay(params, component, rep):  # type: ignore[no-untyped-def]
    """Present value of a new customer's trail within the horizon: rate * measure / n a month while they stay."""
    value, alive = 0.0, 1.0
    for month in range(min(component.trail_months, np.int64(params.reps_horizon_months))):
        value += alive * params.delay[month]
        alive *= 1.0 - rep.lapse
    return value * component.rate * per_signing(params, component, rep, 0.0) / component.trail_months


@rule
def at_risk(params, component, i, month, rep, ledger):  # type: ignore[no-untyped-def]
    """What the rep stands to lose, were the whole book to lapse this month: (trail to come, clawback to pay).

    This month's trail is paid all the same.  Trail counts for the horizon, without expecting lapse; both are summed
    over months of signing.
    """
    trail, claim = 0.0, 0.0
    if component.trail_months > 0:
        row = trail_row(component)
        for signed in range(max(component.from_month, month - component.trail_months + 2), min(component.until_month + 1, month)):
            months = min(component.trail_months - (month - signed + 1), params.reps_horizon_months)
            trail += ledger.base[row, signed] * trail_unit(component) * component.rate / component.trail_months * months
    elif component.clawback_months > 0:
        row = trail_row(component)
        for signed in range(max(rep.hired_month, month - component.clawback_months + 1), month):
            units = ledger.base[row, signed] * trail_unit(component)
            claim += units * claimable(component, ledger, i, signed) * clawback_share(component, month - signed + 1)
    return trail * params.reps_present_bias, claim * params.reps_present_bias


@rule
def usual_of_book(params, component, rep, usual):  # type: ignore[no-untyped-def]
    """What a measure usually comes to in a month, the team's first purchases apart (as many as the rep's own)."""
    return (
        max(0.0, usual - rep.usual_signings * per_signing(params, component, rep, 0.0))
        if component.kind == BOOK and component.team == 1
        else usual
    )


@rule
def projected_pay(params, components, month, factor, rep, ledger, active, signed, visits, visited):  # type: ignore[no-untyped-def]
    """Variable pay of the current periods if the month brings `signed` customers and `visits` visits.

    Of the components that visits add to if `visited`, else of the others, so that these are projected once
    for all ways to nurture.  Awards weigh what :func:`weigh` says; multipliers and gates count for the
    months they will hold.  Returns (pay as the rep values it, awards), in currency.
    """
    pay, awards = 0.0, 0.0
    for i in range(components.shape[0]):
        component = components[i]
        if (component.per_visit != NONE) != visited or not in_force(component, month) or component.trail_months > 0:
            continue
        left = months_left(component, month)
        value, noise, least = ahead(params, component, rep, ledger, i, left, signed)
        value += visits * per_visit(params, component.per_visit, rep, active, ledger.usual[i]) * part(params, component)
        expected = project(component, value, noise, least, ledger.counted[i])
        if component.combine == ADD:
            awards += expected * factor
            pay += expected * factor * ledger.worth[i]
        else:
            pay += (expected - ledger.factor[i]) * rep.usual_award * component.months * params.delay[left + 1]
    return pay, awards


@rule
def malus_pay(params, components, month, rep, ledger, active, visits):  # type: ignore[no-untyped-def]
    """Present value of pay already held back, by the odds that its malus measure holds up after so many visits."""
    total = 0.0
    for i in range(components.shape[0]):
        component = components[i]
        if component.deferral_share == 0.0 or component.malus_measure < 0:
            continue
        pot = 0.0
        for later in range(min(component.deferral_months, np.int64(params.reps_horizon_months)) + 1):
            pot += ledger.held[i, month + later] * params.delay[later]
        level = ledger.values[component.malus_measure]
        level += visits * per_visit(params, component.malus_per_visit, rep, active, level)
        for z in NODES:
            if not level + z * MALUS_SPREAD < component.malus_below:  # what cannot be measured takes nothing
                total += pot * CENT / 9.0
    return total
