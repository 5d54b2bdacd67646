"""From rows to what is counted: purchase histories, renewals, payment transitions, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import calibrate, histories, read
from sim.calibrate.estimates import payment
from sim.calibrate.fragment import stochastic
from sim.calibrate.policies import renewals
from sim.calibrate.tracking import track, whole_steps
from sim.calibrate.transitions import Transitions, transitions
from tests.calibrate.worlds import write


def log_of(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(text)
    return path


def test_purchases_of_one_day_are_one_and_times_run_from_the_first() -> None:
    log = pd.DataFrame(
        [("a", "2024-01-01", 5.0), ("a", "2024-01-01", 3.0), ("a", "2024-01-15", 4.0), ("a", "2024-01-15", 6.0), ("a", "2024-01-29", 0.0),
         ("b", "2024-01-08", 7.0), ("b", "2024-02-12", 9.0)], columns=["customer", "date", "amount"],
    ).assign(date=lambda table: pd.to_datetime(table["date"]))  # fmt: skip
    h = histories(log, until=pd.Timestamp("2024-02-05"))
    assert list(h.x) == [2, 0] and list(h.recency) == [4, 0] and list(h.age) == [5, 4] and list(h.entry) == [0, 1]
    assert list(h.first) == [8, 7] and list(h.paid) == [1, 0] and h.mean[0] == 10 and list(h.times) == [2, 4]


POLICIES = """policy,start,end
lost1,2020-01-15,2021-01-15
grace,2020-01-15,2021-02-10
early,2020-01-15,2020-06-01
lost2,2020-01-15,2022-01-14
kept3,2020-01-15,
later,2020-01-15,2023-06-01
young,2023-01-01,
unseen,2022-12-15,2023-01-10
"""


def test_a_contract_is_lost_at_the_renewal_of_its_term(tmp_path: Path) -> None:
    """Seen to 2023-03-01: renewals 1 to 3 of 2020's contracts; what ends later was in force; what is too young says nothing."""
    found = renewals(read(log_of(POLICIES, tmp_path)), until=pd.Timestamp("2023-03-01"))
    assert list(found.lost) == [3, 1, 0] and list(found.kept) == [2, 0, 0, 2]
    assert list(found.at_risk) == [6, 3, 2] and found.midterm == 1


def test_both_forms_of_a_policy_log_say_the_same(tmp_path: Path) -> None:
    text = "policy,period,renewed\na,1,no\nb,1,1\nb,2,0\nc,1,yes\nc,2,yes\nc,3,true\n"
    found = renewals(read(log_of(text, tmp_path)), term=6)
    assert list(found.lost) == [1, 1, 0] and list(found.kept) == [0, 0, 0, 1] and found.term == 6


INVOICES = """invoice,due,paid,written_off
prompt,2024-01-31,2024-01-20,
due,2024-01-31,2024-01-31,
one,2024-01-31,2024-02-10,
two,2024-01-31,2024-03-05,
never,2024-01-31,,2024-05-05
open,2024-01-31,,
"""


def test_an_invoice_ages_by_months_past_due(tmp_path: Path) -> None:
    """Paid in the k-th month after the due date is paid from bucket k; the last bucket holds all that is older."""
    found = transitions(read(log_of(INVOICES, tmp_path)), buckets=3, until=pd.Timestamp("2024-06-15"))
    # current: 2 paid, 4 on; bucket 1: 1 paid, 3 on; bucket 2 and older: `two` paid, `never` 2 -> 3 -> written off in month 4
    # (2 -> 2, 3 -> 3, then off), `open` 2 -> 3 -> 4 in months 2, 3, 4
    assert found.counts.tolist() == [[2, 4, 0, 0], [1, 0, 3, 0], [1, 0, 5, 1]]


def test_months_that_were_not_seen_to_their_end_do_not_count(tmp_path: Path) -> None:
    """On 20 February the first month past due is under way: the one who has paid in it counts as little as those who may yet."""
    log = read(log_of(INVOICES, tmp_path))
    with pytest.raises(Exception, match="no account is seen leaving bucket 1"):
        transitions(log, buckets=2, until=pd.Timestamp("2024-02-20"))
    assert transitions(log, buckets=2, smoothing=1.0, until=pd.Timestamp("2024-02-20")).counts.tolist() == [[2, 4, 0], [0, 0, 0]]


def test_statuses_count_from_month_to_month(tmp_path: Path) -> None:
    """Current again is paid and invoiced anew; months that do not follow each other say nothing; an end is an end."""
    text = "account,month,status\n" + "\n".join(
        ["a,2024-01,current", "a,2024-02,current", "a,2024-03,1", "a,2024-04,current", "a,2024-06,1", "a,2024-07,2", "a,2024-08,written off",
         "a,2024-09,current", "b,1999-12,2", "b,2000-01,1", "b,2000-02,paid", "b,2000-03,1"]
    )  # fmt: skip
    found = transitions(read(log_of(text, tmp_path)), buckets=3)
    assert found.counts.tolist() == [[1, 1, 0, 0], [2, 0, 1, 0], [0, 1, 0, 1]]


def test_estimates_are_shares_with_their_standard_errors_and_profile_intervals() -> None:
    """p = 30 / 40: se sqrt(.75 .25 / 40); the interval's ends lie where 2 (log L - log L(p)) = 3.84."""
    counts = np.array([[30.0, 10.0, 0.0], [5.0, 4.0, 1.0]])
    found = Transitions(counts, np.stack([counts / 2, counts / 2]))
    assert found.matrix[0].tolist() == [0.75, 0.25, 0.0]
    assert found.standard_errors[0, 0] == pytest.approx((0.75 * 0.25 / 40) ** 0.5)
    for end in found.intervals()[0, 0]:
        assert 2 * (30 * np.log(0.75 / end) + 10 * np.log(0.25 / (1 - end))) == pytest.approx(3.8415, abs=1e-3)
    assert found.intervals()[0, 2].tolist() == pytest.approx([0.0, 1 - np.exp(-3.8415 / 80)], abs=1e-5)
    assert found.stationarity().chi_square == 0.0


def test_smoothing_adds_to_what_is_possible_and_its_intervals_are_those_of_the_posterior() -> None:
    counts = np.zeros((3, 4))
    found = Transitions(counts, np.zeros((2, 3, 4)), smoothing=1.0)
    assert (found.matrix > 0).tolist() == [[True, True, True, True], [True, True, True, True], [True, False, True, True]]
    assert found.intervals()[2, 0] == pytest.approx([1 - 0.975**0.5, 1 - 0.025**0.5])  # Beta(1, 2)


def test_halves_that_differ_are_noticed() -> None:
    halves = np.array([[[90.0, 10.0, 0.0], [50.0, 50.0, 0.0]], [[50.0, 50.0, 0.0], [50.0, 50.0, 0.0]]])
    check = Transitions(halves.sum(axis=0), halves).stationarity()
    assert check.freedom == 2 and check.chi_square == pytest.approx(2 * (20**2 / 70 + 20**2 / 30))


def test_written_rows_add_up_to_one_and_are_the_estimates_to_six_digits() -> None:
    matrix = np.random.default_rng(1).dirichlet(np.ones(5), 200)
    written = stochastic(matrix)
    np.testing.assert_allclose(written, matrix, atol=3e-6)
    assert max(abs(sum(row) - 1) for row in written) < 1e-9
    assert min(min(row) for row in stochastic(np.array([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]]))) == 0.0


def test_two_buckets_make_a_fragment_that_a_scenario_takes() -> None:
    import sim

    counts = np.array([[30.0, 10.0, 0.0], [5.0, 4.0, 1.0]])
    made = payment(Transitions(counts, np.stack([counts / 2, counts / 2])))
    assert sim.Scenario().with_(**made.fragment.tree()).customers.payment.transitions[0] == (0.75, 0.25, 0.0)


def test_transactions_beside_policies_are_those_of_customers_with_a_contract(tmp_path: Path) -> None:
    """NBD instead of BG/NBD; the two fragments go together."""
    rng = np.random.default_rng(1)
    days = [pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(d)) for d in rng.integers(0, 700, 60)]
    purchases = write(pd.DataFrame({"customer": rng.integers(0, 12, 60), "date": days}), tmp_path / "purchases.csv")
    text = "policy,period,renewed\n" + "".join(
        f"{k},1,{int(k % 3 > 0)}\n" + (f"{k},2,{int(k % 5 > 0)}\n" if k % 3 else "") for k in range(60)
    )
    both = calibrate(purchases, log_of(text, tmp_path))
    assert [one.model.split(":")[0] for one in both.estimates] == ["NBD", "shifted beta-geometric"]
    assert both.fragment.values["customers.setting"] == "contractual"


def test_tracking_counts_whole_weeks_of_the_log() -> None:
    """20 days are two whole weeks: a purchase on day 13 is in the second, one on day 14 in none; a steady rate of 1 a week from entry on."""
    days = [("a", 0), ("a", 6), ("a", 13), ("a", 14), ("b", 7), ("b", 19)]
    start = pd.Timestamp("2024-01-01")
    log = pd.DataFrame([(name, start + pd.Timedelta(days=day)) for name, day in days], columns=["customer", "date"])
    tracked = track(histories(log), lambda t: t)
    assert (
        list(tracked["observed"]) == [1, 1]
        and list(tracked["expected"]) == [1, 2]
        and list(tracked["cumulated_expected"]) == [1, 3]
    )


def test_a_step_that_ends_with_the_last_day_is_whole() -> None:
    """Days 0 to 13 are two weeks; days 0 to 12 are one and a part."""
    start = pd.Timestamp("2024-01-01")
    log = pd.DataFrame([(name, start + pd.Timedelta(days=day)) for name in "ab" for day in (0, 3)], columns=["customer", "date"])
    assert [whole_steps(histories(log, until=start + pd.Timedelta(days=last))) for last in (12, 13)] == [1, 2]
