"""A memo says what the numbers support, carries what made it, and is the same every time."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cite import verify
from sim.errors import InputError
from sim.memo.blocks import Table
from sim.memo.drives import drives
from sim.memo.findings import Numbers, summary
from sim.memo.typeset import STYLE, _table
from sim.memo.words import difference, interval, number
from sim.memo.write import compose, write_memo
from sim.plots.results import labels_of
from sim.texts import tex
from tests.cite.test_verify import OTHER, SMALL, retell

ROW = {
    "outcome": "npv",
    "unit": "EUR",
    "n": 50,
    "mean": -1234.5,
    "standard_error": 100.0,
    "low_joint": -1435.0,
    "high_joint": -1034.0,
    "joint_over": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = sim.run([SMALL, OTHER], runs=12, seed=5, out=tmp_path_factory.mktemp("memo") / "s")
    write_memo(study, tmp_path_factory.getbasetemp() / "made")
    return tmp_path_factory.getbasetemp() / "made"


def test_a_difference_is_claimed_only_where_the_interval_excludes_none():
    said = difference(ROW, "B", "A", 0.95)
    assert (
        said
        == "The discounted profit of the book is lower under B than under A, by 1,230 EUR (interval 1,030 to 1,440 EUR; 95%, this outcome alone)."
    )
    for low, high in ((-1435.0, 0.0), (-1.0, 1.0), (0.0, 5.0)):
        assert difference({**ROW, "low_joint": low, "high_joint": high}, "B", "A", 0.95).startswith("No difference in the")


def test_what_has_no_interval_is_not_compared():
    assert "cannot be compared" in difference({**ROW, "n": 1}, "B", "A", 0.95)
    assert "is the same under both" in difference({**ROW, "mean": 0.0, "standard_error": 0.0}, "B", "A", 0.95)


def test_shares_differ_in_percentage_points():
    row = {
        **ROW,
        "outcome": "bad_debt_ratio",
        "unit": "share",
        "mean": 0.0123,
        "standard_error": 0.001,
        "low_joint": 0.0103,
        "high_joint": 0.0143,
    }
    assert (
        "higher under B than under A, by 1.23 percentage points (interval 1.03 to 1.43 percentage points; 95%, this outcome alone)"
        in difference(row, "B", "A", 0.95)
    )


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [(988_123.0, 5_712.0, "EUR", "988,100 EUR"), (0.22405, 0.0007, "share", "22.41%"), (0.5, 0.0, "share", "50.0%"), (float("nan"), 0.0, "EUR", "n/a")],
)  # fmt: skip
def test_numbers_have_the_digits_their_error_leaves(value, error, unit, text):
    assert number(value, error, unit) == text


def test_an_interval_does_not_round_to_a_point():
    low, high = re.findall(r"[\d,.]+", interval(1_000_400.0, 1_000_600.0, "EUR"))
    assert low != high


def test_a_world_without_a_difference_gives_a_memo_without_one():
    twin = SMALL.with_(title="Twin")
    study = sim.run([SMALL, twin], runs=5)
    said = " ".join(compose(Numbers(study)).summary)
    assert "is the same under both in every run" in said and "higher" not in said and "lower" not in said


def test_the_memo_has_every_part_a_reader_needs(folder: Path):
    text = (folder / "memo.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    wanted = [
        "Question",
        "Scenarios",
        "Findings",
        "The model in a paragraph",
        "Assumptions",
        "Limits",
        "References",
        "Provenance",
    ]
    assert headings == wanted
    for picture in re.findall(r"\]\((figures/[^)]+)\)", text):
        assert (folder / picture).exists()


def test_html_needs_nothing_beside_it(folder: Path):
    text = (folder / "memo.html").read_text()
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', text)
    assert sources and all(source.startswith("data:image/svg+xml;base64,") for source in sources)


def test_only_parameters_that_differ_are_listed():
    study = sim.run([SMALL, SMALL.with_(title="Calm", reps={"quit_rate": 0.0})], runs=2)
    (table,) = [table for table in compose(Numbers(study)).tables() if table.name == "scenarios"]
    assert [row[0] for row in table.rows] == ["reps.quit_rate"]


def test_scenarios_of_one_title_are_told_apart():
    study = sim.run([SMALL, SMALL.with_(reps={"quit_rate": 0.0})], runs=2)
    assert list(labels_of(study).values()) == ["small", "small-2"]


def test_one_scenario_alone_makes_a_memo(tmp_path: Path):
    study = sim.run(SMALL, runs=3)
    assert "expected discounted profit" in " ".join(summary(Numbers(study)))
    assert [path.name for path in write_memo(study, tmp_path, ("md",))] == ["memo.md"]


def test_long_words_share_the_width_of_a_table():
    """Else the last column is squeezed beyond the margin by a long one before it."""
    words = Table("t", "", ("parameter", "meaning", "source"), (("x", "long " * 30, "long " * 30),), 3)
    assert "columns: (auto, 3fr, 2fr,)" in _table(words)


def test_tables_are_there_to_compute_with_and_to_print(folder: Path):
    rows = list(csv.DictReader((folder / "tables" / "summary.csv").open()))
    assert {row["scenario"] for row in rows} == {"small", "other"}
    latex = (folder / "tables" / "outcomes.tex").read_text()
    body = latex.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert {line.count(" & ") for line in body} == {6} and all(line.endswith(r"\\") for line in body)


def test_a_memo_alone_is_enough_to_make_it_again(folder: Path, tmp_path: Path):
    assert verify(Path(shutil.copy(folder / "memo.pdf", tmp_path))).identical


@pytest.mark.parametrize("kind", ["html", "md"])
def test_a_number_changed_in_a_memo_is_all_that_is_found(folder: Path, tmp_path: Path, kind: str):
    """So all else, made again from the memo alone, is identical."""
    alone = Path(shutil.copy(folder / f"memo.{kind}", tmp_path))
    text = alone.read_text()
    sentence = re.search(r"by (\d[\d,.]*) EUR", text)
    assert sentence
    alone.write_text(text.replace(sentence[1], "999,999"))
    verdict = verify(alone)
    assert not verdict.identical
    assert all(sentence[1] in found and "which its record does: it was changed" in found for found in verdict.findings)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memo with a sweep.  By construction: the size of a first purchase moves the difference, a desk with room for all does nothing."""
    levels = {"plain": SMALL.scheme, "none": OTHER.scheme}
    factors = [
        sim.Factor("scheme", "scheme", levels=levels, crossed=True),
        sim.Factor(path="customers.initial", low=100.0, high=2000.0),
        sim.Factor(path="desk.capacity", low=1000.0, high=1001.0),
    ]
    design = sim.Design(SMALL, factors, method="lhs", points=128, runs=8, seed=1, outcomes=["npv"])
    place = tmp_path_factory.mktemp("driven")
    sim.sweep(design, out=place / "w")
    write_memo(sim.run([SMALL, OTHER], runs=3), place / "m", ("html", "md"), place / "w")
    return place / "m"


def test_a_sweep_says_what_drives_the_difference_and_only_what_is_established(driven: Path):
    found = drives(sim.open(driven.parent / "w"))
    intro, points, table, *pictures = found.section.blocks
    assert "the difference in discounted profit of the book, none less plain," in intro.text
    assert points.items[1].startswith("customers.initial moves it")
    assert not any(item.startswith("desk.capacity") for item in points.items)
    assert [row[0] for row in table.rows] == ["customers.initial", "desk.capacity"]
    assert all((driven / "figures" / f"{one.name}.svg").exists() for one in pictures)


@pytest.mark.parametrize("quick", [False, True])
def test_a_memo_with_a_sweep_alone_is_enough(driven: Path, tmp_path: Path, quick: bool):
    verdict = verify(shutil.copy(driven / "memo.html", tmp_path), quick)
    assert verdict.identical and f"{'a sample of 10 of' if quick else 'all'} 256 points" in str(verdict)


def test_a_figure_of_a_memos_sweep_alone_is_enough(driven: Path, tmp_path: Path):
    assert verify(shutil.copy(driven / "figures" / "sweep_response.svg", tmp_path)).identical


def test_a_number_changed_in_what_drives_the_result_is_found(driven: Path, tmp_path: Path):
    alone = Path(shutil.copy(driven / "memo.md", tmp_path))
    sentence = re.search(r"standardised regression coefficient (\S+)", alone.read_text())
    assert sentence
    alone.write_text(alone.read_text().replace(sentence[0], "standardised regression coefficient 0.01"))
    assert "which its record does: it was changed" in str(verify(alone, quick=True))


def test_a_sweep_changed_in_the_record_of_a_memo_is_found(driven: Path, tmp_path: Path):
    from sim.sweeps.record import design_hash

    alone = Path(shutil.copy(driven / "memo.md", tmp_path))

    def change(record: dict[str, Any]) -> None:
        record["sweep"]["sweep"]["base"]["desk"]["salary"] = 1.0
        record["sweep"]["sweep"]["design"]["factors"][1]["high"] = 1500.0
        record["sweep"]["sweep"]["design_hash"] = design_hash(record["sweep"]["sweep"])

    retell(alone, change)
    assert any(text.startswith("npv, mean at point ") for text in verify(alone, quick=True).findings)


def test_what_drives_the_result_changed_in_the_record_of_a_memo_is_found(driven: Path, tmp_path: Path):
    alone = Path(shutil.copy(driven / "memo.md", tmp_path))
    retell(alone, lambda record: record["drives"]["tables"]["drives"][0].__setitem__(1, "0.99 (0.98 to 1.00)"))
    assert 'table drives, row 1: "customers.initial | 0.99' in str(verify(alone))


@pytest.mark.parametrize("name", ["memo.pdf", "memo.md", "figures", "tables"])
def test_what_cannot_be_written_is_refused_before_any_work(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.memo.write.compose", lambda *_: pytest.fail("work was begun"))
    os.mkfifo(tmp_path / name)
    with pytest.raises((InputError, NotADirectoryError)):
        write_memo(sim.open(folder.parent / "memo0" / "s"), tmp_path)


def test_a_caption_stands_on_the_page_of_its_table() -> None:
    import typst

    table = _table(Table("t", "Of the table", ("a", "b"), tuple((f"r{k}", "1") for k in range(30))))
    table = table.replace('#"r0"', '#"r0" <first>')
    pages = []
    for gap in (225, 240, 244, 249):  # mm above it: at 240 and 244 there is room for the caption, and none for a row
        page = "query({}).first().location().page()"
        ask = f"#context [#metadata(({page.format('figure.caption')}, {page.format('<first>')})) <pages>]"
        text = STYLE.format(title='""', token='""', fonts='"Libertinus Serif"') + f"\n#v({gap}mm)\n{table}\n{ask}"
        pages.append(json.loads(typst.query(text.encode(), "<pages>", field="value", one=True)))
    assert pages == [[1, 1], [2, 2], [2, 2], [2, 2]]


def test_a_minus_is_one_in_figures_memos_and_latex() -> None:
    assert number(-1234.5, 10.0, "EUR") == "−1,234 EUR" and number(-0.25, 0.01, "share") == "−25%"
    assert tex("−25% a\u200e") == r"$-$25\% a"
