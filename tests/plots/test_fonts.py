"""Names in any script print in figures where a font has them; where none has, one plain line says which letters."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.font_manager import FontEntry, findfont, fontManager

from sim.plots import fonts, profit_by_year
from sim.study.labels import closed, labels

sys.path.insert(0, str(Path(__file__).parent))
from synthetic import RELATION, SIGNATURE, study

SCRIPT = """
import json, sys, warnings
sys.path.insert(0, {here!r})
from synthetic import SIGNATURE, study
from sim.plots import fonts, profit_by_year, draw_study
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    made = study({{name: SIGNATURE for name in {names!r}}}, runs=3, months=24)
    draw_study(made, {folder!r}, ("png", "svg", "pdf"), ["profit_by_year", "persistency"])
print(json.dumps([str(one.message) for one in said]))
print(json.dumps(fonts.families()))
"""


def drawn(names: list[str], folder: Path) -> tuple[list[str], list[str], str]:
    """What is said while figures of scenarios of these names are drawn, by a new process; the families; the log."""
    code = SCRIPT.format(here=str(Path(__file__).parent), names=names, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, families = map(json.loads, done.stdout.splitlines())
    return said, families, done.stderr


def test_arabic_and_polish_need_no_font_and_say_nothing(tmp_path: Path) -> None:
    said, families, log = drawn(["مكافأة التوقيع", "Premia za podpisanie: ąćęłńóśźż"], tmp_path)
    assert (said, families, log) == ([], ["DejaVu Sans"], "")


def test_what_no_font_has_is_said_in_one_line(tmp_path: Path) -> None:
    tengwar = "\U000f1900\U000f1901"  # of a private plane: no font has them
    said, _, log = drawn([f"plan {tengwar}", "other"], tmp_path)
    assert len(said) == 1 and "\n" not in said[0] and log == ""
    assert all(letter in said[0] for letter in tengwar)
    assert "p" not in said[0].partition("has ")[2].partition(":")[0]


def test_a_font_is_found_by_the_letters_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """STIX, which comes with matplotlib, stands for a font that a machine happens to have."""
    monkeypatch.setattr(fonts, "_found", [])
    monkeypatch.setattr(fonts, "_missing", set())
    letter = next(chr(code) for code in sorted(fonts._letters(_face("STIXGeneral"))) if code > 0x2000 and fonts.beyond(chr(code)))
    monkeypatch.setattr(fonts, "findSystemFonts", list)
    fonts.want(f"plan {letter}")
    (found,) = fonts._found
    assert ord(letter) in fonts._letters(found)
    assert fonts.families() == ["DejaVu Sans", found.family]
    assert str(Path(found.path).parent) in fonts.folders()
    assert findfont(found.family)


def _face(family: str) -> fonts.Face:
    entry: FontEntry = next(one for one in fontManager.ttflist if one.name == family)
    return fonts.Face(entry.name, entry.fname, entry.index)


def test_japanese_letters_ask_for_japanese_forms() -> None:
    assert [fonts._region(text) for text in ("签约奖金", "契約ボーナス", "계약", "")] == ["SC", "JP", "KR", "SC"]


def test_joiners_and_selectors_are_not_missed() -> None:
    assert fonts.beyond("a\u200d\ufe0f\u200e\u00ad é ł ع ש −≥") == set()


def test_numbers_after_a_name_from_right_to_left_stay_where_they_are() -> None:
    known = labels(["a", "b"], ["مكافأة", "Premia"])
    assert known == {"a": "مكافأة\u200e", "b": "Premia"}
    assert closed("plain") == "plain"
    made = study({"مكافأة": SIGNATURE, "b": RELATION}, runs=3, months=24)
    footer = profit_by_year(made).figure.get_supxlabel()
    assert "مكافأة\u200e" in footer
