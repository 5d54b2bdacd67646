"""Every value a library file sets has its source, or the word "assumed", in that file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LIBRARY

NO_NUMBER = ("title", "question", "extends", "currency", "sources")
library = pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def values(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from values(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def has_source(place: str, sources: dict[str, str]) -> bool:
    parts = place.split(".")
    return any(".".join(parts[:length]) in sources for length in range(1, len(parts) + 1))


@library
def test_every_value_has_a_source(path: Path) -> None:
    data = read(path)
    bare = [
        place for place in values({k: v for k, v in data.items() if k not in NO_NUMBER}) if not has_source(place, data["sources"])
    ]
    assert not bare, f"{path}: no source for {', '.join(bare)}; say under [sources] where each comes from, or that it is assumed"


@library
def test_every_source_is_of_a_value_the_file_sets(path: Path) -> None:
    data = read(path)
    places = list(values({k: v for k, v in data.items() if k not in NO_NUMBER}))
    idle = [
        source for source in data["sources"] if not any(place == source or place.startswith(f"{source}.") for place in places)
    ]
    assert not idle


@library
def test_a_source_is_a_reference_or_says_what_it_is_instead(path: Path) -> None:
    allowed = re.compile(r"assumed|a choice|left out|\b(19|20)\d\d\b|scenarios/data|lifetimes test-suite")
    for place, text in read(path)["sources"].items():
        assert allowed.search(text), (place, text)
