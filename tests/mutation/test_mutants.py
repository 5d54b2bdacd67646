"""A switched source is the original while no mutant is on, and the mutant while it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutants import Mutant, population, sample, write
from tests.mutation.report import report, wilson

SOURCE = '''from __future__ import annotations

from sim.compiled import rule

LEFT_ALONE = 1 + 1


@rule
def pay(value, rate, cap):
    """Document 2 + 2."""
    total = 2.0
    for i in range(3):
        if i == 1 and not cap > value:
            continue
        total += value * rate
    return min(total, cap) if cap > 0.0 else total // 2


def not_compiled(a, b):
    return a + b
'''
PLACES = [(4.0, 0.5, 0.0), (4.0, 0.5, 5.0), (1.0, 3.0, 2.0), (7.0, 0.1, 7.0)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "pay.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def run(code: str, on: int) -> list[Any]:
    """What `pay` returns at some places when one mutant is on."""
    names: dict[str, Any] = {"rule": lambda f: f, "_on": lambda number: number == on, "_over": lambda a, b: a / b}
    exec("\n".join(line for line in code.splitlines() if "import" not in line), names)
    results = []
    for place in PLACES:
        try:
            results.append(names["pay"](*place))
        except ZeroDivisionError:
            results.append(None)
    return results


def test_only_what_is_compiled_is_mutated_and_every_operator_occurs(root: Path) -> None:
    mutants = population(root, ["sim/pay.py"])
    assert {one.function for one in mutants} == {"pay"}
    assert {one.operator for one in mutants} == {"number", "operator", "keyword", "assignment", "not", "branch", "deletion"}
    assert [one.number for one in mutants] == list(range(1, len(mutants) + 1))


def test_switched_off_it_is_the_original_and_switched_on_the_mutant(root: Path) -> None:
    """The mutant written in place of the original, and the switched source with that mutant on, return the same."""
    mutants = population(root, ["sim/pay.py"])
    write(root, ["sim/pay.py"], frozenset(one.number for one in mutants))
    switched = (root / "sim" / "pay.py").read_text(encoding="utf-8")
    assert run(switched, 0) == run(SOURCE, 0)
    lines = SOURCE.splitlines()
    different = 0
    for one in mutants:
        line = lines[one.line - 1]
        if line.count(one.before) != 1:
            continue  # said twice on its line: the text does not tell which is meant
        mutated = "\n".join([*lines[: one.line - 1], line.replace(one.before, one.after), *lines[one.line :]])
        assert run(switched, one.number) == run(mutated, 0), one
        different += run(mutated, 0) != run(SOURCE, 0)
    assert different > 12


def test_a_sample_has_the_least_of_every_file_and_is_the_same_again(root: Path) -> None:
    shutil.copy(root / "sim" / "pay.py", root / "sim" / "more.py")
    mutants = population(root, ["sim/more.py", "sim/pay.py"])
    chosen = sample(mutants, 4, 6, 1)
    assert [sum(one.file == file for one in chosen) for file in ("sim/more.py", "sim/pay.py")] == [6, 6]
    assert chosen == sample(mutants, 4, 6, 1) != sample(mutants, 4, 6, 2)


def test_the_rate_is_weighted_by_how_many_mutants_a_file_has() -> None:
    """Of 30 mutants 1 of 2 killed, of 10 both: (30 x 0.5 + 10 x 1) / 40."""
    everything = [Mutant(i, "a" if i < 30 else "b", "f", 1, "number", "1", "2") for i in range(40)]
    fates = {0: {"fate": "killed"}, 1: {"fate": "survived"}, 30: {"fate": "timeout"}, 31: {"fate": "crash"}}
    said = report(everything, [everything[i] for i in fates], fates)
    assert "| all, weighted | 40 | 4 | 3 | 62.5% |" in said
    assert "1 killed, 1 timeout, 1 crash, 1 survived" in said


def test_the_interval_is_wilsons() -> None:
    """10 of 10: the lower end is n / (n + z^2)."""
    assert wilson(10, 10)[0] == pytest.approx(10 / (10 + 1.959964**2), rel=1e-6)
