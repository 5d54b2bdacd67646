"""Problem files: what is wrong is said with file, place, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.design import load
from sim.design.case import prepare
from sim.errors import InputError
from tests.design.worlds import TINY_BASE, TINY_PROBLEM


def message(folder: Path, old: str, new: str) -> str:
    """What is said of the tiny problem with one thing changed."""
    assert old in TINY_PROBLEM
    (folder / "tiny.toml").write_text(TINY_BASE)
    (folder / "problem.toml").write_text(TINY_PROBLEM.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        prepare(load(folder / "problem.toml"), 1, 1)
    return str(error.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("high = 0.6", "high = -0.1", "problem.toml: vary[0] \"scheme.components[0].rate\", low: found 0.0, which is not below high = -0.1"),
        ("high = 0.6", "hihg = 0.6", 'unknown key "hihg"; did you mean "high"?'),
        ("high = 0.6", "log = true\nhigh = 0.6", "problem.toml: vary[0] \"scheme.components[0].rate\", low: found 0.0, allowed is more than 0 on a log scale"),
        ("high = 0.6", "", "problem.toml: vary[0] \"scheme.components[0].rate\", high: found none; give low and high"),
        ("high = 0.6", "high = 0.6\nlevels = [1, 2]", "problem.toml: vary[0] \"scheme.components[0].rate\", levels: found levels beside low or high"),
        ("[0].rate", "[0].rat", 'problem.toml: vary: found "scheme.components[0].rat", but there is no rat; did you mean "rate"?'),
        ("[0].rate", "[0].scope", 'problem.toml: vary: "scheme.components[0].scope" is "rep", not a number: give levels = [ … ]'),
        ("[commission]", "[signing]", 'but the list has no single [signing]; there are 0 "commission"'),
        ("high = 24", "high = 24.5", "problem.toml: vary: high: found 24.5, allowed is a whole number for"),
        ("high = 24", "high = 2400", "clawback.months = 2400: scheme.components[0] \"commission\", clawback.months: found 2400"),
        ('"npv"', '"nvp"', 'problem.toml: objectives[0]: outcome: nvp: found \'nvp\', which is no outcome of a run; did you mean "npv"?'),
        ('"npv"', '"npv +"', 'problem.toml: objectives[0]: outcome: found \'npv +\', allowed is mean(npv), or the outcome alone;'),
        ('at_least = "base"', 'at_least = "bas"', 'constraints[0].at_least: found "bas", allowed is a number or "base"; did you mean "base"?'),
        ('at_least = "base"', "at_least = true", 'constraints[0].at_least: found true, allowed is a number or "base"'),
        ("high = 0.6", 'high = "0.6"', 'vary[0] \"scheme.components[0].rate\", high: found "0.6", allowed is a number'),
        ('at_least = "base"', "", "problem.toml: constraints[0].at_most: give at_least or at_most, one of the two"),
        ("evaluations = 16", "evaluations = 1", "problem.toml: effort.evaluations: found 1, allowed is at least 8"),
        ('base = "tiny.toml"', "", "problem.toml: base: expected the scenario whose scheme"),
        ('base = "tiny.toml"', 'base = "tinny.toml"', 'tinny.toml: there is no such file; did you mean "tiny.toml"?'),
        ("[effort]", "[uncertainty]\nworlds = 3\n[effort]", "uncertainty.factors: found none; name at least one parameter"),
        ("[[objectives]]", "[[vary]]", "vary[2].outcome: unknown key \"outcome\""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    told = message(tmp_path, old, new)
    assert said in told
    assert "\n" not in told and "Input should" not in told


def test_a_parameter_is_either_chosen_or_unknown(tmp_path: Path) -> None:
    factor = '[[uncertainty.factors]]\npath = "scheme.components[0].rate"\nlow = 0.1\nhigh = 0.2\n[effort]'
    assert "is also under [[vary]]" in message(tmp_path, "[effort]", factor)


def test_the_problems_of_the_library_are_sound() -> None:
    from tests.conftest import ROOT

    files = sorted((ROOT / "scenarios" / "problems").glob("*.toml"))
    assert files
    for file in files:
        prepare(load(file), 1, 1)
