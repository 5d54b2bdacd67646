"""Texts that others wrote are shown in every medium, and are orders to none."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import texts
from sim.cli import terminal
from sim.errors import InputError
from sim.files.csv_file import as_csv
from sim.memo import typeset
from tests.conftest import ROOT

HOSTILE = [
    "[/x]",
    "[/]",
    "[bold]x",
    "$\\frac",
    "\\input{x}",
    "<script>",
    "| a | b",
    "`x`",
    ":smile:",
    "{0.__class__}",
    "%s",
    "=1+1",
    "@x",
]
UNSEEN = ["\x1b[31m", "\x07", "\u202e", "\u2066", "\u200b", "\ufeff", "\x9b31m", "\U000e0041", "\ud800"]


@pytest.mark.parametrize("text", UNSEEN)
def test_what_cannot_be_seen_is_shown_escaped(text: str) -> None:
    for shown in (texts.plain(f"a{text}b"), texts.lines(f"a{text}b"), str(InputError(f"a{text}b"))):
        assert shown.isprintable() and shown.startswith("a\\u") and shown.endswith("b")
    assert json.loads(texts.lines(json.dumps({"a": text}, ensure_ascii=False))) == {"a": text}
    assert texts.lines("größe 漢字 é\na") == "größe 漢字 é\na"


def printed(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    from rich.table import Table

    console = terminal.make_console()
    console.file = io.StringIO()
    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    console.print(table)
    console.print(text)
    return console.file.getvalue()


@pytest.mark.parametrize("text", [*HOSTILE, "\x1b[31m", "\u202e"])
def test_no_text_is_markup_to_the_terminal(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(text, monkeypatch).count(texts.lines(text)) == 4


def test_all_commands_print_by_what_escapes() -> None:
    for path in (ROOT / "sim" / "cli").glob("*.py"):
        if path.name != "terminal.py":
            assert not re.search(r"typer\.echo\(|\bConsole\(|from_markup", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup_to_a_page(text: str) -> None:
    assert not set(texts.html(text)) & set("<>") and re.sub(r"\\(.)", r"\1", texts.markdown(text)) == text
    assert not re.search(r"(?<!\\)[`*_\[\]<>|#$]", texts.markdown(text))
    assert not re.search(r"(?<!\\)[%$#&_]|\\(?!text|[&%$#_{}])", texts.tex(text))
    assert typeset._text(text).startswith('"') and json.loads(typeset._text(text)) == text
    assert texts.cell(text)[0] not in "=+-@" and texts.cell("-3.5") == "-3.5"


def test_line_breaks_become_spaces(tmp_path: Path) -> None:
    made = sim.Scenario().with_(title="a\nb\u2028c", currency="E\nUR", scheme={"components": [{"name": "x\ny"}]})
    assert (made.title, made.currency, made.scheme.components[0].name) == ("a b c", "E UR", "x y")
    (tmp_path / "o\nk.toml").write_text('title = """a\nb"""')
    assert sim.load(tmp_path / "o\nk.toml").name == "o k"


@pytest.mark.parametrize("text", ["[/x]", "$\\frac"])
def test_check_and_describe_take_any_title(text: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from sim.cli import make_app

    (tmp_path / "x.toml").write_text(f"title = {json.dumps(text)}\ncurrency = {json.dumps(text)}\n")
    for command in ("check", "describe"):
        done = CliRunner().invoke(make_app(), [command, str(tmp_path / "x.toml")])
        assert done.exit_code == 0 and text[:5] in done.output


def test_no_text_of_a_table_is_a_formula_to_a_spreadsheet_and_the_file_is_the_same_everywhere() -> None:
    frame = pd.DataFrame({"=A1": ["=cmd|'/C calc'!A0", "-1", "plain, with a comma"], "x": [-1.5, 2.0, float("nan")]})
    assert as_csv(frame) == "'=A1,x\n'=cmd|'/C calc'!A0,-1.5\n-1,2.0\n\"plain, with a comma\",\n"
    used = [path.name for path in (ROOT / "sim").rglob("*.py") if ".to_csv(" in path.read_text(encoding="utf-8")]
    assert used == ["csv_file.py"]
