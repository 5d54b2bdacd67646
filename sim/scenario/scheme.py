"""The incentive scheme as data: component = measure x period x shape x timing."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from sim.scenario.base import Group, par

MAX_TIERS = 6
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
            raise ValueError('a linear clawback has no steps: leave them out, or say shape = "step"')
        if self.shape == "step" and self.months and not self.steps:
            raise ValueError("a step clawback needs steps = [{ months = …, share = … }, …]")
        ends = [step.months for step in self.steps]
        if ends != sorted(set(ends)) or len(ends) > MAX_TIERS:
            raise ValueError(f"steps must have rising months, at most {MAX_TIERS} of them, found {ends}")
        if ends and ends[-1] != self.months:
            raise ValueError(f"the last step ends in month {ends[-1]} but the clawback lasts {self.months} months")
        return self


class Deferral(Group):
    """Pay held back, and lost to malus or departure."""

    share: float = par(0.0, "share", "of the award, held back", ge=0, le=1)
    months: int = par(36, "months", "until all of it has vested", "EU CRD 4-5 years, Solvency II 3", ge=1, le=1200)
    slices: int = par(3, "slices", "equal parts in which it vests", ge=1, le=120)
    malus_measure: Literal["none", "persistency", "satisfaction", "tenure"] = par(
        "none", "name", "level measure that must hold up"
    )
    malus_below: float = par(0.0, "unit of the measure", "below this, what would vest is forfeited", ge=-1e9, le=1e9)


class Component(Group):
    """One line of the scheme."""

    name: str = par("commission", "text", "what it is called on the statement of pay")
    measure: str = par("initial_revenue", "name", "what it pays on")
    scope: Literal["rep", "team"] = par("rep", "name", "the rep's own value, or the mean over the team")
    months: int = par(1, "months", "period after which it is settled", ge=1, le=120)
    rate: float = par(0.0, "per unit", "paid per unit of the measure", ge=-1e9, le=1e9)
    quota: float = par(
        0.0, "unit of the measure", "norm per period that attainment is measured against; 0 is none", ge=0, le=1e12
    )
    tiers: tuple[Tier, ...] = par((), "tiers", "rates by attainment, instead of one rate")
    threshold: float = par(1.0, "of quota", "attainment at which the bonus is paid", ge=-1e9, le=1e12)
    bonus: float = par(0.0, "money", "paid once per period when the threshold is reached", ge=0, le=1e12)
    cap: float = par(0.0, "money", "most this component can pay in a period; 0 is none", ge=0, le=1e12)
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

    @field_validator("measure")
    @classmethod
    def _registered(cls, name: str) -> str:
        from sim.scheme.measures import NAMES  # loads numba: only where a component is read

        if name not in NAMES:
            raise ValueError(f"'{name}' is no measure; there are {', '.join(NAMES)}")
        return name

    @field_validator("tiers")
    @classmethod
    def _rising(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        starts = [tier.attainment for tier in tiers]
        if starts != sorted(set(starts)) or len(starts) > MAX_TIERS:
            raise ValueError(f"tiers must have rising attainment, at most {MAX_TIERS} of them, found {starts}")
        return tiers

    @model_validator(mode="after")
    def _consistent(self) -> Component:
        acquisition = self.measure in ACQUISITION
        if self.clawback.months and not acquisition:
            raise ValueError(
                f"a clawback needs a measure that belongs to a customer signed ({' or '.join(ACQUISITION)}), found {self.measure}"
            )
        if self.trail_months and not acquisition:
            raise ValueError(
                f'a trail needs {" or ".join(ACQUISITION)}, found {self.measure}; pay renewals with measure = "repeat_revenue"'
            )
        if self.trail_months and (self.clawback.months or self.deferral.share):
            raise ValueError("a trail is paid as it is earned: it has no clawback and no deferral")
        if self.trail_months and (self.tiers or self.bonus or self.quota or self.months != 1):
            raise ValueError("a trail has a rate only, settled each month: no tiers, bonus, quota or longer period")
        if self.rate and self.tiers:
            raise ValueError("give a rate or tiers, not both")
        if self.combine != "add" and (self.clawback.months or self.deferral.share or self.trail_months):
            raise ValueError(f"a component that is to {self.combine} has no clawback, deferral or trail")
        if self.until_month < self.from_month:
            raise ValueError(f"until_month {self.until_month} lies before from_month {self.from_month}")
        if self.clawback.months and self.scope == "team":
            raise ValueError("a clawback is settled with a rep, not with a team")
        return self


class Norm(Group):
    """A rep who misses the norm is warned, then dismissed."""

    minimum: float = par(0.0, "signings/period", "norm; 0 is none", ge=0, le=1e9)
    months: int = par(3, "months", "period over which it is measured", ge=1, le=120)
    warnings: int = par(2, "warnings", "before dismissal", ge=0, le=1000)


class Scheme(Group):
    """The whole scheme."""

    components: tuple[Component, ...] = par((), "components", "lines of the scheme; none is salary only")
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
    survey_share: float = par(0.3, "share", "of the book asked for its satisfaction", gt=0, le=1)
    survey_noise: float = par(0.4, "score sd", "noise of one answer", ge=0, le=10)
    norm: Norm = Norm()

    @field_validator("components")
    @classmethod
    def _not_too_many(cls, components: tuple[Component, ...]) -> tuple[Component, ...]:
        if len(components) > 16:
            raise ValueError(f"at most 16 components, found {len(components)}")
        return components
