"""Every parameter with unit, bounds, meaning and source, from where it is declared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args, get_origin

from sim.scenario.base import Group, shown
from sim.scenario.model import Scenario
from sim.scenario.sources import ASSUMED, source_of

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


class Parameter(NamedTuple):
    """One parameter of a scenario."""

    path: str
    value: str
    unit: str
    bounds: str
    meaning: str
    source: str


class Switch(NamedTuple):
    """Parameters that the model does not look at while another one says otherwise."""

    paths: tuple[str, ...]
    off: Callable[[Scenario], bool]
    why: str


SWITCHES = (
    Switch(
        ("reps.choice.temperature", "reps.effort_cost", "reps.substitution", "reps.intrinsic_hunting", "reps.intrinsic_nurturing"),
        lambda s: s.reps.choice.rule != "logit",
        'reps.choice.rule is not "logit"',
    ),
    Switch(("reps.choice.grid",), lambda s: s.reps.choice.rule == "fixed", 'reps.choice.rule is "fixed"'),
    Switch(
        ("reps.choice.hunting", "reps.choice.nurturing"),
        lambda s: s.reps.choice.rule != "fixed",
        'reps.choice.rule is not "fixed"',
    ),
    Switch(
        ("reps.choice.forgetting", "reps.choice.experiment"),
        lambda s: s.reps.choice.rule != "roth_erev",
        'reps.choice.rule is not "roth_erev"',
    ),
    Switch(
        ("customers.renewal", "customers.renewal_months", "customers.lapse.midterm", "customers.shed", "firm.concession"),
        lambda s: s.customers.setting != "contractual",
        'customers.setting is not "contractual"',
    ),
    Switch(
        ("customers.purchase.shape", "customers.purchase.alpha", "customers.purchase.satisfaction", "customers.purchase.visit",
         "customers.spend.p", "customers.spend.q", "customers.spend.v"),
        lambda s: not s.customers.purchase.enabled,
        "customers.purchase.enabled is false",
    ),
    Switch(("desk.redress",), lambda s: s.customers.service.complaint == 0.0, "customers.service.complaint is 0"),
    Switch(("desk.continuity",), lambda s: s.desk.contact != "fixed", 'desk.contact is not "fixed"'),
    Switch(
        ("desk.offer_time", "desk.offer_sale", "desk.appointment", "desk.irritation"),
        lambda s: s.desk.orientation != "commercial",
        'desk.orientation is not "commercial"',
    ),
    Switch(("firm.resolution.value",), lambda s: s.firm.resolution.policy != "by_value", 'firm.resolution.policy is not "by_value"'),
    Switch(
        ("firm.resolution.bucket",),
        lambda s: s.firm.resolution.policy == "none",
        'firm.resolution.policy is "none"',
    ),
    Switch(
        ("firm.resolution.solve_cost", "firm.resolution.recovery", "firm.resolution.arrange"),
        lambda s: s.firm.resolution.policy in ("none", "strict"),
        "firm.resolution.policy seeks no solution",
    ),
    Switch(
        ("firm.resolution.collect_cost", "firm.resolution.collect", "firm.resolution.estrangement"),
        lambda s: s.firm.resolution.policy in ("none", "solution"),
        "firm.resolution.policy is never strict",
    ),
    Switch(("market.insistence", "customers.tie.courted"), lambda s: s.market.courting == 1, "market.courting is 1"),
    Switch(("reps.hiring_pay",), lambda s: s.reps.hiring_rate == 1.0, "reps.hiring_rate is 1"),
    Switch(("reps.reservation",), lambda s: s.reps.reservation <= s.reps.expenses, "reps.reservation is not above reps.expenses"),
    Switch(("reps.subsidy_months",), lambda s: s.reps.subsidy == 0.0, "reps.subsidy is 0"),
    Switch(
        ("customers.lapse.shortfall", "customers.payment.shortfall"),
        lambda s: s.market.lure == s.market.urgency == 0.0,
        "market.lure and market.urgency are 0",
    ),
    Switch(("scheme.norm.months", "scheme.norm.warnings"), lambda s: s.scheme.norm.minimum == 0.0, "scheme.norm.minimum is 0"),
)  # fmt: skip


def idle(scenario: Scenario) -> dict[str, str]:
    """Parameters that play no part in this scenario, and why: path -> reason."""
    found = {path: switch.why for switch in SWITCHES if switch.off(scenario) for path in switch.paths}
    for index, component in enumerate(scenario.scheme.components):
        place = f"scheme.components[{index}]"
        if component.from_month > scenario.months:
            found[f"{place}.from_month"] = f"the run ends in month {scenario.months}"
        if not component.bonus and component.combine != "gate":
            found[f"{place}.threshold"] = "there is no bonus and no gate"
        if not component.clawback.months:
            found[f"{place}.clawback.shape"] = "there is no clawback"
        if not component.deferral.share:
            found |= {f"{place}.deferral.{name}": "nothing is deferred" for name in ("months", "slices")}
        if component.deferral.malus_measure == "none":
            found[f"{place}.deferral.malus_below"] = "there is no malus"
    return found


def parameters(scenario: Scenario) -> list[Parameter]:
    """All parameters of a scenario, in the order of the file; what plays no part says so in its meaning."""
    reasons = idle(scenario)
    rows = _rows(scenario, "", scenario.sources)
    return [
        row._replace(meaning=f"{row.meaning} (not in play: {reasons[row.path]})") if row.path in reasons else row for row in rows
    ]


class Declared(NamedTuple):
    """What a declaration says of a parameter, whatever its value."""

    unit: str
    meaning: str


def declared(path: str) -> Declared | None:
    """Unit and meaning of the parameter at a path; nothing where there is none, or a group."""
    group: type[Group] | None = Scenario
    field: Any = None
    for step in re.sub(r"\[[^\]]*\]", "", path).split("."):
        field = None if group is None else group.model_fields.get(step)
        if field is None:
            return None
        group = _group(field.annotation)
    if group is not None:
        return None
    return Declared((field.json_schema_extra or {}).get("unit", ""), field.description or "")


def _group(annotation: Any) -> type[Group] | None:
    """The group that a field holds: itself, or those in its list."""
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return annotation
    return next((found for one in get_args(annotation) if (found := _group(one))), None)


def _rows(group: Group, prefix: str, sources: dict[str, str]) -> list[Parameter]:
    rows: list[Parameter] = []
    for name, field in type(group).model_fields.items():
        value, path = getattr(group, name), f"{prefix}{name}"
        if isinstance(value, Group):
            rows += _rows(value, f"{path}.", sources)
        elif isinstance(value, tuple) and value and isinstance(value[0], Group):
            for index, one in enumerate(value):
                rows += _rows(one, f"{path}[{index}].", sources)
        elif path != "sources":
            rows.append(_row(path, value, field, sources))
    return rows


def _row(path: str, value: Any, field: Any, sources: dict[str, str]) -> Parameter:
    extra = field.json_schema_extra or {}
    declared = extra.get("source", ASSUMED) if value == field.default else ASSUMED
    source = source_of(path, sources) or declared
    return Parameter(path, plain(value), extra.get("unit", ""), allowed(field), field.description or "", source)


def allowed(field: Any) -> str:
    """What a field may be, in a few signs: bounds, or the names to choose from."""
    if get_origin(field.annotation) is Literal:
        return " | ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true | false"
    bounds = [f"{SIGNS[key]} {getattr(rule, key):,.15g}" for rule in field.metadata for key in SIGNS if hasattr(rule, key)]
    return ", ".join(bounds)


def plain(value: Any) -> str:
    """A value as it stands in a scenario file; a text without its quotes."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {plain(one)}" for key, one in value.items()) + " }" if value else "{ }"
    return value if isinstance(value, str) else shown(value)
