"""Every sentence of the page on safety has a test, and the test is there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "safety.md"


def test_every_sentence_has_its_test() -> None:
    items = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert len(items) >= 18
    for item in items:
        named = re.findall(r"\[`([^`]+)::(\w+)`\]", item)
        assert named, item
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / "safety" / file).read_text(encoding="utf-8"), item


def test_the_page_is_found() -> None:
    for place in ("README.md", "docs/index.md", "mkdocs.yml"):
        assert "safety.md" in (ROOT / place).read_text(encoding="utf-8"), place
