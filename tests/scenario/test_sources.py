"""A source holds for the value it was given for, and for no other that is laid over it."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.scenario.describe import parameters
from sim.scenario.model import Scenario
from sim.scenario.path import vary
from tests.conftest import ROOT

CDNOW = ROOT / "scenarios" / "cdnow-shop.toml"
BELOW = """
[customers.purchase]
alpha = 4.4
shape = 0.2

[[scheme.components]]
name = "signing"
rate = 0.4

[[scheme.components]]
name = "bonus"
bonus = 600.0

[sources]
"customers.purchase" = "a paper"
"customers.purchase.shape" = "a table of it"
"scheme.components" = "a law"
"""


def sources(scenario: Scenario) -> dict[str, str]:
    return {row.path: row.source for row in parameters(scenario)}


def over(folder: Path, text: str, below: str = BELOW) -> dict[str, str]:
    (folder / "below.toml").write_text(below, encoding="utf-8")
    (folder / "above.toml").write_text(f'extends = "below.toml"\n{text}', encoding="utf-8")
    return sources(sim.load(folder / "above.toml"))


def test_a_number_of_one_s_own_is_not_credited_to_what_was_published(tmp_path: Path) -> None:
    said = over(tmp_path, "[customers.purchase]\nalpha = 99.0")
    assert said["customers.purchase.alpha"] == "assumed"
    assert said["customers.purchase.shape"] == "a table of it"


def test_what_was_left_to_the_default_below_is_no_more_credited_once_it_is_set(tmp_path: Path) -> None:
    assert over(tmp_path, "")["customers.purchase.visit"] == "a paper"
    assert over(tmp_path, "[customers.purchase]\nvisit = 7.0")["customers.purchase.visit"] == "assumed"


@pytest.mark.parametrize("place", ["customers.purchase.alpha", "customers.purchase", "customers"])
def test_a_source_given_with_the_value_is_its_source(tmp_path: Path, place: str) -> None:
    said = over(tmp_path, f'[customers.purchase]\nalpha = 99.0\nshape = 0.3\n[sources]\n"{place}" = "mine"')
    assert said["customers.purchase.alpha"] == "mine"
    assert said["customers.purchase.shape"] == ("assumed" if place.endswith("alpha") else "mine")


def test_the_same_value_said_again_keeps_its_source(tmp_path: Path) -> None:
    assert over(tmp_path, "[customers.purchase]\nalpha = 4.4")["customers.purchase.alpha"] == "a paper"


def test_a_layer_of_a_value_that_two_files_set_counts_from_the_last(tmp_path: Path) -> None:
    (tmp_path / "top.toml").write_text('extends = "above.toml"\n[customers.purchase]\nalpha = 5.5', encoding="utf-8")
    over(tmp_path, '[customers.purchase]\nalpha = 99.0\n[sources]\n"customers.purchase.alpha" = "mine"')
    assert sources(sim.load(tmp_path / "top.toml"))["customers.purchase.alpha"] == "assumed"


def test_entries_of_a_list_lose_what_is_not_theirs(tmp_path: Path) -> None:
    signing = '[[scheme.components]]\nname = "signing"\nrate = 0.5\n'
    said = over(tmp_path, signing + '[[scheme.components]]\nname = "trail"\nrate = 0.1\n')
    assert said["scheme.components[0].rate"] == "assumed"
    assert said["scheme.components[0].months"] == "a law"
    assert {text for path, text in said.items() if path.startswith("scheme.components[1]")} == {"assumed"}
    assert set(over(tmp_path, "".join(signing.replace("signing", name) for name in ("signing", "two", "three"))).values()) >= {
        "a law",
        "assumed",
    }
    assert over(tmp_path, "[scheme]\ncomponents = []")["scheme.components"] == "assumed"


def test_with_and_vary_take_the_source_from_what_they_change() -> None:
    shop = sim.load(CDNOW)
    for made in (shop.with_(customers={"purchase": {"alpha": 99.0}}), vary(shop, {"customers.purchase.alpha": 99.0})):
        said = sources(made)
        assert said["customers.purchase.alpha"] == "assumed"
        assert "Fader" in said["customers.purchase.shape"]
    fragment = {"customers": {"purchase": {"alpha": 99.0}}, "sources": {"customers.purchase": "my log"}}
    assert sources(shop.with_(**fragment))["customers.purchase.alpha"] == "my log"


def test_one_factor_on_an_entry_leaves_the_rest_of_the_entry_its_source(tmp_path: Path) -> None:
    over(tmp_path, "")
    said = sources(vary(sim.load(tmp_path / "below.toml"), {"scheme.components[signing].rate": 0.5}))
    assert said["scheme.components[0].rate"] == "assumed"
    assert said["scheme.components[1].bonus"] == said["scheme.components[0].measure"] == "a law"


def test_the_narrowest_source_counts_whatever_the_order() -> None:
    scenario = Scenario(sources={"customers": "wide", "customers.lapse": "narrow"})
    assert sources(scenario)["customers.lapse.alpha"] == "narrow"


def test_sources_change_nothing_that_is_simulated() -> None:
    shop = sim.load(CDNOW)
    assert vary(vary(shop, {"months": 3}), {"months": shop.months}).content_hash() == shop.content_hash()
