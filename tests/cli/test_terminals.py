"""Every command prints on every terminal: encodings that lack signs, few columns, wide letters."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table

from sim.cli import terminal
from sim.texts import columns_of, left, right
from tests.conftest import ROOT

FILE = ROOT / "scenarios" / "baseline.toml"


def daarna(*arguments: str, python: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONUTF8", "PYTHONIOENCODING", "COLUMNS")}
    return subprocess.run(
        [sys.executable, *python, "-m", "sim.cli", *arguments], capture_output=True, cwd=ROOT, check=False,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "utf-8"])
def test_every_encoding_is_printed_in(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(f'title = "≥ 5 ± 2 – 保険 \U0001f600"\nextends = "{FILE.as_posix()}"\n', encoding="utf-8-sig")
    made = daarna("describe", str(file), PYTHONIOENCODING=encoding)
    assert made.returncode == 0 and made.stderr == b""
    printed = made.stdout.decode(encoding)
    sign = "≥" if encoding in ("utf-8", "cp437") else ">="
    assert f"{sign} 1, " in printed
    if encoding == "ascii":
        assert ">= 5 +- 2 - \\u4fdd\\u967a \\U0001f600" in printed
        assert len({len(line) for line in printed.splitlines()[1:]}) == 1  # columns are aligned with the substitutes
    wrong = daarna("check", str(tmp_path / "±.toml"), PYTHONIOENCODING=encoding)
    assert wrong.returncode == 2 and b"Traceback" not in wrong.stderr and len(wrong.stderr.splitlines()) == 1


def test_the_c_locale() -> None:
    made = daarna("describe", str(FILE), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert made.returncode == 0 and b">= 1, <= 1,200" in made.stdout


@pytest.mark.parametrize("columns", [10, 40, 80])
def test_no_number_is_cut_where_there_is_little_room(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    table = Table("outcome", "unit", title="[/x]")
    table.add_column("base", justify="right")
    table.add_column("other", justify="right")
    table.add_row("promised_profit", "EUR", "1,234,567 ± 12,345", "[b]7[/b]")
    terminal.print_table(table, terminal.make_console())
    printed = capsys.readouterr().out
    for text in ("promised_profit", "1,234,567 ± 12,345", "[b]7[/b]", "[/x]"):
        assert text in printed
    assert ("base: 1,234,567" in printed) == (columns < 80)


def test_wide_letters_take_two_columns() -> None:
    assert columns_of("保険") == 4 and columns_of("zażółć") == 6 and columns_of("e\u0301") == 1
    assert left("保険", 6) == "保険  " and right("保険", 6) == "  保険"


def test_texts_are_there_or_python_says_so() -> None:
    made = daarna("--version", python=("-OO",))
    assert made.returncode == 2 and re.fullmatch(rb"python -OO: expected python or python -O, .*\n", made.stderr)
    assert daarna("--version", python=("-O",)).returncode == 0
