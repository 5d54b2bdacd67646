"""Every benchmark runs and measures something; how fast it was is not tested."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from benchmarks import floor, growth, memory, mesa, speed, starts, sweeps, threads, tricks
from benchmarks.clock import slope
from benchmarks.effort import Effort
from benchmarks.machine import machine
from benchmarks.report import as_json, as_markdown
from benchmarks.rows import Row
from benchmarks.worlds import ROOT, SEED, customer_months, world
from sim import engine

TINY = Effort(
    repeats=1,
    books=(20, 600),
    months=6,
    customer_months=1_000,
    mesa_months=2,
    growth_runs=1,
    pairs=1,
    thread_runs=4,
    study_runs=(2, 4),
    sweep_points=(2, 20),
    stored_points=3,
    first_start=False,
)


@pytest.mark.parametrize("benchmark", [speed, mesa, floor, threads, growth, sweeps], ids=lambda module: module.GROUP)
def test_a_benchmark_gives_positive_numbers(benchmark) -> None:  # type: ignore[no-untyped-def]
    rows = benchmark.measure(TINY)
    assert rows
    for row in rows:
        fitted = row.note.startswith("line through")  # through two short timings: of either sign on a busy machine
        assert math.isfinite(row.value) and (row.value > 0.0 or fitted)
        assert row.least is None or 0.0 < row.least <= row.value


def test_memory_is_of_its_own_process() -> None:
    held = 1024.0
    ballast = b"x" * int(held * 2**20)  # a child would count it as its own, were ru_maxrss asked
    few, many, grown = memory.measure(TINY)
    del ballast
    assert max(few.value, many.value) < held
    assert few.value > 10.0 and many.value > 10.0
    assert grown.value == pytest.approx(many.value - few.value)


def test_every_trick_stands_once_in_its_source() -> None:
    for trick in tricks.TRICKS.values():
        assert (ROOT / "sim" / trick.file).read_text(encoding="utf-8").count(trick.there) == 1


def test_a_start_answers_before_it_ends() -> None:
    helped = starts.start([*starts.DAARNA, "--help"])
    assert 0.0 < helped.answer <= helped.end
    assert helped.cpu > 0.0


def test_customer_months_count_everyone_who_lived_a_month() -> None:
    scenario = world(20, 6)
    tables = engine.simulate(scenario, SEED, range(1, 2), customers=True)
    accounts = tables.customers
    last = accounts["lapsed_month"].where(accounts["lapsed_month"] > 0, 6)
    assert customer_months(tables.months) == (last - accounts["signed_month"].clip(lower=1) + 1).sum()


def test_the_time_of_a_month_is_parted_between_the_rep_and_the_customers() -> None:
    assert speed.parts([89.0, 601.0, 2233.0], [1500.0 + 20.0 * size for size in (89, 601, 2233)]) == pytest.approx((1500.0, 20.0))


def test_slope_of_a_power() -> None:
    sizes = np.array([10.0, 30.0, 100.0])
    assert slope(list(sizes), list(3.0 * sizes**1.5)) == pytest.approx(1.5)


def test_the_report_holds_every_number() -> None:
    rows = [Row("A", "first", 12.5, "ns", "CPU", 11.0), Row("B", "second", 2.0, "x", "wall", None, "why")]
    about = machine()
    assert json.loads(as_json(about, rows))["rows"][1]["value"] == 2.0
    text = as_markdown(about, rows)
    assert "| first | 12.5 | 11 | ns | CPU |  |" in text and "## B" in text and f"- Python: {about['Python']}" in text
