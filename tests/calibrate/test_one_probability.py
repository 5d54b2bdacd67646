"""Where a log shows no differences between customers, one probability for all is what it says: no beta is made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import bgnbd, calibrate, estimates, one_probability, sbg
from sim.calibrate.estimates import FittedModel
from sim.calibrate.forecast import forecast
from sim.calibrate.policies import Renewals
from sim.scenario.model import Scenario
from tests.calibrate.worlds import bg_nbd, write

P = 0.2
SHOP = bg_nbd((0.6, 6.0, P * 1e6, (1 - P) * 1e6), 1500, 3)
HALVED = Renewals(np.array([512.0, 256.0, 128.0, 64.0]), np.array([0.0, 0, 0, 0, 64]), 12, 0)


def row(found: FittedModel, name: str) -> pd.Series:
    return found.table.set_index("parameter").loc[name]


def test_the_likelihood_of_one_probability_is_the_limit_of_the_beta_s() -> None:
    r, alpha = 0.7, 5.0
    theta = (r, alpha, P / (1 - P))
    height, slope = one_probability.purchases_log_likelihood(*SHOP.grouped())(np.array(theta))
    limit, _ = bgnbd.log_likelihood(*SHOP.grouped())(np.array([r, alpha, P * 1e7, (1 - P) * 1e7]))
    assert height == pytest.approx(limit, abs=0.01)
    for k in range(3):
        step = np.eye(3)[k] * 1e-5
        up, down = (one_probability.purchases_log_likelihood(*SHOP.grouped())(theta + side * step)[0] for side in (1, -1))
        assert slope[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-3)
    one = one_probability.fit_renewals(HALVED.lost, HALVED.kept)
    wide, _ = sbg.log_likelihood(HALVED.lost, HALVED.kept)(np.array([5e6, 5e6]))
    assert one.log_likelihood == pytest.approx(wide, abs=0.01)


def test_a_purchase_log_of_one_dropout_for_all_gives_that_and_no_beta() -> None:
    found = estimates.purchases(SHOP)
    mean = row(found, "mean dropout")
    assert abs(mean["estimate"] - P) < 4 * mean["se"] and mean["se"] < 0.02
    assert mean["profile_low"] < P < mean["profile_high"]
    for name, true in (("r", 0.6), ("alpha", 6.0)):
        assert abs(row(found, name)["estimate"] - true) < 4 * row(found, name)["se"]
    for name in ("a", "b"):
        assert row(found, name)[["estimate", "se", "wald_low", "wald_high"]].isna().all()
        assert np.isinf(row(found, name)["profile_high"])
    assert "differences between customers in dropout are not distinguishable from none" in str(found)
    lapse = Scenario().with_(**found.fragment.tree()).customers.lapse
    assert lapse.alpha + lapse.beta == pytest.approx(one_probability.SUM)
    assert lapse.alpha / one_probability.SUM == pytest.approx(mean["estimate"], rel=1e-5)
    assert "the same for all" in found.fragment.sources["customers.lapse"]
    p, r, alpha = (row(found, name)["estimate"] for name in ("mean dropout", "r", "alpha"))
    meant = (1 - (alpha / (alpha + p * SHOP.age)) ** r) / p  # of the law that is reported
    assert f"expected {meant.sum():,.1f};" in found.data
    assert found.tracking is not None
    assert found.tracking["cumulated_expected"].iloc[-1] == pytest.approx(meant.sum(), rel=0.05)  # what the last week's rest adds


def test_no_printed_number_spans_the_page() -> None:
    """1e60 tears the columns apart: what is not identified is a dash."""
    longest = max(len(word) for word in str(estimates.purchases(SHOP)).split("chi-square")[0].split())
    assert longest <= len("(non_contractual)")


def test_half_lost_at_every_renewal_is_one_probability_of_a_half() -> None:
    """960 lapses of 1,920 renewals: p = 1/2, se = sqrt(p q / 1920) = 0.01141."""
    found = estimates.lapse(HALVED)
    mean = row(found, "mean lapse")
    assert mean["estimate"] == pytest.approx(0.5, abs=1e-6)
    assert mean["se"] == pytest.approx(np.sqrt(0.25 / 1920), rel=1e-4)
    assert found.fragment.values["customers.lapse.alpha"] == pytest.approx(5e5, rel=1e-5)
    (check,) = found.checks  # of the law that is reported: half of those in force, and one number estimated
    assert list(check.table["expected"]) == pytest.approx(list(check.table["in force"] / 2))
    assert check.freedom == len(check.table) - 1


def test_customers_who_differ_have_their_beta() -> None:
    renewals = Renewals(np.array([500.0, 120.0, 50.0, 25.0]), np.array([0.0, 0, 0, 0, 305]), 12, 0)
    found = estimates.lapse(renewals)
    assert list(found.table["parameter"]) == ["alpha", "beta"] and found.table.notna().all(axis=None)
    assert not any("not distinguishable" in note for note in found.notes)


def test_what_is_not_identified_though_customers_differ_is_left_out() -> None:
    """All who ever leave do so at the first renewal: the beta is all ends and no middle, and one probability does not fit."""
    found = estimates.lapse(Renewals(np.array([500.0, 0.0, 0.0]), np.array([0.0, 0, 0, 500]), 12, 0))
    assert not found.fragment.values
    assert any("does not identify" in note for note in found.notes)


def policies(folder: Path) -> Path:
    """400 yearly contracts of which a quarter of those in force ends at each renewal, 5 days after it."""
    year, rows = pd.Timestamp("2018-01-01"), []
    for k in range(400):
        shares = np.cumsum([100, 75, 56, 42])
        left = int(np.searchsorted(shares, k, side="right")) + 1
        end = year + pd.DateOffset(years=left) + pd.Timedelta(days=5) if left <= 4 else pd.NaT
        rows.append({"policy": k, "start": year, "end": end})
    return Path(write(pd.DataFrame(rows), folder / "policies.csv"))


def test_a_policy_log_of_one_retention_for_all_is_answered_with_a_table_and_a_fragment(tmp_path: Path) -> None:
    """273 lapses of 400 + 300 + 225 + 169 = 1,094 renewals: p = 0.2495."""
    found = calibrate(policies(tmp_path), until="2022-06-30")
    said = str(found)
    assert "mean lapse" in said and "0.2495" in said
    assert "differences between customers in lapse are not distinguishable from none" in said
    assert "alpha = 249543.0" in found.toml()


def test_a_forecast_draws_the_one_probability_where_that_is_what_the_log_says() -> None:
    few = bg_nbd((0.6, 6.0, P * 1e6, (1 - P) * 1e6), 300, 3, span=20.0)
    top = bgnbd.fit(few)
    assert top.open
    total = forecast(top, few, 4, runs=4, seed=1).total()
    assert np.isfinite(total).all() and total[0] > 0


def test_an_uninformative_log_leaves_the_law_out(tmp_path: Path) -> None:
    """Two customers say nothing of how customers differ."""
    log = pd.DataFrame({"customer": [1, 1, 2, 2], "date": ["2023-01-01", "2023-02-01", "2023-01-01", "2023-03-01"]})
    found = calibrate(write(log, tmp_path / "log.csv"), until="2023-12-31").estimates[0]
    assert not found.fragment.values and any("does not identify" in note for note in found.notes)
