"""A4: invoices that age as a Markov chain (Cyert, Davidson & Thompson 1962)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.worlds import PAID, STAY, months, world


def random_chain(number: int) -> np.ndarray:
    """Rows (to paid, to buckets 1 ..., to written off); an invoice may stay, age, or be partly caught up."""
    random = np.random.default_rng(number)
    buckets = int(random.integers(2, 6))
    return random.dirichlet(np.full(buckets + 1, 1.0), buckets)


CHAINS = [np.array([[0.6, 0.4, 0.0, 0.0], [0.3, 0.2, 0.4, 0.1], [0.2, 0.1, 0.3, 0.4]]), *(random_chain(n) for n in range(5))]


@pytest.mark.parametrize("rows", CHAINS, ids=range(len(CHAINS)))
def test_bad_debt_and_months_outstanding(rows: np.ndarray) -> None:
    """N = (I - Q)^-1, absorption B = N R: of every invoice B_bad is lost, and it is owed at N 1 - 1 month-ends.

    Every customer owes one invoice of the same amount; Q has no way back to the first row, in which an invoice is new.
    """
    runs, people = 15, 2000
    payment = {**PAID, "transitions": rows.tolist(), "exit_on_write_off": False}
    scenario = world(
        months=120, customers={"at_start": people, "payment": payment, "renewal": 0.0, "lapse": STAY, "renewal_months": 200}
    )
    m = months(scenario, 6, runs).groupby("run")[["revenue", "collected", "write_off", "outstanding"]].sum()
    inside = np.column_stack([np.zeros(len(rows)), rows[:, 1:-1]])
    fundamental = np.linalg.inv(np.eye(len(rows)) - inside)
    lost, visits = (fundamental @ rows[:, -1])[0], fundamental[0].sum() - 1
    share = m["write_off"].sum() / m["revenue"].sum()
    assert abs(share - lost) < 4 * np.sqrt(lost * (1 - lost) / (runs * people))
    owed = (m["outstanding"] / m["revenue"]).to_numpy()
    assert abs(owed.mean() - visits) < 4 * owed.std(ddof=1) / np.sqrt(runs)
    assert np.allclose(m["collected"] + m["write_off"], m["revenue"], rtol=1e-4)
