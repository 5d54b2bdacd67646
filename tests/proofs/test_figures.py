"""Figures of the battery carry the entries behind them, and are made again from those alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cite import verify
from sim.cite.citable import find
from sim.cite.reference import text
from sim.proofs import registry, run_battery
from sim.proofs.figures import draw
from tests.cite.test_recipes import _rewrite_png, carried


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    battery = run_battery(registry(), quick=True, only=["nbd-counts", "bgnbd-silent"])
    return draw(battery, tmp_path_factory.mktemp("battery"))


def test_a_figure_of_the_battery_alone_is_enough(figures: list[Path]) -> None:
    assert [path.name for path in figures] == ["validation-z.png", "validation-nbd.png"]
    for path, entries in zip(figures, ("all 2 entries", "all 1 entries"), strict=True):
        verdict = verify(path)
        assert verdict.identical and entries in str(verdict)
    assert "the quick validation battery" in text(find(str(figures[0])))


def test_another_seed_in_a_figure_of_the_battery_is_found(figures: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "nbd.png"
    path.write_bytes(figures[1].read_bytes())
    record = carried(path)
    assert record is not None
    record["recipe"]["seed"] = 2
    _rewrite_png(path, record)
    verdict = verify(path)
    assert "the record was changed" in str(verdict) and "drawn again" in str(verdict)


def test_a_docked_practice_is_drawn_and_made_again(tmp_path: Path) -> None:
    battery = run_battery(registry(), quick=True, only=["houghton-ladder"])
    drawn = {path.name: path for path in draw(battery, tmp_path)}
    assert "validation-houghton.png" in drawn
    assert verify(drawn["validation-houghton.png"]).identical
