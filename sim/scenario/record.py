"""A scenario as the rules read it: one record of numbers and a few tables."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

import numpy as np

from sim.numeric import NORMAL_OCTAVES, NORMAL_PARTS, TABLE_NODES, normal_table, power, quantile_table
from sim.scenario.base import Group, Number, Whole
from sim.scenario.model import Scenario
from sim.scenario.parameters import TRAITS, Customers
from sim.scenario.scheme import MAX_TIERS
from sim.scheme import measures
from sim.scheme.settle import component_pay
from sim.uncompiled import by_attribute

COMPONENT = np.dtype(
    [
        (name, "i8")
        for name in "measure team months combine trail_months from_month until_month kind per_signing per_visit malus_per_visit linear smooth opening pro_rata unmeasured leaver".split()
    ]
    + [
        (name, "i8")
        for name in "clawback_months clawback_step n_steps n_tiers deferral_months deferral_slices malus_measure".split()
    ]
    + [(name, "f8") for name in "rate quota threshold bonus cap floor deferral_share malus_below".split()]
    + [(name, "f8", (MAX_TIERS,)) for name in "tier_from tier_rate step_months step_share".split()]
)


class Setup(NamedTuple):
    """What both engines are given.

    params : one record (array of length 1) of every number, named by the last two parts of its path
    (``lapse_satisfaction``), and of the arrays in :data:`ARRAYS`.  Rules are given this record and not the
    arrays: it is a bare pointer, while handing an array on costs numba more than most rules do;
    components : the scheme; absent : which seats are left empty.
    """

    params: Any
    components: np.ndarray
    absent: np.ndarray


pay = getattr(component_pay, "py_func", component_pay)  # in plain Python: it is asked a few times
AWAY = (0.0, *(sign * 10.0**power / 3.0 for sign in (-1, 1) for power in range(-3, 16, 3)))
TABLES = ("initial", "rate", "spend", "margin", "need", "lapse")
BUCKETS = 8  # most arrears buckets, the current one included
FARTHEST = 600  # months a rep may look ahead
ARRAYS = [
    ("transitions", "f8", (BUCKETS, BUCKETS + 1)),  # payment by bucket, cumulated over paid, buckets, written off
    ("cholesky", "f8", (len(TRAITS), len(TRAITS))),  # of the traits' correlation
    ("along_fit", "f8", (len(TRAITS),)),  # correlation of each trait with fit
    ("tables", "f8", (len(TABLES), TABLE_NODES, 2)),  # quantiles of traits, in the order of TABLES
    ("amounts", "f8", (TABLE_NODES, 2)),  # quantiles of a purchase's amount
    ("normal", "f8", (NORMAL_OCTAVES * NORMAL_PARTS, 4)),  # standard normal quantiles
    ("delay", "f8", (FARTHEST + 1,)),  # weight of pay by months from now
]


def _number(field: Any, value: Any) -> Any:
    """A choice by its place in the declaration (:mod:`sim.scenario.codes`), all else as it is."""
    return get_args(field.annotation).index(value) if get_origin(field.annotation) is Literal else value


def _longest(field: Any) -> int:
    """How many numbers a list of numbers may hold, by its declaration; 0 for all else."""
    lists = get_args(field.annotation) in ((Number, ...), (Whole, ...))
    return max((rule.max_length for rule in field.metadata if lists and hasattr(rule, "max_length")), default=0)


def _numbers(group: Group, path: tuple[str, ...]) -> dict[str, Any]:
    """Every number, choice and list of numbers of a group, by the names that rules read: a list as long as it may be, 0 behind its end."""
    numbers: dict[str, Any] = {}
    for name, field in type(group).model_fields.items():
        value, known = getattr(group, name), f"{path[-1]}_{name}"
        if isinstance(value, Group):
            numbers |= _numbers(value, (*path, name))
        elif longest := _longest(field):
            numbers[known] = np.array([*value, *[0.0] * (longest - len(value))])
            numbers[f"{known}_length"] = float(len(value))
        elif isinstance(number := _number(field, value), bool | int | float):
            numbers[known] = float(number)
    return numbers


def _component(component: Any) -> tuple[Any, ...]:
    entry = measures.MEASURES[measures.NAMES.index(component.measure)]
    watched = component.deferral.malus_measure
    malus = None if watched == "none" else measures.MEASURES[measures.NAMES.index(watched)]
    whole = {
        "measure": measures.NAMES.index(component.measure),
        "team": component.scope == "team",
        "kind": measures.KINDS.index(entry.kind),
        "per_signing": measures.PER_SIGNING.index(entry.per_signing),
        "per_visit": measures.PER_VISIT.index(entry.per_visit),
        "malus_per_visit": 0 if malus is None else measures.PER_VISIT.index(malus.per_visit),
        "linear": False,  # asked of the rule, below
        "smooth": False,
        "opening": 1 if component.calendar else component.from_month,
        "clawback_months": component.clawback.months,
        "clawback_step": component.clawback.shape == "step",
        "n_steps": len(component.clawback.steps),
        "n_tiers": len(component.tiers),
        "deferral_months": component.deferral.months,
        "deferral_slices": component.deferral.slices,
        "malus_measure": -1 if malus is None else measures.NAMES.index(malus.name),
        "deferral_share": component.deferral.share,
        "malus_below": component.deferral.malus_below,
        "tier_from": [tier.attainment for tier in component.tiers],
        "tier_rate": [tier.rate for tier in component.tiers],
        "step_months": [step.months for step in component.clawback.steps],
        "step_share": [step.share for step in component.clawback.steps],
    }
    row = []
    for name in COMPONENT.names or ():
        value = whole[name] if name in whole else _number(type(component).model_fields[name], getattr(component, name))
        if COMPONENT[name].subdtype:
            padded = np.zeros(MAX_TIERS)
            padded[: len(value)] = value
            value = padded
        row.append(value)
    return tuple(row)


@lru_cache(maxsize=256)
def _pays_its_rate(row: bytes, least: float) -> bool:
    """Whether a component pays its rate times the measure, wherever this comes to from `least` on: the rule of pay is asked.

    At all places that the component itself names, and near and far from these, to the last bit.
    """
    component = by_attribute(np.frombuffer(row, COMPONENT))[0]
    norm, rate = component.quota or 1.0, float(component.rate)
    named = {
        0.0,
        least,
        component.floor,
        component.threshold * norm,
        *(component.tier_from * norm),
        component.cap / (rate or 1.0),
    }
    places = [float(place + step) for place in named if np.isfinite(place) for step in AWAY]
    return all(pay(component, place) == rate * place for place in places if place >= least)


def _correlation(pairs: dict[str, float]) -> np.ndarray:
    matrix = np.eye(len(TRAITS))
    for pair, value in pairs.items():
        i, j = (TRAITS.index(name) for name in pair.split("-"))
        matrix[i, j] = matrix[j, i] = value
    return matrix


def _cholesky(matrix: np.ndarray) -> np.ndarray:
    lower = np.zeros_like(matrix)
    for i in range(len(TRAITS)):  # written out: LAPACK's last bits differ between machines
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            lower[i, j] = float(np.sqrt(rest)) if i == j else rest / lower[j, j]
    return lower


@cache
def _record_type(fields: tuple[tuple[str, tuple[int, ...]], ...]) -> np.dtype[np.void]:
    """The record's type, made once: numba compares types that are equal but not the same field by field at every call."""
    return np.dtype([(name, "f8", shape) for name, shape in fields] + ARRAYS)


def _renewal(c: Customers) -> float:
    """Mean renewal revenue of a new customer per month."""
    return c.renewal * c.initial / c.renewal_months if c.setting == "contractual" else 0.0


def _purchases(c: Customers) -> float:
    """Mean revenue of repeat purchases of a new customer per month, gamma-Poisson and gamma-gamma."""
    return c.purchase.shape / c.purchase.alpha * c.spend.p * c.spend.v / (c.spend.q - 1.0) if c.purchase.enabled else 0.0


def _transitions(rows: tuple[tuple[float, ...], ...]) -> np.ndarray:
    padded = np.zeros((BUCKETS, BUCKETS + 1))
    padded[: len(rows), : len(rows) + 1] = np.cumsum(np.array(rows), axis=1)
    return padded


def _delay(present_bias: float, discount_year: float) -> np.ndarray:
    """Weight of pay k months from now: 1 now, beta * delta**(k / 12) later (quasi-hyperbolic, Laibson 1997)."""
    weights = [present_bias * power(discount_year, month / 12.0) for month in range(FARTHEST + 1)]
    return np.array([1.0, *weights[1:]])


@lru_cache(maxsize=256)
def _quantiles(is_beta: bool, a: float, b: float) -> np.ndarray:
    """A quantile table, kept: a sweep asks for the same ones at most of its points."""
    table = quantile_table(is_beta, a, b)
    table.setflags(write=False)
    return table


def _all_numbers(scenario: Scenario) -> dict[str, Any]:
    """Every number, choice and list of numbers of a scenario, and what is reckoned from several."""
    c = scenario.customers
    numbers: dict[str, Any] = {"months": float(scenario.months), "buckets": float(len(c.payment.transitions))}
    for name in ("market", "reps", "customers", "desk", "firm", "scheme"):
        numbers |= _numbers(getattr(scenario, name), (name,))
    numbers["reps_filled"] = float(scenario.reps.count - len(set(scenario.reps.absent)))
    numbers["worth"] = c.margin * (_renewal(c) + _purchases(c))
    return numbers


_BY_DEFAULT = _all_numbers(Scenario())
#: What is 0 by default: what it stands for is off, and then costs no time (docs/changing.md).
OFF_BY_DEFAULT = tuple(name for name, value in _BY_DEFAULT.items() if np.ndim(value) == 0 and value == 0.0)
#: What rules can read of a scenario.
NAMES = (*_BY_DEFAULT, *(name for name, *_ in ARRAYS))


def build(scenario: Scenario) -> Setup:
    """The record of a scenario."""
    c, numbers = scenario.customers, _all_numbers(scenario)
    params = np.zeros(1, _record_type(tuple((name, np.shape(value)) for name, value in numbers.items())))
    for name, value in numbers.items():
        params[name] = value
    params["transitions"] = _transitions(c.payment.transitions)
    correlation = _correlation(c.correlation)
    params["cholesky"], params["along_fit"] = _cholesky(correlation), correlation[TRAITS.index("fit")]
    params["tables"] = [
        _quantiles(False, c.initial_shape, 0.0),
        _quantiles(False, c.purchase.shape, 0.0),
        _quantiles(False, c.spend.q, 0.0),
        _quantiles(True, c.margin * c.margin_precision, (1 - c.margin) * c.margin_precision),
        _quantiles(False, c.service.shape, 0.0),
        _quantiles(True, c.lapse.alpha, c.lapse.beta),
    ]
    params["normal"] = normal_table()
    params["amounts"] = _quantiles(False, c.spend.p, 0.0)
    params["delay"] = _delay(scenario.reps.present_bias, scenario.reps.discount_year)
    components = np.array([_component(component) for component in scenario.scheme.components], COMPONENT)
    for i in range(components.size):
        lowest, row = measures.MEASURES[components["measure"][i]].lowest, components[i].tobytes()
        components["linear"][i] = _pays_its_rate(row, max(lowest, float(components["floor"][i])))
        components["smooth"][i] = _pays_its_rate(row, lowest)
    absent = np.zeros(scenario.reps.count, np.bool_)
    absent[list(scenario.reps.absent)] = True
    return Setup(params, components, absent)
