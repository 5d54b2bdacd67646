"""One reader of CSV for logs and tables: text cells, rows as numbered in the file, spreadsheets' habits."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.files.csv_file import read_csv
from sim.scenario.model import Scenario
from sim.sweeps.design import Design
from sim.sweeps.factor import Factor

TEXT = 'a,b\r\n1,x y\r\n\r\n2,"two\r\nlines"\r\n3,NA\r\n\r\n\r\n'


def read(path: Path, content: bytes) -> list[list[object]]:
    path.write_bytes(content)
    found = read_csv(path, "a log", "a,b")
    assert list(found.columns) == ["a", "b"]
    return [[row, *cells] for row, cells in zip(found.index, found.to_numpy().tolist(), strict=True)]


WANT = [[2, "1", "x y"], [4, "2", "two\r\nlines"], [6, "3", "NA"]]
FORMS = {
    "plain": TEXT.encode(),
    "mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16-be": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "spaces in the header": TEXT.replace("a,b", ' a , "b"').encode(),
    "empty columns": TEXT.replace("a,b", "a,b,,")
    .replace("x y", "x y,,")
    .replace('lines"', 'lines",,')
    .replace("NA", "NA,,")
    .encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_same_table(form: str, tmp_path: Path) -> None:
    assert read(tmp_path / "t.csv", FORMS[form]) == WANT


def test_other_line_ends_and_the_line_that_excel_writes(tmp_path: Path) -> None:
    for end in ("\n", "\r"):
        want = [[row, one, other.replace("\r\n", end)] for row, one, other in WANT]
        assert read(tmp_path / "t.csv", TEXT.replace("\r\n", end).encode()) == want
    for line in ("sep=,\r\n", "SEP=,\r\n", '"sep=,"\r\n', "\ufeffsep=,\r\n"):
        assert read(tmp_path / "t.csv", (line + TEXT).encode()) == [[int(row) + 1, *cells] for row, *cells in WANT]


BAD = {
    "sep=;\na;b\n1;2\n": "row 1: the columns are separated by semicolons; allowed are commas",
    "a;b\n1,5;2,5\n": "row 1: the columns are separated by semicolons; allowed are commas, as in a,b, and decimal points",
    "a\tb\n1\t2\n": "row 1: the columns are separated by tabs",
    "": "is empty; a log begins with a header such as a,b",
    "\n\n": "is empty",
    "sep=,\n": "has no rows",
    ",,\n,\n": "has no rows",
    "a,b\n": "has a header and no rows",
    "a,b,a\n1,2,3\n": 'row 1: the column "a" is there twice',
    "\na, a \n1,2\n": 'row 2: the column "a" is there twice',
    "a,b,\n1,2,\n1,2,3\n": 'row 3: found "3" in column 3, which has no name in row 1',
    "a,b\n1,2,3\n": "row 2: found 3 cells, the header has 2; a decimal comma is not allowed",
    'a,b\n"x\ny",2\n1\n': "row 4: found 1 cells, the header has 2",
    'a,b\n1,2\n3,"4\n': "row 3: is no CSV",
    "a,b\n1,\0\n": "is a binary file",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_table_is_refused_with_its_row(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    with pytest.raises(InputError) as error:
        read_csv(path, "a log", "a,b")
    assert str(error.value).startswith(f"{path}: {BAD[text]}")


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("a,b\ncafé,1\n".encode("cp1252"))
    with pytest.raises(InputError, match="is not a text file in UTF-8; a log is a CSV text file: save it as CSV UTF-8"):
        read_csv(tmp_path / "t.csv", "a log", "a,b")


def design(folder: Path, text: str, *factors: Factor) -> Design:
    (folder / "p.csv").write_text(text, encoding="utf-8")
    return Design(Scenario(months=6), list(factors), method="table", table="p.csv", folder=folder)


def test_labels_of_a_table_are_what_the_design_says(tmp_path: Path) -> None:
    """Text labels 2024 and 001, numbers however they are written, true and false."""
    year = Factor("year", "reps.salary", levels={"2024": 1000.0, "001": 1100.0, "NA": 1200.0, "1": 1300.0})
    count = Factor("count", "reps.count", levels=[1, 2])
    share = Factor("share", "reps.quit_rate", levels=[0.01, 0.02])
    buys = Factor("buys", "customers.purchase.enabled", levels=[True, False])
    text = "\ufeff year , count,share,buys\n2024,1,0.010,true\n001,2.0,.02,False\nNA,1,1e-2,TRUE\n1,2,0.02,false\n"
    points = design(tmp_path, text, year, count, share, buys).points()
    assert points["year"].tolist() == ["2024", "001", "NA", "1"]
    assert points["count"].tolist() == [1, 2, 1, 2] and points["share"].tolist() == [0.01, 0.02, 0.01, 0.02]
    assert points["buys"].tolist() == [True, False, True, False]


@pytest.mark.parametrize("cell", ["1_000", "1 000", "1,000.0", "nan", "inf", "NA", "0x10", "٥", "true", "1e999"])
@pytest.mark.parametrize(
    "factor", [Factor("pay", "reps.salary"), Factor("pay", "reps.salary", low=1.0, high=5000.0)], ids=["free", "ranged"]
)
def test_a_number_of_a_table_is_a_plain_number(cell: str, factor: Factor, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"p\.csv: row 4[:,] .*(pay|salary): found .*allowed is"):
        design(tmp_path, f'pay\n\n900\n"{cell}"\n', factor)


def test_an_empty_cell_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"p\.csv: row 5, pay: found nothing"):
        design(tmp_path, "pay,x\n900,a\n\n\n ,b\n", Factor("pay", "reps.salary"), Factor("x", "title", levels=["a", "b"]))
