"""``daarna calibrate``: what it prints and writes, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from tests.calibrate.worlds import CDNOW

Daarna = Callable[..., int]
LOG = "account,month,status\n" + "".join(
    f"{k},{m},{s}\n" for k in range(40) for m, s in enumerate(("current", "1", "paid")[: 2 + k % 2])
)


@pytest.fixture
def daarna(tmp_path: Path, command: Daarna) -> Daarna:
    """The command in a folder with a small log; returns its exit status."""
    (tmp_path / "dues.csv").write_text(LOG)
    rows = CDNOW.read_text().splitlines(keepends=True)
    (tmp_path / "small.csv").write_text(rows[0] + "".join(row for row in rows[1:] if row[3] == "0"))  # every tenth customer
    return command


def test_prints_estimates_and_fit_and_writes_a_fragment_that_check_accepts(
    daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    assert daarna("calibrate", str(CDNOW), "--out", "cdnow.toml", "--currency", "USD", "--until", "1997-09-30") == 0
    printed = capsys.readouterr().out
    for words in ("BG/NBD", "log-likelihood -9,582.429", "0.2426     0.01256", "chi-square 4.82, 3 d.f., p = 0.185", "v  USD"):
        assert words in printed
    assert printed.endswith("fragment: cdnow.toml\n")
    assert daarna("check", "cdnow.toml") == 0
    assert sim.load("cdnow.toml").customers.purchase.alpha == pytest.approx(4.4136 * 12 / 52, rel=1e-4)


def test_several_logs_make_one_fragment_on_top_of_a_scenario(daarna: Daarna) -> None:
    Path("base.toml").write_text('title = "Base"\nmonths = 7\n')
    assert (
        daarna("calibrate", "small.csv", "dues.csv", "--buckets", "2", "--extends", "base.toml", "--out", "f.toml", "--quiet")
        == 0
    )
    made = sim.load("f.toml")
    assert made.months == 7 and made.customers.setting == "non_contractual"
    assert made.customers.payment.transitions == ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


def test_json_says_everything_a_script_wants(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("calibrate", "dues.csv", "--buckets", "2", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["fragment"] == "dues-fragment.toml" and Path("dues-fragment.toml").exists()
    first = answer["estimates"][0]["parameters"][0]
    assert (first["parameter"], first["estimate"], first["count"]) == ("current -> bucket 1", 1.0, 40.0)


def test_a_forecast_is_printed_and_drawn(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("calibrate", "small.csv", "--out", "c.toml", "--forecast", "3", "--runs", "5", "--figure", "f.png") == 0
    assert "forecast of 3 weeks after 1997-09-" in capsys.readouterr().out
    assert Path("f.png").read_bytes()[:4] == b"\x89PNG"


def test_quiet_prints_nothing(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("calibrate", "dues.csv", "--buckets", "2", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


BAD = {
    "no log": (("calibrate", "due.csv"), 'due.csv: there is no such file; did you mean "dues.csv"?'),
    "buckets": (("calibrate", "dues.csv", "--buckets", "1"), "--buckets: found 1, allowed are 2 to 8"),
    "unseen": (("calibrate", "dues.csv"), "no account is seen leaving bucket 2, bucket 3"),
    "smoothing": (("calibrate", "dues.csv", "--smoothing", "-1"), "--smoothing: found -1.0"),
    "figure": (("calibrate", "dues.csv", "--buckets", "2", "--figure", "f.png"), "--figure: is of a forecast"),
    "suffix": (("calibrate", "small.csv", "--forecast", "2", "--figure", "f.doc"), 'found "f.doc", allowed are files that end in .png'),
    "no shop": (("calibrate", "dues.csv", "--buckets", "2", "--forecast", "3"), "--forecast: needs a log of transactions without"),
    "steps": (("calibrate", "small.csv", "--forecast", "-1"), "--forecast: found -1, allowed is 0 to 1200"),
    "extends": (("calibrate", "dues.csv", "--buckets", "2", "--extends", "no.toml"), "no.toml"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_wrong_input_is_one_message_and_status_2_and_nothing_written(
    name: str, daarna: Daarna, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, message = BAD[name]
    assert daarna(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and message in said.err
    assert not list(Path().glob("*.toml"))


def test_a_file_that_calibrate_did_not_make_stays(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text('title = "Mine"\n')
    assert daarna("calibrate", "dues.csv", "--buckets", "2", "--out", "mine.toml") == 2
    assert "mine.toml: is there already" in capsys.readouterr().err
    assert Path("mine.toml").read_text() == 'title = "Mine"\n'
    for _ in range(2):
        assert daarna("calibrate", "dues.csv", "--buckets", "2", "--out", "again.toml", "--quiet") == 0


def test_a_folder_that_is_not_there_is_said(daarna: Daarna, capsys: pytest.CaptureFixture[str]) -> None:
    assert daarna("calibrate", "dues.csv", "--buckets", "2", "--out", "no/where.toml") == 2
    assert capsys.readouterr().err.endswith(": cannot be written: No such file or directory\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--forecast", "-1"], "--forecast: found -1, allowed is 0 to 1200"),
        (["--forecast", "5", "--runs", "99999999999999999999"], "runs: found 99999999999999999999, allowed is 2 to 100000"),
        (["--buckets", "0"], "--buckets: found 0, allowed are 2 to 8"),
        (["--smoothing", "-1"], "--smoothing: found -1.0, allowed is a number from 0"),
        (["--currency", ""], "--currency: found an empty text"),
        (["--out", "."], ".: expected a file, got a folder"),
        (["--out", "nowhere/f.toml"], "nowhere/f.toml: cannot be written: No such file or directory"),
        (["--forecast", "5", "--figure", "nowhere/f.png"], "nowhere/f.png: cannot be written: No such file or directory"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_can_only_be_wrong_is_refused_before_anything_is_estimated(
    options: list[str], message: str, daarna: Daarna, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a log that would not need it: buckets are of payments, and this log is of purchases."""
    monkeypatch.setattr("sim.calibrate.calibration.read", None)
    before = set(Path().iterdir())
    assert daarna("calibrate", "small.csv", *options) == 2
    assert capsys.readouterr().err.startswith(message)
    assert set(Path().iterdir()) == before
