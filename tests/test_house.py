"""The house: arrows between rooms point one way, no circle of files, imports at the top; see docs/contributing.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import sim
from tests.conftest import ROOT

SOURCES = Path(sim.__file__).parent

#: The floors, from the ground up: files and rooms of one floor do not ask those of a higher one.
FLOORS = (
    "version texts errors sources",
    "scenario.base",  # how a parameter is declared, and how messages show what was found
    "library formula number_text whole_number files",
    "llvm uncompiled compiler code_cache threads",
    "compiled",
    "compiler_process numeric draws tables observables scheme.measures",
    "scenario",
    "state",
    "scheme scheme_words scenario.record",  # what rules are given of a scenario: it asks the rule of pay
    "accounts",
    "rules",
    "engine",
    "book",
    "trace",
    "analysis",
    "study",
    "sweeps",
    "adapters understand",
    "design",
    "calibrate",
    "plots",
    "recipes",
    "memo",
    "cite",
    "proofs",
    "cli build",  # build: what is compiled when the package is built
    "__main__",
)
#: Where imports may stand within functions: the two light doors, and what loads numba or Mesa only where it is used.
DOORS = ("__init__", "cli")
CORE = ("scenario", "engine", "compiler", "compiler_process", "build")
HEAVY = {  # loaded where they are used: extras that need not be installed, and what would slow every start
    "sim.book", "ema_workbench", "optuna", "typst", "scipy.stats", "scipy.signal", "SALib", "fcntl", "msvcrt", "importlib.metadata", "tomlkit",
}  # fmt: skip


class Arrow(NamedTuple):
    """One file imports another, or a library."""

    line: int
    to: str
    inside: bool  # within a function
    type_only: bool = False


def name_of(path: Path) -> str:
    """The name of a module without the package's own."""
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")}


def imports(tree: ast.Module) -> Iterator[Arrow]:
    """What a module imports; what stands under ``if TYPE_CHECKING`` is not loaded, and names types only."""
    types = {id(inner) for one in ast.walk(tree) if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING"
             for inner in ast.walk(one)}  # fmt: skip
    within = {id(inner) for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) for inner in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Arrow(node.lineno, one.name, id(node) in within, id(node) in types) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            inner = [f"{node.module}.{one.name}" for one in node.names]
            modules_meant = [one for one in inner if one.removeprefix("sim.") in modules()]
            names_meant = [node.module or ""] if len(modules_meant) < len(inner) else []
            yield from (Arrow(node.lineno, one, id(node) in within, id(node) in types) for one in (*modules_meant, *names_meant))


@cache
def arrows() -> dict[str, list[Arrow]]:
    return {name: list(imports(tree)) for name, tree in modules().items()}


def own(name: str) -> list[Arrow]:
    """What a module imports of the package."""
    return [one._replace(to=one.to.removeprefix("sim.")) for one in arrows()[name] if one.to.startswith("sim.")]


def floor(name: str) -> int:
    """The floor of a module: that of its name, or of the nearest room around it."""
    while name:
        for number, here in enumerate(FLOORS):
            if name in here.split():
                return number
        name = name.rpartition(".")[0]
    raise AssertionError("no floor has it: say in FLOORS where it stands")


def test_every_arrow_points_down() -> None:
    up = [
        f"{name}:{arrow.line}: imports {arrow.to}, which stands higher"
        for name in modules()
        if name != "__init__"
        for arrow in own(name)
        if floor(arrow.to) > floor(name)
    ]
    assert not up, "\n".join(up)


def test_no_files_import_each_other_in_a_circle() -> None:
    """Types may name one another: nothing is loaded for that."""
    graph = {name: {one.to for one in own(name) if not one.type_only} - {name} for name in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_stand_at_the_top() -> None:
    low = [
        f"{name}:{arrow.line}: imports {arrow.to} within a function"
        for name in modules()
        if name.split(".")[0] not in (*DOORS, *CORE)
        for arrow in arrows()[name]
        if arrow.inside and not any(f"{arrow.to}.".startswith(f"{heavy}.") for heavy in HEAVY)
    ]
    assert not low, "\n".join(low)


def test_the_proofs_are_imported_by_the_command_line_alone() -> None:
    there = {name for name in modules() for arrow in own(name) if arrow.to.split(".")[0] == "proofs"}
    assert {name.split(".")[0] for name in there} == {"proofs", "cli"}


def test_one_name_is_one_thing() -> None:
    """No two public classes have the same name, but for those that say what is beside them."""
    found: dict[str, list[str]] = {}
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(name)
    assert {one: places for one, places in found.items() if len(places) > 1} == {}


def test_the_contributors_page_names_every_room() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    rooms = sorted(path.name for path in SOURCES.iterdir() if (path / "__init__.py").exists())
    assert [room for room in rooms if f"`{room}`" not in page] == []
