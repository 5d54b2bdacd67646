"""Figures: complete, composable, readable in grey, and calm about studies with nothing in them."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.text import Text
from PIL import Image
from scipy import stats

import sim
from sim.plots import (
    FIGURES,
    draw_study,
    drivers,
    figures_of,
    look,
    persistency,
    profit_by_year,
    profit_distribution,
    promised_realised,
    stamp,
    time_use,
    whale,
)
from sim.plots.results import Results
from sim.plots.spread import Mean, density, mean_interval, pooled, quantiles, varies
from sim.plots.units import Money

sys.path.insert(0, str(Path(__file__).parent))
from synthetic import RELATION, SIGNATURE, Kind, Study, study

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning", "error::UserWarning")

MONEY_AXES = {"profit_by_year": "y", "profit_distribution": "x", "promised_realised": "y", "drivers": "x"}
MANY: dict[str, Kind] = {
    f"scheme number {k} with quite a long name": dataclasses.replace(SIGNATURE, signings=300 + 50 * k) for k in range(6)
}
figures = pytest.mark.parametrize("name", FIGURES)


@pytest.fixture(scope="module")
def one() -> Study:
    return study({"signature-bonus": SIGNATURE}, runs=30)


@pytest.fixture(scope="module")
def two() -> Study:
    return study({"signature-bonus": SIGNATURE, "relationship": RELATION}, runs=30)


def emptied(full: Study) -> Study:
    """Nobody was ever signed: zero everywhere, and no share that could be defined."""
    keys = {"scenario", "run", "month", "cohort", "year", "share"}

    def zero(table: pd.DataFrame, value: float = 0.0) -> pd.DataFrame:
        return table.assign(**{column: value for column in table.columns if column not in keys})

    runs, months, cohorts = zero(full.runs), zero(full.months), zero(full.cohorts)
    return dataclasses.replace(full, runs=runs, months=months, cohorts=cohorts, whale=zero(full.whale, np.nan))


def texts(figure: Figure) -> list[Text]:
    return [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]


def said(figure: Figure) -> str:
    return " ".join(" ".join(t.get_text().split()) for t in texts(figure))


@figures
def test_every_figure_has_title_labels_units_and_says_whence_it_came(name: str, two: Study) -> None:
    ax = FIGURES[name](two)
    assert ax.get_title(loc="left")
    label = {"x": ax.get_xlabel(), "y": ax.get_ylabel()}
    assert label["x"]
    assert label["y"] or name in ("drivers", "profit_distribution")  # whose rows are named
    if name in MONEY_AXES:
        assert "EUR" in label[MONEY_AXES[name]]
    footer = " ".join(ax.figure.get_supxlabel().split())
    for part in ("signature-bonus", "relationship", "30 runs each", "seed 1", "daarna"):
        assert part in footer


@figures
def test_uncertainty_is_named_in_the_legend(name: str, one: Study, two: Study) -> None:
    for given in (one, two):
        legend = FIGURES[name](given).get_legend()
        words = " ".join(t.get_text() for t in legend.get_texts())
        assert "of runs" in words or "95% interval" in words


@figures
def test_a_figure_composes_into_given_axes(name: str, two: Study) -> None:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert FIGURES[name](two, ax=left) is left
    assert FIGURES[name](two, right) is right
    assert figure.get_supxlabel() == ""  # the footer is left to the caller
    stamp(figure, two)
    assert "seed 1" in " ".join(figure.get_supxlabel().split())
    figure.draw_without_rendering()


@figures
def test_no_letter_is_smaller_than_seven_points(name: str, two: Study) -> None:
    assert min(t.get_fontsize() for t in texts(FIGURES[name](two).figure)) >= 7


@figures
@pytest.mark.parametrize("several", [False, True])
def test_no_text_is_cut_off_by_the_figures_edge(name: str, several: bool, one: Study, two: Study) -> None:
    figure = FIGURES[name](two if several else one).figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    inked = figure.get_tightbbox(renderer)  # inches
    assert inked.x0 >= -0.01 and inked.y0 >= -0.01
    assert inked.x1 <= figure.get_figwidth() + 0.01 and inked.y1 <= figure.get_figheight() + 0.01


@figures
def test_the_legend_lies_above_the_data_and_below_the_title(name: str, two: Study) -> None:
    ax = FIGURES[name](two)
    ax.figure.draw_without_rendering()
    renderer = ax.figure.canvas.get_renderer()
    legend = ax.get_legend().get_window_extent(renderer)
    title = ax._left_title.get_window_extent(renderer)
    assert legend.y0 >= ax.bbox.y1 - 1
    assert legend.y1 <= title.y0 + 1


def test_scenarios_differ_in_print_without_colour() -> None:
    looks = [look(k) for k in range(6)]
    for part in ("color", "dash", "marker", "hatch"):
        assert len({str(getattr(one_look, part)) for one_look in looks}) == 6, part
    assert len({look(k).hatch for k in range(8)}) == 8


def test_scenarios_differ_for_colour_blind_eyes() -> None:
    """Under full deuteranopia and protanopia (Machado, Oliveira & Fernandes 2009, severity 1.0)."""
    protan = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
    deutan = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    colors = np.array([to_rgb(look(k).color) for k in range(6)])
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    for eye in (protan, deutan):
        seen = np.clip(linear @ eye.T, 0, 1) ** (1 / 2.4)
        apart = [np.linalg.norm(seen[a] - seen[b]) for a in range(6) for b in range(a)]
        assert min(apart) > 0.1


def test_lines_of_two_scenarios_have_different_dashes_and_markers(two: Study) -> None:
    for figure in (profit_by_year, persistency, whale):
        lines = {line.get_label(): line for line in figure(two).get_lines()}
        first, second = lines["signature-bonus"], lines["relationship"]
        assert first.get_linestyle() != second.get_linestyle()
        assert first.get_marker() != second.get_marker()
        assert first.get_color() != second.get_color()


@figures
@pytest.mark.parametrize("months", [1, 30])
@pytest.mark.parametrize("runs", [1, 3])
def test_short_studies_and_single_runs_are_drawn(name: str, months: int, runs: int) -> None:
    for kinds in ({"a": SIGNATURE}, {"a": SIGNATURE, "b": RELATION}):
        ax = FIGURES[name](study(kinds, runs=runs, months=months))
        ax.figure.draw_without_rendering()
        if runs == 1:
            words = said(ax.figure)  # one run has no spread to claim
            assert "90% of runs" not in words and "interval" not in words


@figures
def test_a_study_in_which_nobody_signs_is_drawn(name: str, one: Study, two: Study) -> None:
    for given in (one, two):
        FIGURES[name](emptied(given)).figure.draw_without_rendering()


@figures
def test_six_scenarios_with_long_names_fit(name: str) -> None:
    ax = FIGURES[name](study(MANY, runs=5, months=36))
    ax.figure.draw_without_rendering()
    inked = ax.figure.get_tightbbox(ax.figure.canvas.get_renderer())
    assert inked.x1 <= ax.figure.get_figwidth() + 0.01
    assert ax.bbox.height > 72  # the legend has left the data room


def test_names_that_would_upset_matplotlib_are_shown_as_they_are() -> None:
    odd = study({"_hidden": SIGNATURE, "$5 a signing_{": RELATION}, runs=3, months=24)
    for draw in FIGURES.values():
        draw(odd).figure.draw_without_rendering()
    legend = [t.get_text() for t in profit_by_year(odd).get_legend().get_texts()]
    assert legend[0].strip() == "_hidden"
    assert legend[1] == "$5 a signing_{"


def test_whale_leaves_out_runs_without_profit_and_says_so(one: Study) -> None:
    lossy = one.whale["profit_share"].where(one.whale["run"] >= 10)  # NaN: no share of a total below zero
    some = dataclasses.replace(one, whale=one.whale.assign(profit_share=lossy))
    ax = whale(some)
    assert "10 of 30 runs left out" in said(ax.figure)
    kept = one.whale[one.whale["run"] >= 10].groupby("share")["profit_share"].median()
    line = next(line for line in ax.get_lines() if line.get_label() == "signature-bonus")
    np.testing.assert_allclose(line.get_ydata(), kept.to_numpy())


def test_whale_says_undefined_when_no_run_has_a_profit(one: Study) -> None:
    none = dataclasses.replace(one, whale=one.whale.assign(profit_share=np.nan))
    assert "undefined" in said(whale(none).figure)
    missing = dataclasses.replace(one, whale=one.whale.iloc[:0])
    assert "undefined" in said(whale(missing).figure)


def test_fan_shows_the_quantiles_across_runs(one: Study) -> None:
    ax = profit_by_year(one)
    band = ax.collections[0].get_paths()[0].vertices
    values = one.runs["profit_year_3"]
    at_three = band[band[:, 0] == 3][:, 1]
    assert at_three.min() == pytest.approx(values.quantile(0.05))
    assert at_three.max() == pytest.approx(values.quantile(0.95))
    line = next(line for line in ax.get_lines() if line.get_label() == "signature-bonus")
    assert line.get_ydata()[2] == pytest.approx(values.median())


def test_a_last_year_that_is_not_complete_stands_apart() -> None:
    given = study({"a": SIGNATURE}, runs=8, months=30)
    lines = [line for line in profit_by_year(given).get_lines() if line.get_label() == "a"]
    assert [list(line.get_xdata()) for line in lines] == [[1, 2], [3]]
    assert lines[1].get_ydata()[0] == pytest.approx(given.runs["profit_year_3"].median())


def test_histogram_counts_every_run_and_the_mean_has_students_interval(one: Study) -> None:
    ax = profit_distribution(one)
    npv = one.runs["npv"]
    assert sum(bar.get_height() for bar in ax.patches) == len(npv)
    (bar,) = (part for part in ax.containers if isinstance(part, ErrorbarContainer))
    ends = bar.lines[2][0].get_segments()[0][:, 0]
    np.testing.assert_allclose(ends, stats.t.interval(0.95, len(npv) - 1, npv.mean(), stats.sem(npv)))


def test_rows_of_a_comparison_have_the_mean_and_interval_of_their_scenario(two: Study) -> None:
    ax = profit_distribution(two)
    bars = [part for part in ax.containers if isinstance(part, ErrorbarContainer)]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == two.names
    for name, bar in zip(names, bars, strict=True):
        npv = two.runs.loc[two.runs["scenario"] == name, "npv"]
        expected = stats.t.interval(0.95, len(npv) - 1, npv.mean(), stats.sem(npv))
        np.testing.assert_allclose(bar.lines[2][0].get_segments()[0][:, 0], expected)


def test_promised_and_realised_are_per_customer_and_over_as_many_years_for_all(one: Study) -> None:
    """Ten years: the first five of who was signed in years 1 to 6; who was signed later is not seen for five."""
    ax = promised_realised(one)
    assert "first 5 years" in ax.get_ylabel() and "years 7 to 10 is not seen for as long" in said(ax.figure)
    rows = one.cohorts[(one.cohorts["year"] < one.cohorts["cohort"] + 5) & (one.cohorts["cohort"] <= 6)]
    for bars, column in zip(ax.containers, ("promised_profit", "profit"), strict=True):
        totals = rows.groupby("cohort")[column].sum() / rows[rows["year"] == rows["cohort"]].groupby("cohort")["signed"].sum()
        np.testing.assert_allclose([bar.get_height() for bar in bars], totals.to_numpy())
    whiskers = next(part for part in ax.collections if isinstance(part, LineCollection)).get_segments()
    per_run = rows[rows["cohort"] == 4].groupby("run").agg({"promised_profit": "sum", "signed": "max"})
    each = per_run["promised_profit"] / per_run["signed"]
    np.testing.assert_allclose(whiskers[3][:, 1], each.quantile([0.05, 0.95]))


@pytest.mark.parametrize(("months", "cohorts"), [(1, 1), (12, 1), (24, 2), (36, 2), (41, 2), (60, 3), (120, 6)])
def test_cohorts_that_are_alike_have_bars_of_one_height(months: int, cohorts: int) -> None:
    """Where every customer brings 100 a year for ever, no cohort looks better for having been seen longer."""
    made = study({"same": SIGNATURE}, runs=2, months=months)
    made.cohorts["profit"] = made.cohorts["promised_profit"] = 100.0 * made.cohorts["signed"]
    for bars in promised_realised(made).containers:
        heights = [bar.get_height() for bar in bars]
        assert len(heights) == cohorts and np.ptp(heights) == pytest.approx(0.0, abs=1e-9)


def test_time_use_shows_means_over_runs_and_ninety_per_cent_of_them(one: Study) -> None:
    ax = time_use(one)
    neither = 1 - one.months["hunting_share"] - one.months["nurturing_share"]
    months = []
    for k, shares in enumerate((one.months["hunting_share"], one.months["nurturing_share"], neither)):
        by_month = shares.groupby(one.months["month"])
        np.testing.assert_allclose(ax.get_lines()[k].get_ydata(), by_month.mean(), atol=1e-12)
        for (x, low), (_, high) in ax.collections[k].get_segments():
            months.append(x)
            assert (low, high) == pytest.approx((by_month.quantile(0.05)[x], by_month.quantile(0.95)[x]))
    assert len(months) == len(set(months)) >= 30  # no bar stands on another


def test_bars_of_drivers_have_students_interval(one: Study) -> None:
    bars = [part for part in drivers(one).containers if isinstance(part, ErrorbarContainer)]
    parts = (
        one.runs["margin_initial"]
        + one.runs["margin_repeat"]
        - one.runs[["payment_loss", "service_cost", "acquisition_cost", "pay_cost", "fixed_cost"]].sum(axis=1)
    )
    expected = stats.t.interval(0.95, len(parts) - 1, parts.mean(), stats.sem(parts))
    np.testing.assert_allclose(bars[-1].lines[2][0].get_segments()[0][:, 0], expected)


def test_band_of_persistency_is_of_the_ratio_in_each_run(one: Study) -> None:
    ax = persistency(one)
    band = ax.collections[0].get_paths()[0].vertices
    rows = one.cohorts.query("cohort == 1 and year == 4")
    at_four = band[band[:, 0] == 4][:, 1]
    ratio = rows["customers"] / rows["signed"]
    assert at_four.min() == pytest.approx(ratio.quantile(0.05))
    assert at_four.max() == pytest.approx(ratio.quantile(0.95))


def test_pooling_weighs_runs_by_those_signed_and_leaves_out_what_is_missing() -> None:
    got = pooled(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, 0.0]]), np.array([[1.0, 2.0], [7.0, 2.0], [5.0, 0.0]]))
    np.testing.assert_array_equal(got, [0.5, np.nan])


class Columns:
    """A table on disk: gives the columns it is asked for, in a list, and remembers them."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.asked: set[str] = set()

    def __getitem__(self, columns: list[str]) -> pd.DataFrame:
        assert isinstance(columns, list)
        self.asked.update(columns)
        return self.table[columns]


def test_figures_read_only_the_columns_they_need(two: Study) -> None:
    tables = {name: Columns(getattr(two, name)) for name in ("runs", "months", "cohorts", "whale")}
    lazy: Any = SimpleNamespace(**{**vars(two), **tables}, names=two.names)
    for draw in FIGURES.values():
        draw(lazy)
    assert tables["months"].asked == {"scenario", "run", "month", "hunting_share", "nurturing_share"}


@pytest.mark.parametrize("months", [1, 14])
def test_a_simulated_study_is_drawn_without_a_warning(tmp_path: Path, months: int) -> None:
    here = Path(__file__).parents[2] / "scenarios"
    pair = [sim.load(here / f"{name}.toml").with_(months=months) for name in ("signature-bonus", "salary-only")]
    assert len(draw_study(sim.run(pair, runs=3, workers=1), tmp_path)) == 18


def test_persistency_pools_runs_and_leaves_an_incomplete_year_out_of_ages() -> None:
    given = study({"a": SIGNATURE, "b": RELATION}, runs=8, months=30)
    ax = persistency(given)
    line = next(line for line in ax.get_lines() if line.get_label() == "a")
    rows = given.cohorts.query("scenario == 'a' and year <= 2")
    expected = [part["customers"].sum() / part["signed"].sum() for _, part in rows.groupby(rows["year"] - rows["cohort"])]
    np.testing.assert_allclose(line.get_ydata(), expected)


def test_waterfall_ends_at_the_sum_of_its_parts(one: Study) -> None:
    bars = drivers(one).patches
    assert len(bars) == 8
    assert sum(bar.get_width() for bar in bars[:7]) == pytest.approx(bars[7].get_width())
    last_step = bars[6].get_x() + bars[6].get_width()
    assert last_step == pytest.approx(bars[7].get_width())


def test_mean_interval_is_students() -> None:
    mean, half = mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert mean == 2.0
    assert half == pytest.approx(4.302652729911275 / 3**0.5)  # t with 2 degrees of freedom, 97.5%
    assert np.isnan(mean_interval(np.array([4.0])).half_width)


def test_density_is_that_of_scipy_with_silvermans_bandwidth() -> None:
    values = np.random.default_rng(3).normal(5e6, 1e6, 400)
    x, y = density(values)
    spread = min(values.std(ddof=1), stats.iqr(values) / 1.34)
    reference = stats.gaussian_kde(values, bw_method=0.9 * spread * 400**-0.2 / values.std(ddof=1))
    np.testing.assert_allclose(y, reference(x), rtol=1e-9)
    assert np.trapezoid(y, x) == pytest.approx(1, abs=0.01)


def test_only_values_that_differ_by_more_than_rounding_vary() -> None:
    assert varies(np.array([7.0, 7.1]))
    for same in (np.full(20, 7.0), np.array([7.0]), np.array([]), np.array([1e9, 1e9 + 1e-5])):
        assert not varies(same)


def test_quantiles_skip_what_is_missing() -> None:
    got = quantiles(np.array([[1.0, np.nan, np.nan], [3.0, np.nan, 5.0]]), (0.5,))[0]
    np.testing.assert_array_equal(got, [2.0, np.nan, 5.0])


@pytest.mark.parametrize(
    ("largest", "unit"),
    [(950.0, "EUR"), (9_500.0, "EUR"), (25_000.0, "EUR thousand"), (7.2e6, "EUR million"), (3e9, "EUR billion")],
)
def test_money_is_written_in_a_readable_multiple(largest: float, unit: str) -> None:
    assert Money.fitting("EUR", np.array([np.nan, -largest, 1.0])).unit == unit


def test_money_is_written_to_two_digits_of_its_error() -> None:
    money = Money.fitting("EUR", np.array([5e6]))
    assert money.text(Mean(1_543_512, 33_000)) == "1.544 ± 0.033"
    assert money.text(Mean(-1_543_512, 330_000)) == "−1.54 ± 0.33"
    assert money.text(Mean(-0.4, 33_000)) == "0.000 ± 0.033"
    assert money.text(Mean(1_543_512, np.nan)) == "1.54"
    assert money.text(Mean(0.0, 0.0)) == "0"
    assert money.text(Mean(np.nan, np.nan)) == "undefined"


@pytest.fixture(scope="module")
def folder(one: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "figures"
    written = draw_study(one, folder)
    assert sorted(folder.iterdir()) == sorted(written)
    return folder


def test_files_are_written_whole_and_nothing_else(folder: Path) -> None:
    written = list(folder.iterdir())
    assert sorted(p.name for p in written) == sorted(f"{n}.{kind}" for n in FIGURES for kind in ("png", "svg"))
    with Image.open(folder / "whale.png") as png:
        assert png.info["dpi"] == pytest.approx((240, 240), abs=0.1)
        assert png.info["Seed"] == "1"
        assert png.info["Scenario"] == "signature-bonus"
        assert png.info["Title"].startswith("Concentration of profit")
    svg = (folder / "whale.svg").read_text(encoding="utf-8")
    assert "seed 1" in svg and "dc:date" not in svg


def test_the_same_study_gives_the_same_files(folder: Path, tmp_path: Path, one: Study) -> None:
    for again in draw_study(one, tmp_path):
        assert again.read_bytes() == (folder / again.name).read_bytes(), again.name


def test_drawing_changes_no_setting_of_the_caller(one: Study) -> None:
    before = dict(matplotlib.rcParams)
    for draw in FIGURES.values():
        draw(one)
    assert dict(matplotlib.rcParams) == before


def test_figures_are_drawn_in_threads(tmp_path: Path, one: Study) -> None:
    before, failed = dict(matplotlib.rcParams), []

    def work(k: int) -> None:
        try:
            profit_by_year(one).figure.savefig(tmp_path / f"{k}.png")
        except Exception as error:  # a thread's exception would go unseen
            failed.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert dict(matplotlib.rcParams) == before


def test_neither_pyplot_nor_mesa_is_imported() -> None:
    code = "import sys, sim.plots; sys.exit(not {'matplotlib.pyplot', 'mesa'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_synthetic_study_is_a_study_to_the_type_checker(one: Study) -> None:
    results: Results = one
    assert results.names == ["signature-bonus"]


def test_persistency_is_drawn_where_it_is_and_coinciding_curves_are_said_to(one: Study) -> None:
    twins = study({"a": RELATION, "b": RELATION}, runs=40, seed=3)
    twins.cohorts["customers"] = (twins.cohorts["signed"] * 0.97 ** (twins.cohorts["year"] - twins.cohorts["cohort"])).round()
    ax = persistency(twins)
    assert 0.5 <= ax.get_ylim()[0] < min(line.get_ydata().min() for line in ax.lines if len(line.get_ydata()) > 2)
    assert "the curves coincide" in said(ax.figure)
    assert "coincide" not in said(persistency(study({"a": RELATION, "b": SIGNATURE}, runs=10)).figure)


def test_every_other_scenario_has_its_waterfall(one: Study) -> None:
    def waterfalls(names: str) -> list[str]:
        return [name for name in figures_of(study(dict.fromkeys(names, SIGNATURE), runs=2, months=12)) if "waterfall" in name]

    assert [waterfalls(names) for names in ("a", "ab", "abcd")] == [
        [],
        ["waterfall"],
        ["waterfall-2", "waterfall-3", "waterfall-4"],
    ]
    three = study({"a": SIGNATURE, "b": RELATION, "c": RELATION}, runs=5)
    assert figures_of(three)["waterfall-3"](three).get_title(loc="left") == "From a to c"


def test_eight_curves_are_told_apart_by_their_marks_alone() -> None:
    """No two looks have a mark in common, marks lie on one another at no point, and beside the axes there is one for each, by height."""
    eight = study({f"scheme {k}": dataclasses.replace(SIGNATURE, margin=700 + 40 * k) for k in range(8)}, runs=6)
    assert len({look(k).marker for k in range(8)}) == 8
    for figure, beside in ((profit_by_year, 8), (persistency, 8), (whale, 0)):
        ax = figure(eight)
        ax.figure.canvas.draw()
        marked = {one.get_marker(): one.get_markevery() for one in ax.lines if one.get_marker() not in ("None", "")}
        assert len(marked) == 8 and len(set(marked.values())) >= 3, figure.__name__
        boxes = [one for one in ax.get_children() if isinstance(one, AnnotationBbox)]
        assert len(boxes) == beside
        heights = [(one.xyann[1], one.xy[1]) for one in boxes]
        assert sorted(heights) == sorted(heights, key=lambda pair: pair[1])
