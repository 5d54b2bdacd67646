"""A file that cannot be read as TOML is told in one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.files.toml_file import read_toml


def test_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    for name, target, why in (
        ("dangling.toml", "nowhere.toml", "is a link to a file that is not there"),
        ("loop.toml", "loop.toml", "cannot be read: .*; name the file of a design"),
    ):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(InputError, match=f"{name}: {why}"):
            read_toml(tmp_path / name, "a design")
