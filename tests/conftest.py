"""Shared by all tests: the scenario library, and small random scenarios over the parameter space."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

# before NumPy is loaded, here and in what tests start: threads of its linear algebra that wait for each other's tiny matrices
# take two thirds of the time of all fits
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background; tests send it
    signal.signal(signal.SIGINT, signal.default_int_handler)

from sim.scenario.base import Group
from sim.scenario.model import Scenario

ROOT = Path(__file__).resolve().parent.parent
#: Files that take longest: they come first, so that one process is not left with them at the end.
LONGEST = (
    "tests/notebooks/",
    "tests/cite/",
    "tests/memo/",
    "tests/bounds/",
    "tests/understand/",
    "tests/sweeps/",
    "tests/calibrate/",
)
LIBRARY = sorted((ROOT / "scenarios").glob("*.toml"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest first, in all other respects as they were."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def random_scenario(number: int) -> dict[str, Any]:
    """A valid scenario drawn over the whole parameter space: every rule, policy and component occurs."""
    r, more = random.Random(number), random.Random(f"choices {number}")
    contractual = r.random() < 0.6

    def component() -> dict[str, Any]:
        measure = r.choice(
            ["signings", "initial_revenue", "repeat_revenue", "cross_revenue", "revenue", "gross_margin", "collected", "customer_profit",
             "active_customers", "persistency", "tenure", "satisfaction", "arrears_rate", "book_value", "lapses"]
        )  # fmt: skip
        kind = r.choice(["rate", "tiers", "bonus", "multiply", "gate", "trail", "clawback", "step", "deferral"])
        one: dict[str, Any] = {"measure": measure, "months": r.choice([1, 3, 12]), "scope": r.choice(["rep", "team"])}
        if kind == "rate":
            one |= {"rate": r.uniform(0, 0.3), "cap": r.choice([0.0, 300.0])}
        elif kind == "tiers":
            one |= {"quota": 3.0, "tiers": [{"attainment": 0.0, "rate": 0.05}, {"attainment": 1.0, "rate": 0.2}]}
        elif kind == "bonus":
            one |= {"quota": 2.0, "bonus": r.uniform(50, 900)}
        elif kind == "multiply":
            one |= {"combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 0.8}, {"attainment": 0.1, "rate": 1.2}]}
        elif kind == "gate":
            one |= {"combine": "gate", "threshold": 0.05}
        elif kind == "trail":
            one = {"measure": "initial_revenue", "rate": 0.1, "trail_months": r.choice([6, 24])}
        elif kind in ("clawback", "step"):
            steps = [{"months": 6, "share": 1.0}, {"months": 12, "share": 0.5}]
            claw = {"months": 12, "shape": "step", "steps": steps} if kind == "step" else {"months": 24}
            one = {"measure": r.choice(["signings", "initial_revenue"]), "rate": 0.2, "clawback": claw}
        else:
            one |= {
                "rate": 0.1,
                "deferral": {"share": 0.5, "months": 9, "slices": 3, "malus_measure": "satisfaction", "malus_below": 0.0},
            }
        choices = {
            "pro_rata": more.choice([True, False]),
            "calendar": more.choice([True, False]),
            "leaver": more.choice(["forfeits", "paid"]),
            "unmeasured": more.choice(["unpaid", "target", "carried"]),
            "floor": more.choice([0.0, -500.0]),
        }
        return one | choices | {"from_month": r.choice([1, 1, 8])}

    return {
        "months": r.randint(1, 20),
        "reps": {
            "count": r.randint(1, 3),
            "absent": r.choice([(), (0,)]),
            "quit_rate": r.choice([0.0, 0.1]),
            "savings_months": r.choice([0.5, 6.0]),
            "subsidy": r.choice([0.0, 0.75]),
            "screening": r.choice([-8.0, 0.0]),
            "choice": {"rule": r.choice(["logit", "logit", "roth_erev", "fixed"]), "grid": r.choice([1, 4])},
        },
        "customers": {
            "setting": "contractual" if contractual else "non_contractual",
            "at_start": r.choice([0, 12]),
            "renewal_months": r.choice([1, 12]),
            "renewal": r.choice([0.0, 0.8]),
            "purchase": {"enabled": r.random() < 0.7, "shape": r.uniform(0.2, 3), "alpha": r.uniform(1, 40)},
            "lapse": {"midterm": r.choice([0.0, 0.1])},
            "service": {"rate": r.choice([0.0, 0.8])},
            "correlation": {"lapse-fit": -0.5, "rate-spend": r.uniform(-0.5, 0.5)},
        },
        "desk": {
            "agents": r.randint(1, 3),
            "capacity": r.choice([5.0, 120.0]),
            "contact": r.choice(["pool", "fixed"]),
            "orientation": r.choice(["technical", "commercial"]),
            "skill_spread": r.choice([0.0, 0.1]),
        },
        "firm": {"resolution": {"policy": r.choice(["none", "solution", "strict", "by_value"]), "bucket": r.choice([1, 3])}},
        "scheme": {
            "components": [component() for _ in range(r.randint(0, 4))],
            "variable_cap": r.choice([0.0, 0.2]),
            "persistency_months": more.choice([1, 3, 13]),
            "persistency_window": more.choice([1, 12]),
            "persistency_least": more.choice([1, 4]),
            "persistency_of": more.choice(["customers", "premium"]),
            "norm": {"minimum": r.choice([0.0, 3.0]), "warnings": 1},
        },
    }


def perturbed_scenario(number: int) -> dict[str, Any]:
    """A random scenario in which three in ten of all other parameters are moved within their bounds as well."""
    r = random.Random(number)
    given = random_scenario(number)
    for name in ("market", "reps", "customers", "desk", "firm"):
        given[name] = _perturb(Scenario.model_fields[name].annotation, given.get(name, {}), r)
    return given


KEPT = "count at_start agents absent grid transitions correlation alpha beta shape horizon_months nurturing hunting".split()


def _perturb(group: Any, given: dict[str, Any], r: random.Random) -> dict[str, Any]:
    moved = dict(given)
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            moved[name] = _perturb(field.annotation, given.get(name, {}), r)
        elif name in given or name in KEPT or r.random() > 0.3:
            continue
        elif get_origin(field.annotation) is Literal:
            moved[name] = r.choice(get_args(field.annotation))
        elif field.annotation is bool:
            moved[name] = r.random() < 0.5
        elif field.annotation in (int, float):
            bound = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)}
            low, high = bound.get("ge", bound.get("gt", -1e9)), bound.get("le", bound.get("lt", 1e9))
            value = field.default * r.choice([0.25, 0.7, 1.5, 3.0]) if field.default else r.choice([0.0, 0.1])
            inside = min(max(value, low + (1e-6 if "gt" in bound else 0)), high - (1e-6 if "lt" in bound else 0))
            moved[name] = round(inside) if field.annotation is int else inside
    return moved
