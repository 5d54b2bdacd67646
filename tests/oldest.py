"""Prints the oldest versions that pyproject.toml allows of all that the program needs, as pip's constraints: ``python tests/oldest.py``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = (one for name in ("design", "discovery", "dask") for one in project["optional-dependencies"][name])
for one in (*project["dependencies"], *extras):
    if bound := re.match(r"([\w-]+)>=([\w.]+)", one):
        print(*bound.groups(), sep="==")
