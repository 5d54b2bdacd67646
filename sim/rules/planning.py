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
    STEP,
    claimable,
    clawback_share,
    combined_factor,
    in_force,
    longest_clawback,
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
from sim.state import QUANTUM, leads_in_hand

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
def effort_cost(params, hunt, nurture):  # type: ignore[no-untyped-def]
    """Cost of effort in money: (k / 2)(a^2 + b^2 + 2 s a b), a and b the distance from intrinsic effort.

    Holmstrom & Milgrom (1991) around an intrinsic effort, so that neglect is a choice with a cost.
    """
    a = hunt - params.reps_intrinsic_hunting
    b = nurture - params.reps_intrinsic_nurturing
    return 0.5 * params.reps_effort_cost * (a * a + b * b + 2.0 * params.reps_substitution * a * b)


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
def weigh(params, components, month, rep, tally, ledger):  # type: ignore[no-untyped-def]
    """What a signing and a customer kept bring later, and what a customer kept saves in clawback, in currency.

    Fills ledger.worth (present value of a unit of this period's award); sets pay pressure (how far pay at once outweighs
    what hangs on the customer's staying) and whom the visits go to.
    """
    factor = combined_factor(components, ledger.factor, month)
    at_once, at_stake, signing, kept, claims, falling, sale = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(components.shape[0]):
        component = components[i]
        if tally.active > 0.0:
            trail, claim = at_risk(params, component, i, month, rep, ledger)
            kept += trail / tally.active
            claims += claim / tally.active
            falling += 0.0 if component.clawback_step == STEP else claim
        if not in_force(component, month):
            continue
        ledger.counted[i] = counted = will_count(params, component, rep, ledger, i, month)
        if component.combine != ADD:
            continue
        if component.trail_months > 0:
            signing += trail_pay(params, component, rep)
            continue
        left, one = months_left(component, month), per_signing(params, component, rep, ledger.usual[i]) * part(params, component)
        safe, deferred, lost = split_award(params, component, rep, left)
        ledger.worth[i] = safe + deferred
        if one != 0.0 and component.kind != LEVEL:
            value, noise, least = ahead(params, component, rep, ledger, i, left, rep.usual_signings)
            gain = project(component, value + one, noise, least, counted) - project(component, value, noise, least, counted)
            at_once += gain * safe
            at_stake += gain * (deferred + lost)
        pays = book_pay(
            params, component, rep, usual_of_book(params, component, rep, ledger.usual[i]), tally.active, month, counted
        )
        signing += pays
        kept += pays
        if REPEAT <= component.per_visit <= SALE_PROFIT and component.linear == 1:
            sale += (
                component.rate
                * part(params, component)
                * per_visit(params, component.per_visit, rep, tally.active, ledger.usual[i])
            )
    kept *= factor
    rep.care_all = 1.0 + max(0.0, (kept + (1.0 - params.reps_guard) * claims) * rep.visit_lapse)
    worth = tally.worth_sum * CENT
    rep.care_worth = max(0.0, sale * factor) * tally.active / worth if worth > 0.0 else 0.0
    claims = guard(params, components, month, rep, tally, ledger, claims, falling)
    signings = rep.signings_per_attempt * params.reps_hours / params.reps_hours_per_attempt
    squeeze = max(0.0, at_once - at_stake - signing) * factor * signings / params.reps_expenses
    rep.pressure = squeeze / (1.0 + squeeze)
    return signing * factor, kept, claims  # what was paid, and may be claimed back, has been multiplied already


@rule
def guard(params, components, month, rep, tally, ledger, claims, falling):  # type: ignore[no-untyped-def]
    """How visits guard commission: of what they save in clawback the share `reps.guard` draws them to those of whom it can be claimed.

    `claims` is what could be claimed back, per customer of the book; `falling` of it, in all, falls month by month in a straight
    line, and draws by the months left; the rest, a step, draws to all alike until it ends.  Returns what a visit saves, per unit
    of lapse it takes away: of a book in which visits go where claims are, more than of one visited evenly.
    """
    rep.claim_months = longest_clawback(components)
    rep.guard_from = max(month, rep.hired_month + rep.claim_months - 1)
    rep.guard_each, rep.guard_months, rep.guarded, rep.guarded_months, squared = 0.0, 0.0, 0.0, 0.0, 0.0
    if params.reps_guard == 0.0 or claims == 0.0:
        return claims
    for signed in range(np.int64(rep.guard_from - rep.claim_months) + 1, month):
        there, left = ledger.base[0, signed], signed + rep.claim_months - 1 - month
        rep.guarded += there
        rep.guarded_months += there * left
        squared += there * left * left
    draw, all_ = params.reps_guard * max(0.0, rep.visit_lapse), claims * tally.active
    each = (all_ - falling) / rep.guarded if rep.guarded > 0.0 else 0.0
    monthly = falling / rep.guarded_months if rep.guarded_months > 0.0 else 0.0
    rep.guard_each, rep.guard_months = draw * each, draw * monthly
    even = rep.care_all + rep.care_worth * tally.worth_sum * CENT / tally.active
    drawn = rep.guard_each * rep.guarded + rep.guard_months * rep.guarded_months
    saved = even * all_ + rep.guard_each * all_ + rep.guard_months * (each * rep.guarded_months + monthly * squared)
    return saved / (even * tally.active + drawn)


@rule
def usual_of_book(params, component, rep, usual):  # type: ignore[no-untyped-def]
    """What a measure usually comes to in a month, the team's first purchases apart (as many as the rep's own)."""
    return (
        max(0.0, usual - rep.usual_signings * per_signing(params, component, rep, 0.0))
        if component.kind == BOOK and component.team == 1
        else usual
    )


@rule
def room_later(params, rep, factor):  # type: ignore[no-untyped-def]
    """What the regulator's limit leaves, beside the usual awards, for pay that comes later in the horizon."""
    if params.scheme_variable_cap == 0.0:
        return np.inf
    return max(0.0, params.scheme_variable_cap * params.reps_salary - rep.usual_award * factor) * params.reps_horizon_months


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
def touched_by_visits(components):  # type: ignore[no-untyped-def]
    """Whether visits can add to any component's measure, and to any that a malus looks at."""
    adds, saves = False, False
    for i in range(components.shape[0]):
        adds |= components[i].per_visit != NONE
        saves |= components[i].malus_measure >= 0
    return adds, saves


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


@rule
def under_norm(params, rep, month):  # type: ignore[no-untyped-def]
    """Whether the norm of a period that ends in `month` holds for the rep: who came within the period is excused."""
    return month - rep.hired_month + 1 >= params.norm_months


@rule
def norm_stake(params, rep, month, signed):  # type: ignore[no-untyped-def]
    """What missing the norm is expected to cost: its probability times the pay of the horizon.

    Divided by the misses still to go, warnings first.  Signings to come are taken as Poisson, hence their spread.
    """
    months = np.int64(params.norm_months) - 1 - (month - 1) % np.int64(params.norm_months)
    if params.norm_minimum <= 0.0 or not under_norm(params, rep, month + months):
        return 0.0
    left = months * rep.usual_signings
    expected, spread = rep.norm_signings + signed + left, np.sqrt(signed + left)
    missed = 0.0
    for z in NODES:
        if expected + z * spread < params.norm_minimum:
            missed += 1.0 / 9.0
    pay = params.reps_salary + rep.usual_award
    return missed * pay * params.reps_horizon_months / max(1.0, params.norm_warnings + 1.0 - rep.warnings)


@rule
def plan(params, components, clock, rep, tally, ledger):  # type: ignore[no-untyped-def]
    """Choose this month's hunting and nurturing; set pay pressure and whom visits go to.

    `tally` is last month's: what the rep knows of the book.
    """
    signing, kept, claims = weigh(params, components, clock.month, rep, tally, ledger)
    grid = int(params.choice_grid)
    if params.choice_rule == FIXED:
        rep.hunting, rep.nurturing = params.choice_hunting, params.choice_nurturing
        return
    if params.choice_rule == ROTH_EREV:
        rep.chosen = pick(ledger.propensity, rep.u_choice)
        rep.hunting, rep.nurturing = alternative(rep.chosen, grid)
        return
    visits_add, visits_save = touched_by_visits(components)
    visits_full = params.reps_hours / params.reps_hours_per_visit * rep.nurturing_skill
    factor, room = combined_factor(components, ledger.factor, clock.month), variable_room(params, rep, year_end(clock.month))
    room_then = room_later(params, rep, factor)
    expect_attempts(params, rep, grid, ledger.worked)
    ledger.utility[:] = -np.inf  # there is room for a few more than there are alternatives, up to whole lanes
    index = 0
    for hunt in range(grid + 1):
        signed = ledger.worked[hunt] * rep.signings_per_attempt
        stake = norm_stake(params, rep, clock.month, signed)
        sure, settled = projected_pay(params, components, clock.month, factor, rep, ledger, tally.active, signed, 0.0, False)
        for nurture in range(grid - hunt + 1):
            visits = visits_full * nurture / grid
            pay, awards, saved = 0.0, 0.0, 0.0
            if visits_add:
                pay, awards = projected_pay(
                    params, components, clock.month, factor, rep, ledger, tally.active, signed, visits, True
                )
            if visits_save:
                saved = malus_pay(params, components, clock.month, rep, ledger, tally.active, visits)
            later, saves = signed * signing + visits * rep.visit_lapse * kept, visits * rep.visit_lapse * claims
            ledger.utility[index] = (
                (sure + pay) * within(room, awards + settled)
                + later * within(room_then, later)
                + saves
                + saved
                - effort_cost(params, hunt / grid, nurture / grid)
                - stake
            )
            index += 1
    rep.chosen = logit_pick(ledger.utility, params.choice_temperature, rep.u_choice)
    rep.hunting, rep.nurturing = alternative(rep.chosen, grid)


@rule
def within(room, awards):  # type: ignore[no-untyped-def]
    """Share of awards that the regulator's limit lets through."""
    return min(1.0, room / awards) if awards > 0.0 else 1.0


@rule
def expect_attempts(params, rep, grid, worked):  # type: ignore[no-untyped-def]
    """Attempts expected for shares of time for hunting of 0, 1 / grid, 2 / grid and so on, as far as there is room."""
    leads, skill = leads_in_hand(rep), rep.hunting_skill
    for hunt in range(worked.shape[0]):
        worked[hunt] = hunting.expected_attempts(leads, hunting.capacity(params, hunt / grid, skill))


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
def spread_visits(params, rep, tally):  # type: ignore[no-untyped-def]
    """Divide the month's visits over the book as it stands, in proportion to care_all + care_worth * worth, and more to those
    of whom commission can be claimed back (:func:`guard`): those signed this month among them.

    Sets how ties fade (they break when the rep before has left), what every customer gets and what each
    gets per hundredth of worth (:func:`sim.rules.nurturing.visits_expected`); the month's time, and what the book is
    expected to buy, go to the tally.
    """
    visits = rep.nurturing * params.reps_hours / params.reps_hours_per_visit * rep.nurturing_skill
    guarded, months = rep.guarded + tally.signings, rep.guarded_months + tally.signings * (rep.claim_months - 1.0)
    weight = rep.care_all * rep.book_size + rep.care_worth * CENT * rep.book_worth
    weight += rep.guard_each * guarded + rep.guard_months * months
    per_weight = visits / weight if weight > 0.0 else 0.0
    rep.visits_all = rep.care_all * per_weight
    rep.visits_worth = rep.care_worth * CENT * per_weight
    rep.visits_guard = rep.guard_each * per_weight
    rep.visits_guard_months = rep.guard_months * per_weight
    rep.tie_fading = (1.0 - params.tie_fade) * rep.tie_kept
    rep.tie_kept = 1.0
    tally.expected = rep.book_expected
    tally.present, tally.hunting, tally.nurturing, tally.pressure = rep.present, rep.hunting, rep.nurturing, rep.pressure


@rule
def learn(params, components, rep, tally, ledger, team, awards):  # type: ignore[no-untyped-def]
    """Beliefs move towards the month's experience: signings, size, lapse, awards, what a visit does."""
    rate = params.belief_rate
    if tally.attempts > 0.0:
        rep.signings_per_attempt += rate * (tally.signings / tally.attempts - rep.signings_per_attempt)
    if tally.signings > 0.0:
        rep.size += rate * (tally.initial_revenue * CENT / tally.signings - rep.size)
    revenue = tally.initial_revenue + tally.repeat_revenue + tally.cross_revenue
    if revenue > 0.0:
        rep.margin_share += rate * ((revenue - tally.cost_of_goods) / revenue - rep.margin_share)
    if tally.active > 0.0:
        rep.worth += rate * (tally.worth_sum * CENT / tally.active - rep.worth)
    if tally.active + tally.lapses > 0.0:
        rep.lapse += rate * (tally.lapses / (tally.active + tally.lapses) - rep.lapse)
    for i in range(components.shape[0]):
        component = components[i]
        first = (
            tally.signings * per_signing(params, component, rep, 0.0) if component.kind == BOOK and component.team == 0 else 0.0
        )
        value = measured(component, ledger, team) - first
        if not np.isnan(value):
            learn_measure(rate if component.kind != LEVEL else 1.0, rate, value, ledger, i)
    rep.usual_award += rate * (awards - rep.usual_award)
    rep.usual_signings += rate * (tally.signings - rep.usual_signings)
    learn_from_visits(params, rep, tally)
    if params.choice_rule == ROTH_EREV:
        reinforce(params, ledger.propensity, rep.chosen, max(0.0, rep.total_pay * CENT) / params.reps_expenses)


@rule
def learn_measure(rate, noise_rate, value, ledger, i):  # type: ignore[no-untyped-def]
    """What component i's measure usually comes to in a month (first purchases apart; of a level, what it stands at), and how it strays."""
    ledger.noise[i] += noise_rate * (abs(value - ledger.usual[i]) * NORMAL_SPREAD - ledger.noise[i])
    ledger.usual[i] += rate * (value - ledger.usual[i])


@rule
def learn_from_visits(params, rep, tally):  # type: ignore[no-untyped-def]
    """Beliefs about visits move towards the difference between the customers seen and the others.

    Visits go to those who are worth more, so what the seen bought is compared with what others of their size bought.
    """
    other = tally.active + tally.lapses - tally.visited
    seen_stay, other_stay = tally.visited - tally.visited_lapses, tally.active - (tally.visited - tally.visited_lapses)
    if tally.visited <= 0.0 or other <= 0.0:
        return
    # the fewer were seen, the less the comparison teaches
    weight = params.belief_rate * tally.visited / (tally.visited + ENOUGH) * other / (other + ENOUGH)
    rep.visit_lapse += weight * (
        (tally.lapses - tally.visited_lapses) / other - tally.visited_lapses / tally.visited - rep.visit_lapse
    )
    other_expected = tally.expected - tally.visited_expected
    if other_expected > 0.0:
        usual = (tally.repeat_revenue - tally.visited_repeat) / other_expected * tally.visited_expected
        rep.visit_repeat += weight * ((tally.visited_repeat - usual) / tally.visited * CENT - rep.visit_repeat)
    others = tally.cross_revenue - tally.visited_cross
    rep.visit_cross += weight * ((tally.visited_cross / tally.visited - others / other) * CENT - rep.visit_cross)
    if seen_stay > 0.0 and other_stay > 0.0:
        gain = (
            tally.visited_satisfaction / seen_stay - (tally.satisfaction_sum - tally.visited_satisfaction) / other_stay
        ) / QUANTUM
        rep.visit_satisfaction += weight * (gain - rep.visit_satisfaction)


@rule
def reinforce(params, propensity, chosen, payoff):  # type: ignore[no-untyped-def]
    """Roth & Erev (1995): q = (1 - phi) q + (1 - eps) R if chosen, else + eps R / (K - 1)."""
    count = propensity.shape[0]
    for i in range(count):
        gain = (1.0 - params.choice_experiment) * payoff if i == chosen else params.choice_experiment * payoff / max(1, count - 1)
        propensity[i] = (1.0 - params.choice_forgetting) * propensity[i] + gain
