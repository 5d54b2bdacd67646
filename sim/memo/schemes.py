"""A scheme in words, as it would stand in a letter of appointment: for memos and for people who do not read TOML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.scenario.scheme import Clawback, Component, Deferral, Scheme


class Spoken(NamedTuple):
    """A measure as it is spoken of."""

    single: str
    many: str
    money: bool  # paid in per cent, the others per unit
    plural: bool


SPOKEN = {
    "signings": Spoken("customer signed", "customers signed", False, True),
    "initial_revenue": Spoken("first purchases", "first purchases", True, True),
    "repeat_revenue": Spoken("repeat purchases and renewals", "repeat purchases and renewals", True, True),
    "cross_revenue": Spoken("cross-purchases", "cross-purchases", True, True),
    "revenue": Spoken("all revenue", "all revenue", True, False),
    "gross_margin": Spoken("gross margin", "gross margin", True, False),
    "collected": Spoken("cash collected", "cash collected", True, False),
    "customer_profit": Spoken("profit on customers' accounts", "profit on customers' accounts", True, False),
    "active_customers": Spoken("customer in the book", "customers in the book", False, True),
    "persistency": Spoken("point of persistency", "persistency", False, False),
    "tenure": Spoken("month of mean tenure", "mean tenure in months", False, False),
    "satisfaction": Spoken("point of satisfaction", "satisfaction", False, False),
    "arrears_rate": Spoken("point of the share in arrears", "the share in arrears", False, False),
    "book_value": Spoken("expected monthly margin of the book", "expected monthly margin of the book", True, False),
    "lapses": Spoken("customer lost", "customers lost", False, True),
}
PERIODS = {1: "a month", 3: "a quarter", 6: "half a year", 12: "a year"}


def scheme(whole: Scheme, currency: str) -> list[str]:
    """Every component in a sentence, and what limits them together."""
    lines = [component(one, currency) for one in whole.components] or ["no variable pay"]
    if whole.variable_cap:
        lines.append(f"all variable pay together at most {per_cent(whole.variable_cap)} of fixed pay a year")
    if whole.norm.minimum:
        norm = f"{amount(whole.norm.minimum)} signings {_period(whole.norm.months)}"
        lines.append(f"a norm of {norm}; dismissal after {whole.norm.warnings} warnings")
    return lines


def component(one: Component, currency: str) -> str:
    """A component in a sentence: what is paid, on what, over which period, on which conditions."""
    said = ", ".join([_pay(one, currency), *_conditions(one, currency)])
    return f"{one.name}: {said}"


def _pay(one: Component, currency: str) -> str:
    if one.combine == "gate":
        return f"all other variable pay only if {_spoken(one).many} {_reaches(one, currency)}"
    if one.combine == "multiply":
        factor = _tiers(one, currency, "×{:.15g}") if one.tiers else f"×{one.rate:.15g} per {_spoken(one).single}"
        return f"other variable pay {factor}"
    said = []
    if one.tiers:
        said.append(_tiers(one, currency))
    elif one.rate:
        said.append(_rate(one, one.rate, currency))
    if one.bonus:
        said.append(f"{amount(one.bonus)} {currency} if {_spoken(one).many} {_reaches(one, currency)}")
    return " and ".join(said) or "nothing"


def _rate(one: Component, rate: float, currency: str) -> str:
    if _spoken(one).money:
        return f"{per_cent(rate)} of {_spoken(one).single}"
    return f"{amount(rate)} {currency} per {_spoken(one).single}"


def _tiers(one: Component, currency: str, form: str = "") -> str:
    """Rates by attainment; without a quota, by the measure itself."""
    parts = []
    for tier in one.tiers:
        rate = form.format(tier.rate) if form else _rate(one, tier.rate, currency)
        parts.append(f"{rate} from {per_cent(tier.attainment) if one.quota else amount(tier.attainment)}")
    of = f"of a quota of {amount(one.quota)}" if one.quota else f"of {_spoken(one).many}"
    return f"{'; '.join(parts)} {of}"


def _reaches(one: Component, currency: str) -> str:
    spoken, level = _spoken(one), one.threshold * one.quota if one.quota else one.threshold
    return f"reach{'' if spoken.plural else 'es'} {amount(level)}{f' {currency}' if spoken.money else ''}"


def _conditions(one: Component, currency: str) -> Iterator[str]:
    if one.trail_months:
        yield f"paid in equal parts over the first {one.trail_months} months of the contract while the customer stays"
    elif one.months != 1 or one.tiers or one.bonus:
        yield f"settled once {_period(one.months)}"
    if one.scope == "team":
        yield "on the mean of the team"
    if one.cap:
        yield f"at most {amount(one.cap)}" + ("×" if one.combine == "multiply" else f" {currency} {_period(one.months)}")
    if one.clawback.months:
        yield _clawback(one.clawback)
    if one.deferral.share:
        yield _deferral(one.deferral)
    yield from one.choices()
    if one.from_month > 1:
        yield f"from month {one.from_month}"
    if one.until_month < 100_000:
        yield f"until month {one.until_month}"


def _clawback(clawback: Clawback) -> str:
    if clawback.shape == "linear":
        return f"clawed back in proportion when the customer leaves within {clawback.months} months"
    steps = ", ".join(f"{per_cent(step.share)} up to month {step.months}" for step in clawback.steps)
    return f"clawed back when the customer leaves: {steps}"


def _deferral(deferral: Deferral) -> str:
    said = f"{per_cent(deferral.share)} of it deferred, vesting in {deferral.slices} parts over {deferral.months} months"
    if deferral.malus_measure != "none":
        said += f" unless {deferral.malus_measure} is below {amount(deferral.malus_below)}"
    return said


def _spoken(one: Component) -> Spoken:
    """A researcher's own measure goes by its name."""
    return SPOKEN.get(one.measure, Spoken(one.measure, one.measure, False, False))


def _period(months: int) -> str:
    return PERIODS.get(months, f"every {months} months")


def per_cent(share: float) -> str:
    """A share in per cent, exactly."""
    return f"{100 * share:.10g}%"


def amount(value: float) -> str:
    """A number with thousands separated, exactly."""
    return f"{value:,.10g}"
