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


def test_the_example_in_the_guide_is_a_case_that_holds(tmp_path: Path) -> None:
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert examples
    assert differences(read(written(tmp_path, examples[0]))) == []
