"""From a log to a scenario, from the scenario to simulated customers, and back to what the log said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import engine
from sim.calibrate import bgnbd, calibrate, sbg
from sim.calibrate.transitions import bucket_name
from sim.scenario.model import Scenario
from tests.calibrate.worlds import CDNOW, write
from tests.conftest import ROOT
from tests.theory.worlds import PAID, close, world

WEEKS = 52 / 12  # in a month


def extended(fragment: str, tmp_path: Path) -> Scenario:
    """A scenario file that the fragment extends, loaded with it."""
    (tmp_path / "fragment.toml").write_text(fragment)
    return sim.load(tmp_path / "fragment.toml")


def test_the_cdnow_fragment_makes_the_cdnow_scenario(tmp_path: Path) -> None:
    """What calibrate writes is, to the digits printed in the literature, what the library's scenario says by hand."""
    toml = calibrate(CDNOW).toml(str(ROOT / "scenarios" / "cdnow-shop.toml"))
    made, library = extended(toml, tmp_path), sim.load(ROOT / "scenarios" / "cdnow-shop.toml")
    a, b = made.customers, library.customers
    assert a.setting == b.setting == "non_contractual"
    assert (a.purchase.shape, a.purchase.alpha) == pytest.approx((b.purchase.shape, b.purchase.alpha), rel=2e-3)
    assert (a.lapse.alpha, a.lapse.beta) == pytest.approx((b.lapse.alpha, b.lapse.beta), rel=2e-4)
    assert (a.spend.p, a.spend.q, a.spend.v) == pytest.approx((b.spend.p, b.spend.q, b.spend.v), rel=2e-3)
    assert made.sources["customers.purchase"].startswith(
        "BG/NBD by maximum likelihood, cdnow_sample_to_1997-09-30.csv: 2,357 customers"
    )
    assert "r = 0.2426 ± 0.013" in made.sources["customers.purchase"]


def test_a_transaction_log_comes_back_from_the_simulated_shop(tmp_path: Path) -> None:
    """Log by day -> fragment -> ensemble: purchases per customer after 12 months and mean amounts as in the closed form of the fit."""
    rng = np.random.default_rng(11)
    customers, weeks = 1500, 52
    left = rng.geometric(rng.beta(1.2, 3.0, customers))
    rows = []
    for k in range(customers):
        times = np.sort(rng.uniform(0, weeks * 7, rng.poisson(rng.gamma(0.6, 1 / 6.0) * weeks)))[: left[k]]
        scale = 1 / rng.gamma(6.0, 1 / 60.0)
        rows += [(k, day, round(float(rng.gamma(4.0) * scale), 2)) for day in (0.0, *times)]
    log = pd.DataFrame(rows, columns=["customer", "day", "amount"])
    log["date"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.floor(log.pop("day")), unit="D")
    found = calibrate(write(log, tmp_path / "log.csv"), until="2023-12-31")
    top, amounts = found.estimates[0].maximum, found.estimates[1].maximum
    assert top is not None and amounts is not None
    scenario = (
        world(months=12, customers={"initial": 0.0, "at_start": 4000})
        .with_(**found.fragment.tree())
        .with_(customers={"initial": 0.0})
    )
    bought = engine.simulate(scenario, 7, range(1, 4), customers=True).customers
    assert bought is not None
    close(bought["purchases"], float(bgnbd.expected_purchases(12 * WEEKS, *top.theta)))
    each = bought[bought["purchases"] > 0]
    close(each["revenue"] / each["purchases"], amounts["p"] * amounts["v"] / (amounts["q"] - 1))


def test_a_policy_log_comes_back_from_the_simulated_book(tmp_path: Path) -> None:
    """Share in force after 1, 2 and 3 years in the ensemble as in the closed form of the fit."""
    rng = np.random.default_rng(3)
    start = pd.Series(pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 1400, 3000), unit="D"))
    years = rng.geometric(rng.beta(0.7, 3.8, 3000)).clip(max=40)
    end = pd.Series([day + pd.DateOffset(years=int(n)) for day, n in zip(start, years, strict=True)])
    log = pd.DataFrame({"policy": range(3000), "start": start, "end": end.where(end < pd.Timestamp("2022-01-01"))})
    found = calibrate(write(log, tmp_path / "log.csv"), until="2022-01-01")
    top = found.estimates[0].maximum
    assert top is not None
    assert all(top.deviance(name, value) < 10.8 for name, value in (("alpha", 0.7), ("beta", 3.8)))  # 999 in 1,000
    scenario = world(months=36, customers={"initial": 0.0, "renewal": 0.0}).with_(**found.fragment.tree())
    active = engine.simulate(scenario, 5, range(1, 21)).months.pivot(index="run", columns="month", values="customers") / 4000
    for year in (1, 2, 3):
        close(active[12 * year], float(sbg.survival(np.array(float(year)), *top.theta)))


def test_an_invoice_log_comes_back_as_the_bad_debt_of_the_simulated_book(tmp_path: Path) -> None:
    """Share of invoices written off by the chain (I - Q)^-1 R of the estimates, and in the ensemble."""
    rng = np.random.default_rng(4)
    steps = [[0.8, 0.2, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0], [0.3, 0.0, 0.4, 0.3]]  # a log of dues says nothing of younger buckets
    rows = []
    for k in range(3000):
        due, bucket, month = pd.Timestamp("2023-01-10") + pd.DateOffset(months=int(k % 12)), 0, 0
        while True:
            to = int(rng.choice(4, p=steps[bucket]))
            if to in (0, 3):
                day = due + pd.DateOffset(months=month - 1, days=5) if month else due
                rows.append((k, due, day if to == 0 else None, day if to == 3 else None))
                break
            bucket, month = to, month + 1
    log = pd.DataFrame(rows, columns=["invoice", "due", "paid", "written_off"])
    found = calibrate(write(log, tmp_path / "log.csv"), buckets=3)
    matrix = np.array(found.fragment.values["customers.payment.transitions"])
    table = found.estimates[0].table.set_index("parameter")
    for k, name, truth in ((0, "paid", 0.8), (1, "paid", 0.5), (2, "paid", 0.3), (2, "written off", 0.3)):
        row = table.loc[f"{bucket_name(k)} -> {name}"]
        assert abs(row["estimate"] - truth) < 4 * row["se"]
    chain = np.zeros((3, 3))
    chain[:, 1:] = matrix[:, 1:3]
    bad = float((np.linalg.inv(np.eye(3) - chain) @ matrix[:, 3])[0])
    payment = {**PAID, "exit_on_write_off": True}
    base = world(months=40, customers={"initial": 100.0, "renewal": 0.0, "renewal_months": 1200, "payment": payment})
    runs = engine.simulate(base.with_(**found.fragment.tree()), 6, range(1, 21)).runs
    close(runs["bad_debt_ratio"], bad)
