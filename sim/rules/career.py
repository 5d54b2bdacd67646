"""A rep's career: hiring, savings, quitting, norms and dismissal, handing over the book."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, normal_quantile
from sim.rules import planning
from sim.scheme.measures import COUNT
from sim.scheme.settle import accrued, longest_deferral, recover, reward, set_charges, settle_leaver, trail_due
from sim.state import cents, new_ledgers


@rule
def furnish(r, seat, absent):  # type: ignore[no-untyped-def]
    """An empty seat: nobody in it, no tie broken."""
    r.seat = seat
    r.absent = 1 if absent else 0
    r.tie_kept = 1.0


@rule
def open_ledgers(p, components, seats):  # type: ignore[no-untyped-def]
    """Empty pay ledgers for so many seats."""
    months, grid = np.int64(p.months), int(p.choice_grid)
    options, shares = planning.alternatives(grid), grid + 1
    return new_ledgers(seats, components.shape[0], months, months + longest_deferral(components), COUNT, options, shares)


@rule
def hire(p, components, now, r, led, month):  # type: ignore[no-untyped-def]
    """A new rep fills the seat: skills drawn, beliefs those of a newcomer, savings full."""
    u = draws.rep_uniforms(now.seed, now.run, draws.REP_TRAITS, 0, r.seat, r.hire)
    a = normal_quantile(u[0])
    b = p.reps_skill_correlation * a + np.sqrt(1.0 - p.reps_skill_correlation**2) * normal_quantile(u[1])
    spread = p.reps_skill_spread
    r.hunting_skill = exp(spread * a - 0.5 * spread * spread)
    r.nurturing_skill = exp(spread * b - 0.5 * spread * spread)
    r.present = 1
    r.hired_month = month
    r.warnings = 0
    r.norm_signings = 0.0
    r.savings = p.reps_savings_months * p.reps_expenses
    r.signings_per_attempt = p.market_success
    r.worth = p.worth
    r.usual_award = 0.0
    r.usual_signings = 0.0
    r.size = p.customers_initial
    r.margin_share = p.customers_margin
    r.lapse = p.belief_lapse
    r.visit_lapse = p.belief_visit_lapse
    r.visit_repeat = p.belief_visit_repeat
    r.visit_cross = p.belief_visit_cross
    r.visit_satisfaction = p.belief_visit_satisfaction
    r.clawback_due = 0.0
    r.year_variable = 0.0
    if r.hire == 0:
        r.cold = p.market_leads_at_start
    led.to_date[:] = 0.0
    led.carried[:] = 0.0
    led.factor[:] = 1.0
    led.stood[:] = 1.0
    for i in range(components.shape[0]):
        k = components[i]
        led.usual[i] = planning.usual_at_first(p, k, r, led)
        led.noise[i] = p.belief_noise * (k.quota if k.quota > 0.0 else 1.0)
    led.propensity[:] = 1.0


@rule
def open_month(p, components, now, r, led):  # type: ignore[no-untyped-def]
    """A vacancy may end; the rep's uniforms of the month are drawn."""
    if r.present == 0 and r.absent == 0 and now.month >= r.vacant_until:
        hire(p, components, now, r, led, now.month)
    if now.month % 12 == 1:
        r.year_variable = 0.0
    set_charges(components, r, led, now.month)
    u = draws.rep_uniforms(now.seed, now.run, draws.REP_MONTH, now.month, r.seat, r.hire)
    r.u_choice, r.u_attempt, r.u_leave, r.u_survey = u[0], u[1], u[2], u[3]


@rule
def fixed_pay(p, r, month):  # type: ignore[no-untyped-def]
    """Salary, and the start-up subsidy of a new rep, in hundredths."""
    pay = p.reps_salary
    if month - r.hired_month < p.reps_subsidy_months:
        pay += p.reps_subsidy * p.reps_expenses
    return cents(pay)


@rule
def settle_month(p, now, r, variable):  # type: ignore[no-untyped-def]
    """Salary and variable pay arrive, clawback is recovered, expenses go out; returns (fixed, recovered)."""
    fixed = fixed_pay(p, r, now.month)
    recovered = recover(r, fixed + variable + r.savings * 100.0)
    r.total_pay = fixed + variable - recovered
    r.months += 1
    r.savings += r.total_pay * 0.01 - p.reps_expenses
    return fixed, recovered


@rule
def quit_probability(rate, weight, shortfall):  # type: ignore[no-untyped-def]
    """Monthly exit probability: odds of `rate` times exp(weight * shortfall), shortfall of pay in [0, 1]."""
    odds = rate / (1.0 - rate) * exp(weight * shortfall) if rate < 1.0 else 1e9
    return odds / (1.0 + odds)


@rule
def missed_norm(p, r, month, signings):  # type: ignore[no-untyped-def]
    """Whether the rep is dismissed: the norm was missed once more than there are warnings."""
    r.norm_signings += signings
    if p.norm_minimum <= 0.0 or month % np.int64(p.norm_months) != 0:
        return False
    missed = r.norm_signings < p.norm_minimum and planning.under_norm(p, r, month)
    r.norm_signings = 0.0
    if missed:
        r.warnings += 1
    return missed and r.warnings > p.norm_warnings


@rule
def leaves(p, now, r, t):  # type: ignore[no-untyped-def]
    """Whether the rep quits, is broke, or is dismissed at the month's end."""
    shortfall = min(1.0, max(0.0, 1.0 - r.total_pay * 0.01 / p.reps_expenses))
    broke = p.reps_quit_broke > 0.0 and r.savings < 0.0
    dismissed = missed_norm(p, r, now.month, t.signings)
    return r.u_leave < quit_probability(p.reps_quit_rate, p.reps_quit_pay, shortfall) or broke or dismissed


@rule
def end_of_service(p, r, month):  # type: ignore[no-untyped-def]
    """A rep's service ends, by leaving or with the run: count whether 12 and 48 months could be, and were, completed."""
    served, could = month - r.hired_month + 1, np.int64(p.months) - r.hired_month + 1
    if could >= 12:
        r.could_12 += 1.0
        r.stayed_12 += 1.0 if served >= 12 else 0.0
    if could >= 48:
        r.could_48 += 1.0
        r.stayed_48 += 1.0 if served >= 48 else 0.0


@rule
def depart(p, now, r, led):  # type: ignore[no-untyped-def]
    """The rep goes: unvested pay is forfeited, clawback can no longer be recovered; (forfeited, lost)."""
    forfeited = r.held
    led.held[:] = 0.0
    r.held = 0.0
    lost = r.clawback_due
    r.clawback_due = 0.0
    r.present = 0
    r.hire += 1
    r.hunting = 0.0
    r.nurturing = 0.0
    r.pressure = 0.0
    r.vacant_until = now.month + 1 + np.int64(p.reps_vacancy_months)
    r.tie_kept = 1.0 - p.tie_broken
    return forfeited, lost


@rule
def payday(p, components, now, r, t, led, team, m):  # type: ignore[no-untyped-def]
    """Every component that falls due is settled and paid; the month's row `m` gets its lines."""
    if r.present == 0:
        led.scale[now.month] = led.scale[now.month - 1]  # an empty seat earns no trail
        return
    awards, awarded, paid, forfeited = reward(p, components, now, r, led, team)
    fixed, recovered = settle_month(p, now, r, paid)
    r.paid += paid
    r.salary += fixed
    m.awarded += awarded
    m.commission += paid
    m.forfeited += forfeited
    m.salaries += fixed
    m.clawback += recovered
    planning.learn(p, components, r, t, led, team, awards)


@rule
def evening(p, components, now, r, t, led, m):  # type: ignore[no-untyped-def]
    """At the month's end, lapses having been claimed: stay or leave; what is not settled yet is noted."""
    m.trail_due += cents(trail_due(components, now.month, led))
    leaving = r.present == 1 and leaves(p, now, r, t)
    if leaving or (r.present == 1 and now.month == np.int64(p.months)):
        end_of_service(p, r, now.month)
    if not leaving:
        m.accrued += accrued(p, components, now.month, r, led)
    else:
        settle_leaver(p, components, now.month, r, led, m)
        forfeited, lost = depart(p, now, r, led)
        m.forfeited += forfeited
        m.uncollectable += lost
        m.rep_exits += 1.0
