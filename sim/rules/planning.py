"""How a rep splits the month between hunting, nurturing and neither: pay of every alternative is projected, and weighed against effort."""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.rules import hunting
from sim.rules.choice import logit_pick, pick
from sim.rules.projection import (
    NODES,
    NONE,
    REPEAT,
    SALE_PROFIT,
    ahead,
    at_risk,
    book_pay,
    malus_pay,
    months_left,
    part,
    per_signing,
    per_visit,
    project,
    projected_pay,
    split_award,
    trail_pay,
    usual_of_book,
    will_count,
)
from sim.scenario.codes import ADD, FIXED, ROTH_EREV
from sim.scheme.measures import CENT, LEVEL
from sim.scheme.settle import STEP, combined_factor, in_force, longest_clawback, variable_room, year_end
from sim.state import leads_in_hand


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
def room_later(params, rep, factor):  # type: ignore[no-untyped-def]
    """What the regulator's limit leaves, beside the usual awards, for pay that comes later in the horizon."""
    if params.scheme_variable_cap == 0.0:
        return np.inf
    return max(0.0, params.scheme_variable_cap * params.reps_salary - rep.usual_award * factor) * params.reps_horizon_months


@rule
def touched_by_visits(components):  # type: ignore[no-untyped-def]
    """Whether visits can add to any component's measure, and to any that a malus looks at."""
    adds, saves = False, False
    for i in range(components.shape[0]):
        adds |= components[i].per_visit != NONE
        saves |= components[i].malus_measure >= 0
    return adds, saves


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
    leads, skill = leads_in_hand(params, rep), rep.hunting_skill
    for hunt in range(worked.shape[0]):
        worked[hunt] = hunting.expected_attempts(leads, hunting.capacity(params, hunt / grid, skill))


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
