"""What the rep learns: beliefs move towards the month's experience, and ways to spend time towards what they paid."""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.rules.projection import per_signing
from sim.scenario.codes import ROTH_EREV
from sim.scheme.measures import BOOK, CENT, LEVEL
from sim.scheme.settle import measured
from sim.state import QUANTUM

NORMAL_SPREAD = 1.2533141373155003  # standard deviation of a normal over its mean absolute deviation, sqrt(pi / 2)
ENOUGH = 20.0  # customers seen, and not seen, at which half of a comparison is believed


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
