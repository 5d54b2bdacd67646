"""Effort for a bonus at a quota: once, and on the way to a deadline.

One shot (Lazear & Rosen 1981, with a quota for the rival): output e + sigma Z, bonus B at Q, cost k e^2 / 2.  The rep chooses
B phi((Q - e) / sigma) / sigma = k e.  On the way to a deadline, output a Brownian motion with drift e: with tau to go and s so far,

    e* = sigma kappa phi(z) / (sqrt(tau) (1 + kappa Phi(z))),   kappa = exp(B / (k sigma^2)) - 1,   z = (s - Q) / (sigma sqrt(tau)).

What the ordinary model's rep does instead (:mod:`sim.rules.planning`): maximises B P(s + e + sigma sqrt(tau) Z >= Q) - k e^2 / 2, the
months to come taken as usual, with nine equally likely outcomes for Z and e on a grid.  Three departures, each measured here:

1. *nine points*: the probability is a staircase within 1 / 18 of the normal's, so that effort at a single distance is what it takes to the
   next step, if that pays, and not a smooth function.  On average over distances it is right: for any distribution of Z, effort summed
   over all distances to the quota is B / k (envelope theorem), and the steps lie where the normal's nine quantiles lie;
2. *as usual*: the rep does not foresee working more, or less, next month.  At small stakes B / (k sigma^2) that makes no difference, since
   kappa phi / (1 + kappa Phi) -> kappa phi; at large ones the deadline path is flatter far from the quota and steeper near to it;
3. *no way back*: what is sold already stays so, hence no effort once the quota is reached, where a Brownian motion may fall back.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log1p, sqrt

import numpy as np
from scipy import optimize, stats

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import by_run, months, setting
from sim.rules import projection
from sim.scenario.model import Scenario

QUOTA = "scenarios/validation/rep-quota.toml"
LAZEAR = "Lazear & Rosen 1981, J. Political Economy 89(5): the first-order condition, with a fixed quota"
OYER = (
    "Asch 1990, Industrial and Labor Relations Review 43; Oyer 1998, Quarterly J. Economics 113: effort on the way to a deadline"
)
NINE = stats.norm.ppf((np.arange(9) + 0.5) / 9)  # midpoints of nine equally likely parts of a standard normal
VISITS = 50.0  # of a month of nurturing


def world(bonus: float, k: float, sigma: float, most: float, grid: int, **component: float | str) -> Scenario:
    """A rep whose effort e goes from 0 to `most` in `grid` steps at cost k e^2 / 2, for a bonus on a measure that strays by sigma."""
    level = component.get("measure") == "satisfaction"
    return setting(QUOTA).with_(
        reps={
            "effort_cost": k * most**2,
            "choice": {"grid": grid},
            "belief": {"visit_satisfaction" if level else "visit_repeat": most / VISITS, "noise": sigma},
        },
        scheme={"components": [{"bonus": bonus, **component}]},
    )


def one_shot(bonus: float, k: float, sigma: float, distance: float) -> float:
    """Largest B Phi((e - Q) / sigma) - k e^2 / 2, by search."""
    grid = np.linspace(0.0, sqrt(2 * bonus / k), 2001)
    value = bonus * stats.norm.cdf((grid - distance) / sigma) - 0.5 * k * grid**2
    best = float(grid[value.argmax()])
    found = optimize.minimize_scalar(
        lambda e: 0.5 * k * e * e - bonus * stats.norm.cdf((e - distance) / sigma),
        bounds=(max(0.0, best - grid[1]), best + grid[1]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)


def staircase(bonus: float, sigma: float, distance: float, efforts: np.ndarray) -> np.ndarray:
    """Expected bonus of each effort with nine equally likely outcomes."""
    return np.asarray(bonus * (efforts[:, None] + sigma * NINE >= distance).mean(axis=1))


@entry(id="quota-one-shot", group="closed form", title="Effort for a bonus at a quota, once", source=LAZEAR, setting=QUOTA)
def once(effort: Effort) -> Iterator[Finding]:
    """B = k = Q = 1, sigma = .5: the first-order condition gives e* = .29667, the nine points .25 on a grid of .05 (Q - 1.5932 sigma = .2034,
    rounded up): at a single distance the rep departs from the normal by up to a step.  Effort summed over all distances is B / k = 1
    by the envelope theorem, whatever the distribution; the grid adds about half a step wherever there is effort, less as it is refined.
    With noise of choice the shares are the softmax of the staircase.
    """
    bonus, k, sigma = 1000.0, 1000.0, 0.5
    assert abs(one_shot(1.0, 1.0, 0.5, 1.0) - 0.29667) < 5e-6
    steps = np.arange(21) / 20
    best = float(steps[(staircase(bonus, sigma, 1.0, steps) - 0.5 * k * steps**2).argmax()])
    single = world(bonus, k, sigma, 1.0, 20, measure="satisfaction", threshold=1.0)
    found = float(months(single.with_(months=1), effort.seed, 1)["nurturing_share"].iloc[0])
    yield Finding("effort at Q = 1", best, found, 0.0, 0, "the normal's: .29667; nine points and a grid of .05 make it .25")
    tau = 40.0
    weight = np.exp((staircase(bonus, sigma, 1.0, steps) - 0.5 * k * steps**2) / tau)
    ways = 21 - np.arange(21)  # a share of nurturing leaves so many shares of hunting, which costs as much and brings nothing
    idle = np.exp(-0.5 * k * steps**2 / tau)
    weight *= np.array([idle[:n].sum() for n in ways])
    noisy = single.with_(months=12, reps={"count": 100, "choice": {"temperature": tau}})
    table = months(noisy, effort.seed, effort.number(60))
    n = len(table) * 100
    wanted, spread = weight @ steps / weight.sum(), weight @ steps**2 / weight.sum()
    error = sqrt((spread - wanted**2) / n)
    yield Finding(
        "mean effort at Q = 1, temperature 40",
        wanted,
        float(table["nurturing_share"].mean()),
        error,
        0,
        "softmax of the staircase",
    )
    for grid in (5, 10, 20):
        yield from total(effort, grid)


def series(base: Scenario, distances: np.ndarray, months_each: int, seed: int, **component: float | str) -> np.ndarray:
    """Time spent on the book in each month of a period, for each distance to the quota: [distances, months of the period].

    One bonus after the other, each in force for one period: the rep learns nothing and sells nothing, so periods do not touch.
    """
    at_once = 16  # the most components a scheme may have
    rows = []
    for start in range(0, len(distances), at_once):
        part = distances[start : start + at_once]
        bonuses = [
            {
                **component,
                "months": months_each,
                "threshold": float(distance),
                "from_month": i * months_each + 1,
                "until_month": (i + 1) * months_each,
            }
            for i, distance in enumerate(part)
        ]
        made = base.with_(months=len(part) * months_each, scheme={"components": bonuses})
        rows.append(by_run(months(made, seed, 1), "nurturing_share").reshape(len(part), months_each))
    return np.concatenate(rows)


def total(effort: Effort, grid: int, bonus: float = 1000.0, k: float = 1000.0, sigma: float = 0.5) -> Iterator[Finding]:
    """Effort summed over distances from where the quota is certain to where it is out of reach: enumerated on the grid, and B / k."""
    most, width = 1.4142135, 0.02 if effort.quick else 0.005
    distances = np.arange(-1.0, 3.0, width) + 0.0017
    efforts = np.arange(grid + 1) / grid * most
    value = np.array([staircase(bonus, sigma, distance, efforts) for distance in distances]) - 0.5 * k * efforts**2
    enumerated = float(efforts[value.argmax(axis=1)].sum() * width)
    base = world(bonus, k, sigma, most, grid, measure="satisfaction")
    spent = series(base, distances, 1, effort.seed, bonus=bonus, measure="satisfaction")
    found = float(most * spent.sum() * width)
    what = f"effort summed over distances to the quota, grid of {grid}"
    yield Finding(f"{what}: enumerated", enumerated, found, 0.0, 0, "nine points, this grid", 1e-9)
    yield Finding(
        f"{what}: B / k", bonus / k, found, 0.0, 0, "half a step of the grid, and the step between distances", 0.5 / grid + width
    )


def deadline(bonus: float, k: float, sigma: float, left: np.ndarray, short: np.ndarray) -> np.ndarray:
    """Effort on the way to a deadline, integrated over distances from 0 to `short`: sigma^2 ln((1 + kappa / 2) / (1 + kappa Phi(z)))."""
    kappa = exp(bonus / (k * sigma**2)) - 1
    z = -short / (sigma * np.sqrt(left))
    return np.asarray(sigma**2 * (np.log1p(kappa / 2) - np.log1p(kappa * stats.norm.cdf(z))))


@entry(id="quota-deadline", group="closed form", title="Effort on the way to a deadline", source=OYER, setting=QUOTA)
def path(effort: Effort) -> Iterator[Finding]:
    """Summed over distances, the closed form has effort sigma^2 ln(1 + kappa) = B / k at every time to go; between two distances it is
    sigma^2 ln((1 + kappa Phi(z_b)) / (1 + kappa Phi(z_a))).  Compared between the 5/9 and 7/9 quantiles of what the time to go may
    bring (.1397 and .7647 sigma sqrt(tau)), where the nine points have their mass right, at stakes so small
    (B / (k sigma^2) = .065) that months taken as usual make no difference but 1.1%.  Mean effort there falls as 1 / sqrt(tau): it is
    sqrt(12) times as large in the last month as with twelve to go.  Refining the grid converges to it.
    """
    k, sigma, reach = 1.0, 100.0, 12.0  # reach: most effort that one ninth of the bonus pays
    bonus = 9 * k * reach**2 / 2
    kappa = exp(bonus / (k * sigma**2)) - 1
    inner, outer = stats.norm.ppf(5 / 9), stats.norm.ppf(7 / 9)
    expected = sigma**2 * log1p(kappa * 2 / 9 / (1 + kappa * 2 / 9)) if kappa else 0.0
    for grid in (5, 20):
        step = reach / (grid + 0.5)
        distances = np.arange(0.1 * sigma, 0.8 * sigma * sqrt(12), step)
        base = world(bonus, k, sigma, grid * step, grid, measure="repeat_revenue")
        spent = series(base, distances, 12, effort.seed, bonus=bonus, measure="repeat_revenue") * grid * step
        sums = {}
        for left in (12, 6, 3, 1):
            scale = sigma * sqrt(left)
            inside = (distances > inner * scale) & (distances <= outer * scale)
            sums[left] = float(spent[inside, 12 - left].sum() * step)
            note = f"share of B / k: {sums[left] / (bonus / k):.4f}, the closed form {expected / (bonus / k):.4f}, small stakes 2/9 = .2222"
            allowed = expected * (0.015 + 0.25 / (grid + 0.5) ** 2)
            yield Finding(
                f"effort between the quantiles, {left} to go, grid of {grid}", expected, sums[left], 0.0, 0, note, allowed
            )
        rise = sums[1] / sums[12] * sqrt(12)
        yield Finding(f"mean effort there, 1 to go over 12 to go, grid of {grid}", sqrt(12), rise, 0.0, 0, "sqrt(12)", 1e-6)


@entry(
    id="quota-stakes",
    group="closed form",
    title="Where the deadline path departs: large stakes, and no way back",
    source=OYER,
    setting=QUOTA,
)
def stakes(effort: Effort) -> Iterator[Finding]:
    """Short of the quota the closed form sums to sigma^2 ln(1 + kappa / 2), B / (2 k) at small stakes and more at large ones, the same
    at every time to go.  The rep's is enumerated: max over e on the grid of B P - k e^2 / 2 with nine points, five of which lie at or
    beyond the quota's side of 0, hence 5 / 9 of B / k where the grid is fine against the stakes.  The notes hold the two shares.
    Once the quota is reached the closed form goes on, since a Brownian motion may fall back; the rep stops.
    """
    k, sigma, grid = 1.0, 100.0, 20
    for size in (0.1, 1.0, 3.0):
        bonus = size * k * sigma**2
        most = min(sqrt(2 * bonus / k), 4 * sigma)
        width = (0.1 if effort.quick else 0.02) * sigma
        distances = np.arange(0.0013 * sigma, 4 * sigma * sqrt(12) + most, width)
        base = world(bonus, k, sigma, most, grid, measure="repeat_revenue")
        spent = series(base, distances, 12, effort.seed, bonus=bonus, measure="repeat_revenue") * most
        for left in (12, 1):
            found = float(spent[:, 12 - left].sum() * width)
            efforts = np.arange(grid + 1) / grid * most
            value = np.array([staircase(bonus, sigma * sqrt(left), d, efforts) for d in distances]) - 0.5 * k * efforts**2
            own = float(efforts[value.argmax(axis=1)].sum() * width)
            theory = float(deadline(bonus, k, sigma, np.array(left), distances[-1:])[0])
            note = f"closed form {theory / (bonus / k):.3f} of B / k, the rep {found / (bonus / k):.3f}"
            yield Finding(f"effort short of the quota, stakes {size}, {left} to go", own, found, 0.0, 0, note, 1e-6 * own)
    reached = series(base, np.array([-1.0, -50.0, -200.0]), 12, effort.seed, bonus=bonus, measure="repeat_revenue")
    yield Finding("time spent once the quota is reached", 0.0, float(reached.max()), 0.0, 0, "the closed form: more than nought")


@entry(
    id="quota-nine-points",
    group="closed form",
    title="The probability the rep reckons with, against the normal's",
    source=LAZEAR,
    setting=QUOTA,
)
def points(effort: Effort) -> Iterator[Finding]:
    """Nine equally likely outcomes put the expected bonus within 1 / 18 of the bonus of the normal's, at worst; their variance is
    mean(z^2) = .8670 of it.  Read off the choice: with costless effort the rep works exactly when the quota may be reached.
    """
    nodes = np.array(projection.NODES)
    edge = np.abs(np.concatenate([np.arange(9) / 9, np.arange(1, 10) / 9]) - np.tile(stats.norm.cdf(nodes), 2)).max()
    yield Finding("largest difference of the probability", 1 / 18, float(edge), 0.0, 0, "at the steps of the staircase", 1e-7)
    yield Finding(
        "variance of the outcomes", float((NINE**2).mean()), float((nodes**2).mean()), 0.0, 0, "the normal's is 1", 1e-6
    )
