"""References in docstrings, as ``:func:`sim.load```, become links to where the site documents the name, or code where it does not."""

from __future__ import annotations

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:func|class|meth|mod|attr|data):`~?([\w.]+)`")


class Roles(griffe.Extension):
    """Rewrites the docstrings of a package once it is read."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        """Every docstring of the package."""
        rewrite(pkg)


def rewrite(thing: griffe.Object) -> None:
    """The docstring of a thing and of all it holds."""
    if thing.docstring:
        thing.docstring.value = ROLE.sub(lambda found: link(thing, found[1]), thing.docstring.value)
    for member in thing.members.values():
        if not isinstance(member, griffe.Alias):
            rewrite(member)


def link(thing: griffe.Object, name: str) -> str:
    """The name as code that leads to its definition."""
    return f'<autoref optional identifier="{home(thing, name)}"><code>{name}</code></autoref>'


def home(thing: griffe.Object, name: str) -> str:
    """Where a name is defined: one of the package's own by its full path, or one that the docstring's module knows."""
    try:
        known = (
            thing.package[name.removeprefix(f"{thing.package.path}.")]
            if "." in name
            else thing.package[thing.resolve(name).split(".", 1)[1]]
        )
        return known.canonical_path
    except (KeyError, griffe.GriffeError):
        return name
