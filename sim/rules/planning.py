"""How a rep splits the month between hunting, nurturing and neither, by projecting pay.

Pay of every alternative is projected with the function that pays (:func:`sim.scheme.settle.component_pay`),
over the rep's horizon, given the rep's beliefs.  Quota, tier, cap and period end matter because pay
is projected: near the end of a period less is left to chance, so a month's effort moves the odds of
reaching the threshold more.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.numeric import exp
from sim.rules import hunting
from sim.scheme.measures import CENT
from sim.scheme.settle import LEVEL, clawback_share, combined_factor, component_pay, in_force
from sim.state import QUANTUM

LOGIT, ROTH_EREV, FIXED = range(3)
ONE, REVENUE, MARGIN = 1, 2, 3  # indices of measures.PER_SIGNING
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
def delay(p, months):  # type: ignore[no-untyped-def]
    """Weight of pay `months` from now: 1 now, beta * delta**(months / 12) later (quasi-hyperbolic)."""
    return p.delay[months]


@rule
def per_signing(k, r):  # type: ignore[no-untyped-def]
    """What one signing adds to the component's measure at once, as the rep believes."""
    if k.per_signing == ONE:
        return 1.0
    if k.per_signing == REVENUE:
        return r.size
    return r.size * r.margin_share if k.per_signing == MARGIN else 0.0


@rule
def worth_of_award(p, k, r):  # type: ignore[no-untyped-def]
    """What a unit of award is worth to the rep: (kept now, at stake later), after deferral and clawback."""
    now = 1.0 - k.deferral_share
    later = 0.0
    if k.deferral_share > 0.0 and k.deferral_months <= p.reps_horizon_months:
        later += k.deferral_share * delay(p, k.deferral_months)
    if k.clawback_months > 0:
        alive = 1.0
        for age in range(1, min(k.clawback_months, np.int64(p.reps_horizon_months)) + 1):
            lost = alive * r.lapse * clawback_share(k, age) * delay(p, age)
            now -= lost
            later += lost
            alive *= 1.0 - r.lapse
    return now, later


@rule
def project_now(p, k, to_date, usual, gain, left, noise):  # type: ignore[no-untyped-def]
    """Expected award at the period's end if this month adds `gain`, `left` ordinary months follow."""
    value = gain if k.kind == LEVEL else to_date + gain + usual * left
    if k.linear == 1:
        return component_pay(k, value)
    total = 0.0
    spread = noise * np.sqrt(left + 1.0)
    for z in NODES:
        total += component_pay(k, value + z * spread)
    return total / 9.0


@rule
def later_pay(p, k, r, usual, active):  # type: ignore[no-untyped-def]
    """Pay over the horizon for one customer more in the book: what the book component pays per customer."""
    if k.kind == 0 or active <= 0.0:
        return 0.0
    value = 0.0
    alive = 1.0
    each = usual / active
    for month in range(1, np.int64(p.reps_horizon_months) + 1):
        alive *= 1.0 - r.lapse
        if k.kind == LEVEL:
            if month % k.months == 0 and k.per_signing == ONE:
                value += delay(p, month) * alive * (component_pay(k, usual + 1.0) - component_pay(k, usual))
        elif k.linear == 1:
            value += delay(p, month) * alive * k.rate * each
        elif month % k.months == 0:
            period = k.months * usual
            value += delay(p, month) * alive * (component_pay(k, period + each * k.months) - component_pay(k, period))
    return value


@rule
def trail_pay(p, k, r):  # type: ignore[no-untyped-def]
    """Present value of a signing's trail within the horizon: rate * measure / n a month while it stays."""
    value = 0.0
    alive = 1.0
    for month in range(min(k.trail_months, np.int64(p.reps_horizon_months))):
        value += alive * delay(p, month)
        alive *= 1.0 - r.lapse
    return value * k.rate * per_signing(k, r) / k.trail_months


@rule
def plan(p, components, now, r, t, led, u):  # type: ignore[no-untyped-def]
    """Choose this month's hunting and nurturing; set pay pressure and what a visit is worth.

    `t` is last month's tally (what the rep knows of the book), `u` a uniform.
    """
    active = t.active
    hours = p.reps_hours
    visits_full = hours / p.reps_hours_per_visit * r.nurturing_skill
    n = components.shape[0]
    factor = combined_factor(components, led.factor, now.month)
    leads = r.cold + r.warm
    # what one signing and one customer kept are worth, at once and later
    at_once, at_stake, kept, repeat = 0.0, 0.0, 0.0, 0.0
    worth_now = np.zeros(n)
    for i in range(n):
        k = components[i]
        if not in_force(k, now.month) or k.combine != 0:
            continue
        if k.trail_months > 0:
            at_stake += trail_pay(p, k, r)
            continue
        now_kept, later = worth_of_award(p, k, r)
        worth_now[i] = now_kept + later - (later if k.clawback_months > 0 and k.deferral_share == 0.0 else 0.0)
        left = k.months - 1 - (now.month - 1) % k.months
        one = per_signing(k, r)
        if one > 0.0 and k.kind != LEVEL:
            gain = project_now(p, k, led.to_date[i], led.usual[i], one, left, r.signed_noise * one) - project_now(
                p, k, led.to_date[i], led.usual[i], 0.0, left, r.signed_noise * one
            )
            at_once += gain * now_kept * delay(p, left)
            at_stake += gain * later
        pays = later_pay(p, k, r, led.usual[i], active)
        kept += pays
        if k.kind == 1 and k.per_signing != ONE:
            repeat += k.rate if k.linear == 1 else 0.0
    at_stake += kept
    visit_value = (kept * r.visit_lapse + repeat * r.visit_repeat) * factor
    squeeze = max(0.0, at_once - at_stake) * factor * r.signings_per_hour * hours / p.reps_expenses
    r.pressure = squeeze / (1.0 + squeeze)
    r.care_all = 1.0 + max(0.0, kept * r.visit_lapse) * factor
    worth = t.worth_sum * CENT
    r.care_worth = max(0.0, repeat * r.visit_repeat) * factor * active / worth if worth > 0.0 else 0.0
    if p.choice_rule == FIXED:
        r.hunting, r.nurturing = p.choice_hunting, p.choice_nurturing
        return
    grid = np.int64(p.choice_grid)
    count = alternatives(grid)
    if p.choice_rule == ROTH_EREV:
        r.chosen = pick(led.propensity, count, u)
        r.hunting, r.nurturing = alternative(r.chosen, grid)
        return
    utility = np.zeros(count)
    for index in range(count):
        hunt, nurture = alternative(index, grid)
        worked = hunting.expected_attempts(leads, hunting.capacity(p, hunt, r.hunting_skill))
        signed = worked * r.signings_per_hour * p.reps_hours_per_attempt / max(r.hunting_skill, 1e-9)
        visits = nurture * visits_full
        pay = signed * at_stake * factor + visits * visit_value
        for i in range(n):
            k = components[i]
            if not in_force(k, now.month) or k.trail_months > 0:
                continue
            left = k.months - 1 - (now.month - 1) % k.months
            one = per_signing(k, r)
            if k.kind == LEVEL:
                lift = visits * r.visit_satisfaction / max(active, 1.0) if k.per_signing == 0 else 0.0
                gain = led.usual[i] + signed * one + lift
                noise = 0.1 * abs(led.usual[i]) + 0.05
            else:
                extra = visits * r.visit_repeat if k.kind == 1 and k.per_signing != ONE else 0.0
                gain = signed * one + extra + (led.usual[i] if k.kind == 1 else 0.0)
                noise = r.signed_noise * max(one, 0.1 * abs(led.usual[i]))
            expected = project_now(p, k, led.to_date[i], led.usual[i], gain, left, noise)
            if k.combine == 0:
                pay += expected * worth_now[i] * factor * delay(p, left)
            else:
                pay += (expected - led.factor[i]) * max(r.total_pay * CENT, 1.0) * delay(p, left)
        utility[index] = pay - effort_cost(p, hunt, nurture)
    r.chosen = logit_pick(utility, p.choice_temperature, u)
    r.hunting, r.nurturing = alternative(r.chosen, grid)


@rule
def logit_pick(utility, temperature, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to exp(utility / temperature) (multinomial logit)."""
    best = utility[0]
    for value in utility:
        best = max(best, value)
    weight = np.zeros(utility.shape[0])
    for i in range(utility.shape[0]):
        weight[i] = exp((utility[i] - best) / temperature)
    return pick(weight, utility.shape[0], u)


@rule
def pick(weight, count, u):  # type: ignore[no-untyped-def]
    """Index drawn with probability proportional to weight."""
    total = 0.0
    for i in range(count):
        total += weight[i]
    place = 0.0
    for i in range(count):
        place += weight[i]
        if u * total < place:
            return i
    return count - 1


@rule
def spread_visits(p, r):  # type: ignore[no-untyped-def]
    """Divide the month's visits over the book as it stands, in proportion to care_all + care_worth * worth.

    Sets how ties fade (they break when the rep before has left), what every customer gets and what each gets per hundredth of worth
    (:func:`sim.rules.nurturing.visits_expected`).
    """
    visits = r.nurturing * p.reps_hours / p.reps_hours_per_visit * r.nurturing_skill
    weight = r.care_all * r.book_size + r.care_worth * CENT * r.book_worth
    per_weight = visits / weight if weight > 0.0 else 0.0
    r.visits_all = r.care_all * per_weight
    r.visits_worth = r.care_worth * CENT * per_weight
    r.tie_fading = (1.0 - p.tie_fade) * r.tie_kept
    r.tie_kept = 1.0


@rule
def learn(p, r, t, led):  # type: ignore[no-untyped-def]
    """Beliefs move towards the month's experience: signings per hour, size, lapse, what a visit does."""
    rate = p.belief_rate
    hunted = r.hunting * p.reps_hours
    if t.attempts > 0.0:
        hours = t.attempts * p.reps_hours_per_attempt / max(r.hunting_skill, 1e-9)
        r.signings_per_hour += rate * (t.signings / hours - r.signings_per_hour)
        r.signed_noise += rate * (abs(t.signings - r.signings_per_hour * hunted) * 1.25 - r.signed_noise)
    if t.signings > 0.0:
        r.size += rate * (t.initial_revenue * CENT / t.signings - r.size)
    revenue = t.initial_revenue + t.repeat_revenue + t.cross_revenue
    if revenue > 0.0:
        r.margin_share += rate * ((revenue - t.cost_of_goods) / revenue - r.margin_share)
    if t.active > 0.0:
        r.lapse += rate * (t.lapses / (t.active + t.lapses) - r.lapse)
    learn_from_visits(p, r, t)
    if p.choice_rule == ROTH_EREV:
        reinforce(p, led.propensity, r.chosen, max(0.0, r.total_pay * CENT) / p.reps_expenses)


@rule
def learn_from_visits(p, r, t):  # type: ignore[no-untyped-def]
    """Beliefs about visits move towards the difference between the customers seen and the others."""
    other = t.active + t.lapses - t.visited
    seen_stay, other_stay = t.visited - t.visited_lapses, t.active - (t.visited - t.visited_lapses)
    if t.visited <= 0.0 or other <= 0.0:
        return
    # the fewer were seen, the less the comparison teaches
    weight = p.belief_rate * t.visited / (t.visited + ENOUGH) * other / (other + ENOUGH)
    r.visit_lapse += weight * ((t.lapses - t.visited_lapses) / other - t.visited_lapses / t.visited - r.visit_lapse)
    other_repeat = t.repeat_revenue - t.visited_repeat
    r.visit_repeat += weight * ((t.visited_repeat / t.visited - other_repeat / other) * CENT - r.visit_repeat)
    if seen_stay > 0.0 and other_stay > 0.0:
        gain = (t.visited_satisfaction / seen_stay - (t.satisfaction_sum - t.visited_satisfaction) / other_stay) / QUANTUM
        r.visit_satisfaction += weight * (gain - r.visit_satisfaction)


@rule
def reinforce(p, propensity, chosen, payoff):  # type: ignore[no-untyped-def]
    """Roth & Erev (1995): q = (1 - phi) q + (1 - eps) R if chosen, else + eps R / (K - 1)."""
    count = alternatives(np.int64(p.choice_grid))
    for i in range(count):
        gain = (1.0 - p.choice_experiment) * payoff if i == chosen else p.choice_experiment * payoff / max(1, count - 1)
        propensity[i] = (1.0 - p.choice_forgetting) * propensity[i] + gain
