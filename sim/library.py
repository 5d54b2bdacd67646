"""The library that comes with the program, and names that stand for its files.

In a checkout it is the folder ``scenarios/``, in a wheel ``sim/scenarios``, made from it.  A file's name is its path without
the suffix (``baseline``, ``schemes/accelerator``); its last part alone will do where only one file has it.  ``library:NAME`` always
means the library; where a file is expected, NAME alone means it as well, unless there is a file of that name.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from sim.errors import InputError
from sim.texts import brief, nearest

PREFIX = "library:"
FILES = (".toml", ".csv")
#: What a folder of the library holds, in the order in which it is told.
KINDS = {
    "": "scenario",
    "schemes": "scheme",
    "designs": "design",
    "problems": "problem",
    "hypotheses": "hypothesis",
    "predictions": "prediction",
    "evidence": "evidence",
    "data": "data",
    "validation": "validation",
}
INNER = "validation"  # settings of the battery: known by their full names only
SCENARIOS = ("scenarios", "schemes", INNER)  # folders of scenarios
HEAD = """\
# Begun from {name} by daarna new. It says only what differs; all the rest stays as it is there:
# daarna describe prints every value of both together, with its source.
title = {title}
extends = "{name}"

# What {name} itself says; take away the mark of what is to differ, with the [heading] above it.
#
"""


@dataclass(frozen=True)
class Item:
    """A file of the library: its name, what it is, what it is called, and a line about it."""

    name: str
    kind: str
    title: str
    about: str
    path: Path


@cache
def folder() -> Path:
    """The folder of the library.

    Raises
    ------
    InputError
        When it is not there: the package was copied by hand.
    """
    package = Path(str(resources.files("sim")))
    for place in (package / "scenarios", package.parent / "scenarios"):
        if (place / "baseline.toml").is_file():
            return place
    raise InputError(f"{package / 'scenarios'}: the library that comes with daarna is not there; install daarna again")


@cache
def names() -> dict[str, Path]:
    """The files of the library by name, the folder's order."""
    found = [path for path in folder().rglob("*") if path.suffix in FILES and path.is_file()]
    places = [path.relative_to(folder()) for path in found]
    order = list(KINDS)

    def key(place: Path) -> tuple[int, str]:
        kind = place.parent.as_posix().removeprefix(".")
        return (order.index(kind) if kind in order else len(order), place.with_suffix("").as_posix())

    return {place.with_suffix("").as_posix(): folder() / place for place in sorted(places, key=key)}


def candidates(name: str) -> list[str]:
    """The names that a name, with the file's suffix or without, may stand for: itself, or those that end in it."""
    full = {one: (one, one + path.suffix) for one, path in names().items()}
    return [one for one, forms in full.items() if name in forms] or [
        one
        for one, forms in full.items()
        if name in [form.rpartition("/")[2] for form in forms] and not one.startswith(f"{INNER}/")
    ]


def find(name: str, where: str = "") -> Path:
    """The file of a name; only files of the library have one.

    Raises
    ------
    InputError
        When there is none, or there are several.
    """
    known = candidates(name)
    if len(known) == 1:
        return names()[known[0]]
    said = f"{where}{PREFIX}{brief(name)}"
    if known:
        raise InputError(f"{said}: stands for {' and '.join(known)}; write one of them in full")
    raise InputError(f"{said}: the library has no such name{_hint(name)}; daarna library lists them")


def file(given: str | Path) -> Path:
    """The file that an argument means: ``library:NAME``, a file, or a name of the library where there is no such file.

    Raises
    ------
    InputError
        When a name stands for several files, or for one here as well.
    """
    text = Path(given).as_posix()
    if text.startswith(PREFIX):
        return find(text.removeprefix(PREFIX))
    path = Path(given)
    if path.suffix in FILES or (os.path.lexists(path) and not path.is_dir()) or not candidates(text):
        return path
    found = find(text)
    here = path.with_name(path.name + found.suffix)
    if os.path.lexists(here):
        raise InputError(f"{text}: is a name of the library, and {here} is here; write {here} or {PREFIX}{text}")
    return found


def beside(place: Path, text: str) -> Path:
    """The file that another file names: ``library:NAME``, or a path from the folder of that file."""
    return find(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else place / text


def reference(path: Path) -> str:
    """``library:NAME`` for a file of the library, nothing for any other."""
    try:
        place = path.resolve().relative_to(folder().resolve())
    except (InputError, ValueError):
        return ""
    name = place.with_suffix("").as_posix()
    return PREFIX + name if names().get(name, Path()).suffix == path.suffix else ""


def hint(path: Path, there: list[str]) -> str:
    """The name nearest to that of a file which is not there: of the files beside it, or of the library."""
    return nearest(path.name, there) or (_hint(path.with_suffix("").name) if path.suffix in ("", *FILES) else "")


def _hint(name: str) -> str:
    short = {one.rpartition("/")[2]: one for one in names() if not one.startswith(f"{INNER}/")}
    return nearest(name, [*names(), *short])


def items() -> list[Item]:
    """All files of the library with title and a line about each."""
    return [_item(name, path) for name, path in names().items()]


def _item(name: str, path: Path) -> Item:
    group = name.rpartition("/")[0]
    kind = KINDS.get(group, group)
    if path.suffix == ".csv":
        return Item(name, kind, path.name, _of_data(path), path)
    text = path.read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return Item(name, kind, str(told.get("title", path.stem)), _first(_comment(text)) or str(told.get("question", "")), path)


def _comment(text: str) -> str:
    """The comment that a file begins with."""
    lines = (re.match(r"(#.*\n)*", text) or [""])[0].splitlines()
    return " ".join(line.lstrip("#").strip() for line in lines)


def _of_data(path: Path) -> str:
    """What ``README.md`` beside a table says of it."""
    page = path.parent / "README.md"
    told = re.search(rf"^`{re.escape(path.name)}`: (.*)$", page.read_text(encoding="utf-8") if page.is_file() else "", re.M)
    return _first(re.split(r"[;:]", told[1])[0]) if told else ""


def _first(text: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=[.?!])\s", text.strip(), maxsplit=1)[0].rstrip(".")


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
    return (HEAD.format(name=reference(path), title=title) + told).encode()


def _by_name(text: str, folder: Path) -> str:
    """Quoted paths of files of the library, as their names."""

    def name(found: re.Match[str]) -> str:
        return f'"{reference(folder / found[1]) or found[1]}"'

    return re.sub(r'"([^"\n]+\.(?:toml|csv))"', name, text)
