"""One grammar: it gives the right values, runs no code, and ends soon whatever it is given."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import formula
from sim.analysis import expression
from sim.errors import InputError
from sim.study.precision import Precision

TABLE = pd.DataFrame(
    {
        "npv": [-1.0, 2.0, 3.0, np.nan],
        "firm.perks": [100, 200, 300, 400],
        "my `odd` label": [1.0, 2.0, 3.0, 4.0],
        "scheme": ["a", "b", "a", "c"],
        "on": [True, False, True, False],
        "and": [4, 3, 2, 1],
    }
)


def value(text: str) -> Any:
    return formula.evaluate(formula.parse(text), TABLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npv > 0", [False, True, True, False]),
        ("0 < npv <= 2", [False, True, False, False]),
        ("firm.perks < 250 and npv > 0 or scheme == 'c'", [False, True, False, True]),
        ("not (npv > 0 | on)", [False, False, False, True]),
        ("`my ``odd`` label` * 100 == `firm.perks`", [True] * 4),
        ("`and` >= 3", [True, True, False, False]),
        ('scheme != "a" & ~on', [False, True, False, True]),
        ("npv > median(npv) - 1e-9", [False, True, True, False]),
        ("on == true", [True, False, True, False]),
    ],
)
def test_conditions_hold_where_they_should(text: str, expected: list[bool]) -> None:
    assert value(text).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", 14.0),
        ("2 * -3", -6.0),
        ("-2 ** 2", -4.0),
        ("2 ** 3 ** 2", 512.0),
        ("2 ** -1", 0.5),
        ("(1 + 2) * 3 - 10 / 4", 6.5),
        ("5% + .5", 0.55),
        ("7 - 2 - 1", 4.0),
        ("abs(-3)", 3.0),
        ("10**10**10", np.inf),
        ("1/0", np.inf),
    ],
)
def test_numbers_are_floats_with_the_usual_precedence(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


CODE = [
    "(@warnings.sys.modules.get('os').system('touch x') == 0) & (npv > 0)",
    "@npv > 0",
    "npv.__class__",
    "npv.values.tofile('x')",
    "__import__('os').system('touch x')",
    "open('x', 'w')",
    "difference.to_pickle('x')",
    "[npv for npv in ()]",
    "lambda: 0",
    "(npv := 3)",
    "npv[0]",
    "{}",
    "f'{npv}'",
    "x = 3",
    "npv; npv",
    "sqrt(npv, out=npv)",
    "eval('1')",
    "`npv` > '{0.__class__}'",
    "a if b else c",
    "np.load('x')",
]


@pytest.mark.parametrize("text", CODE)
def test_no_text_is_run_as_code(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        value(text)
    assert len(str(error.value)) < 400 and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + "npv" + ")" * 100_000,
        "(" * 400 + "npv" + ")" * 400,
        "-" * 900 + "npv",
        "not " * 200 + "on",
        "2**" * 300 + "2",
        "1+" * 400 + "1",
        "9" * 900,
        "1e999 < npv",
        "npv" + "<npv" * 200,
        " " * 5_000_000 + "npv",
        "1" * 5_000_000 + "x",
        "`" * 5_000_000,
        "." * 999,
        "npv > 0 and" + "\n" * 800,
        "",
    ],
)
@pytest.mark.parametrize("read", [value, expression.parse, Precision.parse])
def test_every_formula_ends_soon_in_one_short_message(text: str, read: Any) -> None:
    began = time.process_time()
    with pytest.raises(InputError) as error:
        read(text)
    assert time.process_time() - began < 20.0  # a tenth of a second; what takes the square of five million takes hours
    assert len(str(error.value)) < 700


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nvp > 0", "name 'nvp' is not defined; did you mean \"npv\""),
        ("scheme > 'a'", "compares texts by >"),
        ("scheme > 1", "compares a number with a text"),
        ("scheme + 1 > 0", "reckons with a text"),
        ("npv and on", "not true or false"),
        ("npv >", "found nothing where a number or a name is expected"),
        ("(npv > 0", "found the end where ')' is expected"),
        ("npv > 0 0", "found '0' after 'npv > 0'"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(").replace(")", r"\)").replace("+", r"\+")):
        value(text)


def test_names_are_written_so_that_they_are_read_again() -> None:
    for name in (
        "npv",
        "firm.perks",
        "and",
        "my `odd` label",
        "2nd",
        "a-b",
        "scheme.components[signing commission].rate",
        "größe",
    ):
        assert formula.parse(formula.name(name)).value == name
    assert str(expression.parse("q05(`my outcome`)")) == "q05(`my outcome`)"
    assert str(expression.parse("ratio(`a b`, c)")) == "ratio(`a b`, c)"
