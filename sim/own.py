"""A file of one's own, begun from one of the library."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from sim import library

SCENARIOS = ("scenarios", "schemes", library.INNER)  # folders of scenarios
HEAD = """\
# Begun from {name} by daarna new. It says only what differs; all the rest stays as it is there:
# daarna describe prints every value of both together, with its source.
title = {title}
extends = "{name}"

# What {name} itself says; take away the mark of what is to differ, with the [heading] above it.
#
"""


def begun(path: Path) -> bytes:
    """The content of a file of one's own.

    A scenario extends the library's and repeats its text in comments.  So it says what is its own and nothing else, keeps the
    sources of the rest, and needs no copy to be kept up; a study records all values in full, whatever becomes of the library.
    Designs, problems and hypotheses cannot inherit: they are copied, the files they name by their names in the library.
    """
    if path.suffix != ".toml":
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    if path.parent.name not in SCENARIOS:
        return _by_name(text, path.parent).encode()
    said = [line for line in text.splitlines() if not re.match(r"(title|extends)\s*=", line)]
    told = "".join(f"# {line}".rstrip() + "\n" for line in said)
    title = json.dumps(f"{tomllib.loads(text).get('title', path.stem)}, my own", ensure_ascii=False)
    return (HEAD.format(name=library.reference(path), title=title) + told).encode()


def _by_name(text: str, folder: Path) -> str:
    """Quoted paths of files of the library, as their names."""

    def name(found: re.Match[str]) -> str:
        return f'"{library.reference(folder / found[1]) or found[1]}"'

    return re.sub(r'"([^"\n]+\.(?:toml|csv))"', name, text)
