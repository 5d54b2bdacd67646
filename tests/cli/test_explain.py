"""``daarna explain``: a statement for people, JSON for scripts, one plain message for what there is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import make_app
from sim.errors import InputError

SCENARIO = """
title = "Small"
months = 14
[reps]
count = 2
[[scheme.components]]
name = "signing commission"
measure = "initial_revenue"
rate = 0.2
clawback = { months = 24 }
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("explain") / "small.toml"
    path.write_text(SCENARIO)
    return str(path)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(make_app(), ["explain", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_statement_names_seat_year_run_and_seed(file: str) -> None:
    text = said(file, "--rep", "1", "--year", "2", "--run", "3", "--seed", "9")
    assert text.startswith("STATEMENT OF PAY: seat 1, year 2 (months 13 to 14)\n")
    for part in ("run 3, seed 9", "numbered from 0", "[0] signing commission", "20% of initial revenue", "Check: in every month"):
        assert part in " ".join(text.split()), part


def test_json_adds_up(file: str) -> None:
    data = json.loads(said(file, "--rep", "1", "--json"))
    assert data["adds_up"] and [month["month"] for month in data["months"]] == list(range(1, 13))
    for month in data["months"]:
        variable = sum(line["paid"] for line in month["lines"])
        assert month["pay"] == pytest.approx(month["salary"] + variable - month["recovered"], abs=1e-6)
        assert sum(one["first_purchase"] for one in month["signed"]) == pytest.approx(month["lines"][0]["value"])


def test_a_month_lists_the_customers_signed(file: str) -> None:
    data = json.loads(said(file, "--json"))
    month = next(month for month in data["months"] if month["signed"])
    text = said(file, "--month", str(month["month"]))
    assert f"month {month['month']} (in year 1)" in text and str(month["signed"][0]["customer"]) in text


def test_a_customers_account_page_adds_up(file: str, tmp_path: Path) -> None:
    signed = [one for month in json.loads(said(file, "--json"))["months"] for one in month["signed"]]
    number = str(signed[0]["customer"])
    text = said(file, "--customer", number, "--figure", str(tmp_path / "life.svg"))
    assert (
        text.startswith(f"ACCOUNT OF CUSTOMER {number}, seat 0") and f"first purchase {signed[0]['first_purchase']:,.2f}" in text
    )
    invoiced, lost, costs, profit = (float(one.replace(",", "")) for one in re.findall(r"-?[\d,]+\.\d\d", text.splitlines()[-1]))
    assert invoiced - lost - costs == pytest.approx(profit, abs=0.001)
    assert max(map(len, text.splitlines())) <= 100
    assert "Customer" in (tmp_path / "life.svg").read_text(encoding="utf-8")


def test_a_year_is_drawn(file: str, tmp_path: Path) -> None:
    said(file, "--figure", str(tmp_path / "year.png"))
    assert (tmp_path / "year.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rep", "2"], "rep: found 2, allowed is a seat from 0 to 1"),
        (["--rep", "-1"], "rep: found -1"),
        (["--year", "3"], "year: found 3, allowed is 1 to 2 (the run has 14 months)"),
        (["--month", "15"], "month: found 15, allowed is a month of the run, 1 to 14"),
        (["--month", "3", "--year", "2"], "--year and --month: found both, allowed is one of the two"),
        (["--month", "2", "--year", "1"], "--year and --month: found both, allowed is one of the two"),
        (["--run", "0"], "run: found 0"),
        (["--figure", "year.gif"], 'found "year.gif", allowed is a file that ends in .png, .svg, .pdf'),
        (["--customer", "5"], "customer: found 5, but in these 14 months of run 1 no such customer signed"),
        (["--customer", "5", "--json"], "leave one of them out"),
    ],
)
def test_what_there_is_not_is_said_plainly(file: str, arguments: list[str], message: str) -> None:
    with pytest.raises(InputError) as error:
        CliRunner().invoke(make_app(), ["explain", file, *arguments], catch_exceptions=False)
    assert message in str(error.value)


def test_a_figure_that_cannot_be_written_is_told_before_the_run_is_followed(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.trace.model.follow", None)
    (tmp_path / "folder.png").mkdir()
    for figure, why in (
        ("nowhere/x.png", "cannot be written: No such file or directory"),
        ("folder.png", "expected a file, got a folder"),
    ):
        with pytest.raises(InputError, match=f"{figure}: {why}"):
            CliRunner().invoke(make_app(), ["explain", file, "--figure", str(tmp_path / figure)], catch_exceptions=False)
