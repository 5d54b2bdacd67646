"""Every mutant of the rules, as a switch in the source: all are compiled together, and one is turned on at a time.

The rules are compiled, and compiling them anew for every mutant would take a minute each.  Mutant schemata (Untch, Offutt
& Harrold 1993) compile once: where mutant 17 turns ``a + b`` into ``a - b``, the source reads
``(a - b if _on(17) else a + b)``, and ``_on`` compares a number in memory.

The operators are mutmut's own (:mod:`mutmut.mutation.mutators`), less those after which a rule would no longer compile or
that touch no numbers (arguments dropped, values replaced by None, strings), and the deletion of a statement.  Types are
kept: where a product of whole numbers becomes a quotient, it is a whole quotient.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

OPERATORS = {
    mutators.operator_number: "number",
    mutators.operator_name: "truth",
    mutators.operator_augmented_assignment: "assignment",
    mutators.operator_remove_unary_ops: "not",
    mutators.operator_keywords: "keyword",
    mutators.operator_swap_op: "operator",
    mutators.operator_if_exp: "branch",
}
COMPILED = ("rule", "shared", "measure")  # decorators of functions that are compiled
PLUMBING = ("_chain",)  # writes other functions out


@dataclass(frozen=True)
class Mutant:
    """A mutant: where it is and what it does."""

    number: int
    file: str
    function: str
    line: int
    operator: str
    before: str
    after: str

    def record(self) -> dict[str, Any]:
        """As it is written to disk."""
        return asdict(self)


def _text(node: cst.CSTNode) -> str:
    return cst.Module(body=[]).code_for_node(node).strip()


def _mutated(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """What mutmut makes of a node: (operator, mutant)."""
    for kind, operator in mutators.mutation_operators:
        if isinstance(node, kind) and operator in OPERATORS:
            for mutant in operator(node):
                yield OPERATORS[operator], _whole(node, mutant)


def _whole(node: cst.CSTNode, mutant: cst.CSTNode) -> cst.CSTNode:
    """The mutant, such that whole numbers stay whole."""
    if not (isinstance(node, cst.BinaryOperation) and isinstance(mutant, cst.BinaryOperation)):
        return mutant
    if isinstance(node.operator, cst.FloorDivide):
        return node.with_changes(operator=cst.Multiply())
    if isinstance(node.operator, cst.Multiply | cst.Modulo):
        arguments = [cst.Arg(_bare(node.left)), cst.Arg(_bare(node.right))]
        return cst.Call(cst.Name("_over"), arguments)
    return mutant


def _bare(node: Any) -> Any:
    return node


def _expressions(node: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    """Mutants of an expression that stand in its place."""
    if isinstance(node, cst.Comparison):
        for i, target in enumerate(node.comparisons):
            for name, mutant in _mutated(target):
                yield name, node.with_changes(comparisons=[*node.comparisons[:i], mutant, *node.comparisons[i + 1 :]])
    elif isinstance(node, cst.BaseExpression):
        for name, mutant in _mutated(node):
            assert isinstance(mutant, cst.BaseExpression)
            yield name, mutant


def _statements(line: cst.SimpleStatementLine) -> Iterator[tuple[str, cst.BaseSmallStatement]]:
    """Mutants of a statement that stand in its place."""
    (statement,) = line.body[:1]
    if len(line.body) > 1:
        return
    if isinstance(statement, cst.AugAssign | cst.Continue | cst.Break):
        for name, mutant in _mutated(statement):
            assert isinstance(mutant, cst.BaseSmallStatement)
            yield name, mutant
    stored = m.Assign(targets=[m.AssignTarget(m.Attribute() | m.Subscript()), m.ZeroOrMore()])
    if m.matches(statement, m.AugAssign() | stored | m.Expr(m.Call())):
        yield "deletion", cst.Pass()


class _Writer(cst.CSTTransformer):
    """Writes the switches of the chosen mutants into a module; with none chosen, lists all there are."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, file: str, first: int, chosen: frozenset[int]) -> None:
        self.file, self.next, self.chosen = file, first, chosen
        self.functions: list[str] = []
        self.compiled = [False]
        self.found: list[Mutant] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        names = {_text(one.decorator).split("(")[0] for one in node.decorators}
        self.functions.append(node.name.value)
        self.compiled.append(bool(names & set(COMPILED)) and not set(self.functions) & set(PLUMBING))

    def leave_FunctionDef(self, original: cst.FunctionDef, updated: cst.FunctionDef) -> cst.FunctionDef:  # noqa: N802
        self.functions.pop()
        self.compiled.pop()
        return updated.with_changes(decorators=original.decorators, params=original.params, returns=original.returns)

    def _new(self, node: cst.CSTNode, mutants: Any) -> list[tuple[int, Any]]:
        """Number the mutants of a node; return the chosen ones."""
        if not self.compiled[-1]:
            return []
        mine = []
        for operator, mutant in mutants:
            line = self.get_metadata(PositionProvider, node).start.line
            one = Mutant(self.next, self.file, self.functions[-1], line, operator, _text(node), _text(mutant))
            self.found.append(one)
            if self.next in self.chosen:
                mine.append((self.next, mutant))
            self.next += 1
        return mine

    def visit_Decorator(self, node: cst.Decorator) -> bool:  # noqa: N802
        return False

    def visit_Parameters(self, node: cst.Parameters) -> bool:  # noqa: N802
        return False

    def visit_Annotation(self, node: cst.Annotation) -> bool:  # noqa: N802
        return False

    def visit_Subscript(self, node: cst.Subscript) -> bool | None:  # noqa: N802
        return False if m.matches(node.value, m.Attribute(attr=m.Name("shape"))) else None  # of one axis: nothing to mutate

    def on_leave(self, original: Any, updated: Any) -> Any:
        updated = super().on_leave(original, updated)
        if isinstance(original, cst.SimpleStatementLine):
            branch: Any = cst.Else(cst.IndentedBlock([updated]))
            mine = self._new(original, _statements(original))
            for number, mutant in reversed(mine):
                body = cst.IndentedBlock([cst.SimpleStatementLine([mutant])])
                branch = cst.If(cst.parse_expression(f"_on({number})"), body, branch)
            return branch if mine else updated
        if not isinstance(original, cst.BaseExpression):
            return updated
        for number, mutant in self._new(original, _expressions(original)):
            switch = cst.IfExp(cst.parse_expression(f"_on({number})"), _enclosed(mutant), _enclosed(updated))
            updated = switch.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return updated


def _enclosed(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


def population(root: Path, files: list[str]) -> list[Mutant]:
    """All mutants of the files, numbered from 1."""
    found: list[Mutant] = []
    for file in files:
        found += _write(root / file, file, len(found) + 1, frozenset()).found
    return found


def _write(path: Path, file: str, first: int, chosen: frozenset[int]) -> Any:
    writer = _Writer(file, first, chosen)
    tree = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8"))).visit(writer)
    writer.code = tree.code  # type: ignore[attr-defined]
    return writer


def sample(mutants: list[Mutant], size: int, least: int, seed: int) -> list[Mutant]:
    """So many of the mutants: of every file in proportion, but at least so many, drawn without replacement."""
    chosen: list[Mutant] = []
    for file in sorted({one.file for one in mutants}):
        mine = [one for one in mutants if one.file == file]
        number = min(len(mine), max(least, round(size * len(mine) / len(mutants))))
        chosen += random.Random(f"{seed} {file}").sample(mine, number)
    return sorted(chosen, key=lambda one: one.number)


SWITCH = '''"""Whether a mutant is on: a number in this process's memory is compared.  That its place was come by is noted."""

import ctypes

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

MUTANTS = 10_000  # more than there are
MUTANT = ctypes.c_int64(0)
REACHED = (ctypes.c_uint8 * MUTANTS)()
llvmlite.binding.add_symbol("daarna_mutant", ctypes.addressof(MUTANT))
llvmlite.binding.add_symbol("daarna_reached", ctypes.addressof(REACHED))


def _place(module, name, kind):
    return module.globals.get(name) or ir.GlobalVariable(module, kind, name)


@intrinsic
def _on(typing_context, number):
    def generate(context, builder, signature, arguments):
        wanted = context.cast(builder, arguments[0], signature.args[0], types.int64)
        reached = _place(builder.module, "daarna_reached", ir.ArrayType(ir.IntType(8), MUTANTS))
        builder.store(ir.Constant(ir.IntType(8), 1), builder.gep(reached, [ir.Constant(ir.IntType(64), 0), wanted]))
        on = _place(builder.module, "daarna_mutant", ir.IntType(64))
        return builder.icmp_signed("==", builder.load_atomic(on, "monotonic", 8), wanted)

    return types.boolean(number), generate


def _over(a, b):
    return a / b


@overload(_over, inline="always")
def _typed_over(a, b):
    if isinstance(a, types.Integer) and isinstance(b, types.Integer):
        return lambda a, b: a // b
    return lambda a, b: a / b
'''

UNCHECKED = """

def _why_not(function: str, use: Use) -> str:
    return ""
"""


def write(root: Path, files: list[str], chosen: frozenset[int]) -> None:
    """Write the chosen mutants' switches into a copy of the package."""
    (root / "sim" / "switch.py").write_text(SWITCH, encoding="utf-8")
    first = 1
    for file in files:
        writer = _write(root / file, file, first, chosen)
        first += len(writer.found)
        if any(one.number in chosen for one in writer.found):
            code = writer.code.replace(
                "from __future__ import annotations\n",
                "from __future__ import annotations\n\nfrom sim.switch import _on, _over\n",
                1,
            )
            (root / file).write_text(code, encoding="utf-8")
    if (terms := root / "sim" / "rules" / "terms.py").exists():  # which hold of a mutant or not: either way it is to be run
        terms.write_text(terms.read_text(encoding="utf-8") + UNCHECKED, encoding="utf-8")
