"""Receivables: invoices that age as a Markov chain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import mean, months, setting, share
from sim.scenario.model import Scenario

RATES = {"odds of paying": 0, "odds of write-off": -1}  # columns
STEP = 1e-4
RECEIVABLES = "scenarios/validation/receivables.toml"


def tilted(rows: np.ndarray, column: int, share: float) -> np.ndarray:
    """The matrix with the odds of one column, against all others of its row, larger by a share."""
    chance = rows[:, column]
    now = chance * (1 + share) / (1 + share * chance)
    made = rows * ((1 - now) / np.where(chance < 1, 1 - chance, 1.0))[:, None]
    made[:, column] = np.where(chance < 1, now, 1.0)
    return np.asarray(made)


def absorbed(rows: np.ndarray) -> tuple[float, float]:
    """Share of a new invoice that is lost, and month-ends at which it is owed: N = (I - Q)⁻¹, N R, N1 - 1."""
    inside = np.column_stack([np.zeros(len(rows)), rows[:, 1:-1]])
    fundamental = np.linalg.inv(np.eye(len(rows)) - inside)
    return float((fundamental @ rows[:, -1])[0]), float(fundamental[0].sum() - 1)


def chains(effort: Effort) -> Iterator[tuple[str, np.ndarray, Scenario]]:
    """The scenario's transition matrix, and others drawn at random: to paid, to buckets 1 …, to written off."""
    world = setting(RECEIVABLES)
    yield "the scenario's chain", np.array(world.customers.payment.transitions), world
    random = effort.random("receivables-chain")
    for number in range(effort.number(10, 3)):
        buckets = int(random.integers(2, 6))
        rows = random.dirichlet(np.ones(buckets + 1), buckets)
        changed = world.with_(customers={"payment": {"transitions": rows.tolist()}})
        yield f"chain {number + 1}, {buckets} buckets, drawn at random", rows, changed


@entry(
    id="receivables-chain",
    group="closed form",
    title="Bad debt and months outstanding of any transition matrix",
    source="Cyert, Davidson & Thompson 1962, Management Science",
    setting=RECEIVABLES,
)
def bad_debt(effort: Effort) -> Iterator[Finding]:
    """N = (I - Q)⁻¹, absorption B = N R: of every new invoice the share B_bad is lost, and it is owed at N1 - 1 month-ends.

    Q has no way back to the first row, in which an invoice is new. Every customer owes one invoice of the same amount; the share lost
    is binomial.
    """
    runs = effort.number(40, 5)
    for where, rows, world in chains(effort):
        table = months(world, effort.key(where), runs)
        sums = table.groupby("run")[["revenue", "collected", "write_off", "outstanding"]].sum()
        lost, owed = absorbed(rows)
        moved = {rate: np.subtract(absorbed(tilted(rows, column, STEP)), (lost, owed)) / STEP for rate, column in RATES.items()}
        people = runs * world.customers.at_start
        yield share(f"{where}: share lost", lost, people * sums["write_off"].sum() / sums["revenue"].sum(), people).of(
            where, {rate: float(by[0]) for rate, by in moved.items()}
        )
        yield mean(f"{where}: month-ends outstanding", owed, sums["outstanding"] / sums["revenue"]).of(
            where, {rate: float(by[1]) for rate, by in moved.items()}
        )
        still = float(table.loc[table["month"] == world.months, "outstanding"].sum())
        gap = float((sums["revenue"] - sums["collected"] - sums["write_off"]).sum()) - still
        note = "revenue less collected, written off and outstanding: exact but for adding up"
        yield Finding(f"{where}: ledger", 0.0, gap, 0.0, 0, note, 1e-9 * float(sums["revenue"].sum()))
