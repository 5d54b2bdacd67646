"""The incentive scheme as data: component = measure x period x shape x timing."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import field_validator, model_validator

from sim.scenario.base import Group, par, shown, wrong
from sim.scenario.components import SCHEMA, names
from sim.texts import nearest

MAX_TIERS = 6
LEAST_QUOTA = 1e-6  # of a measure, where there is a quota
MOST_SHARE = 100.0  # of an amount of money, paid as a rate on it
MOST_FACTOR = 1000.0  # of a multiplier, whatever its measure comes to
ACQUISITION = ("signings", "initial_revenue")


class Tier(Group):
    """From this attainment of the quota on, this rate."""

    attainment: float = par(
        0.0, "of quota", "where the tier begins (of the quota, or of the measure if there is none)", ge=0, le=1e12
    )
    rate: float = par(0.0, "per unit", "paid on what lies in the tier", ge=-1e9, le=1e9)


class Step(Group):
    """Until this month, this share is clawed back."""

    months: int = par(12, "months", "up to and including this month of the contract", ge=1, le=1200)
    share: float = par(1.0, "share", "of the commission, to be paid back", ge=0, le=1)


class Clawback(Group):
    """Commission paid back when the customer lapses early."""

    months: int = par(0, "months", "length; 0 is off", "UK indemnity periods 2-4 years", ge=0, le=1200)
    shape: Literal["linear", "step"] = par("linear", "name", "straight line, or steps")
    steps: tuple[Step, ...] = par((), "steps", "for the step shape, in order")

    @model_validator(mode="after")
    def _consistent(self) -> Clawback:
        if self.shape == "linear" and self.steps:
            raise wrong('found steps beside shape = "linear"; leave them out, or say shape = "step"', "steps")
        if self.shape == "step" and not self.steps:
            raise wrong('found "step" without steps = [{ months = …, share = … }, …]', "shape")
        ends = [step.months for step in self.steps]
        if ends != sorted(set(ends)) or len(ends) > MAX_TIERS:
            raise wrong(
                f"found steps that end in months {shown(ends)}, allowed are at most {MAX_TIERS} with rising months", "steps"
            )
        if ends and ends[-1] != self.months:
            raise wrong(f"found {self.months}, but the last step ends in month {ends[-1]}; say months = {ends[-1]}", "months")
        return self


class Deferral(Group):
    """Pay held back, and lost to malus or departure."""

    share: float = par(0.0, "share", "of the award, held back", ge=0, le=1)
    months: int = par(36, "months", "until all of it has vested", "EU CRD 4-5 years, Solvency II 3", ge=1, le=1200)
    slices: int = par(
        3,
        "slices",
        "equal parts in which it vests: part k in month months x k / slices after the award, rounded down, at least 1",
        ge=1,
        le=120,
    )
    malus_measure: Literal["none", "persistency", "satisfaction", "tenure"] = par(
        "none", "name", "level measure that must hold up"
    )
    malus_below: float = par(0.0, "unit of the measure", "below this, what would vest is forfeited", ge=-1e9, le=1e9)

    @model_validator(mode="after")
    def _consistent(self) -> Deferral:
        if self.model_fields_set and "share" not in self.model_fields_set:
            raise wrong("found none, so nothing is held back; say which share of the award is", "share")
        if self.malus_below != 0.0 and self.malus_measure == "none":
            needs = "a malus_measure that is to hold up: persistency, satisfaction or tenure"
            raise wrong(f"found {self.malus_below} without {needs}", "malus_below")
        return self


class Component(Group):
    """One line of the scheme."""

    name: str = par("commission", "text", "what it is called on the statement of pay, and changed by; unique")
    measure: str = par("initial_revenue", "name", "what it pays on: one of the measures")
    scope: Literal["rep", "team"] = par("rep", "name", "the rep's own value, or the mean over the team")
    months: int = par(1, "months", "period after which it is settled, counted from from_month", ge=1, le=120)
    calendar: bool = par(
        False,
        "yes/no",
        "periods are those of the calendar, counted from month 1 of the run, so that one that begins within them has a part period",
    )
    pro_rata: bool = par(
        True,
        "yes/no",
        "of a part period (a newcomer's first, and where the component begins or ends within one) quota, bonus, cap and tiers "
        "count in proportion to its months; else in full",
        "assumed: usual in employers' plan documents, and the only choice under which a month in service counts alike",
    )
    leaver: Literal["forfeits", "paid"] = par(
        "forfeits",
        "name",
        "who leaves in the midst of a period has no claim to its pay, or is paid as if it ended then",
        "assumed: the usual clause, employed on the day of settlement",
    )
    unmeasured: Literal["unpaid", "target", "carried"] = par(
        "unpaid",
        "name",
        "what holds where the measure does not exist (nobody to measure, a cohort below the least number): nothing is paid, it "
        "counts as on target, or the period's months are carried into the next; gates and multipliers that are not on target "
        "stay as they stood, at first open and 1",
        "assumed: nothing is owed for what nobody can show",
    )
    floor: float = par(
        0.0,
        "unit of the measure",
        "least value that rates are paid on: at 0 a loss pays nothing; below 0 the rate is charged on a loss down to it",
        "assumed: commission is not charged for a loss unless the contract says so",
        ge=-1e12,
        le=0,
    )
    rate: float = par(0.0, "per unit", "paid per unit of the measure", ge=-1e9, le=1e9)
    quota: float = par(
        0.0, "unit of the measure", "norm per whole period that attainment is measured against; 0 is none", ge=0, le=1e12
    )
    tiers: tuple[Tier, ...] = par((), "tiers", "rates by attainment, instead of one rate")
    threshold: float = par(
        1.0,
        "of quota",
        "attainment (of the quota, or of the measure if there is none) at which the bonus is paid or the gate opens",
        ge=-1e9,
        le=1e12,
    )
    bonus: float = par(0.0, "money", "paid once per period when the threshold is reached", ge=0, le=1e9)
    cap: float = par(
        0.0, "money", "most this component can pay in a period (a multiplier: its largest factor); 0 is none", ge=0, le=1e12
    )
    combine: Literal["add", "multiply", "gate"] = par(
        "add", "name", "adds pay, multiplies what the others add, or lets it through only at the threshold"
    )
    trail_months: int = par(
        0, "months", "pay rate x measure / trail_months in each month of contract the customer is there; 0 is off", ge=0, le=1200
    )
    clawback: Clawback = Clawback()
    deferral: Deferral = Deferral()
    from_month: int = par(1, "month", "first month the component is in force", ge=1, le=100_000)
    until_month: int = par(100_000, "month", "last month it is in force", ge=1, le=100_000)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """The names of the measures belong in the schema that editors read."""
        from sim.scheme.measures import NAMES

        made = handler.resolve_ref_schema(handler(core_schema))
        made["properties"]["measure"]["enum"] = list(NAMES)
        return made

    @field_validator("measure")
    @classmethod
    def _registered(cls, name: str) -> str:
        from sim.scheme.measures import NAMES  # loads numba: only where a component is read

        if name not in NAMES:
            raise ValueError(f"found {shown(name)}, allowed is one of {', '.join(NAMES)}{nearest(name, NAMES)}")
        return name

    @field_validator("tiers")
    @classmethod
    def _rising(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        starts = [tier.attainment for tier in tiers]
        if starts != sorted(set(starts)) or len(starts) > MAX_TIERS:
            raise ValueError(f"found tiers from {shown(starts)}, allowed are at most {MAX_TIERS} with rising attainment")
        return tiers

    @model_validator(mode="after")
    def _consistent(self) -> Component:
        if self.until_month < self.from_month:
            raise wrong(f"found {self.until_month}, which lies before from_month = {self.from_month}", "until_month")
        if self.rate and self.tiers:
            raise wrong(f"found tiers beside rate = {self.rate}; allowed is one of the two", "tiers")
        self._check_trail()
        self._check_clawback()
        self._check_combination()
        self._check_attainment()
        self._check_size()
        return self

    def _check_size(self) -> None:
        """A quota too small to divide by, a rate that would pay a multiple of all money there is, a factor out of all proportion."""
        from sim.scheme.measures import MEASURES, NAMES

        if 0.0 < self.quota < LEAST_QUOTA:
            raise wrong(f"found {self.quota}, allowed is 0 (none) or at least {LEAST_QUOTA}", "quota")
        rates = [(self.rate, ("rate",)), *((tier.rate, ("tiers", str(k), "rate")) for k, tier in enumerate(self.tiers))]
        money = MEASURES[NAMES.index(self.measure)].unit == "money"
        most = MOST_SHARE if money else MOST_FACTOR if self.combine == "multiply" else math.inf
        what = "of an amount of money" if money else "as a factor"
        for rate, place in rates:
            if abs(rate) > most:
                raise wrong(f"found {rate}, allowed is {-most:g} to {most:g} {what}", *place)

    def _check_trail(self) -> None:
        if not self.trail_months:
            return
        if self.measure not in ACQUISITION:
            hint = 'pay renewals with measure = "repeat_revenue"'
            raise wrong(f"found a trail on {self.measure}, allowed is one on {' or '.join(ACQUISITION)}; {hint}", "trail_months")
        if self.scope == "team":
            raise wrong('found "team", but a trail is paid to the rep who has the customer', "scope")
        for name in ("tiers", "bonus", "quota", "cap"):
            if getattr(self, name):
                raise wrong(f"found {shown(getattr(self, name))}, but a trail has a rate only", name)
        for name, active in (("clawback", self.clawback.months), ("deferral", self.deferral.share)):
            if active:
                raise wrong(f"found a {name} beside trail_months = {self.trail_months}; a trail is paid as it is earned", name)
        if self.months != 1:
            raise wrong(f"found {self.months}, but a trail is settled each month: leave months out", "months")

    def _check_clawback(self) -> None:
        if not self.clawback.months:
            return
        if self.measure not in ACQUISITION:
            allowed = f"allowed is one on what belongs to a customer signed: {' or '.join(ACQUISITION)}"
            raise wrong(f"found a clawback on {self.measure}, {allowed}", "clawback")
        if self.scope == "team":
            raise wrong('found a clawback beside scope = "team"; it is settled with a rep', "clawback")

    def _check_combination(self) -> None:
        if self.combine == "add":
            return
        pays_nothing = f'beside combine = "{self.combine}", which pays nothing by itself'
        timing = {"trail_months": self.trail_months, "clawback": self.clawback.months, "deferral": self.deferral.share}
        for name, active in timing.items():
            if active:
                raise wrong(f"found a {name.removesuffix('_months')} {pays_nothing}", name)
        for name in ("bonus", "rate", "tiers", "cap") if self.combine == "gate" else ("bonus",):
            if getattr(self, name):
                allowed = "a threshold, with or without a quota" if self.combine == "gate" else "a rate or tiers"
                raise wrong(f"found {shown(getattr(self, name))} {pays_nothing}; allowed is {allowed}", name)
        if self.combine == "multiply" and not self.tiers and "rate" not in self.model_fields_set:
            raise wrong(
                "found a multiplier without a factor; give tiers = [{ attainment = …, rate = … }, …] or a rate", "combine"
            )

    def _check_attainment(self) -> None:
        """Quota and threshold do nothing beside a plain rate: say so, rather than ignore them."""
        has_bonus = self.bonus or "bonus" in self.model_fields_set  # a bonus of 0 may be one end of a sweep
        if self.threshold != Component.model_fields["threshold"].default and not has_bonus and self.combine != "gate":
            use = 'a threshold is where a bonus is paid or a gate opens; give a bonus, or combine = "gate"'
            raise wrong(f"found {self.threshold}, but {use}", "threshold")
        if self.quota and not (self.tiers or has_bonus or self.combine == "gate"):
            use = "a quota is what tiers, a bonus or a gate are measured against; a plain rate does not use it"
            raise wrong(f"found {self.quota}, but {use}", "quota")


class Norm(Group):
    """A rep who misses the norm is warned, then dismissed."""

    minimum: float = par(0.0, "signings/period", "norm; 0 is none", ge=0, le=1e9)
    months: int = par(3, "months", "period over which it is measured", ge=1, le=120)
    warnings: int = par(2, "warnings", "before dismissal", ge=0, le=1000)

    @model_validator(mode="after")
    def _consistent(self) -> Norm:
        if self.model_fields_set and "minimum" not in self.model_fields_set:
            raise wrong("found none, so there is no norm to miss; say how many signings are wanted", "minimum")
        return self


class Scheme(Group):
    """The whole scheme."""

    components: tuple[Component, ...] = par((), "components", "lines of the scheme; none at all is salary only")
    variable_cap: float = par(
        0.0,
        "share",
        "regulator's limit: variable at most this share of fixed pay, per year; 0 is none",
        "Wbfo .2; CRD 1",
        ge=0,
        le=1000,
    )
    persistency_months: int = par(
        13, "months", "age at which persistency is measured", "13th-month persistency, usual in life insurance", ge=1, le=1200
    )
    persistency_window: int = par(
        12,
        "months",
        "months of signing in the cohort of persistency, up to those now at that age; 12 beside a yearly settlement is the cohort "
        "of the period, shifted by the age",
        "a year of signings, as LIMRA and insurers report it (recalled)",
        ge=1,
        le=120,
    )
    persistency_least: int = par(
        1,
        "customers",
        "least number in the cohort for which persistency exists; what holds below it: unmeasured",
        ge=1,
        le=1_000_000,
    )
    persistency_of: Literal["customers", "premium"] = par(
        "customers", "name", "persistency by number of customers, or by their first purchases"
    )
    survey_share: float = par(0.3, "share", "of the book asked for its satisfaction", ge=0.001, le=1)
    survey_noise: float = par(
        0.4,
        "score sd",
        "standard deviation of one answer around the book's mean, differences between customers included",
        ge=0,
        le=10,
    )
    norm: Norm = Norm()

    @field_validator("components")
    @classmethod
    def _named_and_few(cls, components: tuple[Component, ...]) -> tuple[Component, ...]:
        called = names([one.name if "name" in one.model_fields_set else None for one in components])
        return tuple(
            one if one.name == name else one.model_copy(update={"name": name})
            for one, name in zip(components, called, strict=True)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """A file may also change, add and take out components by name."""
        made = handler.resolve_ref_schema(handler(core_schema))
        made["properties"] |= SCHEMA
        return made
