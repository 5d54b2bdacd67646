"""The page on sweeps says what designs can say, and its example is in the library."""

from __future__ import annotations

import re

from sim.sweeps import load
from sim.sweeps.design import METHODS
from sim.sweeps.design_file import DesignFile, FactorFile
from sim.sweeps.factor import MOST
from tests.conftest import ROOT
from tests.docs.test_docs import blocks

PAGE = ROOT / "docs" / "sweeps.md"


def test_the_example_is_a_design_of_the_library() -> None:
    file = ROOT / "scenarios" / "designs" / "pay.toml"
    assert blocks(PAGE, "toml") == [file.read_text(encoding="utf-8")]
    design = load(file)
    assert len(design) == 2 * 2 * 3
    assert {design.scenario(point).reps.salary for point in range(12)} == {900.0, 1000.0}


def test_every_key_and_method_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?`(?:, `.+?`)*) \|", text, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(?:\[\[)?(\w+)(?:\]\])?`", row)}
    assert {*DesignFile.model_fields, *FactorFile.model_fields} | set(METHODS) - {"list"} <= told
    assert f"{MOST:,} points" in text
