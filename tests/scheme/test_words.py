"""Schemes in words: every term of the contract is said, and said once."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenario.load import load
from sim.scenario.scheme import Component, Scheme
from sim.scheme_words import scheme_words, terms
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"rate": 0.2}, "20% of initial revenue; settled every month"),
        ({"measure": "signings", "rate": 50.0}, "50 EUR per customer of signings; settled every month"),
        (
            {"measure": "signings", "months": 3, "quota": 4.0, "bonus": 600.0},
            "600 EUR when signings reaches 100% of the quota of 4; settled every 3 months",
        ),
        (
            {"measure": "revenue", "months": 12, "quota": 10_000.0, "tiers": [{"attainment": 0.5, "rate": 0.05}, {"attainment": 1.0, "rate": 0.12}], "cap": 2000.0},
            "revenue by tier, each on what lies in it: 5% from 50% of the quota of 10,000, 12% from 100% of the quota of 10,000; settled every 12 months; "
            "at most 2,000 EUR a period",
        ),
        (
            {"rate": 0.8, "clawback": {"months": 24, "shape": "step", "steps": [{"months": 12, "share": 1.0}, {"months": 24, "share": 0.6}]}},
            "80% of initial revenue; settled every month; paid back when the customer leaves: 100% to month 12, 60% to month 24",
        ),
        (
            {"rate": 0.1, "deferral": {"share": 0.4, "months": 36, "slices": 3, "malus_measure": "persistency", "malus_below": 0.8}},
            "10% of initial revenue; settled every month; 40% held back, vesting in 3 parts over 36 months; forfeited where persistency is then below 0.8",
        ),
        ({"rate": 0.2, "trail_months": 120}, "20% of initial revenue in 120 equal monthly parts while the customer stays"),
        (
            {"measure": "satisfaction", "combine": "gate", "threshold": 0.1},
            "lets the pay of the others through while satisfaction is at least 0.1; settled every month",
        ),
        (
            {"measure": "satisfaction", "combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 0.8}]},
            "multiplies the pay of the others by the factor that satisfaction reaches: 1 at first, 0.8 from 0; settled every month",
        ),
        (
            {"rate": 0.1, "scope": "team", "from_month": 13, "until_month": 24},
            "10% of the team's mean initial revenue; settled every month; from month 13 to 24",
        ),
        (
            {"rate": 0.1, "months": 3, "calendar": True, "pro_rata": False, "leaver": "paid", "unmeasured": "carried", "floor": -500.0},
            "10% of initial revenue; settled every 3 months; by the calendar's periods, counted from month 1; in full for part periods; "
            "leavers are paid for the part of the period they were there; carried into the next period where there are too few customers to measure, or none; "
            "charged on a loss down to -500",
        ),
    ],
)  # fmt: skip
def test_a_component_is_said_in_full(data: dict[str, Any], words: str) -> None:
    assert terms(Component.model_validate(data), "EUR") == words


def test_what_limits_all_components_is_said() -> None:
    assert scheme_words(Scheme.model_validate({"variable_cap": 0.2, "norm": {"minimum": 2.0}}), "EUR") == [
        "no variable pay",
        "variable pay of a year is at most 20% of its salary",
        "a norm of 2 signings every 3 months; dismissal after 2 warnings",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_scheme_of_the_library_can_be_said(path: Any) -> None:
    loaded = load(path)
    said = scheme_words(loaded.scheme, loaded.currency)
    assert len(said) >= max(1, len(loaded.scheme.components))
