"""The simulated book's forecast: its closed form, its spread, and the weeks of CDNOW that nobody fitted to."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.calibrate import bgnbd, forecast, histories
from sim.calibrate.forecast import Forecast, simulate_cohort
from sim.calibrate.histories import Histories
from sim.calibrate.likelihood import Maximum
from sim.errors import InputError
from sim.plots.forecast import forecast as draw
from sim.scenario.model import Scenario
from tests.calibrate.worlds import CDNOW, bg_nbd

FITTED, AHEAD = 39, 39


@cache
def cdnow() -> tuple[Histories, Maximum]:
    h = histories(pd.read_csv(CDNOW, parse_dates=["date"], dtype={"customer": str}))
    return h, bgnbd.fit(h)


@cache
def made(uncertain: bool = True) -> Forecast:
    h, top = cdnow()
    return forecast(top, h, AHEAD, runs=40 if uncertain else 20, seed=1, uncertain=uncertain)


@cache
def later() -> np.ndarray:
    """Weeks 40 to 78 of the same customers, as published with the data; nothing is fitted to them."""
    datasets = pytest.importorskip("lifetimes.datasets")
    path = next(iter(datasets.__path__)) + "/CDNOW_sample.txt"
    columns = ["master", "customer", "date", "items", "amount"]
    log = pd.read_csv(path, sep=r"\s+", header=None, names=columns, dtype=str)
    day = log.assign(date=pd.to_datetime(log["date"])).drop_duplicates(["customer", "date"])
    repeat = day[day["date"] > day.groupby("customer")["date"].transform("min")]
    week = (repeat["date"] - pd.Timestamp("1997-01-01")).dt.days // 7
    return np.bincount(week, minlength=FITTED + AHEAD)[FITTED : FITTED + AHEAD].astype(float)


def test_the_log_is_counted_by_week_of_the_calendar() -> None:
    f = made()
    assert f.fitted == FITTED and f.observed[:FITTED].sum() == 2457 and np.isnan(f.observed[FITTED:]).all()


def test_runs_at_the_estimates_have_the_mean_of_the_closed_form() -> None:
    """Every run's purchases, in sums of 13 weeks, within four standard errors of sum E[X(t - entry)]."""
    f = made(uncertain=False)
    runs, expected = f.runs.reshape(len(f.runs), 6, 13).sum(axis=2), f.expected.reshape(6, 13).sum(axis=1)
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    assert (np.abs(runs.mean(axis=0) - expected) < 4 * error).all()


def test_customers_who_enter_in_mid_step_are_not_too_early() -> None:
    """Three who buy often, entering 0.75 into the second step: nothing in the first, a quarter of a step's rate in the second."""
    entry = np.full(20_000, 1.75)
    counts = simulate_cohort(np.array([1e4, 1e5, 1e-6, 1e3]), entry, 4, 1, 1)  # a rate of 0.1, nobody leaves
    assert counts[0] == 0
    expected = 2000 * np.array([0.25, 1.0, 1.0])
    assert (np.abs(counts[1:] - expected) < 4 * np.sqrt(expected)).all()


def test_no_two_groups_of_customers_share_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers who enter in different steps, and in different runs, are different people."""
    from sim import engine

    numbers: list[int] = []
    simulate = engine.simulate

    def note(scenario: Scenario, seed: int, runs: range) -> engine.Tables:
        numbers.extend(runs)
        return simulate(scenario, seed, runs)

    monkeypatch.setattr(engine, "simulate", note)
    for run in range(3):
        simulate_cohort(np.array([0.6, 6.0, 1.2, 3.0]), np.repeat([0.0, 1.0, 2.5], 10), 5, run, 1)
    assert len(numbers) == len(set(numbers)) == 9


def test_the_interval_grows_by_what_is_not_known_of_the_parameters() -> None:
    sure, unsure = (made(uncertain).runs[:, FITTED:].sum(axis=1).std() for uncertain in (False, True))
    assert unsure > 1.2 * sure


def test_weeks_40_to_78_of_cdnow_lie_in_the_interval() -> None:
    """1,882 purchases came; of the 39 weeks at least 30 lie within their 95% interval (weeks differ by more than chance)."""
    f, came = made(), later()
    mean, low, high = f.total()
    assert came.sum() == 1882
    assert low < came.sum() < high and abs(mean / came.sum() - 1) < 0.2
    rows = f.table().iloc[FITTED:]
    assert ((rows["low"] <= came) & (came <= rows["high"])).sum() >= 28
    cumulated = came.cumsum()
    assert ((rows["cumulated_low"] <= cumulated) & (cumulated <= rows["cumulated_high"])).mean() > 0.9


@pytest.mark.slow
def test_intervals_of_a_cohorts_future_hold_it_at_least_as_often_as_they_say() -> None:
    """60 cohorts, each seen for 26 weeks and forecast for 26: runs do not know each customer's past, so 95% or more."""
    theta = (0.6, 6.0, 1.2, 3.0)
    inside = []
    for seed in range(60):
        whole = simulate_past_and_future(theta, 1000, seed)
        f = forecast(bgnbd.fit(whole[0]), whole[0], 26, runs=80, seed=seed)
        _, low, high = f.total()
        inside.append(low <= whole[1] <= high)
    print("\nforecast intervals hold", np.mean(inside))
    assert np.mean(inside) >= stats.binom.ppf(0.001, 60, 0.95) / 60


def simulate_past_and_future(theta: tuple[float, ...], customers: int, seed: int) -> tuple[Histories, int]:
    """Customers who all enter at once, seen for 26 weeks; and how many purchases they make in the next 26."""
    r, alpha, a, b = theta
    rng = np.random.default_rng(seed)
    rate, left = rng.gamma(r, 1 / alpha, customers), rng.geometric(rng.beta(a, b, customers))
    past, then = rng.poisson(rate * 26), rng.poisson(rate * 26)
    x = np.minimum(past, left)
    recency = 26 * np.where(x > 0, rng.beta(np.maximum(x, 1), past - x + 1), 0.0)
    base = bg_nbd(theta, customers, seed, 26.0)
    day = base.since
    seen = Histories("week", x.astype(float), recency, np.full(customers, 26.0), np.zeros(customers), base.first, base.mean, base.paid,
                     recency[x > 0], day, day + pd.Timedelta(days=26 * 7))  # fmt: skip
    return seen, int(np.where(past < left, np.minimum(then, left - past), 0).sum())


def test_what_cannot_be_forecast_is_refused() -> None:
    h, top = cdnow()
    for steps, runs, seed, what in (
        (0, 10, 1, "forecast"),
        (1200, 10, 1, "forecast"),
        (5, 1, 1, "runs"),
        (5, 100_001, 1, "runs"),
        (5, 2, -1, "seed"),
    ):
        with pytest.raises(InputError, match=f"{what}: found"):
            forecast(top, h, steps, runs, seed)


@pytest.mark.parametrize("cumulated", [False, True])
def test_the_figure_shows_log_forecast_and_what_came(cumulated: bool) -> None:
    ax = draw(made(), "cdnow", np.arange(39.0) + 40, cumulated)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()  # type: ignore[attr-defined]
    words = [text.get_text() for text in ax.get_legend().get_texts()]  # type: ignore[union-attr]
    assert words == ["log", "not fitted to", "simulated, mean", "95% interval"]
    lines = {len(line.get_xdata()) for line in ax.lines}  # type: ignore[arg-type]
    assert {39, 78} <= lines and ax.get_ylim()[1] > made().runs.sum(axis=1).max() * cumulated
