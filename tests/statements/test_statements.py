"""Worked cases in this folder: what the payroll pays is what each file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from tests.statements.case import differences, read

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_payroll_pays_what_the_case_says(path: Path) -> None:
    wrong = differences(read(path))
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_are_cases_of_every_kind() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in CASES)
    assert len(CASES) >= 20
    for word in ("clawback", 'shape = "step"', "tiers", "threshold", "cap =", "trail_months", "malus_measure", '"multiply"', '"gate"',
                 '"team"', "variable_cap", "subsidy", '"persistency"', '"satisfaction"', '"collected"', '"gross_margin"', "rep_leaves"):  # fmt: skip
        assert word in text, word


GOOD = """
[[scheme.components]]
name = "commission"
measure = "initial_revenue"
rate = 0.1
[month.1.happens]
signs = { Smith = 100.0 }
[month.1.expect]
commission = 10.0
"""


ALL = GOOD[GOOD.index("[month.1.happens]") :]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_case_that_expects_something_else_says_file_month_line_expected_and_found(tmp_path: Path) -> None:
    assert differences(read(written(tmp_path, GOOD))) == []
    wrong = differences(read(written(tmp_path, GOOD.replace("= 10.0", "= 11.0") + "[total]\npay = 9.0\n")))
    assert wrong == [
        "case.toml (case): month 1: commission: expected 11.00, found 10.00",
        "case.toml (case): total: pay: expected 9.00, found 10.00",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("signs =", "sings =", r'case.toml: month.1.happens: found "sings".*did you mean "signs"\?'),
        ("commission = 10.0", "comission = 10.0", r'month.1.expect: found "comission".*did you mean "commission"\?'),
        ("[month.1.expect]", "[month.one.expect]", "month.one: write the number of a month"),
        ("signs = { Smith = 100.0 }", 'leaves = ["Smith"]', 'found "Smith", who never signed'),
        ("rate = 0.1", 'rate = "high"', 'case.toml: scheme.components.0. "commission", rate: found "high", allowed is a number'),
        ("commission = 10.0", "", "nothing is expected"),
        ('name = "commission"', 'name = "pay"', "a name of its own"),
        ("[month.1.happens]", "months = [[", "is not valid TOML"),
    ],
)
def test_a_case_that_is_wrong_is_refused_with_the_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read(written(tmp_path, GOOD.replace(old, new)))
    assert re.search(said, str(error.value)), str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('{ Smith = 100.0 }', '{ Smith = "x" }', 'month.1.happens.signs.Smith: found "x", allowed is a number'),
        ('{ Smith = 100.0 }', "{ Smith = -135.00 }", "month.1.happens.signs.Smith: found -135.0, allowed is at least 0"),
        ('{ Smith = 100.0 }', "{ Smith = nan }", "month.1.happens.signs.Smith: found nan, allowed is a number"),
        ('{ Smith = 100.0 }', '["Smith"]', 'month.1.happens.signs: found ["Smith"], allowed is a table, as in signs = { Smith = 135.00 }'),
        ("commission = 10.0", 'claimed = "lots"', 'month.1.expect.claimed: found "lots", allowed is a number'),
        ("commission = 10.0", "claimed = true", "month.1.expect.claimed: found true, allowed is a number"),
        (ALL, "[month.6]\nhappens = 3", "month.6.happens: found 3, allowed is a table, as in [month.6.happens]"),
        (ALL, "[month.6]\nexpect = 3", "month.6.expect: found 3, allowed is a table, as in [month.6.expect]"),
        (ALL, "[month]\n6 = 3", "month.6: found 3, allowed is a table, as in [month.6.happens]"),
        (GOOD, "month = 3", "month: found 3, allowed is a table, as in [month.6.happens]"),
        (GOOD, "total = 3", "total: found 3, allowed is a table, as in [total]"),
        (GOOD, "title = 3", "title: found 3, allowed is a text in quotes"),
        (GOOD, "source = 3", "source: found 3, allowed is a text in quotes"),
        (GOOD, "reps = 3", "reps: found 3, allowed is a table of parameters"),
        (GOOD, 'months = "six"', 'months: found "six", allowed is a whole number'),
        ("signs =", "leaves = 3 #", 'month.1.happens.leaves: found 3, allowed is names, as in ["Smith"]'),
        ("signs =", 'rep_leaves = "yes" #', 'month.1.happens.rep_leaves: found "yes", allowed is true or false'),
        ("signs =", 'revenue = "x" #', 'month.1.happens.revenue: found "x", allowed is a number'),
        ("signs =", "revenue = -1.0 #", "month.1.happens.revenue: found -1.0, allowed is at least 0"),
        ("signs =", "persistency = 80.0 #", "month.1.happens.persistency: found 80.0, allowed is at most 1"),
        ("signs =", "revenue = [1.0, 2.0] #", "month.1.happens.revenue: found 2 values for 1 reps"),
        ("signs =", "revenue = [2026-01-01] #", "month.1.happens.revenue[0]: found 2026-01-01, allowed is a number"),
        ("[month.1.happens]", "[month.01.happens]", "month.01: write the number of a month"),
        ("[month.1.expect]", '[month.2.happens]\nleaves = "Smith"\n[month.3.happens]\nleaves = "Smith"\n[month.1.expect]',
         'month.3.happens: found "Smith", who left before'),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_or_sign_is_refused_with_what_is_allowed(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read(written(tmp_path, GOOD.replace(old, new)))
    assert str(error.value).startswith(f"case.toml: {said}"), str(error.value)


def test_one_customer_who_leaves_needs_no_list(tmp_path: Path) -> None:
    text = GOOD.replace("rate = 0.1", "rate = 0.1\nclawback = { months = 2 }")
    for leaves in ('"Smith"', '["Smith"]'):
        case = written(tmp_path, f"{text}\n[month.2.happens]\nleaves = {leaves}\n[month.3.expect]\nrecovered = 0.0")
        assert differences(read(case)) == []
        case = written(
            tmp_path,
            f"{text.replace('months = 2', 'months = 4')}\n[month.2.happens]\nleaves = {leaves}\n[month.2.expect]\nclaimed = 5.0",
        )
        assert differences(read(case)) == []


def test_the_example_in_the_guide_is_a_case_that_holds(tmp_path: Path) -> None:
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert examples
    assert differences(read(written(tmp_path, examples[0]))) == []
