"""Scenarios are called by titles that can be read and tell them apart; data keep the names."""

from __future__ import annotations

import pytest

import sim
from sim.plots import figures_of
from sim.plots.carried import shown
from sim.plots.draw import drawn
from sim.study.labels import labels
from tests.study.worlds import OTHER, SMALL


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Level pay", "Trail"), ("Level pay", "Trail")),
        (("Same", "Same"), ("a", "b")),  # two of one title are told apart by name
        (("T" * 30, "T" * 31), ("T" * 30, "b")),  # too long for a legend
        (("b", "B"), ("a", "B")),  # another's name
        (("", "Untitled"), ("a", "b")),  # no title
    ],
)
def test_a_scenario_is_called_by_its_title_where_it_is_short_and_its_own(
    titles: tuple[str, str], expected: tuple[str, str]
) -> None:
    assert tuple(labels(["a", "b"], titles).values()) == expected


def test_every_figure_of_a_study_calls_scenarios_as_the_memo_does() -> None:
    from sim.memo.findings import Numbers

    study = sim.run([SMALL.with_(title="Plain pay"), OTHER.with_(title="No pay")], runs=3)
    assert study.names == ["plain-pay", "no-pay"] and list(Numbers(study).titles.values()) == ["Plain pay", "No pay"]
    for name in figures_of(study):
        said = " ".join(shown(drawn(study, name))["texts"]).replace("\n", " ")
        assert "Plain pay" in said and "No pay" in said and "plain-pay" not in said and "no-pay" not in said, name
    assert set(study.runs["scenario"]) == {"plain-pay", "no-pay"}
