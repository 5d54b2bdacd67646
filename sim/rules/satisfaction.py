"""Satisfaction: experience against expectation, losses looming larger; word of mouth."""

from __future__ import annotations

from sim.compiled import rule

ACT = "feel"


@rule
def update(satisfaction: float, expectation: float, experience: float, speed: float, loss: float, performance: float) -> float:
    """S' = S + speed * (performance x + g(x - E) - S), g(y) = y above 0 and loss * y below; kept in [-1, 1].

    Performance and disconfirmation both count (Anderson & Sullivan 1993, recalled 85%); losses loom
    larger than gains (Bolton 1998).
    """
    gap = experience - expectation
    felt = gap if gap >= 0.0 else loss * gap
    moved = satisfaction + speed * (performance * experience + felt - satisfaction)
    return min(max(moved, -1.0), 1.0)


@rule
def follow(expectation: float, experience: float, learning: float) -> float:
    """Expectation follows experience: E' = E + learning * (x - E)."""
    return expectation + learning * (experience - expectation)


@rule
def refers(u: float, rate: float, satisfaction: float) -> bool:
    """Whether a satisfied customer refers another, with probability rate * S."""
    return u < rate * satisfaction


@rule
def warns(u: float, rate: float, satisfaction: float) -> bool:
    """Whether a dissatisfied customer warns somebody off, with probability rate * -S."""
    return u < rate * -satisfaction


@rule
def quiet(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """The month's experience is felt; expectation follows it."""
    customer.satisfaction = update(
        customer.satisfaction,
        customer.expectation,
        moment.experience,
        params.feeling_speed,
        params.feeling_loss,
        params.feeling_performance,
    )
    customer.expectation = follow(customer.expectation, moment.experience, params.feeling_learning)


@rule
def occurs(params, clock, customer, moment, rep):  # type: ignore[no-untyped-def]
    """Whether the customer refers somebody, or has this month, or warns somebody off."""
    u, satisfaction = moment.u_referral, customer.satisfaction
    warned = (params.referral_warned > 0.0) & warns(u, params.referral_warned, satisfaction)
    told = refers(u, params.referral_rate, satisfaction) | warned
    return told | (moment.referrals > 0)


@rule
def happen(params, clock, customer, moment, rep, tally, agent):  # type: ignore[no-untyped-def]
    """The satisfied refer others, the dissatisfied warn them off; both are counted."""
    if refers(moment.u_referral, params.referral_rate, customer.satisfaction):
        moment.referrals += 1
    tally.referrals += moment.referrals
    if warns(moment.u_referral, params.referral_warned, customer.satisfaction):
        tally.warned += 1.0
