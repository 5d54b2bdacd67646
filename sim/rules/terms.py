"""The terms on which a step of the customer's month keeps, checked in its source before anything is compiled.

The compiled engine goes through quiet months by the block, from columns of those fields that steps read, and customers stand in
another order there than in the Mesa model.  So it has to be known what a step does with which record, and some things would be done
by one way through a month and not by another.  The records are followed from the step's arguments through all rules that they are
handed to.  Whatever cannot be followed is refused.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from sim import draws
from sim.compiled import UNCOMPILED, Rule
from sim.errors import RuleError
from sim.numeric import exp_above, share_above
from sim.scenario.record import NAMES
from sim.state import CLOCK, CUSTOMER, DESK, MOMENT, REP, TALLY, draw_contact, draw_purchase
from sim.texts import nearest

CUSTOMERS_OWN = ("params", "clock", "customer", "moment", "rep")
ARGUMENTS = {"quiet": CUSTOMERS_OWN, "occurs": CUSTOMERS_OWN, "happen": (*CUSTOMERS_OWN, "tally", "agent")}
FIELDS: dict[str, tuple[str, ...]] = {
    "params": NAMES,
    **{
        record: dtype.names or ()
        for record, dtype in {
            "clock": CLOCK,
            "customer": CUSTOMER,
            "moment": MOMENT,
            "rep": REP,
            "tally": TALLY,
            "agent": DESK,
        }.items()
    },
}
OWN = ("customer", "moment")  # records that are of one customer alone
IDENTITY = {"who", "which"}  # the address of the customer's draws
LEAVING = {"status", "lapsed_month"}
EVERY_MONTH = {"u_visit", "u_purchase", "u_contact", "u_lapse", "u_referral"}  # uniforms that are drawn for everybody
DRAWN_BY: dict[Any, tuple[int, set[str]]] = {  # uniforms that are drawn for whom something happens, once a step asks for them
    draw_purchase: (draws.PURCHASE, {"u_amount", "u_dropout", "u_sale", "u_guest"}),
    draw_contact: (draws.CONTACT, {"u_solved", "u_offer", "u_appointment", "u_surfaced"}),
}
BOUNDS = (exp_above, share_above, draws.may_count)
MOST_PURPOSES = 64  # of draws in a month
LIBRARIES = ("sim.numeric", "sim.draws")  # their functions are given numbers: not gone through unless given a record


class Use(NamedTuple):
    """What a rule does with a field of a record, or that it calls another rule."""

    how: str  # read, written, added to; called
    record: str  # as the step's argument is called
    field: Any  # or the rule that is called
    place: str  # file and line
    line: int  # in the step's own function


class Followed(NamedTuple):
    """What a step's functions do."""

    quiet: tuple[Use, ...] = ()
    occurs: tuple[Use, ...] = ()
    happen: tuple[Use, ...] = ()

    @property
    def always(self) -> tuple[Use, ...]:
        """What it does in a month in which nothing happens."""
        return self.quiet + self.occurs

    @property
    def draws(self) -> set[int]:
        """The purposes of the random numbers that it asks for once it happens."""
        return {DRAWN_BY[use.field][0] for use in self.happen if use.how == "called" and use.field in DRAWN_BY}


def fields(uses: tuple[Use, ...], record: str, *how: str) -> set[str]:
    """The fields of a record with which one of these is done; what is added to is read and written as well."""
    return {use.field for use in uses if use.record == record and (use.how in how or use.how == "added to")}


def follow(function: Any, records: tuple[str, ...]) -> tuple[Use, ...]:
    """What a rule, and all that it calls, does with its arguments, which are these records.

    Raises
    ------
    RuleError
        When a record is used otherwise than by its fields, as ``customer.margin``, or handed to what is no rule.
    """
    plain = getattr(function, "py_func", function)
    return _read(plain, tuple(zip(plain.__code__.co_varnames, records, strict=False)))


@cache
def _read(function: FunctionType, records: tuple[tuple[str, str], ...]) -> tuple[Use, ...]:
    """What a function does with those of its arguments that are records, each by the name of the step's argument."""
    return tuple(_Reader(function, dict(records)).uses)


def checked(steps: tuple[ModuleType, ...]) -> tuple[Followed, ...]:
    """What each step does, if all keep to the terms of docs/changing.md.

    Raises
    ------
    RuleError
        Where one does not: with file, line, what was found and what is allowed.
    """
    _check_names(steps)
    found = []
    for step in steps:
        given = {name: getattr(step, name) for name in ARGUMENTS if hasattr(step, name)}
        _check_functions(step, given)
        one = Followed(**{name: follow(function, ARGUMENTS[name]) for name, function in given.items()})
        for name, uses in zip(ARGUMENTS, one, strict=True):
            for use in uses:
                if why := _why_not(name, use):
                    raise _wrong(use, name, f"{use.record}.{use.field} {use.how}" if use.record else use.field.__name__, why)
        _check_drawn(step, one)
        found.append(one)
    _check_order(steps, found)
    return tuple(found)


def _wrong(use: Use, function: str, found: str, allowed: str) -> RuleError:
    return RuleError(f"{use.place}: {function}: expected {allowed}, got {found}")


def _check_names(steps: tuple[ModuleType, ...]) -> None:
    """Every step is called something, and no two the same."""
    called: dict[str, str] = {}
    for step in steps:
        act = getattr(step, "ACT", None)
        if not isinstance(act, str) or not act.isidentifier() or act in called:
            also = f", as {called[act]} has" if act in called else ""
            raise RuleError(f"{_file(step)}: ACT: expected the name of a method, which no other step has, got {act!r}{also}")
        called[act] = step.__name__


def _check_functions(step: ModuleType, given: Mapping[str, Any]) -> None:
    """A step's functions are rules, take its arguments, and are called as they should be."""
    several = ", ".join(ARGUMENTS)
    if not given.keys() & {"quiet", "happen"}:
        raise RuleError(
            f"{_file(step)}: expected quiet, happen or both, got {' alone and '.join([*given, 'no happen']) if given else 'neither'}"
        )
    for name, function in vars(step).items():
        if _rule(function) is None:
            if name in ARGUMENTS:
                raise RuleError(f"{_file(step)}: {name}: expected a rule (@rule above it), got {type(function).__name__}")
            continue
        code = _rule(function).__code__
        arguments = code.co_varnames[: code.co_argcount]
        if name in ARGUMENTS and arguments != ARGUMENTS[name]:
            raise RuleError(
                f"{_file(step)}: {name}: expected the arguments {', '.join(ARGUMENTS[name])}, got {', '.join(arguments)}"
            )
        if name not in ARGUMENTS and function.__module__ == step.__name__ and arguments in ARGUMENTS.values():
            raise RuleError(f"{_file(step)}: a rule of a step's arguments: expected {several}, got {name}")
    if "occurs" in given:
        returned = [node for node in ast.walk(_source(_rule(given["occurs"]))) if isinstance(node, ast.Return)]
        if not returned or any(node.value is None for node in returned):
            raise RuleError(f"{_file(step)}: occurs: expected whether something happens to be returned, got nothing returned")


def _why_not(function: str, use: Use) -> str:
    """What is allowed instead, where a function of a step may not do this; empty if it may."""
    changes = use.how in ("written", "added to")
    if function != "happen":
        if changes and use.record not in OWN:
            return "only fields of the customer and the moment to be written before something happens"
        if changes and use.field in LEAVING:
            return "customers to leave in happen"
        if use.record == "moment" and use.field.startswith("u_") and use.field not in EVERY_MONTH:
            return f"uniforms that are drawn for everybody ({', '.join(sorted(EVERY_MONTH))}); others in happen"
    if use.how == "called" and use.field in BOUNDS and function != "occurs":
        return "the exact function; bounds from above only say whether something may happen, in occurs"
    if changes and (use.record in ("params", "clock") or (use.record == "customer" and use.field in IDENTITY)):
        return "the scenario, the month and a customer's who and which to stay as they are"
    if use.how == "written" and use.record not in OWN:
        return "what all customers share to be added to (+=, -=), so that their order does not matter"
    return ""


def _check_drawn(step: ModuleType, one: Followed) -> None:
    """Before the uniforms of a purchase or a contact are read, they are drawn."""
    for rule, (_, uniforms) in DRAWN_BY.items():
        plain = _rule(rule)
        read = [use for use in one.happen if use.record == "moment" and use.field in uniforms and use.how == "read"]
        if not read:
            continue
        happen = _source(_rule(step.happen))
        asked = [
            node.lineno
            for node in happen.body
            if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).split(".")[-1] == plain.__name__
        ]
        if not asked or min(asked) >= min(use.line for use in read):
            raise _wrong(
                read[0],
                "happen",
                "it read without",
                f"{plain.__name__}(clock, customer, moment) before moment.{read[0].field} is read",
            )


def _check_order(steps: tuple[ModuleType, ...], found: list[Followed]) -> None:
    """Nobody reads what other customers of the month have added to: their order differs between the ways through a month."""
    every = [use for one in found for use in (*one.always, *one.happen) if use.record not in OWN]
    added = {(use.record, use.field): use.place for use in every if use.how == "added to"}
    for use in every:
        if use.how == "read" and (use.record, use.field) in added:
            raise _wrong(
                use, "a step", f"{use.record}.{use.field}, which {added[use.record, use.field]} adds to",
                "fields of what customers share that no step adds to, since the customers' order differs between the ways through a month",
            )  # fmt: skip


def _file(step: ModuleType) -> str:
    return step.__name__.replace(".", "/") + ".py"


@cache
def _functions(path: str) -> dict[int, ast.FunctionDef]:
    """The functions of a source, by the line in which they begin."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {min([node.lineno, *(one.lineno for one in node.decorator_list)]): node for node in found}


def _source(function: FunctionType) -> ast.FunctionDef:
    return _functions(function.__code__.co_filename)[function.__code__.co_firstlineno]


class _Reader(ast.NodeVisitor):
    """Reads a function: what it does with the arguments that are records, `records` saying which those are."""

    def __init__(self, function: FunctionType, records: Mapping[str, str]) -> None:
        self.function, self.records = function, records
        self.file = function.__module__.replace(".", "/") + ".py"
        self.uses: list[Use] = []
        self.line = 0
        self.known = vars(builtins) | function.__globals__ | _closure(function)
        node = _source(function)
        self.locals = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
        self.locals |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
        for statement in node.body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        """Go through a part of the function."""
        self.line = getattr(node, "lineno", self.line)
        super().visit(node)

    def _use(self, how: str, record: str, field: Any) -> None:
        self.uses.append(Use(how, record, field, f"{self.file}:{self.line}", self.line))

    def _refuse(self, found: str, allowed: str) -> RuleError:
        return RuleError(f"{self.file}:{self.line}: {self.function.__name__}: expected {allowed}, got {found}")

    def _record(self, node: ast.expr) -> str:
        """Which record a part of the function is; empty if none."""
        return self.records.get(node.id, "") if isinstance(node, ast.Name) else ""

    def _meant(self, node: ast.expr) -> Any:
        """What a name, or one in a module, stands for; None if that is not known before the function runs."""
        if isinstance(node, ast.Name):
            return None if node.id in self.locals else self.known.get(node.id)
        owner = self._meant(node.value) if isinstance(node, ast.Attribute) else None
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) and isinstance(node, ast.Attribute) else None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A field of a record."""
        record = self._record(node.value)
        if not record:
            owner = self._meant(node.value)
            if isinstance(owner, ModuleType) and not hasattr(owner, node.attr):
                raise self._refuse(f"{node.attr}{nearest(node.attr, dir(owner))}", f"a name that is defined in {owner.__name__}")
            self.generic_visit(node)
            self._note(node)
            return
        if node.attr not in FIELDS[record]:
            raise self._refuse(
                f"{record}.{node.attr}{nearest(node.attr, FIELDS[record])}", f"a field of the {record} (sim/state.py)"
            )
        self._use("read" if isinstance(node.ctx, ast.Load) else "written", record, node.attr)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """A field is added to, which may be done in any order; or it is read and written."""
        self.visit(node.target)
        record = self._record(node.target.value) if isinstance(node.target, ast.Attribute) else ""
        if record and isinstance(node.op, ast.Add | ast.Sub):
            self.uses[-1] = self.uses[-1]._replace(how="added to")
        elif record:
            self.uses.append(self.uses[-1]._replace(how="read"))
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """A rule is called, perhaps with records."""
        self.visit(node.func)
        called = self._meant(node.func)
        rule = _rule(called)
        given: dict[str, str] = {}
        for place, argument in enumerate([*node.args, *(one.value for one in node.keywords)]):
            record = self._record(argument)
            if not record:
                self.visit(argument)
                continue
            if rule is None:
                raise self._refuse(
                    f"{record} handed to {ast.unparse(node.func)}", "records to be handed to rules (@rule) called by their names"
                )
            named = node.keywords[place - len(node.args)].arg if place >= len(node.args) else None
            given[named or rule.__code__.co_varnames[place]] = record
        if called is draws.uniforms and len(node.args) > 2:
            purpose = self._meant(node.args[2])
            if not isinstance(purpose, int) or not 0 <= purpose < MOST_PURPOSES:
                raise self._refuse(ast.unparse(node.args[2]), f"a purpose of draws, named in sim/draws.py, below {MOST_PURPOSES}")
        if rule is not None and rule is not self.function and (given or rule.__module__ not in LIBRARIES):
            self.uses += [use._replace(line=self.line) for use in _read(rule, tuple(sorted(given.items())))]

    def visit_Name(self, node: ast.Name) -> None:
        """Another name: of a rule, a number or what the function itself has made."""
        if node.id in self.records:
            raise self._refuse(
                f"{node.id} by itself, or by a subscript", f"fields of it, as {node.id}.{FIELDS[self.records[node.id]][0]}"
            )
        if node.id not in self.locals and node.id not in self.known:
            raise self._refuse(f"{node.id}{nearest(node.id, self.known)}", "a name that is defined")
        self._note(node)

    def _note(self, node: ast.expr) -> None:
        meant = self._meant(node)
        if isinstance(meant, Rule) or (UNCOMPILED and isinstance(meant, FunctionType)):
            self._use("called", "", meant)


def _closure(function: FunctionType) -> dict[str, Any]:
    cells = function.__closure__ or ()
    return {name: cell.cell_contents for name, cell in zip(function.__code__.co_freevars, cells, strict=True)}


def _rule(found: Any) -> Any:
    """The function of a rule, None for what is none."""
    plain = getattr(found, "py_func", found if UNCOMPILED else None)
    return plain if isinstance(plain, FunctionType) and not plain.__module__.startswith("numpy") else None
