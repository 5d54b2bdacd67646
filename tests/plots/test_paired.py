"""The figure of paired differences: its marks are the table's numbers, and undefined ones are not drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim import tables
from sim.analysis.differences import differences
from sim.plots import PAIRED, paired_differences

sys.path.insert(0, str(Path(__file__).parent))
from synthetic import RELATION, SIGNATURE, Study, study

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning", "error::UserWarning")
SHORT = {column.name for column in tables.OUTCOMES if column.short}
OUTCOMES = [outcome for group in tables.SHOWN.values() for outcome in group if outcome in SHORT]


def filled(schemes: list[str], runs: int = 20) -> Study:
    """A made-up study in which every outcome that is shown varies."""
    whole = study({name: (RELATION if k else SIGNATURE) for k, name in enumerate(schemes)}, runs=runs, months=24)
    rng = np.random.default_rng(1)
    for outcome in OUTCOMES:
        whole.runs[outcome] = rng.gamma(50.0, 0.01, len(whole.runs)) + 0.1 * (whole.runs["scenario"] != schemes[0])
    return whole


def words(ax: object) -> str:
    return " ".join(t.get_text() for t in ax.figure.findobj(lambda artist: hasattr(artist, "get_text")))  # type: ignore[attr-defined]


@pytest.mark.parametrize("others", [["b"], ["b", "c with quite a long name of its own", "d"]])
def test_marks_and_intervals_are_the_tables(others: list[str]) -> None:
    given = filled(["a", *others])
    ax = paired_differences(given)
    table = differences(given.runs, given.names).set_index(["scenario", "outcome"])
    marks = [line for line in ax.get_lines() if line.get_linestyle() == "None"]
    intervals = [c.get_segments() for c in ax.collections]
    for name, line, segments in zip(others, marks, intervals, strict=True):
        rows = table.loc[name].loc[OUTCOMES]
        assert np.allclose(line.get_xdata(), rows["relative"])
        assert np.allclose([[s[0][0], s[1][0]] for s in segments], rows[["relative_low", "relative_high"]])
    legend = " ".join(t.get_text() for t in ax.get_legend().get_texts())
    assert legend.split() == " ".join(others).split()  # the interval is said once, below
    assert "95% interval" in ax.figure.get_supxlabel()
    assert "Difference relative to a (%)" in ax.get_xlabel() and ax.get_title(loc="left")
    assert "seed 1" in " ".join(ax.figure.get_supxlabel().split())


@pytest.mark.parametrize("others", ["bc", "bcd", "bcdefgh"])
def test_a_mark_is_nearer_to_its_own_rows_than_to_the_next_rows(others: str) -> None:
    ax = paired_differences(filled(["a", *others]))
    first, *_, last = (np.asarray(line.get_ydata()) for line in ax.get_lines() if line.get_linestyle() == "None")
    step = (last[0] - first[0]) / (len(others) - 1)
    assert first[1] - last[0] > 1.5 * step


def test_what_a_study_of_an_earlier_version_lacks_is_left_out() -> None:
    given = filled(["a", "b"])
    del given.runs["residual_value"]
    shown = words(paired_differences(given))
    assert "residual value" not in shown and "discounted profit" in shown


def test_with_one_other_the_differences_stand_on_the_right() -> None:
    given = filled(["a", "b"])
    row = differences(given.runs, given.names).set_index("outcome").loc["rep_turnover"]
    shown = f"{row['mean']:+.3f} ± {(row['high'] - row['low']) / 2:.3f} per year"
    assert shown in words(paired_differences(given))
    assert "±" not in words(paired_differences(filled(["a", "b", "c"])))


def test_undefined_relative_differences_have_no_mark_and_are_named() -> None:
    given = filled(["a", "b"])
    given.runs["churn_rate"] = np.where(given.runs["run"] % 2 == 0, 1.0, -1.0)
    ax = paired_differences(given)
    (marks,) = [line for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert len(marks.get_xdata()) == len(OUTCOMES) - 1
    assert "is not surely above zero: churn" in " ".join(ax.figure.get_supxlabel().split())


def test_a_difference_beyond_the_edge_is_an_arrow_on_it() -> None:
    given = filled(["a", "b"])
    other = given.runs["scenario"] == "b"
    given.runs.loc[other, "rep_turnover"] *= 10
    ax = paired_differences(given)
    (arrow,) = [line for line in ax.get_lines() if line.get_marker() == ">"]
    assert list(arrow.get_xdata()) == [2.0]


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("schemes", [["a"], ["a", "b"], list("abcdefg")])
def test_hardly_any_runs_and_many_schemes_are_drawn_within_the_figure(schemes: list[str], runs: int) -> None:
    ax = paired_differences(filled(schemes, runs))
    ax.figure.draw_without_rendering()
    inked = ax.figure.get_tightbbox(ax.figure.canvas.get_renderer())
    assert inked.x0 >= -0.01 and inked.x1 <= ax.figure.get_figwidth() + 0.01
    assert inked.y0 >= -0.01 and inked.y1 <= ax.figure.get_figheight() + 0.01
    if runs == 1:
        assert "interval" not in words(ax)


def test_it_composes_into_given_axes() -> None:
    figure = Figure()
    ax = figure.add_subplot()
    assert PAIRED["paired_differences"](filled(["a", "b"]), ax=ax) is ax
    assert figure.get_supxlabel() == ""


def test_identical_schemes_lie_on_zero() -> None:
    given = filled(["a", "b"])
    twin = given.runs[given.runs["scenario"] == "a"]
    given.runs[given.runs.columns] = pd.concat([twin, twin.assign(scenario="b")]).to_numpy()
    runs = given.runs.astype({outcome: float for outcome in OUTCOMES})
    object.__setattr__(given, "runs", runs)
    (marks,) = [line for line in paired_differences(given).get_lines() if line.get_linestyle() == "None"]
    assert (np.asarray(marks.get_xdata(), float) == 0).all()


def test_no_per_cent_of_a_base_below_zero_is_printed() -> None:
    """-100 to -71 is no fall of 29 per cent, nor a rise: the difference stands as it is."""
    given = filled(["a", "b"])
    given.runs["npv"] = np.where(given.runs["scenario"] == "a", -100.0, -71.0) + 0.1 * (given.runs["run"] % 3)
    row = differences(given.runs, given.names).set_index("outcome").loc["npv"]
    assert row["mean"] == pytest.approx(29.0)
    assert row[["relative", "relative_low", "relative_high"]].isna().all()
    shown = words(paired_differences(given))
    assert "+29" in shown and "above zero: discounted profit" in " ".join(shown.split())
