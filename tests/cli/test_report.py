"""Numbers read well: as many digits as the standard error knows, no powers of ten, no line wider than the terminal."""

from __future__ import annotations

import math

import pytest

import sim
from sim.cli.report import print_summary
from sim.number_text import fixed, plus_minus, span
from tests.study.worlds import OTHER, SMALL, TINY


@pytest.mark.parametrize(
    ("mean", "error", "text"),
    [
        (838123.4, 46812.0, "838,000 ± 47,000"),
        (-23901.7, 58.6, "-23,902 ± 59"),
        (12.3456, 1.0, "12.3 ± 1.0"),
        (0.1354, 0.00329, "0.1354 ± 0.0033"),
        (1.5e-7, 2.2e-8, "0.000000150 ± 0.000000022"),
        (0.0004, 12.0, "0 ± 12"),
        (-0.0004, 12.0, "0 ± 12"),
        (0.0, 0.0, "0 ± 0"),
        (3000.0, 4e-13, "3,000 ± 0"),
        (99.96, 0.996, "100.0 ± 1.0"),
        (1234.5678, math.nan, "1,235"),
        (math.nan, math.nan, "n/a"),
    ],
)
def test_the_mean_ends_where_its_error_ends(mean: float, error: float, text: str) -> None:
    assert plus_minus(mean, error) == text


def test_spans_share_their_digits() -> None:
    assert span(671_234.0, 1_058_321.0) == "671,000 to 1,058,000"
    assert span(0.0046, 0.12) == "0.005 to 0.120"
    assert span(3.0, 3.0) == "3.000 to 3.000"
    assert span(0.0, 0.0) == "0 to 0"
    assert span(math.nan, math.nan) == "n/a"
    assert fixed(1e15, 0) == "1,000,000,000,000,000"


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("scenarios", [[SMALL], [SMALL, OTHER, TINY]], ids=["one", "three"])
def test_no_line_is_wider_than_the_terminal(
    width: int, scenarios: list[sim.Scenario], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    study = sim.run(scenarios, runs=4)
    print_summary(study)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= width
    row = study.summary().set_index(["scenario", "outcome"]).loc[("small", "npv")]
    assert plus_minus(row["mean"], row["standard_error"]) in printed
    assert "…" not in printed
    assert "e+" not in printed
    if len(scenarios) > 1:
        gap = study.differences().set_index(["scenario", "outcome"]).loc[("other", "npv")]
        assert plus_minus(gap["mean"], gap["standard_error"]) in printed


def test_what_few_runs_cannot_carry_is_said() -> None:
    """Of 19 runs none is expected beyond the 5% point; one run has neither an error nor a range."""
    from sim.cli.report import few_runs

    assert "no standard error" in few_runs(1) and "19 runs do not reach the 5% and 95% points" in few_runs(19)
    assert few_runs(20) == ""


def test_never_in_twenty_runs_is_no_probability_of_nought() -> None:
    """Wilson (1927) for 0 of 20 at 95%: 0 to z² / (20 + z²) = .161."""
    from sim.analysis.paired import wilson
    from sim.study.comparison import of_pairs

    low, high = wilson(0.0, 20, 0.95)
    row = {"n": 20, "better": 0.0, "better_low": low, "better_high": high}
    assert of_pairs(row, 0.95) == "0 of 20 pairs of runs (probability 0.00 to 0.16, 95%)"
