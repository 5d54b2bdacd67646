"""Logit choice between ways to spend the month (McFadden 1974): shares and their limits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import mean, months, own_seed, setting, share
from sim.scenario.model import Scenario

CHOOSING = "scenarios/validation/rep-choosing.toml"
FULL_TIME = (
    0.2 * 50.0 / 4.0 * 1200.0
)  # revenue of a month of hunting as a newcomer expects it: success x attempts x first purchase
FORBIDDING = 1e9  # an effort cost at which nobody strays from what costs least


def paid(world: Scenario, rate: float) -> Scenario:
    """The world with a commission on first purchases."""
    return world.with_(scheme={"components": [{"measure": "initial_revenue", "rate": rate}] if rate else []})


def splits(grid: int) -> np.ndarray:
    """Every way to divide time over hunting, nurturing and neither in multiples of 1 / grid: [ways, 2]."""
    return np.array([(h / grid, n / grid) for h in range(grid + 1) for n in range(grid - h + 1)])


def softmax(utility: np.ndarray, temperature: float) -> np.ndarray:
    """exp(u / tau) / sum."""
    weight = np.exp((utility - utility.max()) / temperature)
    return np.asarray(weight / weight.sum())


@entry(
    id="logit-shares",
    group="closed form",
    title="Logit shares of two alternatives, and their limits",
    source="McFadden 1974, in Frontiers in Econometrics",
    setting=CHOOSING,
)
def two(effort: Effort) -> Iterator[Finding]:
    """A month of hunting or none, alike in effort, visits being too irksome: P = 1 / (1 + exp(-(u_h - u_0) / tau)).

    u_h - u_0 is what a month of hunting is believed to be paid, rate x 3,000.  tau to infinity gives one half, tau to nought the better.
    """
    random = effort.random("logit-shares")
    cases = [(0.1, 300.0), (0.25, 200.0), *zip(random.uniform(0.0, 0.3, 4), np.exp(random.uniform(4.5, 8.0, 4)), strict=True)]
    alike = {"intrinsic_hunting": 0.5, "substitution": 0.0, "effort_cost": FORBIDDING}
    runs = effort.number(100)
    for case, (rate, tau) in enumerate([*cases, (0.1, 1e7), (0.1, 1e-3)]):
        world = paid(setting(CHOOSING).with_(reps={**alike, "choice": {"grid": 1, "temperature": tau}}), rate)
        table = months(world, own_seed(effort, case), runs)
        odds = np.exp(-rate * FULL_TIME / tau)
        hunted = table["hunting_share"].sum() * world.reps.count
        yield share(
            f"share hunting at rate {rate:.3f}, temperature {tau:,.4g}",
            1 / (1 + odds),
            round(hunted),
            len(table) * world.reps.count,
        )


@entry(
    id="logit-grid",
    group="closed form",
    title="Logit shares of all ways to split the month",
    source="McFadden 1974, in Frontiers in Econometrics",
    setting=CHOOSING,
)
def grid(effort: Effort) -> Iterator[Finding]:
    """The mean split is the softmax over every split of u = a h - (k / 2)(x^2 + y^2 + 2 s x y), x and y the distance from intrinsic effort."""
    random = effort.random("logit-grid")
    cases = [(0.0, 2500.0, 0.3, 0.25, 0.35, 400.0, 4)]
    for _ in range(effort.number(4, 1)):
        k, s, h0, n0 = random.uniform(500, 5000), random.uniform(-0.5, 0.6), random.uniform(0, 0.5), random.uniform(0, 0.5)
        cases.append((random.uniform(0, 0.4), k, s, h0, n0, random.uniform(100, 800), int(random.integers(2, 12))))
    for case, (rate, k, s, h0, n0, tau, steps) in enumerate(cases):
        reps = {"effort_cost": k, "substitution": s, "intrinsic_hunting": h0, "intrinsic_nurturing": n0,
                "choice": {"grid": steps, "temperature": tau}}  # fmt: skip
        table = months(paid(setting(CHOOSING).with_(reps=reps), rate), own_seed(effort, case), effort.number(100))
        way = splits(steps)
        x, y = way[:, 0] - h0, way[:, 1] - n0
        expected = softmax(rate * FULL_TIME * way[:, 0] - 0.5 * k * (x * x + y * y + 2 * s * x * y), tau) @ way
        where = f"rate {rate:.2f}, k = {k:.0f}, s = {s:.2f}, grid {steps}, temperature {tau:.0f}"
        for task, wanted in zip(("hunting", "nurturing"), expected, strict=True):
            yield mean(f"{task} share: {where}", float(wanted), table[f"{task}_share"])
