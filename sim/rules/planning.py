"""How a rep splits the month between hunting, nurturing and neither, by projecting pay.

Pay of every alternative is projected with the function that pays (:func:`sim.scheme.settle.component_pay`),
over the rep's horizon, given the rep's beliefs.  Quota, tier, cap and period end matter because pay
is projected: near the end of a period less is left to chance, so a month's effort moves the odds of
reaching the threshold more.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import exp, power
from sim.rules import hunting
from sim.scenario.codes import ADD, FIXED, ROTH_EREV, UNPAID
from sim.scheme.measures import BOOK, CENT, LEVEL, NAMES, NEW, PER_SIGNING, PER_VISIT
from sim.scheme.settle import (
    claimable,
    clawback_share,
    combined_factor,
    in_force,
    measured,
    months_counted,
    opened_in,
    period_pay,
    settled_in,
    settles,
    trail_row,
    trail_unit,
    variable_room,
    year_end,
)
from sim.state import QUANTUM

_, ONE, REVENUE, MARGIN, WORTH, PROFIT, TENURE, OWES = range(len(PER_SIGNING))
(
    NONE, REPEAT, CROSS, SALE, SALE_MARGIN, SALE_PROFIT,
    SATISFACTION, CUSTOMER, CUSTOMER_SHARE, CUSTOMER_WORTH, LOSS, ARREARS,
) = range(len(PER_VISIT))  # fmt: skip
PERSISTENCY, LAPSES = NAMES.index("persistency"), NAMES.index("lapses")
NORMAL_SPREAD = 1.2533141373155003  # standard deviation of a normal over its mean absolute deviation, sqrt(pi / 2)
MALUS_SPREAD = 0.1  # standard deviation a rep expects of the measure a malus looks at
ENOUGH = 20.0  # customers seen, and not seen, at which half of a comparison is believed
# midpoints of nine equally likely parts of a standard normal
NODES = (-1.5932188, -0.9674216, -0.5894558, -0.2822161, 0.0, 0.2822161, 0.5894558, 0.9674216, 1.5932188)


@rule
def alternatives(grid: int) -> int:
    """Number of ways to split time in multiples of 1 / grid: (grid + 1)(grid + 2) / 2."""
    return (grid + 1) * (grid + 2) // 2


@rule
def alternative(index: int, grid: int) -> tuple[float, float]:
    """The index-th split: shares of time spent (hunting, nurturing)."""
    for hunt in range(grid + 1):
        width = grid - hunt + 1
        if index < width:
            return hunt / grid, index / grid
        index -= width
    return 0.0, 0.0


@rule
def effort_cost(p, hunt, nurture):  # type: ignore[no-untyped-def]
    """Cost of effort in money: (k / 2)(a^2 + b^2 + 2 s a b), a and b the distance from intrinsic effort.

    Holmstrom & Milgrom (1991) around an intrinsic effort, so that neglect is a choice with a cost.
    """
    a = hunt - p.reps_intrinsic_hunting
    b = nurture - p.reps_intrinsic_nurturing
    return 0.5 * p.reps_effort_cost * (a * a + b * b + 2.0 * p.reps_substitution * a * b)


@rule
def months_left(k, month):  # type: ignore[no-untyped-def]
    """Months after this one until the component is settled."""
    return settled_in(k, month) - month


@rule
def part(p, k):  # type: ignore[no-untyped-def]
    """The rep's part in a component's measure: all of it, or one seat's in the team's mean (but for seats that stay empty)."""
    return 1.0 / max(p.reps_filled, 1.0) if k.team == 1 else 1.0


@rule
def per_signing(p, k, r, level):  # type: ignore[no-untyped-def]
    """What one signing adds at once to a seat's measure, as the rep believes; `level` is what a mean over the book stands at."""
    if k.per_signing == PROFIT:
        return r.size * r.margin_share - p.firm_perks
    if k.per_signing == TENURE:
        return (1.0 - level) / (r.book_size + 1.0)
    if k.per_signing == OWES:
        return -level / (r.book_size + 1.0)
    if k.per_signing == ONE:
        return 1.0
    if k.per_signing == REVENUE:
        return r.size
    if k.per_signing == MARGIN:
        return r.size * r.margin_share
    return r.worth if k.per_signing == WORTH else 0.0


@rule
def per_visit(p, kind, r, active, level):  # type: ignore[no-untyped-def]
    """What one visit adds this month to a seat's measure, by :data:`sim.scheme.measures.PER_VISIT`, as the rep believes.

    Who is content pays: the share in arrears, a, falls by b a (1 - a) times what the visit adds to the book's mean
    satisfaction, b being the slope of the odds to pay.
    """
    if kind == REPEAT:
        return r.visit_repeat
    if kind == CROSS:
        return r.visit_cross
    if kind == SALE:
        return r.visit_repeat + r.visit_cross
    if kind == SALE_MARGIN:
        return (r.visit_repeat + r.visit_cross) * r.margin_share
    if kind == SALE_PROFIT:
        return (r.visit_repeat + r.visit_cross) * r.margin_share - p.firm_visit_cost
    if kind == ARREARS:
        return -p.payment_dissatisfied * level * (1.0 - level) * r.visit_satisfaction / max(active, 1.0)
    if kind == SATISFACTION:
        return r.visit_satisfaction / max(active, 1.0)
    if kind == CUSTOMER:
        return r.visit_lapse
    if kind == CUSTOMER_SHARE:
        return r.visit_lapse / max(active, 1.0)
    if kind == CUSTOMER_WORTH:
        return r.visit_lapse * r.worth
    return -r.visit_lapse if kind == LOSS else 0.0


@rule
def deferred_worth(p, k, left):  # type: ignore[no-untyped-def]
    """Present value of what is held back of a unit of award settled in `left` months: what vests within the horizon."""
    value = 0.0
    if k.deferral_share > 0.0:
        for slice_ in range(1, k.deferral_slices + 1):
            months = left + max(1, k.deferral_months * slice_ // k.deferral_slices)
            if months <= p.reps_horizon_months:
                value += k.deferral_share / k.deferral_slices * p.delay[months]
    return value


@rule
def split_award(p, k, r, left):  # type: ignore[no-untyped-def]
    """Present value of a unit of award settled in `left` months: (paid then and safe, deferred, paid then but likely clawed back).

    What vests, or is clawed back, beyond the horizon does not count.
    """
    at_once, lost, alive = 1.0 - k.deferral_share, 0.0, 1.0
    for age in range(1, min(k.clawback_months, np.int64(p.reps_horizon_months)) + 1):
        lost += at_once * alive * r.lapse * clawback_share(k, age) * p.delay[max(age, left)]
        alive *= 1.0 - r.lapse
    return at_once * p.delay[left] - lost, deferred_worth(p, k, left), lost


@rule
def project(k, value, noise, floor, counted):  # type: ignore[no-untyped-def]
    """Expected award when the measure is expected to come to `value`, give or take a standard deviation `noise`.

    It cannot end below `floor`: what has been signed or sold stays so.  Of the period `counted` months will count.
    """
    if counted == 0.0:
        return 0.0
    if k.smooth == 1:
        return period_pay(k, value, counted)
    total = 0.0
    for z in NODES:
        total += period_pay(k, max(value + z * noise, floor), counted)
    return total / 9.0


@rule
def will_count(p, k, r, led, i, month):  # type: ignore[no-untyped-def]
    """Months that will count when the period is settled; 0 if it will not be paid, since its measure will not exist.

    A rep knows for certain that there will be no persistency: when all who would be in the cohort have been signed already,
    and are too few.
    """
    last = settled_in(k, month)
    if k.measure == PERSISTENCY and k.team == 0 and k.combine == ADD and k.unmeasured == UNPAID:
        end = last - np.int64(p.scheme_persistency_months) + 1
        if end < month:
            customers = 0.0
            for signed in range(max(1, end - np.int64(p.scheme_persistency_window) + 1), end + 1):
                customers += led.signed[0, signed]
            if customers < p.scheme_persistency_least:
                return 0.0
    return months_counted(k, led.carried[i], opened_in(k, r, month), last)


@rule
def usual_at_first(p, k, r, led):  # type: ignore[no-untyped-def]
    """What a newcomer takes a component's measure to come to in a month; the book taken over is there to see.

    Of its customers the share `reps.belief.lapse` is thought to leave: with none expected to, a visit could keep nobody.
    """
    if k.measure == LAPSES:
        return p.belief_lapse * r.book_size
    if k.kind != LEVEL or k.team == 1:
        return 0.0
    if not np.isnan(led.values[k.measure]):
        return led.values[k.measure]
    return power(1.0 - p.belief_lapse, p.scheme_persistency_months - 1.0) if k.measure == PERSISTENCY else 0.0


@rule
def ahead(p, k, r, led, i, left, signed):  # type: ignore[no-untyped-def]
    """The measure at the period's end, if the month brings `signed` customers, visits apart: (expected, spread, least).

    Signings to come are taken as Poisson; what the book brings strays as it has.  The team's mean is what it
    usually is, moved by the rep's part in what this month differs from the rep's usual one.
    """
    each = per_signing(p, k, r, led.usual[i])
    one = each * part(p, k)
    if k.kind == LEVEL:
        return led.usual[i] + signed * one, led.noise[i], -np.inf
    months, coming = left + 1.0, signed + r.usual_signings * left
    if k.team == 1:
        value = led.usual[i] * months + (signed - r.usual_signings) * one
    elif k.kind == NEW:
        value = coming * one
    else:
        value = led.usual[i] * months + coming * one
    spread = each * np.sqrt(coming * part(p, k)) if k.kind == NEW else led.noise[i] * np.sqrt(months)
    # what is signed or sold stays so, but a profit may be lost again
    return led.to_date[i] + value, spread, -np.inf if k.per_signing == PROFIT else led.to_date[i]


@rule
def book_pay(p, k, r, usual, active, now, counted):  # type: ignore[no-untyped-def]
    """Present value, over the horizon, of what a component on the book pays for one customer more in it from next month on.

    A level at the end of the current period is not in it: :func:`projected_pay` has it.  Of the current period `counted`
    months will count.
    """
    if k.kind == NEW or active <= 0.0:
        return 0.0
    value, alive, each, left = 0.0, 1.0, usual / active, months_left(k, now)
    for month in range(1, np.int64(p.reps_horizon_months) + 1):
        alive *= 1.0 - r.lapse
        if now + month > k.until_month:
            break
        if not settles(k, now + month):
            continue
        opened = opened_in(k, r, now + month)
        counts = counted if month <= left else months_counted(k, 0.0, opened, now + month)
        if k.kind == BOOK:
            length = now + month - opened + 1
            there = min(length, month)  # months of the period in which the customer is there
            more = period_pay(k, usual * length + each * part(p, k) * there, counts) - period_pay(k, usual * length, counts)
        elif month > left and (k.per_signing == ONE or k.per_signing == WORTH):
            more = period_pay(k, usual + per_signing(p, k, r, usual) * part(p, k), counts) - period_pay(k, usual, counts)
        else:
            more = 0.0
        value += ((1.0 - k.deferral_share) * p.delay[month] + deferred_worth(p, k, month)) * alive * more
    return value


@rule
def trail_pay(p, k, r):  # type: ignore[no-untyped-def]
    """Present value of a new customer's trail within the horizon: rate * measure / n a month while they stay."""
    value, alive = 0.0, 1.0
    for month in range(min(k.trail_months, np.int64(p.reps_horizon_months))):
        value += alive * p.delay[month]
        alive *= 1.0 - r.lapse
    return value * k.rate * per_signing(p, k, r, 0.0) / k.trail_months


@rule
def at_risk(p, k, i, month, r, led):  # type: ignore[no-untyped-def]
    """What the rep stands to lose, were the whole book to lapse this month: (trail to come, clawback to pay).

    This month's trail is paid all the same.  Trail counts for the horizon, without expecting lapse; both are summed
    over months of signing.
    """
    trail, claim = 0.0, 0.0
    if k.trail_months > 0:
        row = trail_row(k)
        for signed in range(max(k.from_month, month - k.trail_months + 2), min(k.until_month + 1, month)):
            months = min(k.trail_months - (month - signed + 1), p.reps_horizon_months)
            trail += led.base[row, signed] * trail_unit(k) * k.rate / k.trail_months * months
    elif k.clawback_months > 0:
        row = trail_row(k)
        for signed in range(max(r.hired_month, month - k.clawback_months + 1), month):
            units = led.base[row, signed] * trail_unit(k)
            claim += units * claimable(k, led, i, signed) * clawback_share(k, month - signed + 1)
    return trail * p.reps_present_bias, claim * p.reps_present_bias


@rule
def weigh(p, components, month, r, t, led):  # type: ignore[no-untyped-def]
    """What a signing and a customer kept bring later, and what a customer kept saves in clawback, in currency.

    Fills led.worth (present value of a unit of this period's award); sets pay pressure (how far pay at once outweighs
    what hangs on the customer's staying) and whom the visits go to.
    """
    factor = combined_factor(components, led.factor, month)
    at_once, at_stake, signing, kept, claims, sale = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(components.shape[0]):
        k = components[i]
        if t.active > 0.0:
            trail, claim = at_risk(p, k, i, month, r, led)
            kept += trail / t.active
            claims += claim / t.active
        if not in_force(k, month):
            continue
        led.counted[i] = counted = will_count(p, k, r, led, i, month)
        if k.combine != ADD:
            continue
        if k.trail_months > 0:
            signing += trail_pay(p, k, r)
            continue
        left, one = months_left(k, month), per_signing(p, k, r, led.usual[i]) * part(p, k)
        safe, deferred, lost = split_award(p, k, r, left)
        led.worth[i] = safe + deferred
        if one != 0.0 and k.kind != LEVEL:
            value, noise, least = ahead(p, k, r, led, i, left, r.usual_signings)
            gain = project(k, value + one, noise, least, counted) - project(k, value, noise, least, counted)
            at_once += gain * safe
            at_stake += gain * (deferred + lost)
        pays = book_pay(p, k, r, usual_of_book(p, k, r, led.usual[i]), t.active, month, counted)
        signing += pays
        kept += pays
        if REPEAT <= k.per_visit <= SALE_PROFIT and k.linear == 1:
            sale += k.rate * part(p, k) * per_visit(p, k.per_visit, r, t.active, led.usual[i])
    kept *= factor
    r.care_all = 1.0 + max(0.0, (kept + claims) * r.visit_lapse)
    worth = t.worth_sum * CENT
    r.care_worth = max(0.0, sale * factor) * t.active / worth if worth > 0.0 else 0.0
    signings = r.signings_per_attempt * p.reps_hours / p.reps_hours_per_attempt
    squeeze = max(0.0, at_once - at_stake - signing) * factor * signings / p.reps_expenses
    r.pressure = squeeze / (1.0 + squeeze)
    return signing * factor, kept, claims  # what was paid, and may be claimed back, has been multiplied already


@rule
def usual_of_book(p, k, r, usual):  # type: ignore[no-untyped-def]
    """What a measure usually comes to in a month, the team's first purchases apart (as many as the rep's own)."""
    return max(0.0, usual - r.usual_signings * per_signing(p, k, r, 0.0)) if k.kind == BOOK and k.team == 1 else usual


@rule
def room_later(p, r, factor):  # type: ignore[no-untyped-def]
    """What the regulator's limit leaves, beside the usual awards, for pay that comes later in the horizon."""
    if p.scheme_variable_cap == 0.0:
        return np.inf
    return max(0.0, p.scheme_variable_cap * p.reps_salary - r.usual_award * factor) * p.reps_horizon_months


@rule
def projected_pay(p, components, month, factor, r, led, active, signed, visits, visited):  # type: ignore[no-untyped-def]
    """Variable pay of the current periods if the month brings `signed` customers and `visits` visits.

    Of the components that visits add to if `visited`, else of the others, so that these are projected once
    for all ways to nurture.  Awards weigh what :func:`weigh` says; multipliers and gates count for the
    months they will hold.  Returns (pay as the rep values it, awards), in currency.
    """
    pay, awards = 0.0, 0.0
    for i in range(components.shape[0]):
        k = components[i]
        if (k.per_visit != NONE) != visited or not in_force(k, month) or k.trail_months > 0:
            continue
        left = months_left(k, month)
        value, noise, least = ahead(p, k, r, led, i, left, signed)
        value += visits * per_visit(p, k.per_visit, r, active, led.usual[i]) * part(p, k)
        expected = project(k, value, noise, least, led.counted[i])
        if k.combine == ADD:
            awards += expected * factor
            pay += expected * factor * led.worth[i]
        else:
            pay += (expected - led.factor[i]) * r.usual_award * k.months * p.delay[left + 1]
    return pay, awards


@rule
def touched_by_visits(components):  # type: ignore[no-untyped-def]
    """Whether visits can add to any component's measure, and to any that a malus looks at."""
    adds, saves = False, False
    for i in range(components.shape[0]):
        adds |= components[i].per_visit != NONE
        saves |= components[i].malus_measure >= 0
    return adds, saves


@rule
def malus_pay(p, components, month, r, led, active, visits):  # type: ignore[no-untyped-def]
    """Present value of pay already held back, by the odds that its malus measure holds up after so many visits."""
    total = 0.0
    for i in range(components.shape[0]):
        k = components[i]
        if k.deferral_share == 0.0 or k.malus_measure < 0:
            continue
        pot = 0.0
        for later in range(min(k.deferral_months, np.int64(p.reps_horizon_months)) + 1):
            pot += led.held[i, month + later] * p.delay[later]
        level = led.values[k.malus_measure]
        level += visits * per_visit(p, k.malus_per_visit, r, active, level)
        for z in NODES:
            if not level + z * MALUS_SPREAD < k.malus_below:  # what cannot be measured takes nothing
                total += pot * CENT / 9.0
    return total


@rule
def under_norm(p, r, month):  # type: ignore[no-untyped-def]
    """Whether the norm of a period that ends in `month` holds for the rep: who came within the period is excused."""
    return month - r.hired_month + 1 >= p.norm_months


@rule
def norm_stake(p, r, month, signed):  # type: ignore[no-untyped-def]
    """What missing the norm is expected to cost: its probability times the pay of the horizon.

    Divided by the misses still to go, warnings first.  Signings to come are taken as Poisson, hence their spread.
    """
    months = np.int64(p.norm_months) - 1 - (month - 1) % np.int64(p.norm_months)
    if p.norm_minimum <= 0.0 or not under_norm(p, r, month + months):
        return 0.0
    left = months * r.usual_signings
    expected, spread = r.norm_signings + signed + left, np.sqrt(signed + left)
    missed = 0.0
    for z in NODES:
        if expected + z * spread < p.norm_minimum:
            missed += 1.0 / 9.0
    pay = p.reps_salary + r.usual_award
    return missed * pay * p.reps_horizon_months / max(1.0, p.norm_warnings + 1.0 - r.warnings)


@rule
def plan(p, components, now, r, t, led):  # type: ignore[no-untyped-def]
    """Choose this month's hunting and nurturing; set pay pressure and whom visits go to.

    `t` is last month's tally: what the rep knows of the book.
    """
    signing, kept, claims = weigh(p, components, now.month, r, t, led)
    grid = int(p.choice_grid)
    if p.choice_rule == FIXED:
        r.hunting, r.nurturing = p.choice_hunting, p.choice_nurturing
        return
    if p.choice_rule == ROTH_EREV:
        r.chosen = pick(led.propensity, r.u_choice)
        r.hunting, r.nurturing = alternative(r.chosen, grid)
        return
    visits_add, visits_save = touched_by_visits(components)
    visits_full = p.reps_hours / p.reps_hours_per_visit * r.nurturing_skill
    factor, room = combined_factor(components, led.factor, now.month), variable_room(p, r, year_end(now.month))
    room_then = room_later(p, r, factor)
    expect_attempts(p, r, grid, led.worked)
    led.utility[:] = -np.inf  # there is room for a few more than there are alternatives, up to whole lanes
    index = 0
    for hunt in range(grid + 1):
        signed = led.worked[hunt] * r.signings_per_attempt
        stake = norm_stake(p, r, now.month, signed)
        sure, settled = projected_pay(p, components, now.month, factor, r, led, t.active, signed, 0.0, False)
        for nurture in range(grid - hunt + 1):
            visits = visits_full * nurture / grid
            pay, awards, saved = 0.0, 0.0, 0.0
            if visits_add:
                pay, awards = projected_pay(p, components, now.month, factor, r, led, t.active, signed, visits, True)
            if visits_save:
                saved = malus_pay(p, components, now.month, r, led, t.active, visits)
            later, saves = signed * signing + visits * r.visit_lapse * kept, visits * r.visit_lapse * claims
            led.utility[index] = (
                (sure + pay) * within(room, awards + settled)
                + later * within(room_then, later)
                + saves
                + saved
                - effort_cost(p, hunt / grid, nurture / grid)
                - stake
            )
            index += 1
    r.chosen = logit_pick(led.utility, p.choice_temperature, r.u_choice)
    r.hunting, r.nurturing = alternative(r.chosen, grid)


@rule
def within(room, awards):  # type: ignore[no-untyped-def]
    """Share of awards that the regulator's limit lets through."""
    return min(1.0, room / awards) if awards > 0.0 else 1.0


@rule
def expect_attempts(p, r, grid, worked):  # type: ignore[no-untyped-def]
    """Attempts expected for shares of time for hunting of 0, 1 / grid, 2 / grid and so on, as far as there is room."""
    leads, skill = r.cold + r.warm, r.hunting_skill
    for hunt in range(worked.shape[0]):
        worked[hunt] = hunting.expected_attempts(leads, hunting.capacity(p, hunt / grid, skill))


@rule
def logit_pick(utility, temperature, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to exp(utility / temperature) (multinomial logit).

    The utilities are overwritten by the weights.  What is worth -inf, as room up to whole lanes is, is never drawn.
    """
    best = utility[0]
    for value in utility:
        best = max(best, value)
    for i in range(utility.shape[0]):
        utility[i] = exp((utility[i] - best) / temperature)
    return pick(utility, u)


@rule
def pick(weight, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to weight."""
    total = 0.0
    for value in weight:
        total += value
    place = 0.0
    for i in range(weight.shape[0]):
        place += weight[i]
        if u * total < place:
            return i
    return weight.shape[0] - 1


@rule
def spread_visits(p, r, t):  # type: ignore[no-untyped-def]
    """Divide the month's visits over the book as it stands, in proportion to care_all + care_worth * worth.

    Sets how ties fade (they break when the rep before has left), what every customer gets and what each
    gets per hundredth of worth (:func:`sim.rules.nurturing.visits_expected`); the month's time, and what the book is
    expected to buy, go to the tally.
    """
    visits = r.nurturing * p.reps_hours / p.reps_hours_per_visit * r.nurturing_skill
    weight = r.care_all * r.book_size + r.care_worth * CENT * r.book_worth
    per_weight = visits / weight if weight > 0.0 else 0.0
    r.visits_all = r.care_all * per_weight
    r.visits_worth = r.care_worth * CENT * per_weight
    r.tie_fading = (1.0 - p.tie_fade) * r.tie_kept
    r.tie_kept = 1.0
    t.expected = r.book_expected
    t.present, t.hunting, t.nurturing, t.pressure = r.present, r.hunting, r.nurturing, r.pressure


@rule
def learn(p, components, r, t, led, team, awards):  # type: ignore[no-untyped-def]
    """Beliefs move towards the month's experience: signings, size, lapse, awards, what a visit does."""
    rate = p.belief_rate
    if t.attempts > 0.0:
        r.signings_per_attempt += rate * (t.signings / t.attempts - r.signings_per_attempt)
    if t.signings > 0.0:
        r.size += rate * (t.initial_revenue * CENT / t.signings - r.size)
    revenue = t.initial_revenue + t.repeat_revenue + t.cross_revenue
    if revenue > 0.0:
        r.margin_share += rate * ((revenue - t.cost_of_goods) / revenue - r.margin_share)
    if t.active > 0.0:
        r.worth += rate * (t.worth_sum * CENT / t.active - r.worth)
    if t.active + t.lapses > 0.0:
        r.lapse += rate * (t.lapses / (t.active + t.lapses) - r.lapse)
    for i in range(components.shape[0]):
        k = components[i]
        first = t.signings * per_signing(p, k, r, 0.0) if k.kind == BOOK and k.team == 0 else 0.0
        value = measured(k, led, team) - first
        if not np.isnan(value):
            learn_measure(rate if k.kind != LEVEL else 1.0, rate, value, led, i)
    r.usual_award += rate * (awards - r.usual_award)
    r.usual_signings += rate * (t.signings - r.usual_signings)
    learn_from_visits(p, r, t)
    if p.choice_rule == ROTH_EREV:
        reinforce(p, led.propensity, r.chosen, max(0.0, r.total_pay * CENT) / p.reps_expenses)


@rule
def learn_measure(rate, noise_rate, value, led, i):  # type: ignore[no-untyped-def]
    """What component i's measure usually comes to in a month (first purchases apart; of a level, what it stands at), and how it strays."""
    led.noise[i] += noise_rate * (abs(value - led.usual[i]) * NORMAL_SPREAD - led.noise[i])
    led.usual[i] += rate * (value - led.usual[i])


@rule
def learn_from_visits(p, r, t):  # type: ignore[no-untyped-def]
    """Beliefs about visits move towards the difference between the customers seen and the others.

    Visits go to those who are worth more, so what the seen bought is compared with what others of their size bought.
    """
    other = t.active + t.lapses - t.visited
    seen_stay, other_stay = t.visited - t.visited_lapses, t.active - (t.visited - t.visited_lapses)
    if t.visited <= 0.0 or other <= 0.0:
        return
    # the fewer were seen, the less the comparison teaches
    weight = p.belief_rate * t.visited / (t.visited + ENOUGH) * other / (other + ENOUGH)
    r.visit_lapse += weight * ((t.lapses - t.visited_lapses) / other - t.visited_lapses / t.visited - r.visit_lapse)
    other_expected = t.expected - t.visited_expected
    if other_expected > 0.0:
        usual = (t.repeat_revenue - t.visited_repeat) / other_expected * t.visited_expected
        r.visit_repeat += weight * ((t.visited_repeat - usual) / t.visited * CENT - r.visit_repeat)
    others = t.cross_revenue - t.visited_cross
    r.visit_cross += weight * ((t.visited_cross / t.visited - others / other) * CENT - r.visit_cross)
    if seen_stay > 0.0 and other_stay > 0.0:
        gain = (t.visited_satisfaction / seen_stay - (t.satisfaction_sum - t.visited_satisfaction) / other_stay) / QUANTUM
        r.visit_satisfaction += weight * (gain - r.visit_satisfaction)


@rule
def reinforce(p, propensity, chosen, payoff):  # type: ignore[no-untyped-def]
    """Roth & Erev (1995): q = (1 - phi) q + (1 - eps) R if chosen, else + eps R / (K - 1)."""
    count = propensity.shape[0]
    for i in range(count):
        gain = (1.0 - p.choice_experiment) * payoff if i == chosen else p.choice_experiment * payoff / max(1, count - 1)
        propensity[i] = (1.0 - p.choice_forgetting) * propensity[i] + gain
