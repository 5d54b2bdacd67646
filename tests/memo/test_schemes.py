"""Components in words: every term of the contract is said, and said once."""

from __future__ import annotations

import pytest

from sim.memo.schemes import SPOKEN, component, scheme
from sim.scenario.load import load
from sim.scenario.scheme import Component, Scheme
from sim.scheme.measures import NAMES
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"rate": 0.2}, "commission: 20% of first purchases"),
        ({"measure": "signings", "rate": 50.0}, "commission: 50 EUR per customer signed"),
        (
            {"measure": "signings", "months": 3, "quota": 4.0, "bonus": 600.0},
            "commission: 600 EUR if customers signed reach 4, settled once a quarter",
        ),
        (
            {"measure": "revenue", "months": 12, "quota": 10_000.0, "tiers": [{"attainment": 0.5, "rate": 0.05}, {"attainment": 1.0, "rate": 0.12}], "cap": 2000.0},
            "commission: 5% of all revenue from 50%; 12% of all revenue from 100% of a quota of 10,000, settled once a year, at most 2,000 EUR a year",
        ),
        (
            {"rate": 0.8, "clawback": {"months": 24, "shape": "step", "steps": [{"months": 12, "share": 1.0}, {"months": 24, "share": 0.6}]}},
            "commission: 80% of first purchases, clawed back when the customer leaves: 100% up to month 12, 60% up to month 24",
        ),
        (
            {"rate": 0.1, "deferral": {"share": 0.4, "months": 36, "slices": 3, "malus_measure": "persistency", "malus_below": 0.8}},
            "commission: 10% of first purchases, 40% of it deferred, vesting in 3 parts over 36 months unless persistency is below 0.8",
        ),
        ({"rate": 0.2, "trail_months": 120}, "in equal parts over the first 120 months of the contract while the customer stays"),
        ({"measure": "satisfaction", "combine": "gate", "threshold": 0.1}, "all other variable pay only if satisfaction reaches 0.1"),
        ({"measure": "satisfaction", "combine": "multiply", "tiers": [{"attainment": 0.0, "rate": 0.8}]}, "other variable pay ×0.8 from 0 of satisfaction"),
        ({"rate": 0.1, "scope": "team", "from_month": 13, "until_month": 24}, "on the mean of the team, from month 13, until month 24"),
    ],
)  # fmt: skip
def test_a_component_is_said_in_full(data, words):
    assert words in component(Component.model_validate(data), "EUR")


def test_every_measure_has_words():
    assert set(SPOKEN) == set(NAMES)


def test_what_limits_all_components_is_said():
    said = scheme(Scheme.model_validate({"variable_cap": 0.2, "norm": {"minimum": 2.0}}), "EUR")
    assert said == [
        "no variable pay",
        "all variable pay together at most 20% of fixed pay a year",
        "a norm of 2 signings a quarter; dismissal after 2 warnings",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_scheme_of_the_library_can_be_said(path):
    loaded = load(path)
    said = scheme(loaded.scheme, loaded.currency)
    assert len(said) >= max(1, len(loaded.scheme.components)) and not any("nothing" in line for line in said)


def test_a_minus_is_one_in_figures_memos_and_latex():
    from sim.cite.reference import tex
    from sim.memo.words import number

    assert number(-1234.5, 10.0, "EUR") == "−1,234 EUR" and number(-0.25, 0.01, "share") == "−25%"
    assert tex("−25% a\u200e") == r"$-$25\% a"
