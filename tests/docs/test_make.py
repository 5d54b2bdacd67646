"""Published numbers, figures and pages are those of the model, the scenarios and the code as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import make
from tests.conftest import ROOT

DATED = {"mutation.md", "validation.md", "hypotheses.md", "robustness.md", "cookbook.md"}  # whole pages, made or dated as such
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in DATED)]


def test_nothing_published_is_stale() -> None:
    stale = make.stale()
    assert not stale, "run  python -m docs.make  for\n" + "\n".join(f"{name}: {why}" for name, why in stale.items())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_simulated_number_stands_in_a_block_that_is_made(page: Path) -> None:
    """A number with a standard error, written by hand, would stay when the model moves."""
    text = make.outside(page.read_text(encoding="utf-8"))
    assert not re.findall(r"\d ?± ?[\d.].*", text)


def test_every_block_belongs_to_a_target() -> None:
    blocks = {
        f"{file.relative_to(ROOT)}#{found['name']}"
        for file in [*PAGES, *sorted((ROOT / "scenarios").rglob("*.toml"))]
        for found in make.BLOCK.finditer(file.read_text(encoding="utf-8"))
    }
    made = {name for one in make.TARGETS for name in one.makes}
    assert blocks == {name for name in made if "#" in name}
    figures = {f"docs/figures/{file.name}" for file in (ROOT / "docs" / "figures").iterdir()}
    assert figures == {name for name in made if name.startswith("docs/figures/")}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> make.Target:
    """A target of its own in an empty folder: a page with one block, made from one file."""
    monkeypatch.setattr(make, "ROOT", tmp_path)
    monkeypatch.setattr(make, "RECORD", tmp_path / "made.json")
    (tmp_path / "page.md").write_text("by hand\n<!-- docs.make: sum -->\nold\n<!-- docs.make: end -->\nby hand too\n")
    (tmp_path / "world.toml").write_text("x = 1\n")
    target = make.Target("sum", lambda: make.fill("page.md", "sum", "1 + 1 = 2"), ("page.md#sum",), ("world.toml",))
    monkeypatch.setattr(make, "TARGETS", (target,))
    return target


def test_what_is_made_is_fresh_until_something_changes(
    small: make.Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make.stale() == {"sum": "never made"}
    make.make(small)
    assert make.stale() == {}
    page = (tmp_path / "page.md").read_text()
    assert page == "by hand\n<!-- docs.make: sum -->\n\n1 + 1 = 2\n\n<!-- docs.make: end -->\nby hand too\n"

    (tmp_path / "page.md").write_text(page.replace("by hand", "by another hand"))
    assert make.stale() == {}
    (tmp_path / "page.md").write_text(page.replace("= 2", "= 3"))
    assert make.stale() == {"sum": "changed since it was made: page.md#sum"}
    (tmp_path / "page.md").write_text(page)
    (tmp_path / "world.toml").write_text("x = 2\n")
    assert make.stale() == {"sum": "made from an older model, scenario or code"}
    (tmp_path / "world.toml").write_text("x = 1\n")
    monkeypatch.setattr(make, "model_hash", lambda: "another model")
    assert make.stale() == {"sum": "made from an older model, scenario or code"}
