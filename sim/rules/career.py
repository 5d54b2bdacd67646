"""A rep's career: hiring, savings, quitting, norms and dismissal, handing over the book."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, normal_quantile
from sim.rules import learning, planning, projection, surplus
from sim.scheme.measures import COUNT
from sim.scheme.settle import accrued, longest_deferral, recover, reward, set_charges, settle_leaver, trail_due
from sim.state import cents, new_ledgers


@rule
def furnish(rep, seat, absent):  # type: ignore[no-untyped-def]
    """An empty seat: nobody in it, no tie broken."""
    rep.seat = seat
    rep.absent = 1 if absent else 0
    rep.tie_kept = 1.0


@rule
def open_ledgers(params, components, seats):  # type: ignore[no-untyped-def]
    """Empty pay ledgers for so many seats."""
    months, grid = np.int64(params.months), int(params.choice_grid)
    options, shares = planning.alternatives(grid), grid + 1
    return new_ledgers(seats, components.shape[0], months, months + longest_deferral(components), COUNT, options, shares)


@rule
def hire(params, components, clock, rep, ledger, month):  # type: ignore[no-untyped-def]
    """A new rep fills the seat: skills drawn, beliefs those of a newcomer, savings full."""
    u = draws.rep_uniforms(clock.seed, clock.run, draws.REP_TRAITS, 0, rep.seat, rep.hire)
    a = normal_quantile(u[0])
    b = params.reps_skill_correlation * a + np.sqrt(1.0 - params.reps_skill_correlation**2) * normal_quantile(u[1])
    spread = params.reps_skill_spread
    rep.hunting_skill = exp(spread * a - 0.5 * spread * spread)
    rep.nurturing_skill = exp(spread * b - 0.5 * spread * spread)
    rep.present = 1
    rep.hired_month = month
    rep.warnings = 0
    rep.norm_signings = 0.0
    rep.savings = params.reps_savings_months * params.reps_expenses
    rep.signings_per_attempt = surplus.signing(params.market_success, surplus.lure(params, 0.0))
    rep.worth = params.worth
    rep.usual_award = 0.0
    rep.usual_signings = 0.0
    rep.size = params.customers_initial
    rep.margin_share = params.customers_margin
    rep.lapse = params.belief_lapse
    rep.visit_lapse = params.belief_visit_lapse
    rep.visit_repeat = params.belief_visit_repeat
    rep.visit_cross = params.belief_visit_cross
    rep.visit_satisfaction = params.belief_visit_satisfaction
    rep.clawback_due = 0.0
    rep.year_variable = 0.0
    if rep.hire == 0:
        rep.cold = params.market_leads_at_start
    ledger.to_date[:] = 0.0
    ledger.carried[:] = 0.0
    ledger.factor[:] = 1.0
    ledger.stood[:] = 1.0
    for i in range(components.shape[0]):
        component = components[i]
        ledger.usual[i] = projection.usual_at_first(params, component, rep, ledger)
        ledger.noise[i] = params.belief_noise * (component.quota if component.quota > 0.0 else 1.0)
    ledger.propensity[:] = 1.0


@rule
def open_month(params, components, clock, rep, tally, ledger, firm):  # type: ignore[no-untyped-def]
    """A vacancy may end; the rep's uniforms of the month are drawn.  The run opens with every seat filled, at no cost."""
    vacant = rep.present == 0 and rep.absent == 0 and clock.month >= rep.vacant_until
    if vacant and (clock.month == 1 or is_taken(params, clock, rep, firm)):
        hire(params, components, clock, rep, ledger, clock.month)
        tally.hires = 0.0 if clock.month == 1 else 1.0
    if clock.month % 12 == 1:
        rep.year_variable = 0.0
    set_charges(components, rep, ledger, clock.month)
    u = draws.rep_uniforms(clock.seed, clock.run, draws.REP_MONTH, clock.month, rep.seat, rep.hire)
    rep.u_choice, rep.u_attempt, rep.u_leave, rep.u_survey = u[0], u[1], u[2], u[3]


@rule
def fixed_pay(params, rep, month):  # type: ignore[no-untyped-def]
    """Salary, and the start-up subsidy of a new rep, in hundredths."""
    pay = params.reps_salary
    if month - rep.hired_month < params.reps_subsidy_months:
        pay += params.reps_subsidy * params.reps_expenses
    return cents(pay)


@rule
def settle_month(params, clock, rep, variable):  # type: ignore[no-untyped-def]
    """Salary and variable pay arrive, clawback is recovered, expenses go out; returns (fixed, recovered)."""
    fixed = fixed_pay(params, rep, clock.month)
    recovered = recover(rep, fixed + variable + rep.savings * 100.0)
    rep.total_pay = fixed + variable - recovered
    rep.months += 1
    rep.savings += rep.total_pay * 0.01 - params.reps_expenses
    return fixed, recovered


@rule
def shortfall(params, pay):  # type: ignore[no-untyped-def]
    """What pay falls short of the pay to compare it with, as a share of that, from 1 (no pay) down to -1 (twice as much).

    Reps compare with what they live on, or could have elsewhere where that is more (`reps.reservation`).
    """
    return min(1.0, max(-1.0, 1.0 - pay / max(params.reps_expenses, params.reps_reservation)))


@rule
def shifted(rate, weight, by):  # type: ignore[no-untyped-def]
    """Monthly probability with the odds of `rate` times exp(weight * by): of leaving a seat, and of taking one."""
    if rate == 1.0:
        return 1.0
    odds = rate / (1.0 - rate) * exp(weight * by)
    return odds / (1.0 + odds)


@rule
def quits(params, rep):  # type: ignore[no-untyped-def]
    """Whether the rep would rather go: sooner the more the month's pay falls short; pay beyond that holds nobody longer."""
    return rep.u_leave < shifted(params.reps_quit_rate, params.reps_quit_pay, max(0.0, shortfall(params, rep.total_pay * 0.01)))


@rule
def is_taken(params, clock, rep, firm):  # type: ignore[no-untyped-def]
    """Whether somebody takes the vacant seat this month: the reverse of leaving one, by the pay that reps are seen to earn.

    An applicant sees what all reps here have been paid of late (:func:`sim.rules.foresight.learn`), not what a projection would say:
    the terms of a scheme tell an outsider little of what it brings.
    """
    u = draws.rep_uniforms(clock.seed, clock.run, draws.APPLICANT, clock.month, rep.seat, rep.hire)[0]
    return u < shifted(params.reps_hiring_rate, params.reps_hiring_pay, -shortfall(params, firm.expected_pay))


@rule
def missed_norm(params, rep, month, signings):  # type: ignore[no-untyped-def]
    """Whether the rep is dismissed: the norm was missed once more than there are warnings."""
    rep.norm_signings += signings
    if params.norm_minimum <= 0.0 or month % np.int64(params.norm_months) != 0:
        return False
    missed = rep.norm_signings < params.norm_minimum and planning.under_norm(params, rep, month)
    rep.norm_signings = 0.0
    if missed:
        rep.warnings += 1
    return missed and rep.warnings > params.norm_warnings


@rule
def leaves(params, clock, rep, tally):  # type: ignore[no-untyped-def]
    """Whether the rep quits, is broke, or is dismissed at the month's end."""
    broke = params.reps_quit_broke > 0.0 and rep.savings < 0.0
    dismissed = missed_norm(params, rep, clock.month, tally.signings)
    return quits(params, rep) or broke or dismissed


@rule
def end_of_service(params, rep, month):  # type: ignore[no-untyped-def]
    """A rep's service ends, by leaving or with the run: count whether 12 and 48 months could be, and were, completed."""
    served, could = month - rep.hired_month + 1, np.int64(params.months) - rep.hired_month + 1
    if could >= 12:
        rep.could_12 += 1.0
        rep.stayed_12 += 1.0 if served >= 12 else 0.0
    if could >= 48:
        rep.could_48 += 1.0
        rep.stayed_48 += 1.0 if served >= 48 else 0.0


@rule
def depart(params, clock, rep, ledger):  # type: ignore[no-untyped-def]
    """The rep goes: unvested pay is forfeited, clawback can no longer be recovered; (forfeited, lost)."""
    forfeited = rep.held
    ledger.held[:] = 0.0
    rep.held = 0.0
    lost = rep.clawback_due
    rep.clawback_due = 0.0
    rep.present = 0
    for calls in range(1, np.int64(params.market_courting)):  # to the successor they are strangers
        rep.cold += rep.courted[calls]
        rep.courted[calls] = 0.0
    rep.hire += 1
    rep.hunting = 0.0
    rep.nurturing = 0.0
    rep.pressure = 0.0
    rep.vacant_until = clock.month + 1 + np.int64(params.reps_vacancy_months)
    rep.tie_kept = 1.0 - params.tie_broken
    return forfeited, lost


@rule
def payday(params, components, clock, rep, tally, ledger, team, row):  # type: ignore[no-untyped-def]
    """Every component that falls due is settled and paid; the month's `row` gets its lines."""
    if rep.present == 0:
        ledger.scale[clock.month] = ledger.scale[clock.month - 1]  # an empty seat earns no trail
        return
    awards, awarded, paid, forfeited = reward(params, components, clock, rep, ledger, team)
    fixed, recovered = settle_month(params, clock, rep, paid)
    rep.paid += paid
    rep.salary += fixed
    row.awarded += awarded
    row.commission += paid
    row.forfeited += forfeited
    row.salaries += fixed
    row.clawback += recovered
    learning.learn(params, components, rep, tally, ledger, team, awards)


@rule
def evening(params, components, clock, rep, tally, ledger, row):  # type: ignore[no-untyped-def]
    """At the month's end, lapses having been claimed: stay or leave; what is not settled yet is noted.

    ``rep.ended`` says whether a rep's service ended, by leaving or with the run.
    """
    row.trail_due += cents(trail_due(components, clock.month, ledger))
    leaving = rep.present == 1 and leaves(params, clock, rep, tally)
    rep.ended = 1 if leaving or (rep.present == 1 and clock.month == np.int64(params.months)) else 0
    if rep.ended == 1:
        end_of_service(params, rep, clock.month)
    if not leaving:
        row.accrued += accrued(params, components, clock.month, rep, ledger)
    else:
        settle_leaver(params, components, clock.month, rep, ledger, row)
        forfeited, lost = depart(params, clock, rep, ledger)
        row.forfeited += forfeited
        row.uncollectable += lost
        row.rep_exits += 1.0
