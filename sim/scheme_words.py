"""A scheme in words, for people who do not read TOML: on statements of pay, in memos, in the cookbook."""

from __future__ import annotations

from collections.abc import Iterator

from sim.number_text import short
from sim.scenario.scheme import Component, Norm, Scheme
from sim.scheme.measures import MEASURES

UNITS = {entry.name: entry.unit for entry in MEASURES}


def measure_words(component: Component) -> str:
    """Such as ``initial revenue``: the measure's name, spelt out, and whose it is."""
    name = component.measure.replace("_", " ")
    return f"the team's mean {name}" if component.scope == "team" else name


def rate_words(component: Component, rate: float, currency: str) -> str:
    """A rate per unit of the measure: of money a percentage, otherwise an amount per unit."""
    unit = UNITS[component.measure]
    if unit == "money":
        return f"{short(100 * rate)}%"
    return f"{short(rate)} {currency} per {unit.removesuffix('s')}"


def terms(component: Component, currency: str) -> str:
    """What the component pays, over which period, and on what conditions, in one sentence."""
    return "; ".join([_pays(component, currency), *_conditions(component, currency)])


def _pays(k: Component, currency: str) -> str:
    what = measure_words(k)
    reaches = f"{short(100 * k.threshold)}% of the quota of {short(k.quota)}" if k.quota else short(k.threshold)
    if k.combine == "gate":
        return f"lets the pay of the others through while {what} is at least {reaches}"
    if k.combine == "multiply":
        steps = ", ".join(f"{short(tier.rate)} from {_start(k, tier.attainment)}" for tier in k.tiers)
        factor = f"the factor that {what} reaches: 1 at first, {steps}" if k.tiers else f"{short(k.rate)} x {what}"
        return f"multiplies the pay of the others by {factor}"
    if k.trail_months:
        rate = rate_words(k, k.rate, currency)
        return f"{rate} of {what} in {k.trail_months} equal monthly parts while the customer stays"
    parts = []
    if k.tiers:
        steps = ", ".join(f"{rate_words(k, tier.rate, currency)} from {_start(k, tier.attainment)}" for tier in k.tiers)
        parts.append(f"{what} by tier, each on what lies in it: {steps}")
    elif k.rate or not k.bonus:
        parts.append(f"{rate_words(k, k.rate, currency)} of {what}")
    if k.bonus:
        parts.append(f"{short(k.bonus)} {currency} when {what} reaches {reaches}")
    return " and ".join(parts)


def _start(k: Component, attainment: float) -> str:
    return f"{short(100 * attainment)}% of the quota of {short(k.quota)}" if k.quota else short(attainment)


def _conditions(k: Component, currency: str) -> list[str]:
    said = [] if k.trail_months else ["settled every month" if k.months == 1 else f"settled every {k.months} months"]
    if k.cap:
        said.append(f"at most {short(k.cap)}{'' if k.combine == 'multiply' else f' {currency}'} a period")
    if k.deferral.share:
        d = k.deferral
        said.append(f"{short(100 * d.share)}% held back, vesting in {d.slices} parts over {d.months} months")
        if d.malus_measure != "none":
            said.append(f"forfeited where {d.malus_measure} is then below {short(d.malus_below)}")
    if k.clawback.months:
        steps = ", ".join(f"{short(100 * step.share)}% to month {step.months}" for step in k.clawback.steps)
        line = f"in a straight line over {k.clawback.months} months"
        said.append(f"paid back when the customer leaves: {steps or line}")
    said += _choices(k)
    if k.from_month > 1 or k.until_month < 100_000:
        until = f" to {k.until_month}" if k.until_month < 100_000 else " on"
        said.append(f"{'for signings ' if k.trail_months else ''}from month {k.from_month}{until}")
    return said


def _choices(k: Component) -> Iterator[str]:
    """What it says otherwise than most: part periods, leavers, what cannot be measured, losses."""
    if k.calendar and k.months > 1:
        yield "by the calendar's periods, counted from month 1"
    if not k.pro_rata and k.months > 1:
        yield "in full for part periods"
    if k.leaver == "paid":
        yield "leavers are paid for the part of the period they were there"
    if k.unmeasured != "unpaid":
        what = "counting as on target" if k.unmeasured == "target" else "carried into the next period"
        yield f"{what} where there are too few customers to measure, or none"
    if k.floor:
        yield f"charged on a loss down to {short(k.floor)}"


def scheme_words(scheme: Scheme, currency: str) -> list[str]:
    """Every component in a sentence, and what limits them together."""
    said = [f"{one.name}: {terms(one, currency)}" for one in scheme.components] or ["no variable pay"]
    return said + [words for words in (limit_words(scheme), norm_words(scheme.norm)) if words]


def norm_words(norm: Norm) -> str:
    """The norm that reps are held to, in words; empty without one."""
    if not norm.minimum:
        return ""
    return f"a norm of {short(norm.minimum)} signings every {norm.months} months; dismissal after {norm.warnings} warnings"


def limit_words(scheme: Scheme) -> str:
    """The regulator's limit, in words; empty without one."""
    if not scheme.variable_cap:
        return ""
    return f"variable pay of a year is at most {short(100 * scheme.variable_cap)}% of its salary"
