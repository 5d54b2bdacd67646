"""Figures of one run and of a difference between two schemes: complete, composable, and true to their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats

import sim
from sim.errors import InputError
from sim.plots import customer_timeline, rep_year, stamp, waterfall
from sim.plots.waterfall import differences
from sim.trace import Trace
from sim.trace.model import follow
from tests.mechanisms.worlds import lively, pays
from tests.plots.synthetic import RELATION, SIGNATURE, study

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning", "error::UserWarning")


@pytest.fixture(scope="module")
def trace() -> Trace:
    scheme = pays(
        {"name": "signing", "rate": 0.3, "clawback": {"months": 24}}, {"name": "book", "measure": "repeat_revenue", "rate": 0.05}
    )
    return follow(lively(months=24, reps={"count": 2, "quit_rate": 0.05}, scheme=scheme), customers="all")


def letters(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def test_a_customers_life_says_who_it_is_and_whence(trace: Trace) -> None:
    for number in (trace.pages["customer"].iloc[0], trace.pages.loc[trace.pages["left"], "customer"].iloc[0]):
        ax = customer_timeline(trace, int(number))
        assert str(number) in " ".join(ax.get_title(loc="left").split())
        footer = " ".join(ax.figure.get_supxlabel().split())
        assert "untitled" in footer and "Run 1" in footer and "seed 1" in footer
        ax.figure.draw_without_rendering()
        assert min(text.get_fontsize() for text in letters(ax.figure)) >= 7


def test_a_customers_account_ends_where_the_pages_do(trace: Trace) -> None:
    number = int(trace.pages["customer"].iloc[0])
    pages = trace.customer(number)
    money = customer_timeline(trace, number).child_axes[2]
    account = next(line for line in money.lines if len(line.get_ydata()) == len(pages))
    spent = pages[["cost_of_goods", "acquisition", "service", "resolution", "write_off"]].sum(axis=1).sum()
    assert account.get_ydata()[-1] == pytest.approx(pages["revenue"].sum() - spent)


@pytest.mark.parametrize("year", [1, 2])
def test_a_years_bars_add_up_to_pay(trace: Trace, year: int) -> None:
    ax = rep_year(trace, 1, year)
    pay = ax.child_axes[1]
    pages = trace.of_seat(1, 12 * year - 11, 12 * year)
    heights = np.zeros(12)
    for bars in pay.containers:
        heights += [bar.get_height() for bar in bars]
    assert heights == pytest.approx([page.pay / 100 for page in pages])
    words = " ".join(text.get_text() for text in letters(ax.figure))
    assert f"Seat 1, year {year}" in words and f"{sum(page.pay for page in pages) / 100:,.2f}" in words and "signing" in words
    ax.figure.draw_without_rendering()
    assert min(text.get_fontsize() for text in letters(ax.figure)) >= 7


def test_figures_of_a_run_compose_and_refuse_what_there_is_not(trace: Trace) -> None:
    figure = Figure(figsize=(11, 6.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert rep_year(trace, 0, 1, ax=left) is left
    assert customer_timeline(trace, int(trace.pages["customer"].iloc[0]), ax=right) is right
    assert figure.get_supxlabel() == ""
    figure.draw_without_rendering()
    for draw, said in ((lambda: rep_year(trace, 2, 1), "seat from 0 to 1"), (lambda: rep_year(trace, 0, 3), "year: found 3"),
                       (lambda: customer_timeline(trace, 5), "no such customer")):  # fmt: skip
        with pytest.raises(InputError, match=said):
            draw()


def test_the_steps_add_up_to_the_difference_in_profit() -> None:
    """The identity on simulated runs: margins less write-offs, service, acquisition, pay and fixed cost are profit."""
    base = lively(months=26, title="base")
    other = base.with_(title="other", scheme=pays(rate=0.1), reps={"salary": 2500.0}, desk={"agents": 3})
    made = sim.run([base, other], runs=6, seed=3)
    steps, total = differences(made, "base", "other")
    assert steps.shape == (6, 7) and (np.abs(steps).max(axis=0) > 0).all()
    assert steps.sum(axis=1) == pytest.approx(total, abs=0.01)
    back, loss = differences(made, "other", "base")
    assert back == pytest.approx(-steps) and loss == pytest.approx(-total)


def test_a_waterfall_shows_the_mean_of_each_step_and_its_paired_interval() -> None:
    two = study({"signature-bonus": SIGNATURE, "relationship": RELATION}, runs=30)
    ax = waterfall(two, "signature-bonus", "relationship")
    steps, _ = differences(two, "signature-bonus", "relationship")
    bars = [container[0] for container in ax.containers if hasattr(container, "patches")]
    assert [bar.get_width() for bar in bars[:7]] == pytest.approx(list(steps.mean(axis=0)))
    half = stats.t.ppf(0.975, 29) * steps[:, 1].std(ddof=1) / 30**0.5
    interval = [line.get_xdata() for line in ax.lines if line.get_marker() == "|"]
    ends = [segment for c in ax.collections for segment in (c.get_segments() if hasattr(c, "get_segments") else [])]
    assert any(abs(np.ptp(segment[:, 0]) - 2 * half) < 1e-6 for segment in ends), interval
    footer = " ".join(ax.figure.get_supxlabel().split())
    assert "relationship less signature-bonus, 30 paired runs" in footer and "EUR" in ax.get_xlabel()
    assert "paired" in " ".join(text.get_text() for text in ax.get_legend().get_texts())


def test_a_waterfall_composes_and_needs_two_scenarios_of_the_study() -> None:
    two = study({"signature-bonus": SIGNATURE, "relationship": RELATION}, runs=1)
    figure = Figure(layout="constrained")
    ax = figure.subplots()
    assert waterfall(two, "relationship", "signature-bonus", ax) is ax
    stamp(figure, two)
    figure.draw_without_rendering()
    with pytest.raises(InputError, match=r'found "relation".*did you mean "relationship"\?'):
        waterfall(two, "signature-bonus", "relation")
    waterfall(two, "relationship", "relationship").figure.draw_without_rendering()  # no difference at all
