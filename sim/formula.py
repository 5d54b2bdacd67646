"""Formulas that people and files write: read by one small grammar, and never run as code.

A formula is made of numbers (``2.5``, ``5%``), texts in quotes, names, ``+ - * / **``, comparisons (``< <= > >= == !=``, also chained),
``and or not`` (or ``& | ~``), brackets, and calls of functions that whoever reads it allows.  A name is a word, or words with dots;
any other, with spaces say, stands in backticks: ```my outcome` > 0``, and a backtick within it is doubled.  Names are looked up among
the columns of a table and nowhere else.  Numbers are IEEE floats, so that no power grows without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.errors import InputError
from sim.scenario.base import shown
from sim.texts import nearest

LONGEST = 1000  # characters of a formula
SHORT = 60  # characters of it in a message
MOST = 200  # tokens of a formula
DEEPEST = 30  # brackets within brackets
NUMBER = r"(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,4})?"
WORD = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
TOKEN = re.compile(
    rf"\s*(?:(?P<number>{NUMBER}(?:\s?%)?(?!\w))|(?P<name>{WORD})|`(?P<quoted>(?:[^`]|``)+)`"
    r"|\"(?P<text>[^\"]*)\"|'(?P<other>[^']*)'|(?P<sign>\*\*|<=|>=|==|!=|[-+*/<>&|~(),]))"
)
WORDS = {"and": "and", "or": "or", "not": "not", "&": "and", "|": "or", "~": "not"}
RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "<": np.less,
    ">": np.greater,
    "==": np.equal,
    "!=": np.not_equal,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}
#: Functions of a column, by value; of mean and median, over the column.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "mean": np.nanmean,
    "median": np.nanmedian,
}


class Node(NamedTuple):
    """A part of a formula: a number, text or name with its value, or an operation (or ``call``) on other parts."""

    kind: str
    said: str  # as it is written
    value: Any = None
    parts: tuple[Node, ...] = ()


class _Token(NamedTuple):
    kind: str
    value: Any
    start: int
    end: int


def parse(text: str) -> Node:
    """Read a formula.

    Raises
    ------
    InputError
        When it is none, too long or nested too deeply; names the place.
    """
    if not isinstance(text, str):
        raise InputError(f"found {shown(text)}, expected a formula, as in npv > 0")
    if len(text) > LONGEST:
        raise InputError(f"found a formula of {len(text):,} characters, allowed are {LONGEST:,}")
    return _Reader(text).whole()


def pieces(text: str) -> list[str]:
    """What stands between the commas of a text that are outside brackets; raises as :func:`parse`."""
    if len(text) > MOST * LONGEST:
        raise InputError(f"found a text of {len(text):,} characters, allowed are {MOST * LONGEST:,}")
    found, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth <= 0:
            found.append(text[begin:place])
            begin = place + 1
    return [*found, text[begin:]]


def name(text: str) -> str:
    """A name as it stands in a formula: in backticks where it is no plain word."""
    plain = re.fullmatch(WORD, text) and text not in WORDS
    return text if plain else "`" + text.replace("`", "``") + "`"


def number(text: str) -> float:
    """A number, or a percentage as a share, with its sign; NaN if it is neither."""
    bare = text.strip()[:LONGEST]
    sign, digits = (bare[0], bare[1:]) if bare[:1] in ("-", "+") else ("+", bare)
    found = TOKEN.fullmatch(digits)
    if not found or found.lastgroup != "number" or digits[0].isspace():
        return np.nan
    return -_float(digits) if sign == "-" else _float(digits)


def names(node: Node) -> set[str]:
    """All names in a formula, but those of functions."""
    return {node.value} if node.kind == "name" else set().union(*map(names, node.parts))


def evaluate(node: Node, table: Mapping[str, Any]) -> Any:
    """The value of a formula: an array as long as the table's columns, or one value where it names no column.

    Raises
    ------
    InputError
        When it names no column of the table or no function, or joins what cannot be joined, such as texts by +.
    """
    match node.kind:
        case "number" | "text":
            return node.value
        case "name":
            return _column(node, table)
        case "call":
            return _called(node, table)
    given = [evaluate(part, table) for part in node.parts]
    if node.kind in ("and", "or", "not"):
        if not all(np.asarray(one).dtype == bool for one in given):
            raise InputError(f"'{node.said}' joins what is not true or false by {node.kind}")
        return np.logical_not(given[0]) if node.kind == "not" else {"and": np.logical_and, "or": np.logical_or}[node.kind](*given)
    texts = [np.asarray(one).dtype.kind in "OU" for one in given]
    if node.kind in RELATIONS:
        if texts[0] != texts[1] or (texts[0] and node.kind not in ("==", "!=")):
            raise InputError(f"'{node.said}' compares {'texts by ' + node.kind if all(texts) else 'a number with a text'}")
        return RELATIONS[node.kind](*given)
    if any(texts):
        raise InputError(f"'{node.said}' reckons with a text")
    floats = [np.asarray(one, float) for one in given]
    with np.errstate(all="ignore"):
        return -floats[0] if len(floats) == 1 else ARITHMETIC[node.kind](*floats)


def _column(node: Node, table: Mapping[str, Any]) -> Any:
    if node.value in table:
        values = np.asarray(table[node.value])
        return values if values.dtype.kind in "biuf" else values.astype(str).astype(object)
    if node.value in ("true", "false", "True", "False"):
        return np.bool_(node.value in ("true", "True"))
    raise InputError(f"name '{node.value}' is not defined{nearest(node.value, map(str, table))}")


def _called(node: Node, table: Mapping[str, Any]) -> Any:
    if node.value not in FUNCTIONS or len(node.parts) != 1:
        allowed = ", ".join(f"{one}(x)" for one in FUNCTIONS)
        raise InputError(f"found '{node.said}', allowed functions are {allowed}")
    value = np.asarray(evaluate(node.parts[0], table))
    if value.dtype.kind == "O":
        raise InputError(f"'{node.said}' reckons with a text")
    with np.errstate(all="ignore"):
        return FUNCTIONS[node.value](value.astype(float))


def _float(said: str) -> float:
    value = float(said.rstrip("% \t\n")) / (100.0 if said.endswith("%") else 1.0)
    if np.isinf(value):
        raise InputError(f"found {said}, allowed are numbers up to 1e308")
    return value


def _tokens(text: str) -> Iterator[_Token]:
    place, end = 0, len(text.rstrip())
    for _ in range(MOST):
        if place >= end:
            return
        found = TOKEN.match(text, place, end)
        if not found:
            raise InputError(f"found '{text[place:end].strip()[:20]}' where a number, a name or a sign is expected")
        kind = str(found.lastgroup)
        said = found[kind]
        value: Any = {"number": _float, "quoted": lambda one: one.replace("``", "`")}.get(kind, str)(said)
        if kind in ("name", "sign") and said in WORDS:
            kind, value = "sign", WORDS[said]
        kind = {"quoted": "name", "other": "text"}.get(kind, kind)
        yield _Token(kind, value, found.start(str(found.lastgroup)), found.end())
        place = found.end()
    if place < end:
        raise InputError(f"found a formula of more than {MOST} parts")


class _Reader:
    """Reads a formula by recursive descent; what binds least comes first."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.depth = text, 0, 0
        self.tokens = list(_tokens(text))

    def whole(self) -> Node:
        node = self.either()
        if self.place < len(self.tokens):
            raise InputError(f"found '{self.text[self.tokens[self.place].start :][:20]}' after '{node.said[-60:]}'")
        return node

    def either(self) -> Node:
        return self.joined(self.both, "or")

    def both(self) -> Node:
        return self.joined(self.negated, "and")

    def negated(self) -> Node:
        if self.take("not"):
            return self.deeper(self.negated, "not")
        return self.compared()

    def compared(self) -> Node:
        first = self.tokens[self.place].start if self.place < len(self.tokens) else 0
        left, found = self.total(), []
        while sign := self.take(*RELATIONS):
            right = self.total()
            found.append(Node(sign, f"{left.said} {sign} {right.said}", None, (left, right)))
            left = right
        node = found[0] if found else left
        for other in found[1:]:
            node = Node("and", self.since(first), None, (node, other))
        return node

    def total(self) -> Node:
        return self.joined(self.product, "+", "-")

    def product(self) -> Node:
        return self.joined(self.signed, "*", "/")

    def signed(self) -> Node:
        if self.take("+"):
            return self.deeper(self.signed, "")
        if self.take("-"):
            return self.deeper(self.signed, "-")
        return self.power()

    def power(self) -> Node:
        base = self.single()
        if self.take("**"):
            exponent = self.deeper(self.signed, "")
            return Node("**", f"{base.said} ** {exponent.said}", None, (base, exponent))
        return base

    def single(self) -> Node:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is None:
            raise InputError("found nothing where a number or a name is expected")
        self.place += 1
        if token.kind == "sign" and token.value == "(":
            node = self.deeper(self.either, "")
            self.expect(")")
            return node._replace(said=self.since(token.start))
        if token.kind == "sign":
            raise InputError(f"found '{self.text[token.start : token.end]}' where a number or a name is expected")
        if token.kind == "name" and self.take("("):
            parts = []
            if not self.take(")"):
                parts.append(self.deeper(self.either, ""))
                while self.take(","):
                    parts.append(self.deeper(self.either, ""))
                self.expect(")")
            return Node("call", self.since(token.start), token.value, tuple(parts))
        return Node(token.kind, self.since(token.start), token.value)

    def joined(self, inner: Callable[[], Node], *signs: str) -> Node:
        node = inner()
        while sign := self.take(*signs):
            other = inner()
            node = Node(sign, f"{node.said} {sign} {other.said}", None, (node, other))
        return node

    def deeper(self, inner: Callable[[], Node], sign: str) -> Node:
        """What stands one level further in, with a sign before it: ``-``, ``not`` or none."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise InputError(f"found a formula nested more than {DEEPEST} deep")
        node = inner()
        self.depth -= 1
        if sign == "-" and node.kind == "number":
            return Node("number", f"-{node.said}", -node.value)
        return Node(sign, f"{sign} {node.said}", None, (node,)) if sign else node

    def take(self, *signs: str) -> str:
        """The next token, if it is one of these signs."""
        if self.place < len(self.tokens) and self.tokens[self.place].kind == "sign" and self.tokens[self.place].value in signs:
            self.place += 1
            return str(self.tokens[self.place - 1].value)
        return ""

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            there = self.text[self.tokens[self.place].start :][:20] if self.place < len(self.tokens) else "the end"
            raise InputError(f"found {there} where '{sign}' is expected")

    def since(self, start: int) -> str:
        return self.text[start : self.tokens[self.place - 1].end]
